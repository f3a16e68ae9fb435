"""The method of the forecast in force, and how it and the simplest guesses did on the part held out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from django.utils.functional import Promise

from core.money import from_minor
from dashboard.forecast_words import METHODS, REASONS
from segmentation.models import ModelFit

# Guesses that need no fit. That nobody comes back is not one to boast of beating.
GUESSES = ("same_count", "same_rate")
ORDER_PARAMETERS = {"r": "r", "alpha": "α", "a": "a", "b": "b"}
# v is in minor units and says nothing to a reader; p and q are without a unit.
MARGIN_PARAMETERS = {"p": "p", "q": "q"}


@dataclass(frozen=True)
class Trial:
    """One method on the part of history held out. `bias` is relative to the orders that came."""

    method: str
    rmse: float
    bias: float | None
    predicted_orders: float
    is_used: bool

    @property
    def word(self) -> str | Promise:
        return METHODS.get(self.method, self.method)

    @property
    def plus(self) -> str:
        """The sign of a forecast that was too high; a minus sign comes with the number."""
        return "+" if self.bias and self.bias > 0 else ""


@dataclass(frozen=True)
class MarginFit:
    """Gamma-Gamma on the margin of repeat orders; without parameters the mean of the base stands in."""

    parameters: list[tuple[str, float]]
    mean: Decimal
    reason: str | Promise


class Tried(Protocol):
    """One method on the part of history held out."""

    @property
    def method(self) -> str: ...
    @property
    def rmse(self) -> float: ...
    @property
    def is_used(self) -> bool: ...


T = TypeVar("T", bound=Tried)


@dataclass(frozen=True)
class JudgedFit(Generic[T]):
    """A fit, and how it and the simplest guesses did on the part held out."""

    fit: ModelFit
    trials: list[T]

    @property
    def method(self) -> str | Promise:
        return METHODS.get(self.fit.method, self.fit.method)

    @property
    def reason(self) -> str | Promise:
        """Why the default method is not in force; empty where it is."""
        return REASONS.get(self.fit.reason, "")

    @property
    def used(self) -> T | None:
        return next((trial for trial in self.trials if trial.is_used), None)

    @property
    def guess(self) -> T | None:
        """The best of the simple guesses, which is the one to beat."""
        return best_guess(self.trials)

    @property
    def weeks_held_out(self) -> int | None:
        days = self.fit.holdout_days
        return round(days / 7) if days else None


def best_guess(trials: Iterable[T]) -> T | None:
    return min((each for each in trials if each.method in GUESSES), key=lambda each: each.rmse, default=None)


@dataclass(frozen=True)
class Forecast(JudgedFit[Trial]):
    """What the page of LTV says about the fit."""

    actual_orders: float | None
    parameters: list[tuple[str, float]]
    margin: MarginFit | None


def forecast(fit: ModelFit) -> Forecast:
    """The fit with its backtest, the method in force first."""
    trials = [_trial(row, fit.method) for row in fit.backtest]
    return Forecast(
        fit,
        sorted(trials, key=lambda trial: not trial.is_used),
        actual_orders=fit.backtest[0]["actual_orders"] if fit.backtest else None,
        parameters=_known(fit.parameters, ORDER_PARAMETERS),
        margin=_margin(fit.parameters.get("margin")),
    )


def _trial(row: Mapping[str, Any], used: str) -> Trial:
    method = row["method"]
    return Trial(method, row["rmse"], row["bias"], row["predicted_orders"], method == used)


def _margin(values: Mapping[str, Any] | None) -> MarginFit | None:
    if not values:
        return None
    mean = from_minor(round(values["pooled_mean"]))
    return MarginFit(_known(values, MARGIN_PARAMETERS), mean, REASONS.get(values.get("reason", ""), ""))


def _known(values: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, float]]:
    return [(shown, values[name]) for name, shown in names.items() if name in values]
