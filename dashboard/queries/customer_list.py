"""Rows of the customer list: sorted, one page at a time, at a cost that does not grow with the base.

Figures exist only for customers who have bought. Sorting by one of them therefore reads the buyers by
its index first, and then those who have not bought, newest first.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, ExpressionWrapper, F, OuterRef, Prefetch
from django.db.models.functions import NullIf

from core.models import User
from customers.models import ContactChannel, ContactPoint, ContactStatus, Customer, CustomerTag
from customers.models.customer import CustomerQuerySet
from dashboard.queries.customer_filters import Filters, filtered

ROWS = 50
# Nobody pages through more; counting stops here too.
MOST = 10_000
DEFAULT_SORT = "-risk"
AVERAGE_CHECK = ExpressionWrapper(
    F("statistics__revenue") / NullIf(F("statistics__orders"), 0), output_field=BigIntegerField()
)
# The relation that has the figure, and by what to sort, all in one direction.
SORTS: dict[str, tuple[str | None, tuple[Any, ...]]] = {
    # The band rises with the value, and has the index.
    "risk": ("standing", (F("standing__risk_band"), F("standing__value_at_risk"))),
    "realised": ("standing", (F("standing__realised"),)),
    "predicted": ("standing", (F("standing__predicted_12"),)),
    "last": ("statistics", (F("statistics__last_on"),)),
    "orders": ("statistics", (F("statistics__orders"),)),
    "check": ("statistics", (AVERAGE_CHECK,)),
    "name": (None, (F("name"),)),
    "added": (None, (F("pk"),)),
}


@dataclass(frozen=True)
class CustomerPage:
    """One page of the list. `total` is exact up to MOST, and MOST + 1 for anything above."""

    rows: list[Customer]
    number: int
    total: int
    first: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", (self.number - 1) * ROWS + 1)

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def is_capped(self) -> bool:
        return self.total > MOST

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.last < min(self.total, MOST)


def customer_page(*, user: User, filters: Filters, sort: str, number: int) -> CustomerPage:
    """The page `number` (from 1) of the customers that the user may see; past the end it has no rows."""
    number = min(max(number, 1), MOST // ROWS)
    start = (number - 1) * ROWS
    customers = filtered(user, filters)
    rows = _rows(customers, sort, start, only_buyers=filters.only_buyers)
    total = start + len(rows) if rows and len(rows) < ROWS else counted(customers)
    return CustomerPage(rows, number, total)


def counted(customers: CustomerQuerySet) -> int:
    """How many there are, MOST + 1 standing for more: a full count would read the whole base."""
    return customers.order_by()[: MOST + 1].count()


def _rows(customers: CustomerQuerySet, sort: str, start: int, *, only_buyers: bool) -> list[Customer]:
    relation, figures = SORTS[sort.removeprefix("-")]
    order = [figure.desc() if sort.startswith("-") else figure.asc() for figure in figures]
    if relation is None:
        return list(_with_figures(customers.order_by(*order, "pk"))[start : start + ROWS])
    buyers = customers.filter(**{f"{relation}__isnull": False})
    rows = list(_with_figures(buyers.order_by(*order, f"{relation}__customer_id"))[start : start + ROWS])
    if len(rows) == ROWS or only_buyers:
        return rows
    passed = start + len(rows) if rows else counted(buyers)
    others = customers.filter(**{f"{relation}__isnull": True}).order_by("-pk")
    begin = max(start - passed, 0)
    return rows + list(_with_figures(others)[begin : begin + ROWS - len(rows)])


def _with_figures(customers: CustomerQuerySet) -> CustomerQuerySet:
    reachable = ContactPoint.objects.filter(
        channel__in=[ContactChannel.PHONE, ContactChannel.EMAIL], status=ContactStatus.VALID
    ).order_by("-pk")
    tags = CustomerTag.objects.filter(customer=OuterRef("pk")).order_by("tag__name").values("tag__name")
    customers = customers.annotate(tag_names=ArraySubquery(tags))
    return customers.select_related("owner", "standing", "statistics", "x_mark").prefetch_related(
        Prefetch("contact_points", queryset=reachable, to_attr="reachable")
    )


@dataclass(frozen=True)
class Row:
    """A customer as lists show it; figures are None, and the words empty, for who has not bought."""

    customer: Customer
    phone: ContactPoint | None
    email: ContactPoint | None
    is_marked: bool
    tags: list[str]
    grade: str = ""
    stage: str = ""
    realised: Decimal | None = None
    predicted: Decimal | None = None
    risk: Decimal | None = None
    last_on: date | None = None
    orders: int | None = None
    average_check: Decimal | None = None


def as_row(customer: Customer) -> Row:
    """The customer with its figures and the newest valid phone and e-mail, out of what was loaded with it."""
    newest = {point.channel: point for point in reversed(getattr(customer, "reachable", ()))}
    return Row(
        customer,
        phone=newest.get(ContactChannel.PHONE),
        email=newest.get(ContactChannel.EMAIL),
        is_marked=hasattr(customer, "x_mark"),
        tags=getattr(customer, "tag_names", []),
        **_standing_fields(customer),
        **_statistics_fields(customer),
    )


def _standing_fields(customer: Customer) -> dict[str, Any]:
    standing = getattr(customer, "standing", None)
    if standing is None:
        return {}
    return {
        "grade": standing.grade,
        "stage": standing.lifecycle,
        "realised": standing.realised,
        "predicted": standing.predicted_12,
        "risk": standing.value_at_risk,
    }


def _statistics_fields(customer: Customer) -> dict[str, Any]:
    statistics = getattr(customer, "statistics", None)
    if statistics is None:
        return {}
    check = statistics.revenue / statistics.orders if statistics.orders else None
    return {"last_on": statistics.last_on, "orders": statistics.orders, "average_check": check}
