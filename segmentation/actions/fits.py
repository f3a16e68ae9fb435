"""Fitting the purchase models and judging them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from segmentation.actions.locks import recomputing
from segmentation.actions.trials import judge, rejected_values
from segmentation.models import ModelFit, PurchaseStatistics
from segmentation.queries.histories import UNIT, cut_for_backtest, order_span, whole_history
from segmentation.queries.holdouts import SplitHistory, split_history
from segmentation.queries.policies import fit_in_force
from segmentation.rules.ltv import BacktestRow, ForecastModel, Histories, MarginModel, fit_best
from segmentation.rules.ltv.backtest import backtest
from segmentation.rules.ltv.beta_geometric import Fit
from segmentation.rules.ltv.gamma_gamma import fit_gamma_gamma
from segmentation.rules.stored_fit import MODELS, dump, margin_parameters, order_parameters

FIT_EVERY_DAYS = 7
# A base that has grown by this share since is another base.
GROWN = 0.1


@dataclass(frozen=True)
class Trial:
    """Each model fitted up to `cut`, and judged by what followed until `end`."""

    cut: date
    end: date
    customers: int
    repeat_buyers: int
    fits: tuple[Fit, ...]
    margin: MarginModel
    backtest: tuple[BacktestRow, ...]


def fit_is_due(*, as_of: date) -> bool:
    """Whether there is no fit, it is a week old, or the base has grown by a tenth since."""
    fit = fit_in_force()
    if fit is None or as_of - fit.until >= timedelta(days=FIT_EVERY_DAYS):
        return True
    return PurchaseStatistics.objects.count() > fit.customers * (1 + GROWN)


def fit_models(*, as_of: date, now: datetime) -> ModelFit:
    """Fit on all orders up to a day, hold out the last part, and keep the method that won.

    Always leaves a fit: where no model can be trusted it is the cohort's average, with the reason.
    """
    span = order_span(as_of)
    cut = cut_for_backtest(span[0], as_of) if span else None
    with recomputing():
        best, histories, split = _best(cut, as_of)
        return ModelFit.objects.create(
            fitted_at=now,
            until=as_of,
            method=str(best.method),
            reason=str(best.reason),
            customers=histories.n_customers,
            repeat_buyers=histories.n_repeat_buyers,
            parameters=dump(best),
            log_likelihood=best.fit.log_likelihood if best.fit else None,
            holdout_days=split.days if split else None,
            backtest=[row_values(row) for row in best.backtest],
            trial=(judge(best, split) if split else {}) | {"rejected": rejected_values(best)},
        )


def _best(cut: date | None, as_of: date) -> tuple[ForecastModel, Histories, SplitHistory | None]:
    """What won, all histories, and those that were cut. What was read for it alone is gone when it is judged."""
    split, whole = split_history(cut, as_of) if cut else (None, whole_history(as_of))
    histories = whole.histories
    return fit_best(histories, whole.margins, split.holdout() if split else None), histories, split


def try_models(*, until: date, as_of: date) -> Trial | None:
    """Fit each model on the orders up to `until`, against those that followed up to the last one.

    Nothing is stored. None where there are no orders before or after.
    """
    span = order_span(as_of)
    if span is None or not span[0] <= until < span[1]:
        return None
    with recomputing():
        split, _whole = split_history(until, span[1])
        return _judged(split)


def _judged(split: SplitHistory) -> Trial:
    holdout = split.holdout()
    past = holdout.calibration
    trials = [(model, model.fit(past)) for model in MODELS.values()]
    return Trial(
        split.cut,
        split.end,
        past.n_customers,
        past.n_repeat_buyers,
        tuple(fit for _, fit in trials),
        fit_gamma_gamma(split.past.margins),
        backtest(holdout, trials),
    )


def row_values(row: BacktestRow) -> dict[str, Any]:
    """A backtest row as JSON values."""
    return {
        "method": str(row.method),
        "rmse": row.rmse,
        "mae": row.mae,
        "bias": row.bias,
        "predicted_orders": row.predicted_orders,
        "actual_orders": row.actual_orders,
    }


def trial_values(trial: Trial) -> dict[str, Any]:
    """A trial as JSON values."""
    return {
        "until": trial.cut.isoformat(),
        "holdout_until": trial.end.isoformat(),
        "unit_days": int(UNIT),
        "customers": trial.customers,
        "repeat_buyers": trial.repeat_buyers,
        "fits": [
            {
                "method": str(fit.method),
                "parameters": order_parameters(fit),
                "log_likelihood": fit.log_likelihood if fit.params else None,
                "reason": str(fit.reason),
            }
            for fit in trial.fits
        ],
        "margin": margin_parameters(trial.margin),
        "backtest": [row_values(row) for row in trial.backtest],
    }
