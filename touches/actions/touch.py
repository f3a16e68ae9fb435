"""Writing a touch down, and taking a slip back."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, Forbidden, InvalidInput
from core.models import User
from core.periods import company_day
from customers.actions import add_event
from customers.models import ContactPoint, ContactStatus, Customer, EventKind, TimelineEvent
from market.actions.departures import MOST_NOTE, record_departure
from market.models import Departure, DepartureSource
from touches.actions.tasks import open_task
from touches.models import Outcome, Task, TaskKind, TaskState, Touch, TouchChannel
from touches.rules.outcomes import Effect, effect_of, next_working_day

TAKE_BACK_WITHIN = timedelta(minutes=10)


@dataclass
class _Effects:
    """What a touch changed besides itself."""

    closed: list[int] = field(default_factory=list)
    moved: dict[int, str] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    unreachable: list[int] = field(default_factory=list)
    departed: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


@transaction.atomic
def log_touch(
    *,
    customer_id: int,
    channel: str,
    outcome: str,
    at: datetime,
    by: User | None = None,
    note: str = "",
    task_ids: Collection[int] = (),
    call_back_on: date | None = None,
    contact_id: int | None = None,
    left_reason_id: int | None = None,
) -> Touch:
    """Write down one contact with a customer; `by` is empty for the machine's messages.

    The open tasks of `task_ids` are closed, or put off to the next working day when nobody was reached.
    `call_back` needs `call_back_on`, not before today: the customer's call-back task is opened, or moved
    there. `wrong_contact` marks the contact point `contact_id` unreachable. `left_reason_id`: with `refused`, why the
    customer left. People's touches go to the
    timeline; the machine's are told there by the message itself.
    Raises InvalidInput for an unknown channel or outcome, or a call-back without a good day.
    """
    today = company_day(at)
    _check(channel, outcome, call_back_on, today)
    if by is not None:
        # One touch of a customer at a time, so that two cannot both open a call-back.
        _lock(customer_id)
    effects = _Effects()
    _serve_tasks(effects, customer_id, task_ids, outcome, by, at)
    if outcome == Outcome.CALL_BACK and call_back_on:
        _promise_call(effects, customer_id, call_back_on, note, by)
    if outcome == Outcome.WRONG_CONTACT and contact_id:
        _give_up_contact(effects, customer_id, contact_id)
    if outcome == Outcome.REFUSED and left_reason_id:
        _note_departure(effects, customer_id, left_reason_id, note, by, at)
    touch = Touch.objects.create(
        customer_id=customer_id,
        channel=channel,
        outcome=outcome,
        by=by,
        at=at,
        note=note,
        effects=effects.as_json(),
    )
    if by is not None:
        _tell_timeline(touch, by)
    return touch


def _lock(customer_id: int) -> Customer:
    return Customer.objects.select_for_update(no_key=True).only("owner_id").get(pk=customer_id)


def _check(channel: str, outcome: str, call_back_on: date | None, today: date) -> None:
    if channel not in TouchChannel.values:
        raise InvalidInput(_("There is no such channel: %(channel)s.") % {"channel": channel}, field="channel")
    if outcome not in Outcome.values:
        raise InvalidInput(_("There is no such outcome: %(outcome)s.") % {"outcome": outcome}, field="outcome")
    if outcome == Outcome.CALL_BACK and (call_back_on is None or call_back_on < today):
        raise InvalidInput(_("Choose the day to call back on: today or later."), field="call_back_on")


def _serve_tasks(
    effects: _Effects,
    customer_id: int,
    task_ids: Collection[int],
    outcome: str,
    by: User | None,
    at: datetime,
) -> None:
    tasks = Task.objects.filter(pk__in=task_ids, customer_id=customer_id, state=TaskState.OPEN)
    for task in tasks.select_for_update().order_by("pk"):
        if effect_of(outcome) is Effect.SETTLES:
            effects.closed.append(task.pk)
            task.state, task.closed_at, task.closed_by = TaskState.DONE, at, by
        else:
            effects.moved[task.pk] = task.due_on.isoformat()
            task.due_on = max(task.due_on, next_working_day(company_day(at)))
        task.save(update_fields=["state", "closed_at", "closed_by", "due_on"])


def _promise_call(effects: _Effects, customer_id: int, on: date, note: str, by: User | None) -> None:
    """One call-back per customer is open at a time: a second promise moves the first."""
    waiting = Task.objects.filter(customer_id=customer_id, kind=TaskKind.CALL_BACK, state=TaskState.OPEN).first()
    if waiting is None:
        # In the pool the promise is kept by whoever gave it; otherwise by the customer's owner.
        in_pool = Customer.objects.filter(pk=customer_id, owner__isnull=True).exists()
        task = open_task(
            customer_id=customer_id,
            kind=TaskKind.CALL_BACK,
            due_on=on,
            note=note,
            owner=by if in_pool else None,
        )
        effects.opened.append(task.pk)
        return
    effects.moved[waiting.pk] = waiting.due_on.isoformat()
    waiting.due_on, waiting.note = on, note or waiting.note
    waiting.save(update_fields=["due_on", "note"])


def _give_up_contact(effects: _Effects, customer_id: int, contact_id: int) -> None:
    wrong = ContactPoint.objects.filter(pk=contact_id, customer_id=customer_id, status=ContactStatus.VALID)
    if wrong.update(status=ContactStatus.UNREACHABLE):
        effects.unreachable.append(contact_id)


def _note_departure(
    effects: _Effects, customer_id: int, reason_id: int, note: str, by: User | None, at: datetime
) -> None:
    """What was written down before is corrected, and stays when the touch is taken back."""
    is_known = Departure.objects.filter(customer_id=customer_id, returned_on=None).exists()
    departure = record_departure(
        customer_id=customer_id,
        reason_id=reason_id,
        source=DepartureSource.TOUCH,
        note=note[:MOST_NOTE],
        by=by,
        at=at,
    )
    if not is_known:
        effects.departed.append(departure.pk)


def _tell_timeline(touch: Touch, by: User) -> None:
    data = {
        "touch": touch.pk,
        "channel": touch.channel,
        "outcome": touch.outcome,
        "by": str(by),
        "note": touch.note,
    }
    add_event(customer_id=touch.customer_id, kind=EventKind.TOUCH, at=touch.at, data=data)


@transaction.atomic
def take_back(*, touch: Touch, by: User, at: datetime) -> None:
    """Undo a slip: remove the author's own touch of the last minutes, and put back what it changed.

    Raises Forbidden for somebody else's touch or the machine's, Conflict when it is too late or done already.
    A task that a later touch has moved stays where that one put it.
    """
    if touch.by_id is None or touch.by_id != by.pk:
        raise Forbidden(_("Only the person who made the touch can take it back."))
    if at - touch.at > TAKE_BACK_WITHIN:
        raise Conflict(_("It is too late to take this touch back; write down another one instead."))
    _lock(touch.customer_id)
    if not Touch.objects.filter(pk=touch.pk).exists():
        raise Conflict(_("This touch has been taken back already."))
    _put_back(touch.effects, moved_since=_moved_since(touch))
    TimelineEvent.objects.filter(customer_id=touch.customer_id, kind=EventKind.TOUCH, data__touch=touch.pk).delete()
    touch.delete()


def _moved_since(touch: Touch) -> set[int]:
    later = Touch.objects.filter(customer_id=touch.customer_id, pk__gt=touch.pk, effects__has_key="moved")
    return {int(task_id) for effects in later.values_list("effects", flat=True) for task_id in effects["moved"]}


def _put_back(effects: dict[str, Any], moved_since: set[int]) -> None:
    Task.objects.filter(pk__in=set(effects.get("opened", ())) - moved_since).delete()
    Task.objects.filter(pk__in=effects.get("closed", ())).update(state=TaskState.OPEN, closed_at=None, closed_by=None)
    for task_id, due_on in effects.get("moved", {}).items():
        Task.objects.exclude(pk__in=moved_since).filter(pk=task_id).update(due_on=due_on)
    Departure.objects.filter(pk__in=effects.get("departed", ())).delete()
    ContactPoint.objects.filter(pk__in=effects.get("unreachable", ())).update(status=ContactStatus.VALID)
