"""The columns of the customer list: what each shows, and by what it sorts."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.formats import NOTHING
from core.html import escaped, filled
from core.templatetags import ferma
from customers.models import CustomField, FieldKind
from customers.templatetags.contacts import contact_value
from dashboard.custom_values import shown_value
from dashboard.queries.customer_list import Row


@dataclass(frozen=True)
class Column:
    """A column that may be shown.

    cell: the HTML of one row's cell; a chain of conditions in the template, asked again in every cell, took
    most of the page's time. sort: its key in the address. css: the class of its cells.
    """

    key: str
    label: str | Promise
    cell: Callable[[Row], Any]
    sort: str = ""
    css: str = ""
    is_usual: bool = True


@dataclass(frozen=True)
class ShownColumn:
    """A column with its label in the reader's language. opened: how each of its cells begins."""

    key: str
    label: str
    cell: Callable[[Row], Any]
    sort: str
    css: str
    opened: str


def _owner(row: Row) -> str:
    owner = row.customer.owner
    return str(owner) if owner else filled('<span class="muted">{}</span>', _t("pool"))


def _tags(row: Row) -> str:
    return SafeString(" ".join(filled('<span class="tag">{}</span>', name) for name in row.tags)) or NOTHING


COLUMNS = (
    Column("stage", _("Stage"), lambda row: ferma.lifecycle(row.stage)),
    Column("last", pgettext_lazy("column", "Last order"), lambda row: ferma.reldate(row.last_on), sort="last"),
    Column("orders", _("Orders"), lambda row: ferma.number(row.orders), sort="orders", css="n"),
    Column(
        "check",
        pgettext_lazy("column", "Avg. check"),
        lambda row: ferma.money(row.average_check),
        sort="check",
        css="n",
    ),
    Column(
        "realised", pgettext_lazy("column", "Realised"), lambda row: ferma.money(row.realised), sort="realised", css="n"
    ),
    Column(
        "predicted",
        pgettext_lazy("column", "Forecast 12 m"),
        lambda row: ferma.money(row.predicted),
        sort="predicted",
        css="n",
    ),
    Column("risk", pgettext_lazy("column", "At risk, sum"), lambda row: ferma.money(row.risk), sort="risk", css="n"),
    Column("owner", _("Owner"), _owner, css="owner"),
    Column("phone", _("Phone"), lambda row: contact_value(row.phone), css="nowrap"),
    Column("email", _("E-mail"), lambda row: contact_value(row.email), is_usual=False),
    Column("city", _("City"), lambda row: row.customer.city or NOTHING, is_usual=False),
    Column("tags", _("Tags"), _tags, is_usual=False),
    Column(
        "added",
        pgettext_lazy("customer", "Added"),
        lambda row: ferma.reldate(row.customer.created_at),
        sort="added",
        is_usual=False,
    ),
)
USUAL = tuple(column.key for column in COLUMNS if column.is_usual)


def all_columns(own_fields: Iterable[CustomField]) -> list[Column]:
    """The columns that may be shown: those of every company, and one for each own field in use."""
    return [*COLUMNS, *(_own_column(field) for field in own_fields)]


def _own_column(field: CustomField) -> Column:
    code, kind = field.code, field.kind
    css = "n" if kind == FieldKind.NUMBER else ""
    return Column(
        f"own_{code}",
        field.name,
        lambda row: shown_value(kind, row.customer.custom.get(code)),
        css=css,
        is_usual=False,
    )


def shown(keys: Collection[str], among: Iterable[Column] = COLUMNS) -> list[ShownColumn]:
    """The columns with these keys, in their own order."""
    return [_shown(column, str(column.label)) for column in among if column.key in keys]


def _shown(column: Column, label: str) -> ShownColumn:
    css = f' class="{escaped(column.css)}"' if column.css else ""
    opened = f'<td{css} data-label="{escaped(label)}">'
    return ShownColumn(column.key, label, column.cell, column.sort, column.css, opened)


def cells(columns: list[ShownColumn], row: Row) -> SafeString:
    """The cells of the row; every part is escaped where it is put in."""
    return SafeString("".join([f"{column.opened}{escaped(column.cell(row))}</td>" for column in columns]))
