"""The base by the month of the first order, written anew by each night.

The pages then read a few hundred rows, however large the base is.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from core.periods import add_months
from segmentation.actions.locks import recomputing
from segmentation.models import BaseSnapshot, Cohort
from segmentation.queries import cohort_sql
from segmentation.queries.cohorts import REPEAT_DAYS, stretches
from segmentation.queries.policies import policies_in_force

_COHORTS = """
    INSERT INTO segmentation_cohort
        (month, customers, realised, predicted_12, predicted_36, alive, judged, repeat)
    SELECT month, count(*), sum(margin), coalesce(sum(predicted_12), 0), coalesce(sum(predicted_36), 0),
           coalesce(sum(p_alive), 0), count(p_alive), jsonb_build_object(
               '90', jsonb_build_array(
                   count(*) FILTER (WHERE age >= 90), count(*) FILTER (WHERE age >= 90 AND gap <= 90)),
               '180', jsonb_build_array(
                   count(*) FILTER (WHERE age >= 180), count(*) FILTER (WHERE age >= 180 AND gap <= 180)),
               '365', jsonb_build_array(
                   count(*) FILTER (WHERE age >= 365), count(*) FILTER (WHERE age >= 365 AND gap <= 365)))
    FROM (
        SELECT date_trunc('month', s.first_on::timestamp)::date AS month, s.margin, t.predicted_12, t.predicted_36,
               t.p_alive, %(as_of)s::date - s.first_on AS age, b.second_on - s.first_on AS gap
        FROM segmentation_purchasestatistics s
        LEFT JOIN segmentation_standing t USING (customer_id)
        LEFT JOIN cohort_buyer b USING (customer_id)
    ) buyers
    GROUP BY month
"""
# The same over a year of first orders, the last one that is old enough: [days, days + 365).
_REPEAT = """
    SELECT count(*) FILTER (WHERE age >= 90 AND age < 455),
           count(*) FILTER (WHERE age >= 90 AND age < 455 AND gap <= 90),
           count(*) FILTER (WHERE age >= 180 AND age < 545),
           count(*) FILTER (WHERE age >= 180 AND age < 545 AND gap <= 180),
           count(*) FILTER (WHERE age >= 365 AND age < 730),
           count(*) FILTER (WHERE age >= 365 AND age < 730 AND gap <= 365)
    FROM (SELECT %(as_of)s::date - first_on AS age, second_on - first_on AS gap FROM cohort_buyer) buyers
"""
_SALES = """
    SELECT count(*), coalesce(sum(o.revenue), 0)::bigint,
           coalesce(sum(o.revenue - o.known_cost - round(o.uncosted_revenue * p.cost_rate)::bigint), 0)::bigint
    FROM customers_order o
    JOIN customers_customer c ON c.id = o.customer_id
    JOIN (VALUES ('person', %(person)s), ('company', %(company)s)) AS p (kind, cost_rate) ON p.kind = c.kind
    WHERE o.status NOT IN ('cancelled', 'returned') AND o.placed_on BETWEEN %(first)s AND %(last)s
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
        rates = _cost_rates(as_of)
        cursor.execute(cohort_sql.BUYERS, {"as_of": as_of})
        cursor.execute("ANALYZE cohort_buyer")
        cursor.execute(_COHORTS, {"as_of": as_of})
        _add_up(cursor, as_of, rates)
        sales = _sales(cursor, as_of, rates)
        BaseSnapshot.objects.filter(on=as_of).update(repeat=_repeat(cursor, as_of), sales=sales)
        cursor.execute("DROP TABLE cohort_buyer")
    return Cohort.objects.count()


def _cost_rates(as_of: date) -> dict[str, Any]:
    """What goods without a known cost are taken to have cost, by customer kind, as a share of their revenue."""
    return {kind: 1 - policy.margin_rate for kind, policy in policies_in_force(as_of).items()}


def _add_up(cursor: Any, as_of: date, rates: dict[str, Any]) -> None:
    """Fill the cells and the months out of `cohort_buyer`."""
    cursor.execute(cohort_sql.parts(rates), rates | {"as_of": as_of})
    cursor.execute(cohort_sql.RETURNED)
    cursor.execute("ANALYZE cohort_part")
    cursor.execute(cohort_sql.cells())
    cursor.execute(cohort_sql.MONTHS)
    cursor.execute("DROP TABLE cohort_part")


def _repeat(cursor: Any, as_of: date) -> dict[str, list[int]]:
    cursor.execute(_REPEAT, {"as_of": as_of})
    counts = cursor.fetchone()
    return {days: [*counts[2 * place : 2 * place + 2]] for place, days in enumerate(REPEAT_DAYS)}


def _sales(cursor: Any, as_of: date, rates: dict[str, Any]) -> dict[str, dict[str, int]]:
    """What each stretch of days brought. Whole months, and the one under way, are in the cohorts' months already."""
    totals = {}
    for name, (first, last) in stretches(as_of).items():
        is_month = last == as_of or add_months(first, 1) == last + timedelta(days=1)
        cursor.execute(_MONTHS_SALES if is_month else _SALES, rates | {"first": first, "last": last})
        totals[name] = dict(zip(("orders", "revenue", "margin"), cursor.fetchone(), strict=True))
    return totals
