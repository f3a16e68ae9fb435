"""The base by the month of the first order, written anew by each night.

The pages then read a few hundred rows, however large the base is.
"""

from datetime import date
from typing import Any

from django.db import connection

from customers.models import CustomerKind
from segmentation.actions.locks import recomputing
from segmentation.models import BaseSnapshot, Cohort
from segmentation.queries.cohorts import REPEAT_DAYS, stretches
from segmentation.queries.policies import policies_in_force

# The second day of each customer is one look into the index. Later than a year it says nothing to the rates.
_CAME_BACK = """
    CREATE TEMPORARY TABLE came_back AS
    SELECT s.customer_id, (
        SELECT o.placed_on FROM customers_order o
        WHERE o.customer_id = s.customer_id AND o.status NOT IN ('cancelled', 'returned')
          AND o.placed_on > s.first_on AND o.placed_on <= least(s.first_on + 365, %(as_of)s)
        ORDER BY o.placed_on LIMIT 1
    ) AS second_on
    FROM segmentation_purchasestatistics s WHERE s.purchase_days > 1
"""
# Goods without a known cost earn the margin of the policy; unless {cost_rate} names `c`, PostgreSQL drops that join.
# The join with the cohorts tells it how few they are, so that each worker adds up its own part.
_COHORT_DAYS = """
    CREATE TEMPORARY TABLE cohort_day AS
    SELECT m.month AS first_month, o.placed_on, count(*) AS orders, sum(o.revenue)::bigint AS revenue,
           sum(o.revenue - o.known_cost - CASE WHEN o.uncosted_revenue = 0 THEN 0
               ELSE round(o.uncosted_revenue * {cost_rate})::bigint END)::bigint AS margin
    FROM customers_order o
    JOIN segmentation_purchasestatistics s USING (customer_id)
    JOIN segmentation_cohort m ON m.month = date_trunc('month', s.first_on::timestamp)::date
    LEFT JOIN customers_customer c ON c.id = s.customer_id
    WHERE o.status NOT IN ('cancelled', 'returned') AND o.placed_on <= %(as_of)s
    GROUP BY m.month, o.placed_on
"""
_COHORT_MONTHS = """
    INSERT INTO segmentation_cohortmonth (first_month, month, orders, revenue, margin)
    SELECT first_month, date_trunc('month', placed_on)::date, sum(orders), sum(revenue), sum(margin)
    FROM cohort_day GROUP BY 1, 2
"""
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
        LEFT JOIN came_back b USING (customer_id)
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
    FROM (
        SELECT %(as_of)s::date - s.first_on AS age, b.second_on - s.first_on AS gap
        FROM segmentation_purchasestatistics s LEFT JOIN came_back b USING (customer_id)
    ) buyers
"""
_SALES = """
    SELECT coalesce(sum(orders), 0)::bigint, coalesce(sum(revenue), 0)::bigint, coalesce(sum(margin), 0)::bigint
    FROM cohort_day WHERE placed_on BETWEEN %s AND %s
"""


def recompute_cohorts(*, as_of: date) -> int:
    """Write the cohorts and their months by the orders up to `as_of`; returns the number of cohorts.

    Runs after the statistics and standings of the night, and completes its snapshot where there is one.
    """
    with recomputing(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM segmentation_cohort; DELETE FROM segmentation_cohortmonth")
        cursor.execute(_CAME_BACK, {"as_of": as_of})
        cursor.execute("ANALYZE came_back")
        cursor.execute(_COHORTS, {"as_of": as_of})
        cursor.execute("ANALYZE segmentation_cohort")
        _add_up_days(cursor, as_of)
        cursor.execute(_COHORT_MONTHS)
        BaseSnapshot.objects.filter(on=as_of).update(repeat=_repeat(cursor, as_of), sales=_sales(cursor, as_of))
        cursor.execute("DROP TABLE came_back; DROP TABLE cohort_day")
    return Cohort.objects.count()


def _add_up_days(cursor: Any, as_of: date) -> None:
    """Make the table `cohort_day`."""
    rates = {kind: 1 - policy.margin_rate for kind, policy in policies_in_force(as_of).items()}
    person, company = rates[CustomerKind.PERSON], rates[CustomerKind.COMPANY]
    values = {"as_of": as_of, "person": person, "company": company}
    differ = "CASE c.kind WHEN 'company' THEN %(company)s ELSE %(person)s END"
    cursor.execute(_COHORT_DAYS.format(cost_rate="%(person)s" if person == company else differ), values)


def _repeat(cursor: Any, as_of: date) -> dict[str, list[int]]:
    cursor.execute(_REPEAT, {"as_of": as_of})
    counts = cursor.fetchone()
    return {days: [*counts[2 * place : 2 * place + 2]] for place, days in enumerate(REPEAT_DAYS)}


def _sales(cursor: Any, as_of: date) -> dict[str, dict[str, int]]:
    """What each stretch of days brought."""
    totals = {}
    for name, (first, last) in stretches(as_of).items():
        cursor.execute(_SALES, [first, last])
        totals[name] = dict(zip(("orders", "revenue", "margin"), cursor.fetchone(), strict=True))
    return totals
