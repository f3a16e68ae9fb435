"""Handing customers from one person to another, with the work that is open on them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.journal import Undone, change_set, undo
from core.models import ChangeKind, ChangeSet, User
from customers.actions import assign_owner
from customers.models import Customer, Obligation, ObligationState
from touches.models import Task, TaskState


def hand_over(*, customer_ids: Collection[int], owner: User | None, by: User, at: datetime) -> ChangeSet:
    """Give customers to a person, or to the pool (None), as one whole that can be undone.

    The open tasks and promises of whoever looked after each of them go along; work that a third person has taken
    on stays theirs. `data` of the change set says how many of each changed hands.
    """
    with change_set(kind=ChangeKind.HANDOVER, by=by, at=at, label=str(owner or "")) as made:
        tasks = _of_their_owner(Task.objects.filter(state=TaskState.OPEN), customer_ids)
        promises = _of_their_owner(Obligation.objects.filter(state=ObligationState.OPEN), customer_ids)
        made.data = {
            "to": owner and owner.pk,
            "customers": assign_owner(customer_ids=customer_ids, owner=owner, by=by, at=at),
            "tasks": Task.objects.filter(pk__in=tasks).update(owner=owner),
            "promises": Obligation.objects.filter(pk__in=promises).update(owner=owner),
        }
        made.save(update_fields=["data"])
    return made


def undo_handover(*, handover_id: int, by: User, at: datetime) -> Undone:
    """Undo a hand-over; customers whom somebody has handed on since stay where they are.

    Raises NotFound if there is no such hand-over, Conflict if it was undone already.
    """
    made = ChangeSet.objects.filter(pk=handover_id, kind=ChangeKind.HANDOVER).first()
    if made is None:
        raise NotFound(_("There is no such hand-over."))
    return undo(made=made, by=by, at=at)


def _of_their_owner(rows: QuerySet[Any], customer_ids: Collection[int]) -> list[int]:
    """Work on the customers that lies with whoever looks after them, read before they change hands."""
    held = Customer.objects.filter(pk=OuterRef("customer"), owner=OuterRef("owner"))
    return list(rows.filter(Exists(held), customer__in=list(customer_ids)).values_list("pk", flat=True))
