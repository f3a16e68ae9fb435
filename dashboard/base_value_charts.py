"""The charts of the base value."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_compact_decimal
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dashboard.base_value_tables import Links
from dashboard.queries.base_value import Month
from segmentation.rules.book import Cause, Side

TONES = {
    Cause.ACQUIRED: "--calm",
    Cause.EXPANDED: "--good",
    Cause.REACHABLE_AGAIN: "--mark",
    Cause.SHRUNK: "--warn",
    Cause.GONE: "--mute",
    Cause.UNREACHABLE: "--alarm",
}
# Bars of the whole begin so far below the lowest step, in lengths of all steps: the moves stay readable.
ROOM = Decimal("0.6")


def words() -> dict[str, str]:
    """What the causes are called on a chart."""
    return {
        Cause.ACQUIRED: pgettext("base value", "Acquired"),
        Cause.EXPANDED: pgettext("base value", "Expanded"),
        Cause.REACHABLE_AGAIN: pgettext("base value", "Reachable again"),
        Cause.SHRUNK: pgettext("base value", "Attrition"),
        Cause.GONE: pgettext("base value", "No buyers any more"),
        Cause.UNREACHABLE: pgettext("base value", "Became unreachable"),
    }


def compact(amount: Decimal) -> str:
    """1,2 млн: an amount beside a bar."""
    return format_compact_decimal(amount, locale=get_language() or "en", fraction_digits=1)


def waterfall(month: Month, links: Links) -> dict[str, Any] | None:
    """From the opening to the closing step by step; none where the book begins.

    The axis does not begin at zero: the steps are small beside the whole.
    """
    if month.since is None:
        return None
    steps = [month.moves[cause] for cause in Cause if month.moves[cause].amount]
    level, bars = month.opening, [_bar(month.opening, "--accent-ink", links.of(month.month, Side.OPENING))]
    levels, floors = [level], [Decimal(0)]
    for step in steps:
        floors.append(min(level, level + step.amount))
        level += step.amount
        levels.append(level)
        bars.append(_bar(step.amount, TONES[step.cause], links.of(month.month, step.cause)))
    bars.append(_bar(month.closing, "--accent-ink", links.of(month.month, Side.CLOSING)))
    lowest = max(Decimal(0), min(levels) - ROOM * (max(levels) - min(levels)))
    floors = [max(floor, lowest) for floor in (*floors, Decimal(0))]
    names = words()
    named = [
        pgettext("base value", "Opening"),
        *(names[step.cause] for step in steps),
        pgettext("base value", "Closing"),
    ]
    for bar, floor in zip(bars, floors, strict=True):
        bar["value"] = _number(bar["value"] if floor > lowest else bar["value"] - lowest)
    return {
        "grid": {"left": 4, "right": 76, "top": 4, "bottom": 4, "containLabel": True},
        "tooltip": {"show": False},
        "xAxis": {"type": "value", "show": False, "min": 0},
        "yAxis": {"type": "category", "inverse": True, "axisLine": {"show": False}, "data": named},
        "series": [
            {
                "type": "bar",
                "stack": "all",
                "silent": True,
                "itemStyle": {"color": "transparent"},
                "data": [_number(floor - lowest) for floor in floors],
            },
            {"type": "bar", "stack": "all", "barWidth": "62%", "data": bars},
        ],
    }


def _bar(amount: Decimal, tone: str, url: str) -> dict[str, Any]:
    is_step = tone != "--accent-ink"
    sign = "+" if is_step and amount > 0 else ""
    label = {"show": True, "position": "right", "formatter": sign + compact(amount), "color": "--ink"}
    return {"value": abs(amount), "url": url, "itemStyle": {"color": tone}, "label": label}


def history_chart(months: list[Month]) -> dict[str, Any] | None:
    """The closings with their interval; none before the second month."""
    if len(months) < 2:
        return None
    lows = [_number(month.low) if month.low is not None else None for month in months]
    widths = [
        _number(month.high - month.low) if month.high is not None and month.low is not None else None
        for month in months
    ]
    band = {"type": "line", "stack": "band", "silent": True, "showSymbol": False, "lineStyle": {"opacity": 0}}
    series: list[dict[str, Any]] = [
        {
            "name": _("Base value"),
            "type": "line",
            "color": "--accent-ink",
            "showSymbol": len(months) < 4,
            "data": [_number(month.closing) for month in months],
        }
    ]
    if any(low is not None for low in lows):
        series += [
            {**band, "data": lows, "tooltip": {"show": False}},
            {
                **band,
                "data": widths,
                "areaStyle": {"color": "--accent-ink", "opacity": 0.14},
                "tooltip": {"show": False},
            },
        ]
    return {
        "grid": {"left": 4, "right": 28, "top": 12, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "boundaryGap": False, "data": [_month(month) for month in months]},
        "yAxis": {"type": "value", "splitNumber": 3, "scale": True},
        "series": series,
    }


def moves_chart(months: list[Month], links: Links) -> dict[str, Any] | None:
    """What was added and what was taken away, month by month; none while the book only begins."""
    moved = [month for month in months if month.since is not None]
    if not moved:
        return None
    names = words()
    return {
        "legend": {"type": "scroll", "pageIconColor": "--ink-2", "pageIconInactiveColor": "--line-strong"},
        "grid": {"left": 4, "right": 8, "top": 40, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [_month(month) for month in moved]},
        "yAxis": {"type": "value", "splitNumber": 4},
        "series": [
            {
                "name": names[cause],
                "type": "bar",
                "stack": "all",
                "barMaxWidth": 34,
                "color": TONES[cause],
                "data": [
                    {"value": _number(month.moves[cause].amount), "url": links.of(month.month, cause)}
                    for month in moved
                ],
            }
            for cause in Cause
            if any(month.moves[cause].amount for month in moved)
        ],
    }


def _month(month: Month) -> str:
    return date_format(month.month, "M y")


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else round(float(amount), 2)
