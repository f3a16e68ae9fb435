"""Predicted margin per customer, by the fit in force, into a temporary table."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from django.db import connection

from segmentation.models import ModelFit, Policy
from segmentation.queries import columns
from segmentation.queries.histories import Buyers, buyers_in_chunks
from segmentation.queries.policies import policies_in_force
from segmentation.rules.ltv.gamma_gamma import MarginModel
from segmentation.rules.ltv.predict import OrderModel, predict
from segmentation.rules.stored_fit import load

HORIZONS_MONTHS = (12, 36)

_TABLE = """
CREATE {kept} TABLE forecast (
    customer_id bigint, p_alive float8, orders_12 float8, predicted_12 bigint, predicted_36 bigint
)
"""


def forecast_buyers(*, fit: ModelFit | None, as_of: date, customer_ids: Sequence[int] | None, kept: str) -> None:
    """Fill `forecast` for those named, or for all who have statistics. It stays empty without a fit.

    kept: what kind of a table it is; the caller drops it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLE.format(kept=kept))
    if fit is None:
        return
    orders, margin = load(fit.method, fit.parameters)
    policies = policies_in_force(as_of)
    for buyers in buyers_in_chunks(as_of, list(policies), customer_ids):
        # Kinds may discount at different rates; mostly they do not, and one call does.
        for rate in {policy.discount_rate for policy in policies.values()}:
            _forecast(orders, margin, _discounted_at(rate, policies, buyers), float(rate))


def _discounted_at(rate: object, policies: dict[str, Policy], buyers: Buyers) -> Buyers:
    positions = [i for i, policy in enumerate(policies.values(), start=1) if policy.discount_rate == rate]
    if len(positions) == len(policies):
        return buyers
    chosen = np.isin(buyers.kind, positions)
    return Buyers(**{name: column[chosen] for name, column in vars(buyers).items()})


def _forecast(orders: OrderModel, margin: MarginModel, buyers: Buyers, discount: float) -> None:
    result = predict(
        orders,
        margin,
        buyers.histories,
        buyers.margins,
        horizons_months=HORIZONS_MONTHS,
        annual_discount=discount,
    )
    predicted = np.rint(result.predicted_margin).astype(np.int64)
    unknown = np.full(len(buyers.customer_id), np.nan)
    columns.write(
        "forecast",
        {
            "customer_id": buyers.customer_id,
            "p_alive": unknown if result.p_alive is None else result.p_alive,
            "orders_12": result.expected_orders[:, 0],
            "predicted_12": predicted[:, 0],
            "predicted_36": predicted[:, 1],
        },
    )
