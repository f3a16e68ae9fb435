"""The tables of the leak meter, its strip of hours and its chart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from acquisition.models import LeakState
from acquisition.rules.leaks import LEAKS
from core.formats import phone_text
from core.periods import add_months
from dashboard.figures.tables import Cell, Column, Table
from dashboard.queries.leaks import LeakReport, Sum

Where = Callable[..., str]
HEAT = 10
LINES_SHOWN = 30


@dataclass(frozen=True)
class Names:
    """Names and codes by id."""

    channels: dict[int, str]
    people: dict[int, str]
    codes: dict[int, str]


@dataclass(frozen=True)
class Hour:
    """Leaks of an hour of the day; `heat` 0 to 10."""

    hour: int
    leaks: int
    inquiries: int
    heat: int
    url: str


def leak_tables(report: LeakReport, names: Names, where: Where) -> dict[str, Table]:
    """All tables of the page by their codes."""
    tables = (
        _by_class(report, where),
        _by_person(report, names, where),
        _by_channel(report, names, where),
        _worth_of_one(report, names),
        _by_line(report, where),
        _by_hour(report, where),
        _by_month(report, where),
    )
    return {table.code.removeprefix("leaks_"): table for table in tables}


def _measures() -> list[Column]:
    return [
        Column("inquiries", _("Inquiries"), "int"),
        Column("leaks", _("Lost"), "int", definition="leak"),
        Column("share", _("Share lost"), "percent"),
        Column("spent", _("Spent on them"), "money", definition="leak_spent"),
        Column("margin", _("Margin lost"), "money", definition="leak_margin"),
    ]


def _cells(found: Sum, every_url: str, leak_url: str) -> list[Cell]:
    return [
        Cell(found.inquiries, url=every_url),
        Cell(found.leaks, url=leak_url),
        Cell(found.share),
        Cell(found.spent, url=leak_url),
        Cell(found.margin, url=leak_url),
    ]


def _total(report: LeakReport, where: Where) -> list[Cell]:
    return [Cell(_("In all")), *_cells(report.lost, where(), where(state="leak"))]


def _by_class(report: LeakReport, where: Where) -> Table:
    columns = [
        Column("class", _("What happened")),
        Column("leaks", _("Inquiries"), "int", definition="leak"),
        Column("share", _("Of all inquiries"), "percent"),
        Column("spent", _("Spent on them"), "money", definition="leak_spent"),
        Column("margin", _("Margin lost"), "money", definition="leak_margin"),
    ]
    every = report.lost.inquiries

    def cells(label: Any, found: Sum, url: str) -> list[Cell]:
        share = Decimal(found.leaks) / every if every else None
        return [Cell(label), Cell(found.leaks, url), Cell(share), Cell(found.spent, url), Cell(found.margin, url)]

    rows = [cells(LeakState(state.value).label, report.of(state), where(state=state.value)) for state in LEAKS]
    total = cells(_("In all"), report.lost, where(state="leak"))
    return Table("leaks_class", _("By what happened"), columns, rows if every else [], total, _nothing())


def _by_person(report: LeakReport, names: Names, where: Where) -> Table:
    rows = []
    for person, found in report.by(lambda group: group.person).items():
        asked = "nobody" if person is None else str(person)
        label = _("Nobody took it") if person is None else names.people.get(person, "—")
        rows.append([Cell(label), *_cells(found, where(person=asked), where(person=asked, state="leak"))])
    columns = [Column("person", _("Colleague")), *_measures()]
    return Table("leaks_person", _("By colleague"), columns, rows, _total(report, where) if rows else (), _nothing())


def _by_channel(report: LeakReport, names: Names, where: Where) -> Table:
    rows = []
    for channel, found in report.by(lambda group: group.channel).items():
        asked = "unknown" if channel is None else names.codes.get(channel, "")
        label = _("Unknown channel") if channel is None else names.channels.get(channel, "—")
        rows.append([Cell(label), *_cells(found, where(channel=asked), where(channel=asked, state="leak"))])
    columns = [Column("channel", _("Channel")), *_measures()]
    return Table("leaks_channel", _("By channel"), columns, rows, _total(report, where) if rows else (), _nothing())


def _worth_of_one(report: LeakReport, names: Names) -> Table:
    """What one inquiry of each channel cost in the period, and what a new contact is expected to bring."""
    rows = []
    for channel in report.by(lambda group: group.channel):
        label = _("Unknown channel") if channel is None else names.channels.get(channel, "—")
        worth = report.worths[channel]
        note = "" if worth.is_own else _("of all channels")
        share = Cell(worth.share, note=note)
        rows.append([Cell(label), Cell(_cost(report, channel)), share, Cell(worth.ltv), Cell(worth.expected)])
    columns = [
        Column("channel", _("Channel")),
        Column("cost", _("An inquiry costs"), "money", definition="inquiry_cost"),
        Column("conversion", _("Become orders"), "percent"),
        Column("ltv", _("LTV of those won"), "money"),
        Column("expected", _("A new contact brings"), "money", definition="leak_margin"),
    ]
    return Table("leaks_worth", _("What one inquiry costs and is worth"), columns, rows, (), _nothing())


def _cost(report: LeakReport, channel: int | None) -> Decimal | None:
    """Of several months the mean, weighted by inquiries."""
    months = {group.month for group in report.groups if group.channel == channel}
    keys = [(channel, month) for month in months if (channel, month) in report.costs]
    count = sum(report.inquiries[key] for key in keys)
    if not count:
        return None
    spent = sum((report.costs[key] * report.inquiries[key] for key in keys), Decimal(0))
    return (spent / count).quantize(Decimal("0.01"))


def _by_line(report: LeakReport, where: Where) -> Table:
    rows = []
    for line, found in list(report.by(lambda group: group.line).items())[:LINES_SHOWN]:
        every, leak = (where(line=line), where(line=line, state="leak")) if line else ("", "")
        rows.append([Cell(phone_text(line) if line else _("Not told")), *_cells(found, every, leak)])
    columns = [Column("line", _("Line or form")), *_measures()]
    return Table("leaks_line", _("By line"), columns, rows, _total(report, where) if rows else (), _nothing())


def _by_hour(report: LeakReport, where: Where) -> Table:
    found = report.by(lambda group: group.hour)
    rows = [
        [
            Cell(f"{hour:02}:00"),
            *_cells(found[hour], where(hour=str(hour)), where(hour=str(hour), state="leak")),
        ]
        for hour in sorted(found)
    ]
    columns = [Column("hour", _("Hour")), *_measures()]
    return Table("leaks_hour", _("By hour of the day"), columns, rows, _total(report, where) if rows else ())


def _by_month(report: LeakReport, where: Where) -> Table:
    rows = []
    for month in sorted(report.trend, reverse=True):
        found, asked = report.trend[month], month.isoformat()
        recovered = report.recovered_by_month.get(month, Sum())
        urls = where(month=asked), where(month=asked, state="leak")
        again = where(month=asked, state="recovered")
        rows.append([Cell(month), *_cells(found, *urls), Cell(recovered.leaks, again), Cell(recovered.margin, again)])
    columns = [
        Column("month", _("Month"), "month"),
        *_measures(),
        Column("recovered", _("Called back in time"), "int", definition="leak_recovered"),
        Column("saved", _("Margin saved"), "money"),
    ]
    return Table("leaks_month", _("Month by month"), columns, rows, (), _nothing())


def _nothing() -> str:
    return _("No inquiries in this period.")


def hours_of(report: LeakReport, where: Where) -> list[Hour]:
    """The day's hours, each with its leaks; the strength of the colour goes with them."""
    found = report.by(lambda group: group.hour)
    most = max((each.leaks for each in found.values()), default=0)
    hours = []
    for hour in range(24):
        each = found.get(hour, Sum())
        heat = -(-each.leaks * HEAT // most) if most else 0
        url = where(hour=str(hour), state="leak") if each.leaks else ""
        hours.append(Hour(hour, each.leaks, each.inquiries, heat, url))
    return hours


def trend_chart(report: LeakReport, last: date) -> dict[str, Any]:
    """Margin lost and saved, month by month."""
    months = [add_months(last, -back) for back in range(11, -1, -1)]
    lost = [float(report.trend.get(month, Sum()).margin) for month in months]
    saved = [float(report.recovered_by_month.get(month, Sum()).margin) for month in months]
    return {
        "legend": {},
        "xAxis": {"type": "category", "data": [date_format(month, "M y") for month in months]},
        "yAxis": {"type": "value"},
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 8, "containLabel": True},
        "series": [
            {"name": _("Margin lost"), "type": "bar", "data": lost, "itemStyle": {"color": "--alarm"}},
            {"name": _("Margin saved"), "type": "bar", "data": saved, "itemStyle": {"color": "--accent-ink"}},
        ],
    }
