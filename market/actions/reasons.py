"""Reasons for leaving: the list that people choose from."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from customers.actions.own_fields import code_of
from market.models import LeavingReason

MOST = 40


@transaction.atomic
def add_reason(*, name: str) -> LeavingReason:
    """Add a reason at the end. Raises InvalidInput without a name, Conflict for one that is there or one too many."""
    name = _named(name)
    # Read after the wait for whoever adds another at the same moment.
    list(LeavingReason.objects.select_for_update())
    reasons = list(LeavingReason.objects.all())
    if any(str(reason).casefold() == name.casefold() for reason in reasons):
        raise Conflict(_("There is this reason already; perhaps it is out of use."), field="name")
    if len(reasons) >= MOST:
        raise Conflict(_("There are %(most)s reasons already: people will not read more.") % {"most": MOST})
    taken = {reason.code for reason in reasons}
    base = code_of(name)[:30] or "reason"
    code = next(each for each in (base, *(f"{base}_{n}" for n in range(2, MOST + 3))) if each not in taken)
    last = max((reason.position for reason in reasons), default=0)
    return LeavingReason.objects.create(code=code, name=name, position=last + 1)


@transaction.atomic
def change_reason(*, reason_id: int, name: str, is_active: bool) -> LeavingReason:
    """Word a reason anew, take it out of use or put it back. The last one in use stays. Raises NotFound, Conflict."""
    name = _named(name)
    reason = LeavingReason.objects.select_for_update().filter(pk=reason_id).first()
    if reason is None:
        raise NotFound(_("There is no such reason."))
    if not is_active and not LeavingReason.objects.filter(is_active=True).exclude(pk=reason_id).exists():
        raise Conflict(_("One reason has to stay in use."), field="is_active")
    # The name that comes with the program stays translated until it is worded anew.
    if name != str(reason):
        reason.name = name
    reason.is_active = is_active
    reason.save(update_fields=["name", "is_active"])
    return reason


@transaction.atomic
def move_reason(*, reason_id: int, up: bool) -> None:
    """Let a reason change places with its neighbour; at the end nothing happens. Raises NotFound."""
    reasons = list(LeavingReason.objects.select_for_update())
    at = next((index for index, reason in enumerate(reasons) if reason.pk == reason_id), None)
    if at is None:
        raise NotFound(_("There is no such reason."))
    beside = at - 1 if up else at + 1
    if 0 <= beside < len(reasons):
        reasons[at], reasons[beside] = reasons[beside], reasons[at]
    for position, reason in enumerate(reasons, start=1):
        if reason.position != position:
            LeavingReason.objects.filter(pk=reason.pk).update(position=position)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(_("Say the reason in a word or two."), field="name")
    return name
