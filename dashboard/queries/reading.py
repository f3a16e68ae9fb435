"""Who read how much of the base: days of people beside their habits, and the entries behind them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from core.models import User
from core.periods import day_start
from core.roles import Role
from customers.models import AccessEntry, AccessKind
from customers.queries.guard import limits
from customers.rules.reading_habits import WORK_BEGINS, WORK_ENDS, Day, Usual, Why, usual, why_unusual

HABIT_DAYS = 28
ENTRIES_AT_ONCE = 100
HAVE_OWN_CUSTOMERS = (Role.FARMER, Role.HUNTER)

_DAYS = """
    WITH e AS (
        SELECT a.by_id, a.kind, a.customers, a.detail, a.at AT TIME ZONE %(zone)s AS local, a.customer_id, c.name,
               lag(a.customer_id) OVER w AS before, lag(c.name) OVER w AS name_before
        FROM customers_accessentry a LEFT JOIN customers_customer c ON c.id = a.customer_id
        WHERE a.at >= %(first)s AND a.at < %(end)s AND a.kind IN ('contact', 'export')
        WINDOW w AS (PARTITION BY a.by_id, a.kind, (a.at AT TIME ZONE %(zone)s)::date ORDER BY a.at, a.id)
    ), s AS (
        SELECT *, kind = 'contact' AND before IS NOT NULL AND before <> customer_id AS is_step,
               NOT extract(hour FROM local) BETWEEN %(begins)s AND %(ends)s - 1 AS is_late
        FROM e
    )
    SELECT by_id, local::date AS day,
           count(DISTINCT detail->>'contact') FILTER (WHERE kind = 'contact') AS opened,
           count(DISTINCT detail->>'contact') FILTER (WHERE kind = 'contact' AND detail->'own' = 'false') AS foreign,
           count(*) FILTER (WHERE kind = 'export') AS exports,
           coalesce(sum(customers) FILTER (WHERE kind = 'export'), 0) AS taken,
           count(*) FILTER (WHERE is_late) AS late,
           count(*) FILTER (WHERE is_step) AS steps,
           greatest(
               count(*) FILTER (WHERE is_step AND customer_id > before),
               count(*) FILTER (WHERE is_step AND customer_id < before),
               count(*) FILTER (WHERE is_step AND name > name_before),
               count(*) FILTER (WHERE is_step AND name < name_before)
           ) AS in_order
    FROM s GROUP BY 1, 2"""
# The bare counts of the days before, for the habits.
_HABITS = """
    SELECT by_id, count(DISTINCT detail->>'contact') FILTER (WHERE kind = 'contact') AS opened,
           coalesce(sum(customers) FILTER (WHERE kind = 'export'), 0) AS taken
    FROM customers_accessentry
    WHERE at >= %(first)s AND at < %(end)s AND kind IN ('contact', 'export')
    GROUP BY by_id, (at AT TIME ZONE %(zone)s)::date"""


@dataclass(frozen=True)
class ReadingDay:
    """One person on one day: what was read, what is usual for them and for their role, and what is unusual."""

    person: User
    on: date
    read: Day
    own: Usual
    role: Usual
    limit: int | None
    why: list[Why]


def reading_days(*, first: date, last: date, person_id: int | None = None) -> list[ReadingDay]:
    """The days of reading from `first` to `last`, the unusual first; habits are those of the 28 days before."""
    people = {person.pk: person for person in User.objects.exclude(role=Role.INTEGRATION)}
    habits = _habits(first)
    by_role: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for by, days in habits.items():
        if by in people:
            by_role[people[by].role] += days
    roles = {role: _usual(days) for role, days in by_role.items()}
    allowed = limits()
    found = []
    for by, on, *numbers in _read(_DAYS, first, last + timedelta(days=1)):
        if by not in people or person_id not in (None, by):
            continue
        person, read = people[by], Day(*map(int, numbers))
        own, role = _usual(habits.get(by, [])), roles.get(person.role, Usual())
        limit = allowed.get((person.role, AccessKind.CONTACT))
        why = why_unusual(read, own=own, role=role, limit=limit, has_own_customers=person.role in HAVE_OWN_CUSTOMERS)
        found.append(ReadingDay(person, on, read, own, role, limit, why))
    return sorted(found, key=lambda day: (-len(day.why), -day.on.toordinal(), -day.read.opened - day.read.taken))


def _habits(first: date) -> dict[int, list[tuple[int, int]]]:
    days: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for by, opened, taken in _read(_HABITS, first - timedelta(days=HABIT_DAYS), first):
        days[by].append((opened, taken))
    return days


def _usual(days: list[tuple[int, int]]) -> Usual:
    return usual((opened for opened, _taken in days), (taken for _opened, taken in days))


def _read(statement: str, first: date, end: date) -> list[Any]:
    values: dict[str, Any] = {
        "zone": settings.TIME_ZONE,
        "first": day_start(first),
        "end": day_start(end),
        "begins": WORK_BEGINS,
        "ends": WORK_ENDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def entries(
    *, person_id: int | None = None, day: date | None = None, kind: str = "", mark: str = "", before: int | None = None
) -> QuerySet[AccessEntry]:
    """Entries newest first, one more than shown if there are more; of a person, a day, a kind, or an export's mark."""
    rows = AccessEntry.objects.select_related("by", "customer").order_by("-pk")
    if person_id is not None:
        rows = rows.filter(by=person_id)
    if day is not None:
        rows = rows.filter(at__gte=day_start(day), at__lt=day_start(day + timedelta(days=1)))
    if kind:
        rows = rows.filter(kind=kind)
    if mark:
        rows = rows.filter(mark=mark.strip().upper())
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows[: ENTRIES_AT_ONCE + 1]
