"""Grades by category of products, each night, where a policy asks for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from core.money import to_minor
from segmentation.actions.locks import recomputing
from segmentation.models import CategoryGrade, CategoryMeasure, Policy
from segmentation.queries import grades_sql
from segmentation.queries.grades import Found, policy_values, read_thresholds
from segmentation.queries.policies import category_policies_in_force


@dataclass(frozen=True)
class Regraded:
    """How many grades by category changed, and how many rows were written or removed."""

    changed: int
    written: int
    removed: int


def regrade_categories(*, as_of: date) -> Regraded:
    """Measure each category that a policy is in force for, and grade by it. Without any, one look and no more."""
    policies = category_policies_in_force(as_of)
    if not policies and not CategoryGrade.objects.exists():
        return Regraded(0, 0, 0)
    with recomputing():
        removed = _count(
            grades_sql.CATEGORY_REMOVE,
            {
                "kinds": [policy.kind for policy in policies],
                "categories": [policy.category_id for policy in policies],
            },
        )
        done = [_regrade(policy, as_of) for policy in policies]
    return Regraded(sum(changed for changed, _ in done), sum(written for _, written in done), removed)


def _regrade(policy: Policy, as_of: date) -> tuple[int, int]:
    """The numbers of grades that changed and of rows written."""
    found = read_thresholds(policy, as_of=as_of)
    _save_measure(policy, found, as_of)
    values = policy_values(policy, as_of) | {
        "count_threshold": found.count,
        "check_threshold": to_minor(found.check),
        "policy": policy.pk,
    }
    limits = grades_sql.limits_of(policy, grades_sql.CATEGORY_WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(
            grades_sql.CATEGORY_OUTCOME.format(limits=limits, judged=grades_sql.judged_of_category()), values
        )
        changed = _count(grades_sql.CATEGORY_CHANGES, values)
        written = _count(grades_sql.CATEGORY_GRADES, values)
        cursor.execute("DROP TABLE category_outcome")
    return changed, written


def _save_measure(policy: Policy, found: Found, as_of: date) -> None:
    CategoryMeasure.objects.update_or_create(
        kind=policy.kind,
        category_id=policy.category_id,
        on=as_of,
        defaults={
            "policy": policy,
            "buyers": found.buyers,
            "count_threshold": found.count,
            "check_threshold": found.check,
        },
    )


def _count(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: int = cursor.rowcount
        return rows
