"""The one SQL that computes purchase statistics, for all customers or for some.

It reads nothing but the index `order_customer_day`, which carries the money of each order: in the
order of that index the sums need neither a sort nor a hash. For the whole base the index is cut
into slices, which PostgreSQL reads in parallel.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from core.periods import Window
from segmentation.models import Policy
from segmentation.queries.policies import policies_in_force

COLUMNS = (
    "customer_id",
    "orders",
    "purchase_days",
    "first_on",
    "last_on",
    "revenue",
    "margin",
    "first_margin",
    "window_orders",
    "window_revenue",
)
SLICES = 8

# Exact sums of one customer's counted orders. `first_order` is [day, goods margin, revenue without a
# cost] of an order of the first day: all of that day, unless some day has several orders.
SUMS = """
SELECT o.customer_id,
       count(*)::int AS orders,
       count(DISTINCT o.placed_on)::int AS purchase_days,
       min(o.placed_on) AS first_on,
       max(o.placed_on) AS last_on,
       sum(o.revenue)::bigint AS revenue,
       sum(o.revenue - o.known_cost)::bigint AS goods,
       sum(o.uncosted_revenue)::bigint AS uncosted,
       {windows},
       min(ARRAY[o.placed_on - DATE '1970-01-01', o.revenue - o.known_cost, o.uncosted_revenue]::bigint[])
           AS first_order
FROM customers_order AS o
WHERE o.status NOT IN ('cancelled', 'returned') AND o.placed_on <= %(as_of)s AND {customers}
GROUP BY o.customer_id{at_most}
"""

# Kinds may have windows of different length, and this pass does not know the kind: each length has
# its columns.
_WINDOW = """
       (count(*) FILTER (WHERE o.placed_on >= %(window_{i})s))::int AS window_orders_{i},
       coalesce(sum(o.revenue) FILTER (WHERE o.placed_on >= %(window_{i})s), 0)::bigint AS window_revenue_{i}
"""

# Only where some day has several orders is the first day looked up.
_STATISTICS = """
SELECT s.customer_id, s.orders, s.purchase_days, s.first_on, s.last_on, s.revenue,
       s.goods - round(s.uncosted * p.cost_rate)::bigint - coalesce(v.amount, 0) AS margin,
       CASE WHEN s.orders = s.purchase_days
            THEN s.first_order[2] - round(s.first_order[3] * p.cost_rate)::bigint
            ELSE d.goods - round(d.uncosted * p.cost_rate)::bigint
       END AS first_margin,
       (ARRAY[{window_orders}])[p.length] AS window_orders, (ARRAY[{window_revenues}])[p.length] AS window_revenue
FROM ({sums}) AS s
JOIN customers_customer AS c ON c.id = s.customer_id
JOIN unnest(%(kinds)s::text[], %(cost_rates)s::numeric[], %(lengths)s::int[]) AS p (kind, cost_rate, length)
     ON p.kind = c.kind
LEFT JOIN (
    SELECT customer_id, sum(amount)::bigint AS amount
    FROM customers_servicecost AS o
    WHERE at < %(end)s AND {customers}
    GROUP BY customer_id
) AS v ON v.customer_id = s.customer_id
LEFT JOIN LATERAL (
    SELECT sum(f.revenue - f.known_cost)::bigint AS goods, sum(f.uncosted_revenue)::bigint AS uncosted
    FROM customers_order AS f
    WHERE s.orders <> s.purchase_days AND f.customer_id = s.customer_id AND f.placed_on = s.first_on
      AND f.status NOT IN ('cancelled', 'returned')
) AS d ON TRUE
"""


@dataclass(frozen=True)
class Statement:
    """SQL with its parameters."""

    text: str
    values: dict[str, Any]


def statistics(as_of: date, customer_ids: Sequence[int] | None = None, *, ruled_on: date | None = None) -> Statement:
    """A SELECT of COLUMNS as of a day, of the customers named, or of all.

    Orders placed after the day do not exist yet for it. Realised margin is
    sum(revenue - known cost - uncosted revenue x (1 - margin rate of the kind's policy)) - service.
    The policies are those of the day, or of `ruled_on`, so that two days can be subtracted from each other.
    """
    policies = policies_in_force(ruled_on or as_of)
    lengths = sorted({policy.window_days for policy in policies.values()})
    windows = ",".join(_WINDOW.format(i=i) for i in range(len(lengths)))
    named = ["o.customer_id = ANY(%(customer_ids)s::bigint[])"]
    ranges = slices() if customer_ids is None else named
    # There are no more groups than customers. PostgreSQL expects many times as many, and would then read whole
    # tables to join them.
    at_most = "" if customer_ids is None else " LIMIT greatest(cardinality(%(customer_ids)s::bigint[]), 1)"
    text = _STATISTICS.format(
        sums=" UNION ALL ".join(SUMS.format(customers=each, windows=windows, at_most=at_most) for each in ranges),
        customers="TRUE" if customer_ids is None else named[0],
        window_orders=_columns("window_orders", len(lengths)),
        window_revenues=_columns("window_revenue", len(lengths)),
    )
    values = _values(as_of, policies, lengths) | {"customer_ids": list(customer_ids or ())}
    return Statement(text, values)


def day_end(day: date) -> datetime:
    """The first moment after the day, in the company's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min), timezone.get_default_timezone())


def _columns(name: str, count: int) -> str:
    return ", ".join(f"s.{name}_{i}" for i in range(count))


def _values(as_of: date, policies: dict[str, Policy], lengths: list[int]) -> dict[str, Any]:
    firsts = {f"window_{i}": Window(as_of, days).first for i, days in enumerate(lengths)}
    return firsts | {
        "as_of": as_of,
        "end": day_end(as_of),
        "kinds": list(policies),
        "cost_rates": [1 - policy.margin_rate for policy in policies.values()],
        "lengths": [1 + lengths.index(policy.window_days) for policy in policies.values()],
    }


def slices() -> list[str]:
    """Conditions that cut all customers into SLICES ranges of ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM customers_customer")
        low, high = cursor.fetchone()
    if low is None:
        return ["TRUE"]
    cuts = [low + (high - low + 1) * i // SLICES for i in range(1, SLICES)]
    inner = [f"o.customer_id >= {a} AND o.customer_id < {b}" for a, b in itertools.pairwise(cuts)]
    return [f"o.customer_id < {cuts[0]}", *inner, f"o.customer_id >= {cuts[-1]}"]
