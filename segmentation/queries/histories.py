"""Purchase histories as numpy columns, for the models of lifetime value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from segmentation.queries import columns
from segmentation.queries.statistics_sql import statistics
from segmentation.rules.ltv import Histories, Margins, TimeUnit

# Weeks, as in the literature: parameters can be compared with published ones.
UNIT = TimeUnit.WEEK
MIN_HOLDOUT_DAYS = 28
MAX_HOLDOUT_DAYS = 180
# Bounds the memory of a forecast, whatever the size of the base.
CHUNK = 400_000
COLUMNS = dict.fromkeys(("customer_id", "kind", "frequency", "recency", "age", "repeat_margin"), "int")

# `kind`: an expression; `until`: the day up to which histories are told.
SELECT = """
SELECT s.customer_id,
       {kind}::bigint AS kind,
       (s.purchase_days - 1)::bigint AS frequency,
       (s.last_on - s.first_on)::bigint AS recency,
       (%(until)s - s.first_on)::bigint AS age,
       (s.margin - s.first_margin)::bigint AS repeat_margin
"""
# Of the customer `c`: the position of the kind in the list asked for.
KIND = "array_position(%(kinds)s::text[], c.kind::text)"


@dataclass(frozen=True, eq=False)
class Buyers:
    """Histories up to a day of N customers, as arrays (N,).

    frequency, recency, age: as in `Histories`, in days. repeat_margin: minor units over all repeat
    purchase days. kind: position, from 1, in the list that was asked for.
    """

    customer_id: NDArray[np.int64]
    kind: NDArray[np.int64]
    frequency: NDArray[np.int64]
    recency: NDArray[np.int64]
    age: NDArray[np.int64]
    repeat_margin: NDArray[np.int64]

    @classmethod
    def read(cls, select: str, values: dict[str, Any]) -> Self:
        return cls(**columns.read(select, values, COLUMNS))

    @property
    def histories(self) -> Histories:
        return Histories.from_customers(self.frequency, self.recency, self.age, UNIT)

    @property
    def margins(self) -> Margins:
        """Mean margin per repeat purchase day, which is what Gamma-Gamma reads."""
        mean = np.divide(self.repeat_margin, np.maximum(self.frequency, 1))
        return Margins.from_customers(self.frequency, mean)


def buyers_in_chunks(as_of: date, kinds: Sequence[str], customer_ids: Sequence[int] | None) -> Iterator[Buyers]:
    """Everybody who has statistics (or those named), by customer id, at most CHUNK at a time."""
    select = SELECT.format(kind=KIND)
    select += """
        FROM segmentation_purchasestatistics AS s JOIN customers_customer AS c ON c.id = s.customer_id
        WHERE s.customer_id > %(last)s AND (%(everybody)s OR s.customer_id = ANY(%(customer_ids)s))
        ORDER BY s.customer_id LIMIT %(chunk)s"""
    values = {
        "until": as_of,
        "kinds": list(kinds),
        "everybody": customer_ids is None,
        "customer_ids": list(customer_ids or ()),
        "chunk": CHUNK,
        "last": -1,
    }
    while len((buyers := Buyers.read(select, values)).customer_id):
        yield buyers
        values["last"] = int(buyers.customer_id[-1])


def whole_history(end: date) -> Buyers:
    """Everybody's history up to a day, from the orders themselves."""
    part = statistics(end)
    select = SELECT.format(kind="0") + f"FROM ({part.text}) AS s"
    return Buyers.read(select, part.values | {"until": end})


def order_span(until: date) -> tuple[date, date] | None:
    """Days of the first and the last order up to a day; None without orders."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(placed_on), max(placed_on) FROM customers_order WHERE placed_on <= %s", [until])
        first, last = cursor.fetchone()
    return None if first is None else (first, last)


def cut_for_backtest(first: date, end: date) -> date | None:
    """Where to cut history: the last quarter, at most 180 days; None where that is under four weeks."""
    days = min((end - first).days // 4, MAX_HOLDOUT_DAYS)
    return None if days < MIN_HOLDOUT_DAYS else end - timedelta(days=days)
