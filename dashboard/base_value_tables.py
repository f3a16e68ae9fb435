"""The tables of the base value, and the customers behind each of their figures."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dashboard.figures.filters import FigureFilters
from dashboard.figures.tables import Cell, Column, Table
from dashboard.links import customers_where
from dashboard.queries.base_value import BaseValue, Month
from segmentation.rules.book import Cause, Side

BALANCE = (
    Column("month", gettext_lazy("Month"), "month"),
    Column("opening", pgettext_lazy("base value", "Opening"), "money"),
    Column("acquired", pgettext_lazy("base value", "Acquired"), "money", "base_acquired"),
    Column("expanded", pgettext_lazy("base value", "Expanded"), "money", "base_expanded"),
    Column("reachable_again", pgettext_lazy("base value", "Reachable again"), "money", "base_reachable_again"),
    Column("attrition", pgettext_lazy("base value", "Attrition"), "money", "base_attrition"),
    Column("unreachable", pgettext_lazy("base value", "Became unreachable"), "money", "base_unreachable"),
    Column("closing", pgettext_lazy("base value", "Closing"), "money", "base_closing"),
    Column("share", pgettext_lazy("base value", "Change"), "percent"),
    Column("customers", gettext_lazy("Buyers"), "int"),
)
# The page has no room for them; the file has.
IN_FILE = (
    Column("each", gettext_lazy("One is worth"), "money"),
    Column("gone", pgettext_lazy("base value", "Of the attrition: no buyers any more"), "money"),
    Column("low", pgettext_lazy("base value", "Interval from"), "money"),
    Column("high", pgettext_lazy("base value", "Interval to"), "money"),
)
CONTACTS = (
    Column("month", gettext_lazy("Month"), "month"),
    Column("lost_contacts", gettext_lazy("Contacts lost"), "int", "lost_contacts"),
    Column("customers", gettext_lazy("Customers who lost one"), "int"),
    Column("unreachable", gettext_lazy("Became unreachable"), "int", "base_unreachable"),
    Column("unreachable_value", gettext_lazy("What they were worth"), "money"),
    Column("beyond", gettext_lazy("Beyond reach at the end"), "int", "beyond_reach"),
    Column("beyond_value", gettext_lazy("What they would bring"), "money"),
)


@dataclass(frozen=True)
class Links:
    """Addresses of the customers behind sums of a month, narrowed like the page."""

    filters: FigureFilters

    def of(self, month: date, part: str) -> str:
        """The customers behind a cause or another sum of a month."""
        move = {"field": "base_move", "op": "some", "value": {"month": f"{month:%Y-%m}", "cause": [str(part)]}}
        return customers_where({"all": [move, *self.filters.conditions()]})

    def of_answer(self, now: Month) -> dict[str, str]:
        """What the head of the page links to."""
        return {
            "closing": self.of(now.month, Side.CLOSING),
            "beyond": self.of(now.month, Side.BEYOND_REACH),
            "lost": self.of(now.month, Side.FEWER_CONTACTS),
            "unreachable": self.of(now.month, Cause.UNREACHABLE),
        }


def balance_table(report: BaseValue, links: Links) -> Table:
    """A month a row, the newest first."""
    rows = [_balance_row(month, links) for month in reversed(report.months)]
    return Table("base-value", gettext_lazy("Month by month"), BALANCE, rows)


def balance_file(table: Table, report: BaseValue) -> Table:
    """The same table with the columns that only its file has."""
    rows = [
        [*row, Cell(month.each), Cell(month.moves[Cause.GONE].amount), Cell(month.low), Cell(month.high)]
        for row, month in zip(table.rows, reversed(report.months), strict=True)
    ]
    return replace(table, columns=(*BALANCE, *IN_FILE), rows=rows)


def contacts_table(report: BaseValue, links: Links) -> Table:
    """What was lost with addresses, a month a row, the newest first."""
    rows = [_contacts_row(month, links) for month in reversed(report.months)]
    return Table("lost-contacts", gettext_lazy("Lost contacts and unreachable customers"), CONTACTS, rows)


def note(month: Month) -> str:
    """What is to be known of a month, in a word or two."""
    if month.since is None:
        return _("the book begins")
    if month.is_longer:
        return _("since the end of %(month)s") % {"month": date_format(month.since, "E")}
    return "" if month.is_closed else _("under way")


def _balance_row(month: Month, links: Links) -> list[Cell]:
    def cell(value: Any, part: str) -> Cell:
        return Cell(value, links.of(month.month, part) if value else "")

    def moved(cause: Cause) -> Cell:
        return cell(month.moves[cause].amount, cause) if month.since else Cell(None)

    return [
        Cell(month.month, note=note(month)),
        cell(month.opening, Side.OPENING) if month.since else Cell(None),
        moved(Cause.ACQUIRED),
        moved(Cause.EXPANDED),
        moved(Cause.REACHABLE_AGAIN),
        cell(month.attrition, Side.ATTRITION) if month.since else Cell(None),
        moved(Cause.UNREACHABLE),
        cell(month.closing, Side.CLOSING),
        Cell(month.share if month.since else None),
        cell(month.customers, Side.CLOSING),
    ]


def _contacts_row(month: Month, links: Links) -> list[Cell]:
    def cell(value: int | Decimal, part: str) -> Cell:
        return Cell(value, links.of(month.month, part) if value else "")

    lost, begins = month.lost, month.since is None
    return [
        Cell(month.month, note=note(month)),
        Cell(None) if begins else cell(month.lost_contacts, Side.FEWER_CONTACTS),
        Cell(None) if begins else cell(month.lost_contacts_customers, Side.FEWER_CONTACTS),
        Cell(None) if begins else cell(lost.customers, Cause.UNREACHABLE),
        Cell(None) if begins else cell(month.lost_value, Cause.UNREACHABLE),
        cell(month.unreachable_customers, Side.BEYOND_REACH),
        cell(month.unreachable_value, Side.BEYOND_REACH),
    ]
