"""Taking a whole import back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.journal import undo
from core.models import ChangeSet, User
from customers.actions.locks import lock_everything
from customers.actions.timeline import mark_stale_by_change
from customers.models import ImportJob


@transaction.atomic
def take_back(*, job: ImportJob, by_id: int | None, at: datetime) -> dict[str, Any]:
    """Undo what the import changed, as far as nobody has built on it; returns what went and what stayed, by table.

    Writers of orders and customers wait meanwhile. Raises Conflict if it was undone before.
    """
    lock_everything()
    made = ChangeSet.objects.get(pk=job.change_set_id)
    undone = undo(made=made, by=User.objects.filter(pk=by_id).first(), at=at)
    mark_stale_by_change(change_set_id=undone.change_set.pk, at=at)
    return {
        "rows": dict(undone.rows),
        "kept": [
            {"table": table, "reason": reason, "count": count} for (table, reason), count in undone.kept.most_common()
        ],
        "examples": [{"table": table, "id": id_, "reason": reason} for table, id_, reason in undone.examples],
    }
