"""Reads of the front desk: the list of inquiries, one of them, whose a phone is, the terms in force."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils import timezone

from acquisition.models import Inquiry, InquiryQuerySet, LeakPolicy
from acquisition.rules.leaks import LEAKS, Terms
from core.models import User
from customers.models import ContactPoint, Customer, Order

NOBODY = "nobody"
LEAK = "leak"
UNKNOWN = "unknown"
NOT_SPAM = "not_spam"
MOST_ORDERS = 20


@dataclass(frozen=True)
class DeskFilters:
    """What the list shows: days, both included; the rest is empty where not asked for.

    state: a class, `leak` for the three that are losses, or `not_spam` for all that count. channel: a code, or
    `unknown`. person: an id, or `nobody`. hour: of the company's day. taken: only what the reader has taken.
    """

    first: date
    last: date
    kind: str = ""
    state: str = ""
    channel: str = ""
    line: str = ""
    person: str = ""
    hour: int | None = None
    known: str = ""
    taken: bool = False


@dataclass(frozen=True)
class DeskCounts:
    """All that the filters let through, and of them: nobody took it and nobody called back, spam."""

    every: int
    missed: int
    spam: int


def leak_terms() -> Terms:
    """The terms by which inquiries are judged."""
    policy = LeakPolicy.objects.filter(pk=1).first()
    return policy.terms if policy else Terms()


def desk_list(user: User, asked: DeskFilters) -> InquiryQuerySet:
    """The inquiries that the user may see and asks for, the latest first."""
    found = Inquiry.objects.for_user(user).filter(happened_on__range=(asked.first, asked.last))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.state == NOT_SPAM:
        found = found.filter(is_spam=False)
    elif asked.state:
        states = [state.value for state in LEAKS] if asked.state == LEAK else [asked.state]
        found = found.filter(standing__state__in=states)
    if asked.channel:
        of = Q(channel=None) if asked.channel == UNKNOWN else Q(channel__code=asked.channel)
        found = found.filter(of)
    if asked.line:
        found = found.filter(line=asked.line)
    if asked.person:
        found = found.filter(standing__person=None if asked.person == NOBODY else int(asked.person))
    if asked.hour is not None:
        zone = timezone.get_default_timezone()
        found = found.annotate(hour=ExtractHour("at", tzinfo=zone)).filter(hour=asked.hour)
    if asked.known:
        found = found.filter(customer__isnull=asked.known != "yes")
    if asked.taken:
        found = found.filter(taken_by=user)
    return found.order_by("-at", "-pk")


def desk_counts(found: InquiryQuerySet) -> DeskCounts:
    """How many there are, in one statement."""
    counts = found.order_by().aggregate(
        every=Count("pk"),
        missed=Count("pk", filter=Q(standing__state="missed")),
        spam=Count("pk", filter=Q(is_spam=True)),
    )
    return DeskCounts(**counts)


def desk_rows(found: InquiryQuerySet) -> InquiryQuerySet:
    """With what a row shows."""
    return found.select_related("channel", "customer__owner", "answered_by", "taken_by", "standing", "order")


def inquiry_for(user: User, pk: int) -> Inquiry | None:
    """One inquiry, if the user may see it."""
    return desk_rows(Inquiry.objects.for_user(user)).filter(pk=pk).first()


def customer_by_contact(user: User, channel: str, value: str) -> Customer | None:
    """The customer with this address, if the user may see them."""
    held = ContactPoint.objects.filter(channel=channel, value=value).values("customer")
    mine = Customer.objects.for_user(user).filter(pk__in=held)
    return mine.select_related("owner").order_by("pk").first()


def point_of(inquiry: Inquiry, channel: str, value: str) -> ContactPoint | None:
    """The customer's own record of an address that the inquiry gave."""
    if inquiry.customer_id is None or not value:
        return None
    return ContactPoint.objects.filter(customer=inquiry.customer_id, channel=channel, value=value).first()


def orders_to_link(inquiry: Inquiry) -> QuerySet[Order]:
    """The customer's orders that may have come of the inquiry, from its day on."""
    orders = Order.objects.counted().filter(customer=inquiry.customer_id, placed_on__gte=inquiry.happened_on)
    return orders.order_by("placed_at", "pk")[:MOST_ORDERS]


def earlier_of(inquiry: Inquiry, user: User) -> InquiryQuerySet:
    """Other inquiries of the same customer or phone, the latest first."""
    if inquiry.customer_id is None and not inquiry.phone:
        return Inquiry.objects.none()
    same = Q(customer=inquiry.customer_id) if inquiry.customer_id else Q(phone=inquiry.phone)
    return desk_rows(Inquiry.objects.for_user(user).filter(same).exclude(pk=inquiry.pk)).order_by("-at")[:10]
