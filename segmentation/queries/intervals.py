"""The 90% interval of the base value, or of that of a part of the base, on a sample."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from customers.models import Customer
from segmentation.queries import columns
from segmentation.queries.book import scope_of
from segmentation.queries.histories import UNIT
from segmentation.queries.policies import fit_in_force
from segmentation.rules.ltv import Histories, Margins
from segmentation.rules.ltv.interval import NoInterval, Stratum, bounds, spread
from segmentation.rules.ltv.predict import FittedOrders
from segmentation.rules.stored_fit import load

# Those of whom most is expected are all taken: a few large customers may hold a good part of the variance.
SURE = 5_000
DRAWN = 45_000

_THRESHOLD = """
SELECT count(*), count(*) FILTER (WHERE {scope}),
       coalesce((SELECT predicted_12 FROM segmentation_standing ORDER BY predicted_12 DESC OFFSET %(sure)s LIMIT 1), -1)
FROM segmentation_standing AS s
"""
_COLUMNS = dict.fromkeys(("frequency", "recency", "age", "repeat_margin", "is_sure", "is_in", "is_reached"), "int")
# A hash of the key draws evenly, and the same customers each time. A part is drawn denser than the rest of the base,
# which only tells how well the parameters are known.
_SAMPLE = """
SELECT (p.purchase_days - 1)::bigint, (p.last_on - p.first_on)::bigint, (%(as_of)s - p.first_on)::bigint,
       (p.margin - p.first_margin)::bigint, (s.predicted_12 > %(threshold)s)::int::bigint, ({scope})::int::bigint,
       EXISTS (SELECT FROM customers_contactpoint c WHERE c.customer_id = s.customer_id AND c.status = 'valid')::int
           ::bigint
FROM segmentation_standing AS s JOIN segmentation_purchasestatistics AS p USING (customer_id)
WHERE s.predicted_12 > %(threshold)s
   OR (hashint8(s.customer_id) & 2147483647) %% CASE WHEN {scope} THEN %(each)s ELSE %(each_other)s END = 0
ORDER BY s.customer_id
"""


@dataclass(frozen=True)
class Interval:
    """deviation: the relative standard deviation of the base value; None with a code of why it is not known."""

    deviation: float | None
    reason: str = ""

    def around(self, value: int) -> tuple[int, int]:
        """Both ends around a base value, in minor units."""
        low, high = bounds(value, self.deviation or 0.0)
        return round(low), round(high)


def value_interval(*, as_of: date, customers: QuerySet[Customer] | None = None) -> Interval:
    """How sure the base value of a day is, or that of some customers, by the fit in force.

    Needs a transaction; reads a sample.
    """
    fit = fit_in_force()
    if fit is None:
        return Interval(None, "no_fit")
    orders, margin = load(fit.method, fit.parameters)
    if not isinstance(orders, FittedOrders):
        return Interval(None, "cohort_average")
    strata = _strata(as_of, scope_of(customers))
    try:
        return Interval(spread(orders, margin, strata).total)
    except NoInterval as error:
        return Interval(None, error.reason)


def _strata(as_of: date, scope: str) -> list[Stratum]:
    """Those of whom most is expected, and as many as are needed of the others: in the part, and beside it."""
    with connection.cursor() as cursor:
        cursor.execute(_THRESHOLD.format(scope=scope), {"sure": SURE})
        buyers, inside, threshold = cursor.fetchone()
    each, each_other = _one_of(inside), _one_of(buyers)
    values = {"as_of": as_of, "threshold": threshold, "each": each, "each_other": each_other}
    sample = columns.read(_SAMPLE.format(scope=scope), values, _COLUMNS)
    sure, is_in = sample["is_sure"] == 1, sample["is_in"] == 1
    parts = [(sure, 1.0), (~sure & is_in, float(each)), (~sure & ~is_in, float(each_other))]
    return [_stratum(sample, chosen, times) for chosen, times in parts if chosen.any()]


def _one_of(customers: int) -> int:
    """Of how many customers one is drawn."""
    return max(1, -(-(customers - SURE) // DRAWN))


def _stratum(sample: dict[str, NDArray[Any]], chosen: NDArray[np.bool_], times: float) -> Stratum:
    part = {name: column[chosen] for name, column in sample.items()}
    mean = np.divide(part["repeat_margin"], np.maximum(part["frequency"], 1))
    return Stratum(
        Histories.from_customers(part["frequency"], part["recency"], part["age"], UNIT),
        Margins.from_customers(part["frequency"], mean),
        (part["is_in"] == 1) & (part["is_reached"] == 1),
        times,
    )
