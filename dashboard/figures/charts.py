"""Options of charts that several pages draw alike."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any


def line(
    name: str, points: Iterable[float | Decimal], tone: str, *, width: float, dashed: bool = False, digits: int = 2
) -> dict[str, Any]:
    """A series without marks; tone: a custom property such as `--calm`."""
    return {
        "name": name,
        "type": "line",
        "color": tone,
        "showSymbol": False,
        "lineStyle": {"width": width, "type": "dashed" if dashed else "solid"},
        "data": [round(float(point), digits) for point in points],
    }


def lines(series: Sequence[dict[str, Any]], *, axis: str, last: int, interval: int | None = None) -> dict[str, Any]:
    """Lines over 0 to `last` of what the axis names, such as months; interval: labels left out between two."""
    return {
        "legend": {"type": "scroll", "pageIconColor": "--ink-2", "pageIconInactiveColor": "--line-strong"},
        "grid": {"left": 4, "right": 16, "top": 36, "bottom": 20, "containLabel": True},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "name": axis,
            "nameLocation": "middle",
            "nameGap": 26,
            **({} if interval is None else {"axisLabel": {"interval": interval}}),
            "data": [str(place) for place in range(last + 1)],
        },
        "yAxis": {"type": "value", "splitNumber": 4},
        "series": list(series),
    }
