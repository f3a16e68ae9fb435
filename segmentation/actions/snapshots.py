"""The base as an asset, a row per night."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from core.money import from_minor
from segmentation.actions.book import keep_book
from segmentation.actions.reach import counted_contacts
from segmentation.models import BaseSnapshot

# Money in minor units, those who can be reached, and those of whom the method of the forecast knows whether they
# are alive.
_TOTALS = """
SELECT s.grade, s.lifecycle, count(*), coalesce(sum(s.predicted_12), 0)::bigint,
       coalesce(sum(s.predicted_36), 0)::bigint, coalesce(sum(s.realised), 0)::bigint,
       coalesce(sum(s.value_at_risk), 0)::bigint,
       count(c.customer_id), coalesce(sum(s.predicted_12) FILTER (WHERE c.customer_id IS NOT NULL), 0)::bigint,
       coalesce(sum(s.value_at_risk) FILTER (WHERE c.customer_id IS NOT NULL), 0)::bigint,
       coalesce(sum(s.p_alive), 0)::float8, count(s.p_alive)
FROM segmentation_standing AS s
LEFT JOIN reach AS c USING (customer_id)
GROUP BY s.grade, s.lifecycle
"""
_MONEY = ("predicted_12", "predicted_36", "realised", "value_at_risk", "base_value", "base_at_risk")
_NAMES = ("customers", *_MONEY[:4], "reachable", *_MONEY[4:], "alive", "judged")

Totals = dict[str, Any]


def take_snapshot(*, as_of: date) -> BaseSnapshot:
    """Add up the standings of the day, and keep the book; a second time on a day replaces the first."""
    with counted_contacts(), connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        rows = [(grade, stage, dict(zip(_NAMES, sums, strict=True))) for grade, stage, *sums in cursor.fetchall()]
        whole = _add(totals for _, _, totals in rows)
        snapshot, _created = BaseSnapshot.objects.update_or_create(
            on=as_of,
            defaults={
                "buyers": whole["customers"],
                "reachable": whole["reachable"],
                **{name: from_minor(whole[name]) for name in _MONEY},
                "by_grade": _by((grade, totals) for grade, _, totals in rows),
                "by_lifecycle": _by((stage, totals) for _, stage, totals in rows),
            },
        )
        keep_book(as_of=as_of)
    return snapshot


def _add(rows: Iterable[Totals]) -> Totals:
    rows = list(rows)
    return {name: sum(row[name] for row in rows) for name in _NAMES}


def _by(rows: Iterable[tuple[str, Totals]]) -> dict[str, Totals]:
    """The totals of each code."""
    groups: dict[str, list[Totals]] = defaultdict(list)
    for code, totals in rows:
        groups[code].append(totals)
    return {code: _add(group) for code, group in groups.items()}
