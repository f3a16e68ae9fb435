"""The tables of the page of acquisition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisition.models import AttributionModel
from acquisition.queries.desk import NOT_SPAM
from acquisition.queries.desk import UNKNOWN as UNKNOWN_CHANNEL
from core.periods import add_months
from dashboard.figures.tables import Cell, Column, Table
from dashboard.links import customers_where
from dashboard.queries.cac import CacReport, Line
from dashboard.views.cohorts import UNKNOWN as UNKNOWN_COHORT


def figures() -> list[Column]:
    """What is told of each channel and month."""
    return [
        Column("new", _("New customers"), "int", "new_customers"),
        Column("spend", _("Paid in all"), "money", "spend"),
        Column("inquiries", _("Inquiries"), "int"),
        Column("per_inquiry", _("Cost of an inquiry"), "money", "per_inquiry"),
        Column("paid", _("CAC, advertising"), "money", "cac_paid"),
        Column("loaded", _("CAC, fully loaded"), "money", "cac_loaded"),
        Column("margin", _("Margin so far"), "money", "won_margin"),
        Column("ltv", _("LTV"), "money", "won_ltv"),
        Column("times", _("LTV : CAC"), "number", "ltv_cac"),
        Column("payback", _("Payback, months"), "months", "payback"),
        Column("romi", _("ROMI so far"), "percent", "romi", digits=0),
        Column("romi_12", _("ROMI with 12 months"), "percent", "romi_12", digits=0),
    ]


UNKNOWN = ""
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Behind:
    """What the figures of a line open, each address empty where it opens nothing."""

    customers: str = ""
    spend: str = ""
    inquiries: str = ""
    payback: str = ""


def channel_table(report: CacReport, *, sees_inquiries: bool) -> Table:
    """A line for each channel, its campaigns below it."""
    span = (report.months[0].month, report.months[-1].month)
    rows = []
    for line in report.channels:
        code = line.channel.code if line.channel else UNKNOWN
        won = _won(line, span, is_linked=report.is_in_force, code=code)
        rows.append(_row(_channel_cell(line), line, _behind(line, span, won, code, sees_inquiries=sees_inquiries)))
        for each in report.campaigns.get(line.channel.pk, []) if line.channel else []:
            won = _won(each, span, is_linked=report.is_in_force)
            rows.append(_row(_campaign_cell(each), each, Behind(won, _spend_url(each, span[1]))))
    one = _shown_alone(report)
    whole = _of(report.whole, one) if one else report.whole
    code = _code(one)
    total_url = _won(whole, span, is_linked=report.is_in_force or one is None, code=code)
    behind = _behind(whole, span, total_url, code, sees_inquiries=sees_inquiries)
    total = _row(Cell(_("All channels")), report.whole, behind)
    title = _("By channel, over the whole period")
    return Table("acquisition-channels", title, [Column("channel", _("Channel")), *figures()], rows, total)


def month_table(report: CacReport, *, sees_inquiries: bool) -> Table:
    """A line for each month in which customers were won, the newest first."""
    one = _shown_alone(report)
    code = _code(one)
    rows = []
    for line in reversed(report.months):
        span, shown = (line.month, line.month), _of(line, one) if one else line
        won = _won(shown, span, is_linked=report.is_in_force, code=code)
        behind = _behind(shown, span, won, code, sees_inquiries=sees_inquiries)
        rows.append(_row(Cell(line.month, behind.spend), line, behind))
    columns = [Column("month", _("Month won"), "month"), *figures()]
    total = _row(Cell(_("Together")), report.whole, Behind())
    return Table("acquisition-months", _("By month won"), columns, rows, total)


def grid_table(report: CacReport, measure: str) -> Table:
    """CAC of each channel and month."""
    months = [Column(f"{line.month:%Y-%m}", _short(line.month), "money") for line in report.months if line.month]
    rows = []
    for channel in report.channels:
        if channel.sums.is_known:
            cells = [
                _cost_cell(line, measure, is_linked=report.is_in_force)
                for line in report.grid[channel.channel.pk if channel.channel else None]
            ]
            rows.append([_channel_cell(channel), *cells])
    title = _("CAC on advertising, by month") if measure == "paid" else _("CAC fully loaded, by month")
    return Table("acquisition-cac", title, [Column("channel", _("Channel")), *months], rows)


def model_table(report: CacReport) -> Table:
    """How many customers each model counts to a channel, and what one of them cost."""
    span = (report.months[0].month, report.months[-1].month)
    columns = [Column("channel", _("Channel"), definition="attribution")]
    for model, label in AttributionModel.choices:
        columns.append(Column(f"{model}_customers", label, "int"))
        columns.append(Column(f"{model}_cac", _("CAC"), "money"))
    rows = []
    for line in report.models:
        cells = [Cell(line.channel.name if line.channel else _("Unknown channel"))]
        for model in AttributionModel.values:
            count, cost = line.by_model.get(model, (0, None))
            # Customers are listed by the channel of the rule in force, and by no other.
            is_listed = model == report.in_force and count
            url = _customers(span, channel=line.channel.code if line.channel else UNKNOWN) if is_listed else ""
            cells += [Cell(count, url), Cell(cost, url)]
        rows.append(cells)
    empty = _("All models count every customer of this period to the same channel.")
    return Table("acquisition-models", _("What the models of attribution say"), columns, rows, empty=empty)


def _row(name: Cell, line: Line, behind: Behind) -> list[Cell]:
    sums = line.sums
    won = behind.customers if sums.new_customers else ""
    judged = behind.customers if sums.judged else ""
    inquiries = behind.inquiries if sums.inquiries else ""
    note = ""
    if line.unknown_months:
        text = ngettext("%(count)s month not entered", "%(count)s months not entered", line.unknown_months)
        note = text % {"count": line.unknown_months}
    return [
        name,
        Cell(sums.new_customers, won),
        Cell(sums.spend if sums.is_known else None, behind.spend if sums.is_known else "", note=note),
        Cell(sums.inquiries, inquiries),
        Cell(sums.per_inquiry, inquiries if sums.per_inquiry is not None else ""),
        Cell(sums.paid, won if sums.paid is not None else ""),
        Cell(sums.loaded, won if sums.loaded is not None else ""),
        Cell(sums.realised if sums.judged else None, judged),
        Cell(sums.ltv, judged if sums.ltv is not None else ""),
        Cell(sums.times, judged if sums.times is not None else ""),
        Cell(
            _payback(line),
            behind.payback if line.has_payback else "",
            note=_("by earlier ones") if line.is_by_earlier else "",
        ),
        Cell(sums.romi, judged if sums.romi is not None else ""),
        Cell(sums.romi_12, judged if sums.romi_12 is not None else ""),
    ]


def _payback(line: Line) -> str | int | None:
    if not line.has_payback:
        return None
    return _("not yet") if line.payback is None else line.payback


def _channel_cell(line: Line) -> Cell:
    if line.channel is None:
        return Cell(_("Unknown channel"), f"{reverse('spend')}#unknown")
    return Cell(line.channel.name, reverse("channel", args=[line.channel.pk]))


def _campaign_cell(line: Line) -> Cell:
    return Cell(f"↳ {line.campaign}", reverse("campaign_edit", args=[line.campaign.pk]) if line.campaign else "")


def _shown_alone(report: CacReport) -> Line | None:
    """The channel that is asked for, or the only one there is."""
    return report.channels[0] if len(report.channels) == 1 else None


def _code(one: Line | None) -> str | None:
    return None if one is None else one.channel.code if one.channel else UNKNOWN


def _of(line: Line, one: Line) -> Line:
    return Line(one.channel, None, line.month, line.sums)


def _behind(line: Line, span: Span, customers: str, code: str | None, *, sees_inquiries: bool) -> Behind:
    """`code` is none for all channels together."""
    return Behind(
        customers,
        _spend_url(line, span[1]),
        _inquiries_url(span, code) if sees_inquiries else "",
        _cohorts_url(span, code),
    )


def _cost_cell(line: Line, measure: str, *, is_linked: bool) -> Cell:
    cost = line.sums.paid if measure == "paid" else line.sums.loaded
    return Cell(cost, _won(line, (line.month, line.month), is_linked=is_linked) if line.sums.new_customers else "")


def _won(line: Line, span: Span, *, is_linked: bool, code: str | None = None) -> str:
    """The customers of a line who were won in these months; another model's are no list."""
    if not is_linked:
        return ""
    if line.campaign is not None:
        return _customers(span, campaign=str(line.campaign.pk))
    return _customers(span, channel=line.channel.code if line.channel else code)


def _customers(span: Span, **leaf: str | None) -> str:
    """Those won in these months, of a channel or campaign where one is named."""
    first, last = span
    if first is None or last is None:
        return ""
    end = _end(last).isoformat()
    leaves: list[dict[str, Any]] = [{"field": "won_on", "op": "between", "value": [first.isoformat(), end]}]
    leaves += [{"field": field, "op": "in", "value": [value]} for field, value in leaf.items() if value is not None]
    return customers_where({"all": leaves})


def won_url(months: Iterable[date]) -> str:
    """Everybody won in these months."""
    known = list(months)
    return _customers((known[0], known[-1]))


def _spend_url(line: Line, month: date | None) -> str:
    """What was entered for the month, or the last one of several, by channels or by the parts of one."""
    if month is None:
        return ""
    page = reverse("channel_spend", args=[line.channel.pk]) if line.channel else reverse("spend")
    return f"{page}?{urlencode({'month': f'{month:%Y-%m}'})}"


def _inquiries_url(span: Span, code: str | None) -> str:
    """The inquiries that are counted: all but spam."""
    first, last = span
    if first is None or last is None:
        return ""
    asked = {"first": first.isoformat(), "last": _end(last).isoformat(), "state": NOT_SPAM}
    if code is not None:
        asked["channel"] = code or UNKNOWN_CHANNEL
    return f"{reverse('inquiries')}?{urlencode(asked)}"


def _cohorts_url(span: Span, code: str | None) -> str:
    """The margin month by month that payback is counted on."""
    first, last = span
    if first is None or last is None:
        return ""
    asked = {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}", "measure": "margin"}
    if code is not None:
        asked |= {"dimension": "channel", "value": code or UNKNOWN_COHORT}
    return f"{reverse('cohorts')}?{urlencode(asked)}"


def _end(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def _short(month: date) -> str:
    return date_format(month, "M y")
