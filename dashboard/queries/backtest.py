"""How the forecast in force did on the part of history that it had not seen, as the fit wrote it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from core.money import from_minor
from dashboard.forecast_words import METHODS, REASONS
from dashboard.queries.forecast import JudgedFit, best_guess
from segmentation.models import ModelFit
from segmentation.queries.policies import fit_in_force

FITS_SHOWN = 26


@dataclass(frozen=True)
class Trial:
    """One method over the whole part held out; margins are None where they were not judged."""

    method: str
    predicted: float
    bias: float | None
    rmse: float
    mae: float
    margin: Decimal | None
    margin_bias: float | None
    is_used: bool

    @property
    def word(self) -> str | Promise:
        return METHODS.get(self.method, self.method)


@dataclass(frozen=True)
class Part:
    """Customers of one grade or frequency at the cut: what the method in force and the best guess said, what came."""

    code: str
    customers: int
    predicted: float
    actual: float
    rmse: float
    guess_rmse: float | None
    margin: Decimal
    margin_actual: Decimal

    @property
    def bias(self) -> float | None:
        return (self.predicted - self.actual) / self.actual if self.actual else None

    @property
    def margin_bias(self) -> float | None:
        return float((self.margin - self.margin_actual) / self.margin_actual) if self.margin_actual > 0 else None


@dataclass(frozen=True)
class Band:
    """Customers given a probability of leaving from `low` to `high`; shares are None where there are none."""

    low: float
    high: float
    customers: int
    given: float | None
    expected: float | None
    silent: float | None


@dataclass(frozen=True)
class Leaving:
    """Whether leaving was foretold; the Brier scores are those of segmentation.rules.ltv.calibration."""

    bands: list[Band]
    customers: int
    cut_short: int
    brier_leaving: float
    brier: float
    brier_same: float

    @property
    def is_better(self) -> bool:
        """Whether the probabilities say more than the share of all who fell silent."""
        return self.brier < self.brier_same


@dataclass(frozen=True)
class Backtest(JudgedFit[Trial]):
    """All of the page. `weeks` has a cumulative line of orders per method, and `actual`; empty lists where there is
    nothing that was held out."""

    cut: date | None
    end: date | None
    actual: float | None
    margin_actual: Decimal | None
    weeks: dict[str, list[float]]
    grades: list[Part]
    bands: list[Part]
    leaving: Leaving | None
    rejected: list[tuple[str | Promise, str | Promise]]


def backtest() -> Backtest | None:
    """Of the fit in force; None before the first one. One query."""
    fit = fit_in_force()
    return None if fit is None else read(fit)


def past_fits() -> list[ModelFit]:
    """The newest fits, without what each says about its weeks and groups."""
    return list(ModelFit.objects.defer("trial")[:FITS_SHOWN])


def read(fit: ModelFit) -> Backtest:
    """What a fit wrote down, as values of a page."""
    told = fit.trial
    margins = {row["method"]: row for row in told.get("margin", [])}
    trials = [_trial(row, margins.get(row["method"]), fit.method) for row in fit.backtest]
    trials.sort(key=lambda trial: not trial.is_used)
    guess = best_guess(trials)
    return Backtest(
        fit,
        cut=_day(told.get("cut")),
        end=_day(told.get("end")),
        trials=trials,
        actual=fit.backtest[0]["actual_orders"] if fit.backtest else None,
        margin_actual=_money(told["margin_actual"]) if "margin_actual" in told else None,
        weeks=told.get("weeks", {}),
        grades=[_part(row, fit.method, guess) for row in told.get("grades", [])],
        bands=[_part(row, fit.method, guess) for row in told.get("bands", [])],
        leaving=_leaving(told.get("leaving", {})),
        rejected=[(METHODS.get(method, method), REASONS.get(why, why)) for method, why in told.get("rejected", [])],
    )


def _trial(row: Mapping[str, Any], margin: Mapping[str, Any] | None, used: str) -> Trial:
    return Trial(
        row["method"],
        row["predicted_orders"],
        row["bias"],
        row["rmse"],
        row["mae"],
        margin=_money(margin["predicted"]) if margin else None,
        margin_bias=margin["bias"] if margin else None,
        is_used=row["method"] == used,
    )


def _part(row: Mapping[str, Any], used: str, guess: Trial | None) -> Part:
    told = row["methods"][used]
    return Part(
        row["code"],
        row["customers"],
        told["orders"],
        row["orders"],
        told["rmse"],
        row["methods"][guess.method]["rmse"] if guess else None,
        _money(told["margin"]),
        _money(row["margin"]),
    )


def _leaving(values: Mapping[str, Any]) -> Leaving | None:
    if not values:
        return None
    width = 1 / len(values["bands"])
    bands = [
        Band(
            row["low"],
            row["low"] + width,
            row["customers"],
            row["given"],
            row["expected_silent"],
            row["silent"],
        )
        for row in values["bands"]
    ]
    scores = (values["brier_leaving"], values["brier"], values["brier_same"])
    return Leaving(bands, values["customers"], values["cut_short"], *scores)


def _money(minor: float) -> Decimal:
    return from_minor(round(minor))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
