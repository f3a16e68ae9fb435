"""Fit the purchase models and show how far they can be trusted."""

import json
import math
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.money import exponent, from_minor
from core.periods import company_day
from crm.tables import table
from segmentation import actions
from segmentation.actions.fits import Trial, trial_values
from segmentation.queries.histories import UNIT, cut_for_backtest, order_span
from segmentation.rules.ltv.beta_geometric import Fit
from segmentation.rules.stored_fit import order_parameters


class Command(BaseCommand):
    help = (
        "Fit each model on the orders up to a day and judge it by those that followed. With --until nothing is "
        "stored; without it the last part of history is held out, and the winner is used by the nights to come."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="fit on orders up to this day")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, until: date | None, **options: Any) -> None:
        now = timezone.now()
        as_of = company_day(now)
        trial = trial_until(until, as_of)
        report: dict[str, Any] = {"trial": trial_values(trial) if trial else None}
        if until is None:
            fit = actions.fit_models(as_of=as_of, now=now)
            report["in_force"] = {"method": fit.method, "reason": fit.reason, "parameters": fit.parameters}
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else "\n\n".join(sections(trial, report)))


def trial_until(until: date | None, as_of: date) -> Trial | None:
    """The trial asked for; None where history is too short to hold out a part. Raises CommandError."""
    span = order_span(as_of)
    if until is None:
        cut = cut_for_backtest(span[0], as_of) if span else None
        return actions.try_models(until=cut, as_of=as_of) if cut else None
    trial = actions.try_models(until=until, as_of=as_of)
    if trial is None:
        orders = f"orders reach from {span[0]} to {span[1]}" if span else "there are no orders"
        raise CommandError(f"Nothing can be held out after {until}: {orders}.")
    return trial


def sections(trial: Trial | None, report: dict[str, Any]) -> list[str]:
    """The report for people."""
    if trial is None:
        parts = ["History is too short to hold out a part of it."]
    else:
        first = trial.cut + timedelta(days=1)
        parts = [
            f"{trial.customers:,} customers who bought by {trial.cut}, {trial.repeat_buyers:,} of them repeatedly; "
            f"held out: {first} to {trial.end}. alpha in {'weeks' if UNIT == 7 else 'days'}.",
            _orders(trial),
            _margin(trial),
            _backtest(trial),
        ]
    if "in_force" in report:
        parts.append("In force: {method} ({reason}).".format(**report["in_force"]))
    return parts


def _orders(trial: Trial) -> str:
    rows = [_order_row(fit) for fit in trial.fits if fit.params]
    if not rows:
        reasons = ", ".join(f"{fit.method}: {fit.reason}" for fit in trial.fits)
        return f"No model of orders was fitted ({reasons})."
    return table(("orders", "r", "alpha", "a", "b", "log-likelihood", "outcome"), rows)


def _order_row(fit: Fit) -> tuple[str, ...]:
    numbers = (f"{value:.3f}" for value in order_parameters(fit).values())
    return (str(fit.method), *numbers, f"{fit.log_likelihood:.1f}", str(fit.reason))


def _margin(trial: Trial) -> str:
    """v and the log-likelihood as they are when margins are counted in currency, not in minor units."""
    margin, params = trial.margin, trial.margin.params
    if params is None:
        mean = from_minor(round(margin.pooled_mean))
        return f"Margin per order: no model ({margin.reason}); the mean, {mean}, is used."
    likelihood = margin.log_likelihood + margin.n_customers * exponent() * math.log(10)
    v = float(from_minor(round(1000 * params.v))) / 1000
    numbers = (f"{params.p:.2f}", f"{params.q:.2f}", f"{v:.3f}", f"{likelihood:.1f}")
    return table(
        ("margin", "p", "q", "v", "log-likelihood", "customers", "outcome"),
        [("gamma_gamma", *numbers, f"{margin.n_customers:,}", str(margin.reason))],
    )


def _backtest(trial: Trial) -> str:
    rows = [
        (
            str(row.method),
            f"{row.rmse:.3f}",
            "-" if row.bias is None else f"{row.bias:+.1%}",
            f"{row.predicted_orders:,.0f}",
            f"{row.actual_orders:,.0f}",
        )
        for row in trial.backtest
    ]
    return table(("held out", "RMSE", "bias", "foretold", "came"), rows)
