"""The 90% interval of the base value, on a sample of the base."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from segmentation.queries import columns
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
SELECT count(*), coalesce((SELECT predicted_12 FROM segmentation_standing ORDER BY predicted_12 DESC OFFSET %s LIMIT 1),
                          -1)
FROM segmentation_standing
"""
_COLUMNS = dict.fromkeys(("frequency", "recency", "age", "repeat_margin", "is_sure", "is_counted"), "int")
# A hash of the key draws evenly, and the same customers each time.
_SAMPLE = """
SELECT (p.purchase_days - 1)::bigint, (p.last_on - p.first_on)::bigint, (%(as_of)s - p.first_on)::bigint,
       (p.margin - p.first_margin)::bigint, (s.predicted_12 > %(threshold)s)::int::bigint,
       EXISTS (SELECT FROM customers_contactpoint c WHERE c.customer_id = s.customer_id AND c.status = 'valid')::int
           ::bigint
FROM segmentation_standing AS s JOIN segmentation_purchasestatistics AS p USING (customer_id)
WHERE s.predicted_12 > %(threshold)s OR (hashint8(s.customer_id) & 2147483647) %% %(each)s = 0
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


def value_interval(*, as_of: date) -> Interval:
    """How sure the base value of a day is, by the fit in force. Needs a transaction; reads a sample."""
    fit = fit_in_force()
    if fit is None:
        return Interval(None, "no_fit")
    orders, margin = load(fit.method, fit.parameters)
    if not isinstance(orders, FittedOrders):
        return Interval(None, "cohort_average")
    strata = _strata(as_of)
    try:
        return Interval(spread(orders, margin, strata).total)
    except NoInterval as error:
        return Interval(None, error.reason)


def _strata(as_of: date) -> list[Stratum]:
    """Those of whom most is expected, and as many as are needed of the others."""
    with connection.cursor() as cursor:
        cursor.execute(_THRESHOLD, [SURE])
        buyers, threshold = cursor.fetchone()
    each = max(1, -(-(buyers - SURE) // DRAWN))
    sample = columns.read(_SAMPLE, {"as_of": as_of, "threshold": threshold, "each": each}, _COLUMNS)
    sure = sample["is_sure"] == 1
    parts = [(sure, 1.0), (~sure, float(each))]
    return [_stratum(sample, chosen, times) for chosen, times in parts if chosen.any()]


def _stratum(sample: dict[str, NDArray[Any]], chosen: NDArray[np.bool_], times: float) -> Stratum:
    part = {name: column[chosen] for name, column in sample.items()}
    mean = np.divide(part["repeat_margin"], np.maximum(part["frequency"], 1))
    return Stratum(
        Histories.from_customers(part["frequency"], part["recency"], part["age"], UNIT),
        Margins.from_customers(part["frequency"], mean),
        part["is_counted"] == 1,
        times,
    )
