"""Opening the address of an inquiry that is of nobody known: written down and limited like a customer's."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from acquisition.models import Inquiry
from core.models import User
from core.periods import company_day, day_start
from customers.actions.guard import LimitReached, record_access
from customers.models.guard import AccessEntry, AccessKind
from customers.queries.guard import limit_of


@transaction.atomic
def open_inquiry_contact(
    *, by: User, inquiry: Inquiry, channel: str, at: datetime, ip: str | None = None, agent: str = ""
) -> None:
    """Write down that the person sees the phone or the e-mail. The same again on the same day costs nothing.

    Raises LimitReached when the day's limit of the role is used up.
    """
    User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk").get()
    key = f"inquiry-{inquiry.pk}-{channel}"
    limit = limit_of(by.role, AccessKind.CONTACT)
    if limit is not None:
        today = AccessEntry.objects.filter(by=by, kind=AccessKind.CONTACT, at__gte=day_start(company_day(at)))
        used = today.aggregate(
            contacts=Count(KeyTextTransform("contact", "detail"), distinct=True),
            again=Count("pk", filter=Q(detail__contact=key)),
        )
        if not used["again"] and used["contacts"] >= limit:
            raise LimitReached(_("You have opened all the contacts that your role may in a day."))
    detail = {"contact": key, "channel": channel, "own": inquiry.taken_by_id == by.pk, "inquiry": inquiry.pk}
    record_access(
        by=by,
        kind=AccessKind.CONTACT,
        at=at,
        detail=detail,
        ip=ip,
        agent=agent,
        customer_id=inquiry.customer_id,
    )
