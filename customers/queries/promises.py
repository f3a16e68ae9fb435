"""Promises to customers: what is due, what is late, how often we keep our word."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from core.models import User
from core.periods import add_months
from core.roles import Role
from customers.models import Customer, Obligation, ObligationState
from customers.models.obligation import ANSWERING, ObligationQuerySet

KEPT_MONTHS = 12
SHOWN_CLOSED = 50
RESPONSIBLE = (Role.FARMER, Role.HUNTER, Role.MANAGER)
# A promise that was taken back was not a promise to judge by.
JUDGED = (ObligationState.KEPT, ObligationState.LATE, ObligationState.BROKEN)


@dataclass(frozen=True)
class Punctuality:
    """Promises due in a month: kept in time, all that are judged, and the share in time (None without any)."""

    month: date
    in_time: int
    judged: int

    @property
    def share(self) -> float | None:
        return self.in_time / self.judged if self.judged else None


@dataclass(frozen=True)
class PersonPromises:
    """How many open promises a person answers for, and how many of them are overdue."""

    person: User | None
    open: int
    overdue: int


def owed(customer_ids: Collection[int], today: date) -> set[int]:
    """Those of the customers to whom a promise is overdue: they are not to be sold to before it is kept."""
    late = Obligation.objects.overdue(today).filter(customer_id__in=customer_ids)
    return set(late.values_list("customer_id", flat=True))


def promises_of(user: User, *, person: int | None = None) -> ObligationQuerySet:
    """Open promises to customers whom the user may see, the most overdue first.

    `person`: only those that a person answers for, by name or as the owner of the customer.
    """
    found = Obligation.objects.for_user(user).filter(state=ObligationState.OPEN)
    if person is not None:
        found = found.annotate(answers=ANSWERING).filter(answers=person)
    return found.select_related("customer", "order", "owner", "customer__owner").order_by("due_on", "pk")


def promises_to(customer: Customer) -> list[Obligation]:
    """The promises to one customer: open ones by their day, then the closed ones, newest first."""
    found = customer.obligations.select_related("order", "owner", "customer__owner")
    still_open = found.filter(state=ObligationState.OPEN).order_by("due_on", "pk")
    closed = found.exclude(state=ObligationState.OPEN).order_by("-closed_on", "-pk")
    return [*still_open, *closed[:SHOWN_CLOSED]]


def responsible() -> QuerySet[User]:
    """Who can answer for a promise."""
    return User.objects.filter(role__in=RESPONSIBLE, is_active=True).order_by("first_name", "last_name")


def by_person(today: date) -> list[PersonPromises]:
    """Everybody who answers for open promises, the most overdue first; None stands for customers of nobody."""
    rows = (
        Obligation.objects.filter(state=ObligationState.OPEN)
        .annotate(answers=ANSWERING)
        .order_by()
        .values_list("answers")
        .annotate(all=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    )
    found = list(rows)
    people = User.objects.in_bulk([answers for answers, *_counts in found if answers])
    listed = [PersonPromises(people.get(answers) if answers else None, count, late) for answers, count, late in found]
    return sorted(listed, key=lambda row: (-row.overdue, -row.open))


def punctuality(user: User, today: date, *, person: int | None = None) -> list[Punctuality]:
    """The last twelve months by the month in which promises were due, oldest first; overdue open ones count as late."""
    first = add_months(today.replace(day=1), 1 - KEPT_MONTHS)
    due = Obligation.objects.for_user(user).filter(due_on__gte=first, due_on__lte=today)
    if person is not None:
        due = due.annotate(answers=ANSWERING).filter(answers=person)
    counted = (
        due.filter(Q(state__in=JUDGED) | Q(state=ObligationState.OPEN, due_on__lt=today))
        .annotate(month=TruncMonth("due_on"))
        .order_by()
        .values_list("month")
        .annotate(in_time=Count("pk", filter=Q(state=ObligationState.KEPT)), judged=Count("pk"))
    )
    rows = {month: (in_time, judged) for month, in_time, judged in counted}
    months = [add_months(first, n) for n in range(KEPT_MONTHS)]
    return [Punctuality(month, *rows.get(month, (0, 0))) for month in months]
