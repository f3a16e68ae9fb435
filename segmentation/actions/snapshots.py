"""The base as an asset, a row per night."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from core.money import from_minor
from segmentation.models import BaseSnapshot

# Money in minor units, and those of whom the method of the forecast knows whether they are alive.
_TOTALS = """
SELECT grade, lifecycle, count(*), coalesce(sum(predicted_12), 0)::bigint, coalesce(sum(predicted_36), 0)::bigint,
       coalesce(sum(realised), 0)::bigint, coalesce(sum(value_at_risk), 0)::bigint,
       coalesce(sum(p_alive), 0)::float8, count(p_alive)
FROM segmentation_standing GROUP BY grade, lifecycle
"""
_NAMES = ("customers", "predicted_12", "predicted_36", "realised", "value_at_risk", "alive", "judged")
_MONEY = ("predicted_12", "predicted_36", "realised", "value_at_risk")

Totals = dict[str, Any]


def take_snapshot(*, as_of: date) -> BaseSnapshot:
    """Add up the standings of the day; a second time on a day replaces the first."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        rows = [(grade, stage, dict(zip(_NAMES, sums, strict=True))) for grade, stage, *sums in cursor.fetchall()]
    whole = _add(totals for _, _, totals in rows)
    snapshot, _created = BaseSnapshot.objects.update_or_create(
        on=as_of,
        defaults={
            "buyers": whole["customers"],
            **{name: from_minor(whole[name]) for name in _MONEY},
            "by_grade": _by((grade, totals) for grade, _, totals in rows),
            "by_lifecycle": _by((stage, totals) for _, stage, totals in rows),
        },
    )
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
