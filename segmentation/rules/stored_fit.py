"""A fit as plain values that a database can hold, and back."""

from typing import Any

import numpy as np

from segmentation.rules.ltv.beta_geometric import BetaGeometric, Fit
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import Method, Reason, TimeUnit
from segmentation.rules.ltv.fallback import CohortRates
from segmentation.rules.ltv.gamma_gamma import GammaGammaParams, MarginModel
from segmentation.rules.ltv.likelihood import Params
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.predict import FittedOrders, OrderModel
from segmentation.rules.ltv.select import ForecastModel

MODELS: dict[str, BetaGeometric] = {Method.MBG_NBD: MBG_NBD, Method.BG_NBD: BG_NBD}


def order_parameters(fit: Fit) -> dict[str, float]:
    """r, alpha (in the fit's unit), a, b; empty where nothing was fitted."""
    return {} if fit.params is None else {name: float(getattr(fit.params, name)) for name in ("r", "alpha", "a", "b")}


def margin_parameters(margin: MarginModel) -> dict[str, Any]:
    """p, q, v (in minor units) where fitted, and what to use where they are not."""
    params = margin.params
    return {
        **({} if params is None else {"p": params.p, "q": params.q, "v": params.v}),
        "pooled_mean": margin.pooled_mean,
        "log_likelihood": margin.log_likelihood,
        "customers": margin.n_customers,
        "excluded": margin.n_excluded,
        "reason": str(margin.reason),
    }


def dump(model: ForecastModel) -> dict[str, Any]:
    """Everything that `load` needs, as JSON values."""
    orders = model.orders
    return {
        "unit": int(orders.unit),
        **(order_parameters(model.fit) if model.fit else {}),
        **({"rates": orders.rates.tolist()} if isinstance(orders, CohortRates) else {}),
        "margin": margin_parameters(model.margin),
    }


def load(method: str, values: dict[str, Any]) -> tuple[OrderModel, MarginModel]:
    """The order model and the margin model of a dumped fit. Raises KeyError or ValueError on other values."""
    unit = TimeUnit(values["unit"])
    if method == Method.COHORT_AVERAGE:
        return CohortRates(np.asarray(values["rates"], dtype=np.float64), unit), _margin(values["margin"])
    model = MODELS[method]
    params = Params(values["r"], values["alpha"], values["a"], values["b"])
    return FittedOrders(model, params, unit), _margin(values["margin"])


def _margin(values: dict[str, Any]) -> MarginModel:
    params = GammaGammaParams(values["p"], values["q"], values["v"]) if "p" in values else None
    return MarginModel(
        params,
        values["log_likelihood"],
        values["customers"],
        values["excluded"],
        values["pooled_mean"],
        Reason(values["reason"]),
    )
