"""The tables of the preview of grading rules."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from dashboard.figures.tables import Cell, Column, Table
from segmentation.models import Grade, Policy
from segmentation.queries.grades import Cell as Moved
from segmentation.queries.grades import Found, Preview

LETTERS: tuple[str, ...] = (*Grade.values, "")


def thresholds_table(seen: Preview, present: Policy | None, now: Found | None) -> Table:
    """From where on much begins, by the rules in force and by the new ones, over the same statistics."""
    lines = [
        [Cell(name), *(map(Cell, (policy.window_days, found.buyers, found.many_orders, found.check)))]
        for name, policy, found in (
            (_("In force now"), present, now),
            (_("By the new rules"), seen.policy, seen.found),
        )
        if policy is not None and found is not None
    ]
    return Table(
        "thresholds",
        gettext_lazy("Thresholds"),
        (
            Column("rules", gettext_lazy("Rules")),
            Column("window", gettext_lazy("Window, days"), "int"),
            Column("buyers", gettext_lazy("Buyers in the window"), "int"),
            Column("orders", gettext_lazy("Many orders from"), "int"),
            Column("check", gettext_lazy("High average check above"), "money"),
        ),
        lines,
    )


def matrix_table(seen: Preview) -> Table:
    """Customers by the grade they have and the one they would have."""
    found = {(cell.before, cell.after): cell.customers for cell in seen.cells}
    rows = [
        [
            Cell(before or pgettext("grade", "none"), note=gettext_lazy("now")),
            *(Cell(found.get((before, after))) for after in LETTERS),
            Cell(sum(found.get((before, after), 0) for after in LETTERS)),
        ]
        for before in LETTERS
        if any((before, after) in found for after in LETTERS)
    ]
    columns = [sum(found.get((before, after), 0) for before in LETTERS) for after in LETTERS]
    return Table(
        "matrix",
        gettext_lazy("Grade now and by the new rules, customers"),
        (
            Column("before", gettext_lazy("Now ↓ · then →")),
            *(Column(after or "none", after or pgettext_lazy("grade", "none"), "int") for after in LETTERS),
            Column("all", gettext_lazy("All"), "int"),
        ),
        rows,
        total=[Cell(_("All")), *map(Cell, columns), Cell(sum(columns))] if rows else (),
        empty=gettext_lazy("Nobody of this kind has bought yet."),
    )


def cells_table(seen: Preview) -> Table:
    """Each change with its money."""
    moved = sorted(seen.moved, key=lambda cell: -cell.predicted_12)
    return Table(
        "changes",
        gettext_lazy("What would change, in money"),
        (
            Column("change", gettext_lazy("Change")),
            Column("customers", gettext_lazy("Customers"), "int"),
            Column("revenue", gettext_lazy("Revenue of the window"), "money"),
            Column("predicted", gettext_lazy("Forecast, 12 months"), "money", "predicted_12"),
            Column("risk", gettext_lazy("Value at risk"), "money"),
        ),
        [_money_line(f"{cell.before or '—'} → {cell.after or '—'}", cell) for cell in moved],
        total=_money_line(_("All"), seen.changed) if moved else (),
        empty=gettext_lazy("Nobody would change grade."),
    )


def movers_table(seen: Preview, *, mark: str = "") -> Table:
    """The customers who would change grade, the most valuable first. mark: of a list that leaves."""
    rows = [
        [
            Cell(mover.name or _("Customer %(number)s") % {"number": mover.customer_id}, _card(mover.customer_id)),
            Cell(f"{mover.before or '—'} → {mover.after or '—'}"),
            Cell(mover.orders),
            Cell(mover.average_check),
            Cell(mover.predicted_12),
            Cell(mover.value_at_risk),
            *([Cell(mover.customer_id), Cell(mark)] if mark else []),
        ]
        for mover in seen.movers
    ]
    columns = [
        Column("name", gettext_lazy("Customer")),
        Column("change", gettext_lazy("Change")),
        Column("orders", gettext_lazy("Orders"), "int"),
        Column("check", gettext_lazy("Average check"), "money"),
        Column("predicted", gettext_lazy("Forecast, 12 months"), "money"),
        Column("risk", gettext_lazy("Value at risk"), "money"),
    ]
    if mark:
        columns += [Column("id", gettext_lazy("Number"), "int"), Column("mark", gettext_lazy("Mark"))]
    return Table("movers", gettext_lazy("Who would change grade"), columns, rows)


def _money_line(name: str, cell: Moved) -> list[Cell]:
    money: tuple[Decimal, ...] = (cell.revenue, cell.predicted_12, cell.value_at_risk)
    return [Cell(name), Cell(cell.customers), *map(Cell, money)]


def _card(customer_id: int) -> str:
    return reverse("customer_card", args=[customer_id])
