"""Promises: made, kept, broken, no longer needed."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from core.models import User
from core.periods import company_day
from customers.actions.timeline import Event, add_event
from customers.models import Customer, EventKind, Obligation, ObligationState, Order
from customers.rules.obligations import KINDS, OUTCOMES, state_after

EVENTS = {
    ObligationState.OPEN: EventKind.OBLIGATION_MADE,
    ObligationState.KEPT: EventKind.OBLIGATION_KEPT,
    ObligationState.LATE: EventKind.OBLIGATION_KEPT,
    ObligationState.BROKEN: EventKind.OBLIGATION_BROKEN,
}


@transaction.atomic
def make_obligation(
    *,
    customer_id: int,
    kind: str,
    due_on: date,
    at: datetime,
    what: str = "",
    order_id: int | None = None,
    owner: User | None = None,
    by: User | None = None,
    note: str = "",
) -> Obligation:
    """Promise something to a customer, on an order of theirs or on none. `owner` None: the customer's owner answers.

    Raises InvalidInput for an unknown kind and for somebody else's order, NotFound for an unknown customer.
    """
    if kind not in KINDS:
        raise InvalidInput(_("Choose what kind of promise it is."), field="kind")
    if not Customer.objects.filter(pk=customer_id).exists():
        raise NotFound(_("There is no such customer."))
    if order_id is not None and not Order.objects.filter(pk=order_id, customer_id=customer_id).exists():
        raise InvalidInput(_("The customer has no such order."), field="order")
    made = Obligation.objects.create(
        customer_id=customer_id, order_id=order_id, kind=kind, what=what, due_on=due_on, owner=owner,
        created_by=by, note=note,
    )  # fmt: skip
    _tell(made, at)
    return made


@transaction.atomic
def close_obligation(
    *, obligation_id: int, outcome: str, on: date, at: datetime, note: str | None = None
) -> Obligation:
    """Write down what became of a promise: kept, broken or cancelled, on a day. Kept after its day, it was late.

    Closing it the same way again changes nothing. Raises NotFound; InvalidInput for an unknown outcome and a
    day to come; Conflict where it was closed otherwise before.
    """
    if outcome not in OUTCOMES:
        raise InvalidInput(_("A promise is kept, broken or no longer needed."), field="state")
    if on > company_day(at):
        raise InvalidInput(_("The day is yet to come."), field="closed_on")
    found = _locked(obligation_id)
    state = state_after(outcome, found.due_on, on)
    if (found.state, found.closed_on) == (state, on):
        return found
    if found.state != ObligationState.OPEN:
        raise Conflict(_("The promise is closed already."), field="state")
    found.state, found.closed_on = state, on
    found.note = found.note if note is None else note
    found.save(update_fields=["state", "closed_on", "note", "updated_at"])
    _tell(found, at)
    return found


@transaction.atomic
def move_obligation(*, obligation_id: int, due_on: date) -> Obligation:
    """Agree on another day. Raises NotFound, Conflict where the promise is closed."""
    found = _locked(obligation_id)
    if found.state != ObligationState.OPEN:
        raise Conflict(_("The promise is closed already."), field="state")
    found.due_on = due_on
    found.save(update_fields=["due_on", "updated_at"])
    return found


@transaction.atomic
def reopen_obligation(*, obligation_id: int) -> Obligation:
    """Take back that a promise was closed. Raises NotFound; one that is open stays as it is."""
    found = _locked(obligation_id)
    found.state, found.closed_on = ObligationState.OPEN, None
    found.save(update_fields=["state", "closed_on", "updated_at"])
    return found


def event_of(obligation: Obligation, at: datetime) -> Event | None:
    """What the timeline says of the state that a promise has come into; nothing of one no longer needed."""
    kind = EVENTS.get(ObligationState(obligation.state))
    if kind is None:
        return None
    data = {
        "obligation": obligation.pk,
        "order": obligation.order_id,
        "kind": str(obligation.kind),
        "what": obligation.what,
        "due_on": obligation.due_on.isoformat(),
        "late": obligation.state == ObligationState.LATE,
    }
    return obligation.customer_id, kind.value, at, data


def _locked(obligation_id: int) -> Obligation:
    found = Obligation.objects.select_for_update(of=("self",)).filter(pk=obligation_id).first()
    if found is None:
        raise NotFound(_("There is no such promise."))
    return found


def _tell(obligation: Obligation, at: datetime) -> None:
    event = event_of(obligation, at)
    if event is not None:
        customer_id, kind, moment, data = event
        add_event(customer_id=customer_id, kind=kind, at=moment, data=data)
