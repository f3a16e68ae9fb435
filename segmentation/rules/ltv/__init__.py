"""Predicted lifetime value: purchase histories in, a forecast per customer out.

`statistics` and `gamma_gamma` hold the inputs, `select.fit_best` is the way in, `codes` the way
results are named. In between: `beta_geometric` (BG/NBD and MBG/NBD), `fallback`, `backtest`.
"""

from segmentation.rules.ltv.backtest import BacktestRow, Holdout
from segmentation.rules.ltv.codes import Adjustment, MarginMethod, Method, Reason, TimeUnit
from segmentation.rules.ltv.gamma_gamma import MarginModel, Margins
from segmentation.rules.ltv.predict import Forecast
from segmentation.rules.ltv.select import ForecastModel, fit_best
from segmentation.rules.ltv.statistics import Histories

__all__ = [
    "Adjustment",
    "BacktestRow",
    "Forecast",
    "ForecastModel",
    "Histories",
    "Holdout",
    "MarginMethod",
    "MarginModel",
    "Margins",
    "Method",
    "Reason",
    "TimeUnit",
    "fit_best",
]
