"""Figures in templates: the note that explains one, a cell of a table."""

from datetime import date
from typing import Any

from django import template

from core.badges import GRADES
from core.formats import money_text, number_text, percent_text
from core.templatetags.ferma import exact_date, grade, lifecycle, month
from dashboard.definitions import DEFINITIONS, Definition
from dashboard.figures.tables import Cell, Column

register = template.Library()


@register.inclusion_tag("dashboard/_figure_definition.html")
def definition(code: str) -> dict[str, Definition]:
    """The button and the note of a definition; an unknown code is a mistake in the template."""
    return {"definition": DEFINITIONS[code]}


@register.simple_tag
def figure(column: Column, cell: Cell) -> Any:
    """The value of a cell as people read it."""
    value: Any = cell.value
    if value is None:
        return "—"
    match column.kind:
        case "money":
            return money_text(value)
        case "percent":
            return percent_text(value, column.digits)
        case "change":
            return f"{'+' if value > 0 else ''}{percent_text(value, column.digits)}"
        case "int":
            return number_text(value, 0)
        case "number":
            return number_text(value, column.digits)
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
