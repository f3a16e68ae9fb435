"""Values of the company's own fields as people read them, and as a form asks for them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.formats import NOTHING, exact_date_text, number_text
from customers.models import FieldKind


def shown_value(kind: str, value: Any) -> str:
    """The value in words and figures of the reader's language; a dash for none.

    A value that does not fit its kind is shown as it is: nothing that is kept is hidden.
    """
    if value is None or value == "":
        return NOTHING
    if kind == FieldKind.YES_NO:
        return _("Yes") if value is True else _("No")
    if kind == FieldKind.NUMBER and isinstance(value, int | float):
        number = Decimal(str(value))
        return number_text(number, max(-int(number.as_tuple().exponent), 0))
    if kind == FieldKind.DATE:
        return _day(value)
    return str(value)


def _day(value: Any) -> str:
    try:
        return exact_date_text(date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(value)
