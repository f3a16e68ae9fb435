"""The tables and the chart of the page of grades; every number opens its customers."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.badges import GRADES, STAGES
from core.formats import exact_date_text, short_day_text
from dashboard.figures.tables import Cell, Column, Table
from dashboard.links import customers_where
from dashboard.queries.grades import GradesPage
from segmentation.models import Grade, Lifecycle
from segmentation.queries.grades_migration import Move

TONES = {
    **{"A": "--accent", "B": "--calm", "C": "--warn", "D": "--mute"},
    **{"new": "--calm", "active": "--good", "at_risk": "--warn", "lapsed": "--alarm", "lost": "--mute"},
    "": "--line-strong",
}
FIELDS = {"grade": "moved", "lifecycle": "stage_moved"}
CODES: dict[str, list[str]] = {"grade": list(Grade.values), "lifecycle": list(Lifecycle.values)}
Worth = Callable[[Move], int | Decimal]


def totals_table(page: GradesPage) -> Table:
    """One line per grade as the last night left it."""
    customers = page.customers
    value = sum((total.predicted_12 for total in page.totals), Decimal(0))
    rows = []
    for total in page.totals:
        url = _graded_url(page, total.grade)
        rows.append(
            [
                Cell(total.grade, url),
                Cell(total.customers, url),
                Cell(total.customers / customers if customers else None),
                Cell(total.revenue, url),
                Cell(total.realised, url),
                Cell(total.predicted_12, url),
                Cell(float(total.predicted_12 / value) if value else None),
                Cell(total.value_at_risk, url),
            ]
        )
    return Table(
        "grades",
        gettext_lazy("Grades today"),
        (
            Column("grade", gettext_lazy("Grade"), "grade", "grade"),
            Column("customers", gettext_lazy("Buyers"), "int"),
            Column("share", gettext_lazy("Share of buyers"), "percent", digits=0),
            Column("revenue", gettext_lazy("Revenue of the window"), "money"),
            Column("realised", gettext_lazy("Margin so far"), "money"),
            Column("predicted", gettext_lazy("Forecast, 12 months"), "money", "predicted_12"),
            Column("value", gettext_lazy("Share of the forecast"), "percent", digits=0),
            Column("risk", gettext_lazy("Value at risk"), "money", "value_at_risk"),
        ),
        rows,
        total=[
            # The note keeps the word from being read as a grade.
            Cell(_("All"), note=_("All")),
            Cell(customers),
            Cell(1 if customers else None),
            Cell(sum((total.revenue for total in page.totals), Decimal(0))),
            Cell(sum((total.realised for total in page.totals), Decimal(0))),
            Cell(value),
            Cell(1 if value else None),
            Cell(sum((total.value_at_risk for total in page.totals), Decimal(0))),
        ],
        empty=gettext_lazy("Nobody in this part of the base has bought."),
    )


def matrix_of_customers(page: GradesPage) -> Table:
    """Rows: where they stood on the first day; columns: where on the last."""
    return _matrix(page, "moves-customers", gettext_lazy("From – to, customers"), "int", lambda move: move.customers)


def matrix_of_money(page: GradesPage) -> Table:
    """The same in the forecast of the last day; of those who are gone in that of the first."""
    return _matrix(
        page,
        "moves-money",
        gettext_lazy("From – to, forecast of 12 months"),
        "money",
        lambda move: move.value_after if move.after else move.value_before,
    )


def moves_table(page: GradesPage) -> Table:
    """Every pair that somebody moved between, the largest change of the forecast first."""
    moved = sorted((move for move in page.moves if move.way != "same"), key=lambda move: -abs(move.change))
    known = page.money.first is not None
    rows = [
        [
            Cell(f"{word(page, move.before, first=True)} → {word(page, move.after)}", _moved_url(page, [move])),
            Cell(move.customers, _moved_url(page, [move])),
            Cell(move.value_before if known else None),
            Cell(move.value_after if page.money.last else None),
            Cell(move.change if known and page.money.last else None),
        ]
        for move in moved
    ]
    return Table(
        "moves",
        gettext_lazy("Who moved, and what it did to the forecast"),
        (
            Column("move", gettext_lazy("From – to")),
            Column("customers", gettext_lazy("Customers"), "int"),
            Column("before", gettext_lazy("Forecast then"), "money", "migration_money"),
            Column("after", gettext_lazy("Forecast at the end"), "money"),
            Column("change", gettext_lazy("Change"), "money"),
        ),
        rows,
        empty=gettext_lazy("Nobody moved between these days."),
    )


def sankey(page: GradesPage) -> dict[str, Any]:
    """Those who moved, from the first day on the left to the last on the right, in customers."""
    moved = [move for move in page.moves if move.way != "same"]
    befores = [code for code in (*CODES[page.asked.of], "") if any(move.before == code for move in moved)]
    afters = [code for code in (*CODES[page.asked.of], "") if any(move.after == code for move in moved)]
    nodes = [_node(page, code, first=True) for code in befores] + [_node(page, code, first=False) for code in afters]
    links = [
        {
            "source": _node_name(page, move.before, first=True),
            "target": _node_name(page, move.after, first=False),
            "value": move.customers,
            "url": _moved_url(page, [move]),
        }
        for move in moved
    ]
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "left": 8,
                "right": 8,
                "top": 12,
                "bottom": 12,
                "nodeWidth": 14,
                "nodeGap": 14,
                "layoutIterations": 0,
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "lineStyle": {"color": "gradient", "opacity": 0.35},
                "data": nodes,
                "links": links,
            }
        ],
    }


def way_url(page: GradesPage, name: str) -> str:
    """The customers who went one way."""
    return _moved_url(page, [move for move in page.moves if move.way == name])


def word(page: GradesPage, code: str, *, first: bool = False) -> str:
    """A grade or a stage in a word; without one it had not begun, or is over."""
    if not code:
        return pgettext("grade", "not yet") if first else pgettext("grade", "gone")
    known: str | Promise = GRADES[code].letter if page.asked.of == "grade" else STAGES[code].word
    return str(known)


def _matrix(page: GradesPage, code: str, title: str | Promise, kind: str, worth: Worth) -> Table:
    codes = (*CODES[page.asked.of], "")
    found = {(move.before, move.after): move for move in page.moves}
    rows = []
    for before in codes:
        line = [found[before, after] for after in codes if (before, after) in found]
        if not line:
            continue
        cells = [_sum_cell(page, [found[before, after]] if (before, after) in found else [], worth) for after in codes]
        rows.append([Cell(word(page, before, first=True)), *cells, _sum_cell(page, line, worth)])
    columns = [_sum_cell(page, [move for move in page.moves if move.after == after], worth) for after in codes]
    first, last = short_day_text(page.asked.first), short_day_text(page.asked.last)
    return Table(
        code,
        title,
        (
            Column("before", f"{first} ↓ · {last} →"),
            *(Column(after or "gone", word(page, after), kind) for after in codes),
            Column("all", gettext_lazy("All"), kind),
        ),
        rows,
        total=[Cell(_("All")), *columns, _sum_cell(page, page.moves, worth)] if rows else (),
        empty=gettext_lazy("Nobody had bought by the second day."),
    )


def _sum_cell(page: GradesPage, moves: Iterable[Move], worth: Worth) -> Cell:
    moves = list(moves)
    return Cell(sum((worth(move) for move in moves), 0), _moved_url(page, moves)) if moves else Cell(None)


def _graded_url(page: GradesPage, grade: str) -> str:
    leaf = {"field": "grade", "op": "in", "value": [grade]}
    return customers_where({"all": [leaf, *page.asked.part.conditions()]})


def _moved_url(page: GradesPage, moves: Iterable[Move]) -> str:
    """The customers of these moves: those of one start together where the ends are the same."""
    ends: dict[str, list[str]] = {}
    for move in moves:
        ends.setdefault(move.before, []).append(move.after)
    starts: dict[tuple[str, ...], list[str]] = {}
    for before, afters in ends.items():
        starts.setdefault(tuple(sorted(afters)), []).append(before)
    leaves = [_leaf(page, befores, list(afters)) for afters, befores in starts.items()]
    moved = leaves[0] if len(leaves) == 1 else {"any": leaves}
    return customers_where({"all": [moved, *page.asked.part.conditions()]}) if leaves else ""


def _leaf(page: GradesPage, befores: list[str], afters: list[str]) -> dict[str, Any]:
    days = {"from_on": page.asked.first.isoformat(), "to_on": page.asked.last.isoformat()}
    return {"field": FIELDS[page.asked.of], "op": "some", "value": days | {"from": befores, "to": afters}}


def _node_name(page: GradesPage, code: str, *, first: bool) -> str:
    day = page.asked.first if first else page.asked.last
    return f"{word(page, code, first=first)}, {exact_date_text(day)}"


def _node(page: GradesPage, code: str, *, first: bool) -> dict[str, Any]:
    """Named by its day, so that both sides have their own; the label is the word alone."""
    return {
        "name": _node_name(page, code, first=first),
        "depth": 0 if first else 1,
        "itemStyle": {"color": TONES[code]},
        "label": {
            "formatter": word(page, code, first=first),
            "position": "right" if first else "left",
            "color": "--ink",
        },
    }
