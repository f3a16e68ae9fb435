"""The single way in: fit, backtest, choose, and hand back something that forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.rules.ltv.backtest import BacktestRow, Holdout, backtest, choose
from segmentation.rules.ltv.beta_geometric import MIN_REPEAT_BUYERS, BetaGeometric, Fit
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import Method, Reason
from segmentation.rules.ltv.fallback import CohortRates
from segmentation.rules.ltv.gamma_gamma import MarginModel, Margins, fit_gamma_gamma
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.predict import FittedOrders, Forecast, OrderModel, predict
from segmentation.rules.ltv.statistics import Histories

MODELS = (MBG_NBD, BG_NBD)

_YEAR_DAYS = 365.25
# The base does not suddenly order ten times as fast as it ever has.
_EXPLODED = 10.0


@dataclass(frozen=True)
class ForecastModel:
    """The method in force and how it came to be.

    reason: BEATS_NAIVE, or why the most preferred model is not in force.
    fit: on the full histories; None for the cohort average. rejected: each model passed over.
    trials: each model fitted on what was known at the cut, or on everything where nothing was held out.
    """

    method: Method
    reason: Reason
    fit: Fit | None
    orders: OrderModel
    margin: MarginModel
    backtest: tuple[BacktestRow, ...]
    rejected: tuple[tuple[Method, Reason], ...]
    trials: tuple[Fit, ...]

    def predict(
        self,
        histories: Histories,
        margins: Margins,
        *,
        horizons_months: Sequence[int] = (12, 36),
        annual_discount: float = 0.1,
    ) -> Forecast:
        """Forecast for each customer; see `predict.predict` for units and errors."""
        return predict(
            self.orders,
            self.margin,
            histories,
            margins,
            horizons_months=horizons_months,
            annual_discount=annual_discount,
        )


def fit_best(
    histories: Histories,
    margins: Margins,
    holdout: Holdout | None,
    *,
    min_repeat_buyers: int = MIN_REPEAT_BUYERS,
    models: Sequence[BetaGeometric] = MODELS,
) -> ForecastModel:
    """The first model, in order of preference, whose fits are sound and beat the naive forecast.

    histories, margins: all customers up to today. holdout: the same history cut earlier; None
    where it is too short to cut. Where no model passes, the cohort average is in force.
    """
    margin = fit_gamma_gamma(margins, min_repeat_buyers)
    past = histories if holdout is None else holdout.calibration
    trials = [(model, model.fit(past, min_repeat_buyers)) for model in models]
    rows = () if holdout is None else backtest(holdout, trials)
    choice = choose([fit for _, fit in trials], rows)
    rejected = dict(choice.rejected)
    fits = tuple(fit for _, fit in trials)
    for model in (each for each in models if each.method in choice.eligible):
        fit = model.fit(histories, min_repeat_buyers)
        reason = soundness(model, fit, histories)
        if fit.params and reason is Reason.CONVERGED:
            orders = FittedOrders(model, fit.params, fit.unit)
            return _outcome(model.method, fit, orders, margin, rows, _passed_over(models, rejected), fits)
        rejected[model.method] = reason
    rates = CohortRates.of(histories)
    return _outcome(Method.COHORT_AVERAGE, None, rates, margin, rows, _passed_over(models, rejected), fits)


def _outcome(
    method: Method,
    fit: Fit | None,
    orders: OrderModel,
    margin: MarginModel,
    rows: tuple[BacktestRow, ...],
    rejected: tuple[tuple[Method, Reason], ...],
    trials: tuple[Fit, ...],
) -> ForecastModel:
    reason = rejected[0][1] if rejected else Reason.BEATS_NAIVE
    return ForecastModel(method, reason, fit, orders, margin, rows, rejected, trials)


def _passed_over(models: Sequence[BetaGeometric], rejected: dict[Method, Reason]) -> tuple[tuple[Method, Reason], ...]:
    """Rejected models with their reasons, the most preferred first."""
    return tuple((m.method, rejected[m.method]) for m in models if m.method in rejected)


def soundness(model: BetaGeometric, fit: Fit, histories: Histories) -> Reason:
    """CONVERGED, or why the fit is degenerate; EXPECTATION_EXPLODES judges what it foretells."""
    if not fit.usable or fit.params is None:
        return fit.reason
    weight = histories.weight.astype(np.float64)
    year = _YEAR_DAYS / histories.unit
    foretold = weight @ model.expected_orders(fit.params, histories, [year])[:, 0]
    past_rate = (weight @ histories.frequency) / (weight @ histories.age)
    exploded = foretold > _EXPLODED * past_rate * year * histories.n_customers
    return Reason.EXPECTATION_EXPLODES if exploded else Reason.CONVERGED
