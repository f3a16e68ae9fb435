"""After how many months a customer has paid back, and how the forecast did: page by page against the sheets."""

from typing import Any

from django.test import Client
from django.urls import reverse

from dashboard.forecast_words import METHODS
from tests.factories.known_company import Row, below, sheet
from tests.journeys.known_tables import english, money, near, table, told

MONTHS = {"first": "2025-03", "last": "2026-06"}
NEAR = 1e-9


def payback(manager: Client) -> None:
    """The same number on both pages, and by channel and month."""
    right = {name: cells[1] for name, cells in below("payback").items()}
    assert manager.get(reverse("ltv")).context["report"].paid.payback == right["all"]
    shown = {row["Channel"]: row["Payback, months"] for row in table(manager, "cac", "acquisition-channels")}
    names = {"all": "All channels", "ads": "Ads", "site": "Site"}
    assert {name: shown[names[name]] for name in right} == {name: _months(value) for name, value in right.items()}
    assert shown["Unknown channel"] == ""
    by_month = {row["Month won"]: row for row in table(manager, "cac", "acquisition-months", **MONTHS)}
    for row in sheet("payback_months"):
        assert by_month[f"{row['month']:%Y-%m-%d}"]["Payback, months"] == _months(row["months"]), row


def _months(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.0f}"


def backtest(manager: Client) -> None:
    methods = {_name(row["method"]): row for row in sheet("backtest_methods")}
    shown = table(manager, "ltv_backtest", "methods")
    assert [row["Method"] for row in shown[:-1]] == list(methods)
    for row, right in zip(shown, methods.values(), strict=False):
        _is_near(row["Orders foretold"], right["predicted"])
        _is_near(row["Error per customer"], right["rmse"])
        _is_near(row["Mean error"], right["mae"])
        assert told(row["Margin foretold"]) == money(right["margin"]), right
    came, first = shown[-1], next(iter(methods.values()))
    assert float(came["Orders foretold"]) == first["came"]
    assert told(came["Margin foretold"]) == money(first["margin came"])
    _biases(manager, list(methods.values()))
    _groups(manager)
    _weeks(manager)


def _name(method: str) -> str:
    return english(lambda: METHODS[method])


def _biases(manager: Client, methods: list[Row]) -> None:
    """Two columns of the table have one name, so that its file cannot tell them apart."""
    for trial, row in zip(manager.get(reverse("ltv_backtest")).context["report"].trials, methods, strict=True):
        assert trial.method == row["method"]
        assert abs(trial.bias - row["bias"]) < NEAR
        assert abs(trial.margin_bias - row["margin bias"]) < NEAR


def _groups(manager: Client) -> None:
    report = manager.get(reverse("ltv_backtest")).context["report"]
    right = sheet("backtest_groups")
    for group, parts in (("grade", report.grades), ("purchases", report.bands)):
        rows = [row for row in right if row["group"] == group]
        assert len(parts) == len(rows)
        for part, row in zip(parts, rows, strict=True):
            assert (part.customers, part.actual) == (row["customers"], row["came"]), row
            assert abs(part.predicted - row["predicted"]) < NEAR, row
            assert abs(part.rmse - row["rmse"]) < NEAR, row
            assert abs(part.guess_rmse - row["rmse of the guess"]) < NEAR, row
            assert (part.margin, part.margin_actual) == (money(row["margin"]), money(row["margin came"])), row
            assert part.bias is None if row["bias"] == "" else abs(part.bias - row["bias"]) < NEAR, row
    shown = table(manager, "ltv_backtest", "bands")
    assert [row["Purchases at the cut"] for row in shown] == [row["of"] for row in right if row["group"] == "purchases"]


def _weeks(manager: Client) -> None:
    rows, right = table(manager, "ltv_backtest", "weeks"), sheet("backtest_weeks")
    assert len(rows) == len(right)
    for shown, row in zip(rows, right, strict=True):
        assert (int(shown["Week"]), float(shown["Came"])) == (row["week"], row["came"])
        assert near(shown["Off by"], row["bias"]), row
        for method in ("cohort_average", "same_rate", "same_count"):
            _is_near(shown[_name(method)], row[method])


def _is_near(cell: str, value: float) -> None:
    assert abs(float(cell) - value) < 1e-6, (cell, value)
