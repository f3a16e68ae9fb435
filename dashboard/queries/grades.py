"""Who is A, B, C and D, and who became what: for the whole base as the night left it, for a part of it as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.models import User
from customers.models import Customer
from dashboard.figures.filters import FigureFilters
from dashboard.figures.kept import kept
from segmentation.models import GradeReport
from segmentation.queries.grades_migration import (
    MoneyDays,
    Move,
    Total,
    money_days,
    move_rows,
    moves_from,
    total_rows,
    totals_from,
)


@dataclass(frozen=True)
class Asked:
    """Who stood where on the evenings of two days, in a part of the base. of: "grade" or "lifecycle"."""

    first: date
    last: date
    of: str
    part: FigureFilters

    @property
    def key(self) -> str:
        """What tells it from others, for keeping."""
        return f"grades:{self.of}:{self.first}:{self.last}:{self.part.key}"


@dataclass(frozen=True)
class Way:
    """All who moved one way: how many, what they were worth on the first day and are on the last."""

    customers: int
    value_before: Decimal
    value_after: Decimal

    @property
    def change(self) -> Decimal:
        return self.value_after - self.value_before


@dataclass(frozen=True)
class GradesPage:
    """All of the page. as_of: the day of the last night."""

    as_of: date
    asked: Asked
    totals: list[Total]
    moves: list[Move]
    money: MoneyDays

    @property
    def customers(self) -> int:
        return sum(total.customers for total in self.totals)

    def way(self, name: str) -> Way:
        """Those who went "up", "down", "across", "came" or "gone"."""
        found = [move for move in self.moves if move.way == name]
        return Way(
            sum(move.customers for move in found),
            sum((move.value_before for move in found), Decimal(0)),
            sum((move.value_after for move in found), Decimal(0)),
        )

    @property
    def stayed(self) -> int:
        return sum(move.customers for move in self.moves if move.way == "same")


def last_report() -> GradeReport | None:
    """What the last night wrote; none before the first."""
    return GradeReport.objects.order_by("-on").first()


def grades_page(*, report: GradeReport, asked: Asked, user: User) -> GradesPage:
    """The page as asked: out of the report where it has it, else counted and kept until the next night."""
    usual = (asked.first, asked.last) == (report.moves_from, report.on)
    if usual and not asked.part.is_narrowed and user.sees_whole_base:
        totals, moves = report.parts, report.moves[asked.of]
        money = _days(report.moves["money"])
    else:
        totals, moves = kept(f"{asked.key}:{_reader(user)}", _counted(report, asked, user))
        money = money_days(asked.first, asked.last, as_of=report.on)
    return GradesPage(report.on, asked, totals_from(totals), moves_from(asked.of, moves), money)


def _counted(report: GradeReport, asked: Asked, user: User) -> Callable[[], tuple[Any, Any]]:
    def count() -> tuple[Any, Any]:
        within = None
        if asked.part.is_narrowed or not user.sees_whole_base:
            within = asked.part.narrow(Customer.objects.for_user(user))
        moves = move_rows(asked.of, asked.first, asked.last, as_of=report.on, within=within)
        return total_rows(within=within), moves

    return count


def _reader(user: User) -> str:
    """Who sees a part of the base keeps their own figures."""
    return "" if user.sees_whole_base else str(user.pk)


def _days(texts: list[str | None]) -> MoneyDays:
    return MoneyDays(*(date.fromisoformat(text) if text else None for text in texts))
