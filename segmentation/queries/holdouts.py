"""History cut in two, so that a forecast made at the cut can be held against what came after it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from customers.models import CustomerKind
from segmentation.queries import columns
from segmentation.queries.histories import COLUMNS, KIND, SELECT, Buyers
from segmentation.queries.statistics_sql import statistics
from segmentation.rules.ltv import Histories, Holdout

KINDS = tuple(CustomerKind.values)
_AFTER = ("orders", "margin", "next_after", "window_orders", "window_revenue")

# Each day on which a customer who was known at the cut bought after it.
_LATER = """
CREATE UNLOGGED TABLE later AS
SELECT o.customer_id, o.placed_on
FROM customers_order AS o JOIN past_statistics AS s ON s.customer_id = o.customer_id
WHERE o.status NOT IN ('cancelled', 'returned') AND o.placed_on > %(cut)s AND o.placed_on <= %(end)s
GROUP BY o.customer_id, o.placed_on
"""
_PAST = f"""{SELECT.format(kind=KIND)},
       (w.purchase_days - s.purchase_days)::bigint AS orders,
       (w.margin - s.margin)::bigint AS margin,
       coalesce(l.first_on - %(until)s, 0)::bigint AS next_after,
       s.window_orders::bigint AS window_orders, s.window_revenue::bigint AS window_revenue
FROM past_statistics AS s JOIN whole_statistics AS w USING (customer_id)
JOIN customers_customer AS c ON c.id = s.customer_id
LEFT JOIN (SELECT customer_id, min(placed_on) AS first_on FROM later GROUP BY customer_id) AS l USING (customer_id)
"""  # noqa: S608
# Weeks are counted from 0; what is left over is a week of its own.
_WEEKS = "SELECT (placed_on - %(cut)s - 1) / 7, count(*) FROM later GROUP BY 1"


@dataclass(frozen=True, eq=False)
class Aftermath:
    """What came after the cut of N customers who had bought by then, as arrays (N,).

    orders: purchase days. margin: minor units, net of service. next_after: days from the cut to the next order, 0
    where none came. window_orders, window_revenue: of the grading window that ended at the cut.
    """

    orders: NDArray[np.int64]
    margin: NDArray[np.int64]
    next_after: NDArray[np.int64]
    window_orders: NDArray[np.int64]
    window_revenue: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SplitHistory:
    """Histories of those who had bought by `cut`, as they were known then, and what came of them until `end`.

    weeks: (W,) their purchase days in each week after the cut, the last one maybe short.
    """

    cut: date
    end: date
    past: Buyers
    after: Aftermath
    weeks: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Length of the part held out."""
        return (self.end - self.cut).days

    def holdout(self, histories: Histories | None = None) -> Holdout:
        """Calibration and what came after it. Raises ValueError where nothing can come after."""
        return Holdout.from_customers(histories or self.past.histories, self.after.orders, self.days)


def split_history(cut: date, end: date) -> tuple[SplitHistory, Buyers]:
    """The base cut in two, and all of it up to `end`, by the policies of that day. Needs the lock of a recompute.

    Works in tables of its own, which other than temporary ones several processes can read at once.
    """
    with connection.cursor() as cursor:
        for name, day in (("past_statistics", cut), ("whole_statistics", end)):
            part = statistics(day, ruled_on=end)
            cursor.execute(f"CREATE UNLOGGED TABLE {name} AS {part.text}", part.values)
            cursor.execute(f"ANALYZE {name}")
        cursor.execute(_LATER, {"cut": cut, "end": end})
        whole = Buyers.read(SELECT.format(kind="0") + "FROM whole_statistics AS s", {"until": end})
        known = columns.read(_PAST, {"until": cut, "kinds": list(KINDS)}, COLUMNS | dict.fromkeys(_AFTER, "int"))
        weeks = np.zeros(-(-(end - cut).days // 7), dtype=np.int64)
        cursor.execute(_WEEKS, {"cut": cut})
        for week, days in cursor.fetchall():
            weeks[week] = days
        cursor.execute("DROP TABLE past_statistics, whole_statistics, later")
    past = Buyers(**{name: known[name] for name in COLUMNS})
    after = Aftermath(**{name: known[name] for name in _AFTER})
    return SplitHistory(cut, end, past, after, weeks), whole
