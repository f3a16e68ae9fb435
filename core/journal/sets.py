"""Who acts, and what is done as one whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from asgiref.local import Local
from django.db import OperationalError, connection, transaction

from core.models import ChangeSet, User

# Whether this thread has told its connection of somebody: connections outlive requests.
_told = Local()


def acting(*, user_id: int | None, origin: str) -> None:
    """Tell the journal who makes the changes that follow on this connection, until it is told otherwise.

    `origin`: web, api, import, task, command.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('ferma.actor', %s, false), set_config('ferma.origin', %s, false)",
            [str(user_id or ""), origin],
        )
    _told.somebody = True


def acting_as(column: str, origin: str) -> str:
    """The same as a part of a SELECT that finds out who acts: `column` holds the id, `origin` is a plain word.

    Whoever sends it says `acted` afterwards.
    """
    return f"set_config('ferma.actor', {column}::text, false), set_config('ferma.origin', '{origin}', false)"


def acted() -> None:
    """This connection has been told of somebody by other means than `acting`."""
    _told.somebody = True


def nobody_acts() -> None:
    """What comes now is not by whoever acted last on this connection; asks the database only if somebody did."""
    if getattr(_told, "somebody", False):
        try:
            acting(user_id=None, origin="")
        except OperationalError:
            # A page that needs the database finds out by itself, one that tells how it is can say so.
            return
        _told.somebody = False


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
