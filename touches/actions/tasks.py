"""Opening, moving and closing tasks."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput
from core.models import User
from customers.models import Customer
from touches.models import Task, TaskKind, TaskState


@transaction.atomic
def open_task(
    *,
    customer_id: int,
    kind: str,
    due_on: date,
    note: str = "",
    key: str | None = None,
    owner: User | None = None,
) -> Task:
    """Open a task for the customer's owner, or for `owner`.

    With a key the task is opened once, however often and by however many at once this is asked: the
    existing one is returned as it stands, even closed. A customer of the pool gives a task without an owner.
    """
    if kind not in TaskKind.values:
        raise InvalidInput(_("There is no such kind of task: %(kind)s.") % {"kind": kind}, field="kind")
    owner_id = owner.pk if owner else Customer.objects.values_list("owner_id", flat=True).get(pk=customer_id)
    fields = {"customer_id": customer_id, "kind": kind, "due_on": due_on, "note": note, "owner_id": owner_id}
    if key is None:
        return Task.objects.create(**fields)
    return Task.objects.get_or_create(key=key, defaults=fields)[0]


def close_task(*, task: Task, state: str, by: User | None, at: datetime) -> Task:
    """Close an open task as done or cancelled; `by` is empty when the machine does it.

    Closing it again the same way changes nothing. Raises Conflict when it was closed the other way.
    """
    if state not in (TaskState.DONE, TaskState.CANCELLED):
        raise InvalidInput(_("A task is closed as done or as cancelled."), field="state")
    closed = Task.objects.filter(pk=task.pk, state=TaskState.OPEN).update(state=state, closed_at=at, closed_by=by)
    task.refresh_from_db()
    if not closed and task.state != state:
        raise Conflict(_("The task has already been closed: %(state)s.") % {"state": task.get_state_display()})
    return task


def move_task(*, task: Task, due_on: date) -> Task:
    """Move an open task to another day. Raises Conflict when it is closed already."""
    if not Task.objects.filter(pk=task.pk, state=TaskState.OPEN).update(due_on=due_on):
        raise Conflict(_("The task has already been closed, so it cannot be moved."))
    task.refresh_from_db()
    return task


def change_note(*, task: Task, note: str) -> None:
    """Say anew what is to be done; a closed task keeps its words."""
    Task.objects.filter(pk=task.pk, state=TaskState.OPEN).update(note=note)
