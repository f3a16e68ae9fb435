"""Where does one more unit of money bring more: with the customers there are, or with new ones?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from acquisition.models import RetentionKind
from campaigns.queries.monthly_effect import FlowMonth
from core.access import role_required
from core.formats import money_text, number_text
from core.periods import company_day
from core.roles import Role
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.tables import Cell, Column, Table, table_file
from dashboard.queries.old_new import Keeping, MonthPair, OldNew, Side, Winning, old_new
from dashboard.views.cac_tables import won_url


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic: what it is, how it came about, the amount (none: not known), what it opens."""

    side: str
    name: str
    formula: str
    amount: Decimal | None
    is_unit: bool = False
    url: str = ""


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def old_against_new(request: HttpRequest) -> HttpResponseBase:
    """Both sides by month, with every step of the arithmetic below."""
    today = company_day(timezone.now())
    form = FigureFilterForm(request.GET, uses=("period",))
    filters = form.filters(today=today)
    report = old_new(first=filters.first, last=filters.last, today=today)
    flows_alone = Side(report.whole.keeping.direct or None, report.whole.keeping.proved)
    arithmetic = [(pair, list(_steps(pair))) for pair in reversed(report.months)]
    tables = [_months(report), _flows(report), _arithmetic(arithmetic)]
    if file := table_file(request, tables):
        return file
    context = {
        "form": form,
        "report": report,
        "flows_alone": flows_alone,
        "month_table": tables[0],
        "flow_table": tables[1],
        "table": tables[2],
        "arithmetic": arithmetic,
        "chart": _chart(report),
    }
    return render(request, "dashboard/old_new.html", context)


def _months(report: OldNew) -> Table:
    columns = [
        Column("month", _("Month"), "month"),
        Column("old_spend", _("Spent on keeping"), "money", "retention_spend"),
        Column("old_margin", _("Proved margin"), "money", "retention_margin"),
        Column("unproved", _("Not proved"), "money"),
        Column("old_unit", _("Keeping: per unit"), "number", "per_unit", digits=2),
        Column("old_more", _("One more unit"), "number", "marginal", digits=2),
        Column("new_spend", _("Spent on winning"), "money", "spend"),
        Column("new_margin", _("Margin of 12 months"), "money", "acquisition_margin"),
        Column("new_unit", _("Winning: per unit"), "number", "per_unit", digits=2),
        Column("new_more", _("One more unit"), "number", "marginal", digits=2),
    ]
    rows = [_row(pair) for pair in reversed(report.months)]
    return Table("old-new", _("Month by month"), columns, rows, _row(report.whole))


def _row(pair: MonthPair) -> list[Cell]:
    customers = _customers(pair)
    return [
        Cell(pair.month) if pair.month else Cell(_("Together")),
        Cell(pair.old.spend, _retention_url(pair)),
        Cell(pair.old.margin),
        Cell(pair.keeping.unproved),
        Cell(pair.old.per_unit),
        Cell(pair.old.marginal),
        Cell(pair.new.spend, _spend_url(pair)),
        Cell(pair.new.margin, customers),
        Cell(pair.new.per_unit),
        Cell(pair.new.marginal),
    ]


def _flows(report: OldNew) -> Table:
    """Each flow over the whole period, where its proof is strongest."""
    columns = [
        Column("flow", _("Flow")),
        Column("treated", _("Written to"), "int"),
        Column("holdout", _("Left alone"), "int"),
        Column("each", _("Added to one"), "money"),
        Column("low", _("at least"), "money"),
        Column("high", _("at most"), "money"),
        Column("added", _("Added in all"), "money", "retention_margin"),
        Column("proved", _("Proof")),
    ]
    rows = [
        [
            Cell(row.flow, reverse("flow_page", args=[row.code])),
            Cell(row.treated.count),
            Cell(row.holdout.count),
            *(Cell(_decimal(row.each and getattr(row.each, name))) for name in ("value", "low", "high")),
            Cell(_decimal(row.added)),
            Cell(_proof(row, report.whole.keeping)),
        ]
        for row in report.whole.keeping.flows
    ]
    empty = _("No flow took anybody in during these months: nothing can be proved about keeping customers.")
    return Table("old-new-flows", _("What flows proved against their control groups"), columns, rows, empty=empty)


def _proof(row: FlowMonth, keeping: Keeping) -> str:
    if row.each is None:
        return _("no control group")
    return _("proved") if row.flow_id in keeping.proved_flows else _("not proved")


def _arithmetic(months: list[tuple[MonthPair, list[Step]]]) -> Table:
    columns = [
        Column("month", _("Month"), "month"),
        Column("side", _("Side")),
        Column("name", _("What")),
        Column("formula", _("How it came about")),
        Column("amount", _("Sum"), "money"),
    ]
    rows = [
        [Cell(pair.month), Cell(step.side), Cell(step.name), Cell(step.formula), Cell(step.amount, step.url)]
        for pair, steps in months
        for step in steps
    ]
    return Table("old-new-arithmetic", _("The arithmetic of each month"), columns, rows)


def _steps(pair: MonthPair) -> Iterator[Step]:
    yield from _keeping_steps(pair.keeping, _retention_url(pair))
    yield _unit_step(_("Keeping"), pair.old.margin, pair.old.spend, pair.old.per_unit)
    yield from _winning_steps(pair.winning, _spend_url(pair), _customers(pair))
    yield _unit_step(_("Winning"), pair.new.margin, pair.new.spend, pair.new.per_unit)


def _customers(pair: MonthPair) -> str:
    """Those won in the month: the margin and the forecast are theirs."""
    return won_url([pair.month]) if pair.month and pair.winning.customers else ""


def _spend_url(pair: MonthPair) -> str:
    return f"{reverse('spend')}?month={pair.month:%Y-%m}" if pair.month else ""


def _retention_url(pair: MonthPair) -> str:
    return f"{_spend_url(pair)}#retention" if pair.month else ""


def _keeping_steps(keeping: Keeping, entered_url: str) -> Iterator[Step]:
    side = _("Keeping")
    yield Step(side, _("Messages"), _("what the messages sent in the month cost"), keeping.messages)
    yield Step(side, _("Discounts"), _("what promo codes took off the orders of the month"), keeping.discounts)
    yield Step(side, _("Points and other service"), _("costs of service but for messages"), keeping.points)
    for kind, amount in keeping.paid.items():
        told = pgettext("spend", "entered") if amount is not None else _("not entered: not known")
        yield Step(side, str(RetentionKind(kind).label), told, amount, url=entered_url)
    yield Step(side, _("Spent on keeping"), _("the sum of the lines above that are known"), keeping.spend)
    for row in keeping.flows:
        url = reverse("flow_page", args=[row.code])
        yield Step(side, row.flow, _flow_formula(row, keeping), _decimal(row.added), url=url)
    yield Step(
        side, _("Proved margin"), _("the sum of the flows that are proved over the whole period"), keeping.proved
    )


def _flow_formula(row: FlowMonth, keeping: Keeping) -> str:
    if row.each is None:
        return _("%(treated)s written to, %(holdout)s left alone: too few to compare") % {
            "treated": number_text(row.treated.count, 0),
            "holdout": number_text(row.holdout.count, 0),
        }
    text = _(
        "(%(one)s − %(other)s) × %(treated)s written to; %(holdout)s left alone; "
        "one brought from %(low)s to %(high)s more: %(proof)s"
    )
    return text % {
        "one": money_text(_decimal(row.treated.mean)),
        "other": money_text(_decimal(row.holdout.mean)),
        "treated": number_text(row.treated.count, 0),
        "holdout": number_text(row.holdout.count, 0),
        "low": money_text(_decimal(row.each.low)),
        "high": money_text(_decimal(row.each.high)),
        "proof": _proof(row, keeping),
    }


def _winning_steps(winning: Winning, spend_url: str, customers_url: str) -> Iterator[Step]:
    side = _("Winning")
    told = _("everything entered for channels") if winning.spend is not None else _("not entered: not known")
    yield Step(side, _("Spent on winning"), told, winning.spend, url=spend_url)
    customers = _("margin of the %(count)s customers won, in their first 12 months, so far") % {
        "count": number_text(winning.customers, 0)
    }
    yield Step(side, _("Brought so far"), customers, winning.realised, url=customers_url)
    formula = _("forecast of 12 months %(forecast)s × %(months)s months left ÷ 12") % {
        "forecast": money_text(winning.forecast),
        "months": winning.months_left,
    }
    yield Step(side, _("Still expected"), formula, winning.expected, url=customers_url)
    told = _("brought so far + still expected")
    yield Step(side, _("Margin of 12 months"), told, winning.margin, url=customers_url)


def _unit_step(side: str, margin: Decimal | None, spend: Decimal | None, unit: Decimal | None) -> Step:
    if margin is None or spend is None:
        return Step(side, _("Margin per unit of money"), _("not known"), None, is_unit=True)
    formula = _("%(margin)s ÷ %(spend)s") % {"margin": money_text(margin), "spend": money_text(spend)}
    return Step(side, _("Margin per unit of money"), formula, unit, is_unit=True)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 2)))


def _chart(report: OldNew) -> dict[str, Any]:
    """Margin per unit of money on both sides."""
    return {
        "legend": {},
        "xAxis": {"type": "category", "data": [_short(pair.month) for pair in report.months]},
        "yAxis": {"type": "value"},
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 8, "containLabel": True},
        "series": [
            {"name": _("Keeping"), "type": "bar", "data": [_number(pair.old.per_unit) for pair in report.months]},
            {"name": _("Winning"), "type": "bar", "data": [_number(pair.new.per_unit) for pair in report.months]},
        ],
    }


def _short(month: date | None) -> str:
    return date_format(month, "M y") if month else ""


def _number(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 2)
