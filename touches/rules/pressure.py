"""Contact pressure: how many machine messages a customer may get."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """At most `messages` in any `days` days."""

    messages: int
    days: int


def is_pressed(touched_at: Sequence[datetime], at: datetime, limits: Iterable[Limit]) -> bool:
    """Whether one more message at `at` would break a limit, given the times of the machine's earlier ones.

    A limit of n in d days looks back over d days: a message exactly d days old no longer counts.
    Times after `at` count too: a message sent meanwhile by another sender presses as well.
    """
    return any(_sent_since(touched_at, at - timedelta(days=limit.days)) >= limit.messages for limit in limits)


def _sent_since(touched_at: Iterable[datetime], start: datetime) -> int:
    return sum(1 for moment in touched_at if moment > start)
