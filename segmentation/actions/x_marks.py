"""X over the grade, and the needs behind it: set by a person, never touched by the machine."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput
from core.models import User
from core.periods import company_day
from customers.actions.editing import open_card
from segmentation.actions.capabilities import capability_named
from segmentation.models import Need, XCandidate, XDismissal, XMark


@transaction.atomic
def set_x_mark(
    *,
    customer_id: int,
    capability: str,
    potential: Decimal,
    by: User,
    at: datetime,
    evidence: str = "",
    asked_by: str = "",
    asked_on: date | None = None,
) -> XMark:
    """Mark a potentially large customer whom today's product does not fit, with one need, or change that need.

    capability: what is missing, by its name; one that is not known yet is added. potential: margin a year, in
    currency. evidence: how that is known. Raises InvalidInput; Conflict for a customer whose data was erased.
    """
    _check(potential)
    open_card(customer_id)
    # A capability that is known needs no rights; a new one is an idea, not yet a plan.
    found = capability_named(capability)
    mark, _created = XMark.objects.get_or_create(customer_id=customer_id, defaults={"set_by": by, "set_at": at})
    told = {"potential": potential, "by": by, "evidence": evidence.strip(), "asked_by": asked_by.strip()}
    # A form that asks for the potential alone leaves the rest as it was.
    told = {name: value for name, value in told.items() if value != ""}
    need = Need.objects.filter(customer_id=customer_id, capability=found).first()
    if need is None:
        Need.objects.create(customer_id=customer_id, capability=found, asked_on=asked_on or company_day(at), **told)
        return mark
    for name, value in told.items():
        setattr(need, name, value)
    need.asked_on = asked_on or need.asked_on
    need.save()
    return mark


@transaction.atomic
def change_need(
    *,
    need: Need,
    capability: str,
    potential: Decimal,
    evidence: str,
    asked_by: str,
    asked_on: date,
    by: User,
) -> Need:
    """Say anew what a customer lacks. Raises InvalidInput, Conflict where the customer asks for that already."""
    _check(potential)
    open_card(need.customer_id)
    found = capability_named(capability)
    if Need.objects.filter(customer_id=need.customer_id, capability=found).exclude(pk=need.pk).exists():
        raise Conflict(_("The customer asks for this already: change that need."), field="capability")
    need.capability, need.potential, need.by = found, potential, by
    need.evidence, need.asked_by, need.asked_on = evidence.strip(), asked_by.strip(), asked_on
    need.save()
    return need


@transaction.atomic
def remove_need(*, need: Need) -> None:
    """The customer does not lack this. With the last need the mark goes."""
    # One change at a time, so that the mark and the last need go together.
    open_card(need.customer_id)
    need.delete()
    if not Need.objects.filter(customer_id=need.customer_id).exists():
        XMark.objects.filter(customer_id=need.customer_id).delete()


@transaction.atomic
def clear_x_mark(*, customer_id: int) -> bool:
    """Take the mark away with its needs; returns whether there was one."""
    open_card(customer_id)
    Need.objects.filter(customer_id=customer_id).delete()
    removed, _rows = XMark.objects.filter(customer_id=customer_id).delete()
    return removed > 0


@transaction.atomic
def dismiss_candidate(*, customer_id: int, key: str, by: User, at: datetime) -> None:
    """Judge a proposed customer to be no X: it is not proposed for the same again. Twice is no error."""
    XDismissal.objects.get_or_create(customer_id=customer_id, key=key, defaults={"by": by, "at": at})
    XCandidate.objects.filter(customer_id=customer_id, key=key).delete()


def _check(potential: Decimal) -> None:
    if potential <= 0:
        raise InvalidInput(_("The potential is an amount above zero."), field="potential")
