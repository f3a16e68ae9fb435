"""Reads of deliveries and of the outbox."""

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from campaigns.models import Delivery, DeliveryState, OutboxMessage
from core.models import User
from customers.models import Customer
from customers.rules.contacts import normalise_phone


def delivery_rows(
    user: User,
    *,
    state: str = "",
    channel: str = "",
    flow: str = "",
    position: int | None = None,
    reason: str = "",
    search: str = "",
) -> QuerySet[Delivery]:
    """Deliveries to customers whom the user may see: unclear ones first, then the newest."""
    rows = Delivery.objects.all()
    if not user.sees_whole_base:
        rows = rows.filter(customer__in=Customer.objects.for_user(user))
    narrow = {
        "state": state,
        "channel": channel,
        "step__flow__code": flow,
        "step__position": position,
        "held_back": reason,
    }
    rows = rows.filter(**{name: value for name, value in narrow.items() if value})
    if search:
        # Addresses are masked, so only a whole one finds: parts would spell it out, digit by digit.
        whole = {search.lower(), normalise_phone(search, settings.PHONENUMBER_DEFAULT_REGION) or search}
        rows = rows.filter(Q(customer__name__icontains=search) | Q(address__in=whole))
    unclear_first = Case(
        When(state=DeliveryState.AMBIGUOUS, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    related = rows.select_related("customer", "step__flow")
    # A filter by state leaves nothing to put first, and lets the index give the order.
    return related.order_by("-pk") if state else related.order_by(unclear_first, "-pk")


def state_counts(user: User) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = Delivery.objects.order_by()
    if not user.sees_whole_base:
        rows = rows.filter(customer__in=Customer.objects.for_user(user))
    return dict(rows.values_list("state").annotate(number=Count("pk")))


def outbox_rows(channel: str = "") -> QuerySet[OutboxMessage]:
    """What the local gateways kept, newest first, without the long texts."""
    rows = OutboxMessage.objects.defer("html", "headers")
    return rows.filter(channel=channel) if channel else rows
