"""Who acts, and what is done as one whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core.models import ChangeSet, User


def acting(*, user_id: int | None, origin: str) -> None:
    """Tell the journal who makes the changes that follow on this connection, until it is told otherwise.

    `origin`: web, api, import, task, command.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('ferma.actor', %s, false), set_config('ferma.origin', %s, false)",
            [str(user_id or ""), origin],
        )


@contextmanager
def change_set(
    *, kind: str, at: datetime, by: User | None = None, label: str = "", data: dict[str, Any] | None = None
) -> Iterator[ChangeSet]:
    """One transaction whose changes can be undone together."""
    with transaction.atomic():
        made = ChangeSet.objects.create(kind=kind, by=by, at=at, label=label[:200], data=data or {})
        with continued(made):
            yield made


@contextmanager
def continued(made: ChangeSet) -> Iterator[None]:
    """One more transaction of a change set, such as the next portion of an import."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ferma.change_set', %s, true)", [str(made.pk)])
        yield
        # An inner savepoint does not take the setting back; what follows in the transaction is not of the set.
        cursor.execute("SELECT set_config('ferma.change_set', '', true)")
