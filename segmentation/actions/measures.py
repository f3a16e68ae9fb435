"""Thresholds and gaps of the base, measured each night."""

from datetime import date
from typing import Any

from django.db import connection

from core.money import to_minor
from segmentation.models import Measure, Policy
from segmentation.queries.grades import read_thresholds
from segmentation.queries.policies import policies_in_force
from segmentation.queries.standing_sql import GAPS
from segmentation.rules.rhythm import usable_gap


def measure_thresholds(*, as_of: date) -> dict[str, Measure]:
    """The thresholds of each kind as of a day, from the statistics; not saved yet."""
    return {kind: _thresholds(policy, as_of) for kind, policy in policies_in_force(as_of).items()}


def measure_gaps(measures: dict[str, Measure]) -> None:
    """Put the gaps of each segment into the measures, from the table `graded` of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS)
        for kind, grade, repeat_buyers, days in cursor.fetchall():
            if usable_gap(grade, repeat_buyers):
                measures[kind].gaps[grade] = days


def save_measures(measures: dict[str, Measure]) -> None:
    """Write the measures of a day, over those of an earlier run on the day."""
    for measure in measures.values():
        numbers = ("policy", "buyers", "count_threshold", "check_threshold", "gaps")
        Measure.objects.update_or_create(
            kind=measure.kind, on=measure.on, defaults={name: getattr(measure, name) for name in numbers}
        )


def _thresholds(policy: Policy, as_of: date) -> Measure:
    found = read_thresholds(policy)
    return Measure(
        kind=policy.kind,
        on=as_of,
        policy=policy,
        buyers=found.buyers,
        count_threshold=found.count,
        check_threshold=found.check,
    )


def limit_values(measures: dict[str, Measure]) -> dict[str, Any]:
    """The measures and their policies as the parameters of `standing_sql`."""
    rows = list(measures.values())
    gaps = [(row.kind, grade, days) for row in rows for grade, days in row.gaps.items()]
    return {
        "kinds": [row.kind for row in rows],
        "counts": [float(row.count_threshold) for row in rows],
        "checks": [to_minor(row.check_threshold) for row in rows],
        "policies": [row.policy_id for row in rows],
        "hysteresis": [float(row.policy.hysteresis) for row in rows],
        "windows": [row.policy.window_days for row in rows],
        "at_risk": [float(row.policy.at_risk_ratio) for row in rows],
        "lapsed": [float(row.policy.lapsed_ratio) for row in rows],
        "lost": [float(row.policy.lost_ratio) for row in rows],
        "gap_kinds": [kind for kind, _, _ in gaps],
        "gap_grades": [grade for _, grade, _ in gaps],
        "gap_days": [days for _, _, days in gaps],
    }
