"""Grades by category of products, where a policy asks for them: each night, and of whom an order came or changed."""

from collections.abc import Sequence
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
        removed = _count(grades_sql.CATEGORY_REMOVE, _graded_by(policies))
        done = [_regrade(policy, as_of) for policy in policies]
    return Regraded(sum(changed for changed, _ in done), sum(written for _, written in done), removed)


def regrade_customers(*, as_of: date, customer_ids: Sequence[int]) -> None:
    """Grade some by the thresholds that a night found for the policies in force. Needs the lock and a transaction."""
    policies = category_policies_in_force(as_of)
    if not policies:
        return
    _count(grades_sql.CATEGORY_REMOVE_OF_SOME, _graded_by(policies) | {"customer_ids": list(customer_ids)})
    measures = CategoryMeasure.objects.filter(policy__in=policies, on__lte=as_of).order_by("policy_id", "-on")
    measured = {each.policy_id: each for each in measures.distinct("policy_id")}
    for policy in policies:
        if measure := measured.get(policy.pk):
            found = Found(measure.buyers, float(measure.count_threshold), measure.check_threshold)
            values = _values(policy, as_of, found) | {"customer_ids": list(customer_ids)}
            _conclude(grades_sql.CATEGORY_OF_SOME, values)


def _graded_by(policies: list[Policy]) -> dict[str, Any]:
    return {
        "kinds": [policy.kind for policy in policies],
        "categories": [policy.category_id for policy in policies],
    }


def _regrade(policy: Policy, as_of: date) -> tuple[int, int]:
    """The numbers of grades that changed and of rows written."""
    found = read_thresholds(policy, as_of=as_of)
    _save_measure(policy, found, as_of)
    limits = grades_sql.limits_of(policy, grades_sql.CATEGORY_WINDOW)
    return _conclude(limits, _values(policy, as_of, found))


def _values(policy: Policy, as_of: date, found: Found) -> dict[str, Any]:
    return policy_values(policy, as_of) | {
        "count_threshold": found.count,
        "check_threshold": to_minor(found.check),
        "policy": policy.pk,
    }


def _conclude(limits: str, values: dict[str, Any]) -> tuple[int, int]:
    """From `windowed` and `limits` to grades and their history."""
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
