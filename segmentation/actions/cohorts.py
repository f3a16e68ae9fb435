"""The base by the month of the first order, written anew by each night.

The pages then read a few hundred rows, however large the base is.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from core.periods import add_months
from segmentation.actions.locks import recomputing
from segmentation.models import BaseSnapshot, Cohort
from segmentation.queries import cohort_sql, part_sql
from segmentation.queries.cohorts import stretches
from segmentation.queries.part import cost_rates, repeat_rates

# By way of a temporary table: PostgreSQL reads in parallel to fill one, and not to write elsewhere.
_FOUND = """
    CREATE TEMPORARY TABLE cohort_found ON COMMIT DROP AS
    SELECT month, count(*) AS customers, sum(margin) AS realised, coalesce(sum(predicted_12), 0) AS predicted_12,
           coalesce(sum(predicted_36), 0) AS predicted_36, coalesce(sum(p_alive), 0) AS alive,
           count(p_alive) AS judged, jsonb_build_object(
               '90', jsonb_build_array(
                   count(*) FILTER (WHERE age >= 90), count(*) FILTER (WHERE age >= 90 AND gap <= 90)),
               '180', jsonb_build_array(
                   count(*) FILTER (WHERE age >= 180), count(*) FILTER (WHERE age >= 180 AND gap <= 180)),
               '365', jsonb_build_array(
                   count(*) FILTER (WHERE age >= 365), count(*) FILTER (WHERE age >= 365 AND gap <= 365))) AS repeat
    FROM (
        SELECT date_trunc('month', s.first_on::timestamp)::date AS month, s.margin, t.predicted_12, t.predicted_36,
               t.p_alive, %(as_of)s::date - s.first_on AS age, b.second_on - s.first_on AS gap
        FROM segmentation_purchasestatistics s
        LEFT JOIN segmentation_standing t USING (customer_id)
        LEFT JOIN cohort_buyer b USING (customer_id)
    ) buyers
    GROUP BY month
"""
_COHORTS = """
    INSERT INTO segmentation_cohort
        (month, customers, realised, predicted_12, predicted_36, alive, judged, repeat)
    SELECT month, customers, realised, predicted_12, predicted_36, alive, judged, repeat FROM cohort_found
"""
_MONTHS_SALES = """
    SELECT coalesce(sum(orders), 0)::bigint, coalesce(sum(revenue), 0)::bigint, coalesce(sum(margin), 0)::bigint
    FROM segmentation_cohortmonth WHERE month = %(first)s
"""


def recompute_cohorts(*, as_of: date) -> int:
    """Write the cohorts, their months and cells by the orders up to `as_of`; returns the number of cohorts.

    Runs after the statistics, origins and standings of the night, and completes its snapshot where there is one.
    """
    with recomputing(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM segmentation_cohort; DELETE FROM segmentation_cohortmonth; DELETE FROM segmentation_cohortcell"
        )
        rates = cost_rates(as_of)
        cursor.execute(cohort_sql.BUYERS, {"as_of": as_of})
        cursor.execute("ANALYZE cohort_buyer")
        cursor.execute(_FOUND, {"as_of": as_of})
        cursor.execute(_COHORTS)
        _add_up(cursor, as_of, rates)
        sales = _sales(cursor, as_of, rates)
        BaseSnapshot.objects.filter(on=as_of).update(repeat=_repeat(cursor, as_of), sales=sales)
        cursor.execute("DROP TABLE cohort_buyer, cohort_found")
    return Cohort.objects.count()


def _add_up(cursor: Any, as_of: date, rates: dict[str, Any]) -> None:
    """Fill the cells and the months out of `cohort_buyer`."""
    cursor.execute(cohort_sql.READ_BY_ONE)
    cursor.execute(cohort_sql.parts(rates), rates | {"as_of": as_of})
    cursor.execute(cohort_sql.RETURNED)
    cursor.execute("ANALYZE cohort_part")
    cursor.execute(cohort_sql.cells())
    cursor.execute(cohort_sql.MONTHS)
    cursor.execute("DROP TABLE cohort_part")


def _repeat(cursor: Any, as_of: date) -> dict[str, list[int]]:
    cursor.execute(part_sql.REPEAT.format(buyers="cohort_buyer"), {"as_of": as_of})
    return repeat_rates(cursor.fetchone())


def _sales(cursor: Any, as_of: date, rates: dict[str, Any]) -> dict[str, dict[str, int]]:
    """What each stretch of days brought. Whole months, and the one under way, are in the cohorts' months already."""
    totals = {}
    for name, (first, last) in stretches(as_of).items():
        is_month = last == as_of or add_months(first, 1) == last + timedelta(days=1)
        cursor.execute(
            _MONTHS_SALES if is_month else part_sql.SALES.format(scope="TRUE"), rates | {"first": first, "last": last}
        )
        totals[name] = dict(zip(("orders", "revenue", "margin"), cursor.fetchone(), strict=True))
    return totals
