"""What a fit says about the part of history that it did not see: kept with the fit, for the page of the backtest."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.money import to_minor
from segmentation.models import Policy, ThresholdMode
from segmentation.queries.holdouts import KINDS, SplitHistory
from segmentation.queries.policies import policies_in_force
from segmentation.rules.grades import cut_above, cut_from
from segmentation.rules.ltv import ForecastModel, Histories, Holdout, Margins, Method
from segmentation.rules.ltv.backtest import forecasts
from segmentation.rules.ltv.beta_geometric import Fit
from segmentation.rules.ltv.calibration import calibrate, probability_silent
from segmentation.rules.ltv.codes import FloatArray, IntArray
from segmentation.rules.ltv.gamma_gamma import MarginModel, fit_gamma_gamma
from segmentation.rules.ltv.groups import (
    FREQUENCY_BANDS,
    GRADES,
    Group,
    by_group,
    errors,
    frequency_band,
    grade_position,
)
from segmentation.rules.ltv.predict import FittedOrders, OrderModel
from segmentation.rules.ltv.totals import total_orders
from segmentation.rules.rhythm import DEFAULT_GAP_DAYS, MIN_KIND, expected_gap
from segmentation.rules.stored_fit import MODELS

# The guesses that the method in force is set beside, week by week and group by group.
_GUESSES = (Method.COHORT_AVERAGE, Method.SAME_RATE, Method.SAME_COUNT, Method.ZERO)
_USUAL_QUANTILE = 0.5


@dataclass(frozen=True, eq=False)
class _Cut:
    """The base at the cut: histories and margins of N customers, and what was held out."""

    split: SplitHistory
    holdout: Holdout
    margins: Margins
    policies: dict[str, Policy]

    @property
    def histories(self) -> Histories:
        return self.holdout.calibration

    def per_kind(self, values: dict[str, float]) -> FloatArray:
        """The value of each customer's kind (N,)."""
        return np.array([values[kind] for kind in KINDS])[self.split.past.kind - 1]


def judge(best: ForecastModel, split: SplitHistory) -> dict[str, Any]:
    """The method in force, fitted at the cut, against what came: by week, in orders and money, by group; and leaving.

    JSON values; money in minor units. Empty where nobody had bought by the cut.
    """
    histories = split.past.histories
    if not histories.n_customers:
        return {}
    cut = _Cut(split, split.holdout(histories), split.past.margins, policies_in_force(split.end))
    fit = next((fit for fit in best.trials if fit.method == best.method), None)
    leaving = _leaving(cut, fit)  # before the others: it needs the most room
    told = forecasts(cut.holdout, [(MODELS[fit.method], fit)] if fit else [])
    orders = {method: histories.expand(each) for method, each in told.items()}
    margin_model = fit_gamma_gamma(cut.margins)
    margins = _margins(orders, cut, margin_model, best.method)
    return {
        "cut": split.cut.isoformat(),
        "end": split.end.isoformat(),
        "customers": histories.n_customers,
        "method": str(best.method),
        "weeks": _weeks(cut, fit, told),
        "margin": [_error_values(method, each, split.after.margin) for method, each in margins.items()],
        "margin_actual": int(split.after.margin.sum()),
        "margin_reason": str(margin_model.reason),
        "grades": _groups(GRADES, _grade_positions(cut), orders, margins, split),
        "bands": _groups(
            [str(low) for low in FREQUENCY_BANDS],
            frequency_band(split.past.frequency + 1),
            orders,
            margins,
            split,
        ),
        "leaving": leaving,
    }


def _weeks(cut: _Cut, fit: Fit | None, told: dict[Method, FloatArray]) -> dict[str, list[float]]:
    """Cumulative orders at the end of each week: those that came, and those that each method foretold."""
    days = np.minimum(7.0 * np.arange(1, len(cut.split.weeks) + 1), cut.split.days)
    unit = float(cut.histories.unit)
    found: dict[str, list[float]] = {"actual": np.cumsum(cut.split.weeks).astype(float).tolist()}
    if fit and fit.params:
        model: OrderModel = FittedOrders(MODELS[fit.method], fit.params, fit.unit)
        found[str(fit.method)] = total_orders(model, cut.histories, days / unit).tolist()
    weight = cut.histories.weight.astype(np.float64)
    for method in _GUESSES:
        # These know of no time: what they foretell comes evenly.
        found[str(method)] = (float(weight @ told[method]) * days / cut.split.days).tolist()
    return found


def _margins(orders: dict[Method, FloatArray], cut: _Cut, model: MarginModel, used: Method) -> dict[Method, FloatArray]:
    """Margin (N,) that each method foretells: the method in force by the model of margin, guesses by the own mean."""
    per_order, _flags = model.expected(cut.margins)
    known = cut.margins.count > 0
    own = np.where(known, cut.margins.mean, 0.0)
    modelled = {used, Method.COHORT_AVERAGE}
    return {method: each * (per_order if method in modelled else own) for method, each in orders.items()}


def _error_values(method: Method, predicted: FloatArray, actual: IntArray) -> dict[str, Any]:
    return {"method": str(method), **asdict(errors(predicted, actual.astype(np.float64)))}


def _groups(
    codes: tuple[str, ...] | list[str],
    at: IntArray,
    orders: dict[Method, FloatArray],
    margins: dict[Method, FloatArray],
    split: SplitHistory,
) -> list[dict[str, Any]]:
    in_orders = by_group(codes, at, orders, split.after.orders.astype(np.float64))
    in_money = by_group(codes, at, margins, split.after.margin.astype(np.float64))
    return [_group_values(*pair) for pair in zip(in_orders, in_money, strict=True)]


def _group_values(orders: Group, money: Group) -> dict[str, Any]:
    return {
        "code": orders.code,
        "customers": orders.customers,
        "orders": orders.actual,
        "margin": money.actual,
        "methods": {
            str(method): {"orders": told.predicted, "rmse": told.rmse, "margin": money.methods[method].predicted}
            for method, told in orders.methods.items()
        },
    }


def _grade_positions(cut: _Cut) -> IntArray:
    """The grade that each customer would have had at the cut, by the thresholds of the base as it was then."""
    after = cut.split.after
    bought = after.window_orders > 0
    check = np.divide(after.window_revenue, np.maximum(after.window_orders, 1))
    counts, checks = {}, {}
    for position, kind in enumerate(KINDS, start=1):
        inside = bought & (cut.split.past.kind == position)
        counts[kind], checks[kind] = _thresholds(cut.policies[kind], after.window_orders[inside], check[inside])
    return grade_position(after.window_orders > cut.per_kind(counts), check > cut.per_kind(checks), bought)


def _thresholds(policy: Policy, orders: NDArray[np.int64], check: FloatArray) -> tuple[float, float]:
    """Above which orders are many and a check (minor units) is high: fixed numbers or quantiles of the buyers."""
    if not len(orders):
        return 1.0, 0.0
    if policy.count_mode == ThresholdMode.FIXED:
        count = cut_from(float(policy.count_value))
    else:
        count = cut_above(float(np.quantile(orders, _quantile(policy.count_mode, policy.count_value))))
    if policy.check_mode == ThresholdMode.FIXED:
        return count, float(to_minor(policy.check_value))
    return count, float(np.quantile(check, _quantile(policy.check_mode, policy.check_value)))


def _quantile(mode: str, value: Any) -> float:
    return float(value) if mode == ThresholdMode.QUANTILE else _USUAL_QUANTILE


def _leaving(cut: _Cut, fit: Fit | None) -> dict[str, Any]:
    """Calibration of the probability of leaving; empty where the method in force does not know it.

    Who has placed no order within as many expected gaps as make a customer lost counts as gone, or by the end of
    the part held out where that is sooner: nobody knows yet what came later.
    """
    if fit is None or fit.params is None:
        return {}
    histories, split, unit = cut.histories, cut.split, float(cut.histories.unit)
    gaps = cut.per_kind({kind: _segment_gap(split, at) for at, kind in enumerate(KINDS, start=1)})
    own = _own_gap(split, gaps)
    wanted = own * cut.per_kind({kind: float(policy.lost_ratio) for kind, policy in cut.policies.items()})
    horizon = np.minimum(wanted, split.days)
    alive = histories.expand(MODELS[fit.method].probability_alive(fit.params, histories))
    x, age = histories.expand(histories.frequency).astype(np.float64), histories.expand(histories.age)
    expected = probability_silent(fit.params, alive, x, age, horizon / unit)
    silent = (split.after.next_after == 0) | (split.after.next_after > horizon)
    found = calibrate(1 - alive, expected, silent)
    if found is None:
        return {}
    return asdict(found) | {"customers": len(alive), "cut_short": int((wanted > split.days).sum())}


def _own_gap(split: SplitHistory, segment: FloatArray) -> FloatArray:
    """Expected days between purchases at the cut (N,); segment: the gap (N,) of the kind."""
    past = split.past
    return expected_gap(past.frequency.astype(np.float64) + 1, past.recency.astype(np.float64), segment)


def _segment_gap(split: SplitHistory, kind: int) -> float:
    repeat = (split.past.kind == kind) & (split.past.frequency > 0)
    if repeat.sum() < MIN_KIND:
        return DEFAULT_GAP_DAYS
    return float(np.median(split.past.recency[repeat] / split.past.frequency[repeat]))


def rejected_values(best: ForecastModel) -> list[list[str]]:
    """Each model that was passed over, and why."""
    return [[str(method), str(reason)] for method, reason in best.rejected]
