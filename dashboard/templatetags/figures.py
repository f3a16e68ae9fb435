"""Figures in templates: the note that explains one, a cell of a table, all its lines."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.badges import GRADES
from core.formats import money_text, number_text, percent_text
from core.html import escaped
from core.templatetags.ferma import exact_date, grade, lifecycle, month
from dashboard.definitions import DEFINITIONS
from dashboard.figures.tables import Cell, Column, Table

register = template.Library()


@register.simple_tag
def definition(code: str) -> SafeString:
    """The button and the note of a definition; an unknown code is a mistake in the template."""
    return _definition(code, get_language() or "")


# A page has dozens of them, and each is the same for everybody: the policy in force is fetched when one is opened.
@lru_cache(maxsize=500)
def _definition(code: str, _language: str) -> SafeString:
    return render_to_string("dashboard/_figure_definition.html", {"definition": DEFINITIONS[code]})


@register.simple_tag
def figure(column: Column, cell: Cell, minor: int | None = None) -> Any:
    """The value of a cell as people read it; `minor`: the decimals that sums have in the whole column."""
    value: Any = cell.value
    if value is None:
        return "—"
    match column.kind:
        case "money":
            return money_text(value, minor)
        case "percent":
            return percent_text(value, column.digits)
        case "change":
            return f"{'+' if value > 0 else ''}{percent_text(value, column.digits)}"
        case "int":
            return number_text(value, 0)
        case "number":
            return number_text(value, column.digits)
        # Words stand there where the number is not reached.
        case "months" if isinstance(value, int):
            return number_text(value, 0)
        case "day":
            return exact_date(value)
        # The line of the sum has a word there.
        case "month" if isinstance(value, date):
            return month(value)
        # The line of the sum has a word there, too.
        case "grade" if not cell.note and value in GRADES:
            return grade(value, word=True)
        case "stage" if not cell.note:
            return lifecycle(value)
    return value


@register.simple_tag
def figure_rows(table: Table) -> SafeString:
    """The rows of a table's body; drawn by a template, hundreds of cells took most of the time of a page."""
    return _rows(table, table.rows)


@register.simple_tag
def figure_total(table: Table) -> SafeString:
    """The row of a table's foot: no notes there."""
    return _rows(table, [table.total], has_notes=False)


class HeatCell(Protocol):
    """A figure with its colour; css says how strong, or that its month is not over."""

    cell: Cell
    css: str
    is_payback: bool


@register.simple_tag
def heat_cells(cells: Iterable[HeatCell | None], column: Column, minor: int | None = None) -> SafeString:
    """The cells of a line of a heat map, empty ones at its end."""
    title = f' title="{escaped(_("the month is not over"))}"'
    told = []
    for each in cells:
        if each is None:
            told.append("<td></td>")
            continue
        paid, hint = " cohort-paid" if each.is_payback else "", title if each.css == "heat-open" else ""
        told.append(f'<td class="n {escaped(each.css)}{paid}"{hint}>{_linked(column, each.cell, minor)}</td>')
    return SafeString("".join(told))


def _rows(table: Table, rows: Iterable[Sequence[Cell]], *, has_notes: bool = True) -> SafeString:
    """The first cell of a row names it."""
    columns, minors = table.columns, table.minors()
    opened = ['<th scope="row" class="main">', *map(_opened, columns[1:])]
    closed = ["</th>", *["</td>"] * (len(columns) - 1)]
    told = []
    for row in rows:
        told.append("<tr>")
        for column, cell, minor, start, end in zip(columns, row, minors, opened, closed, strict=True):
            note = f' <span class="muted">{escaped(cell.note)}</span>' if has_notes and cell.note else ""
            told.append(f"{start}{_linked(column, cell, minor)}{note}{end}")
        told.append("</tr>")
    return SafeString("".join(told))


def _opened(column: Column) -> str:
    side = "" if column.is_words else ' class="n"'
    return f'<td{side} data-label="{escaped(column.label)}">'


def _linked(column: Column, cell: Cell, minor: int | None) -> str:
    text = escaped(figure(column, cell, minor))
    return f'<a href="{escaped(cell.url)}">{text}</a>' if cell.url else text
