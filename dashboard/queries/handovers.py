"""Who holds how much of the base, and what changed hands lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from core.models import ChangeKind, ChangeSet, User
from customers.models import Customer, Obligation
from dashboard.queries.customer_filters import POOL
from segmentation.models import Standing
from touches.models import Task, TaskState


@dataclass(frozen=True)
class Portfolio:
    """What one person looks after; `person` None is the pool. Money in major units."""

    person: User | None
    customers: int
    predicted: Decimal
    at_risk: Decimal
    tasks: int
    overdue: int
    promises: int

    @property
    def owner(self) -> str:
        """How the filters of the client list name them."""
        return str(self.person.pk) if self.person else POOL


@dataclass(frozen=True)
class Handover:
    """One hand-over as the list shows it."""

    made: ChangeSet
    to: User | None
    undone: ChangeSet | None

    @property
    def can_be_undone(self) -> bool:
        return self.undone is None and self.made.data.get("customers", 0) > 0


def portfolios(today: date) -> list[Portfolio]:
    """The pool and everybody who holds customers, those who have left first, then the largest."""
    counts = dict(Customer.objects.order_by().values_list("owner").annotate(Count("pk")))
    worth = {
        owner: (predicted, risk)
        for owner, predicted, risk in Standing.objects.order_by()
        .values_list("customer__owner")
        .annotate(predicted=Sum("predicted_12"), risk=Sum("value_at_risk"))
    }
    open_tasks = Task.objects.filter(state=TaskState.OPEN).order_by().values_list("owner")
    counted = open_tasks.annotate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    tasks = {owner: row for owner, *row in counted}
    late = Obligation.objects.overdue(today).order_by()
    promises = dict(late.values_list("customer__owner").annotate(Count("pk")))
    people = User.objects.in_bulk([owner for owner in counts if owner])
    rows = [
        Portfolio(
            person=people.get(owner) if owner else None,
            customers=count,
            predicted=worth.get(owner, (Decimal(0), Decimal(0)))[0],
            at_risk=worth.get(owner, (Decimal(0), Decimal(0)))[1],
            tasks=tasks.get(owner, (0, 0))[0],
            overdue=tasks.get(owner, (0, 0))[1],
            promises=promises.get(owner, 0),
        )
        for owner, count in counts.items()
    ]
    return sorted(rows, key=lambda row: (row.person is not None and row.person.is_active, -row.customers))


def handovers(limit: int) -> list[Handover]:
    """The newest hand-overs."""
    sets = ChangeSet.objects.filter(kind=ChangeKind.HANDOVER).select_related("by", "undone_by__by").order_by("-pk")
    found = list(sets[:limit])
    people = User.objects.in_bulk([made.data["to"] for made in found if made.data.get("to")])
    return [Handover(made, people.get(made.data.get("to")), getattr(made, "undone_by", None)) for made in found]


def names(customer_ids: Sequence[int]) -> list[str]:
    """The customers' names, to be told."""
    return [str(customer) for customer in Customer.objects.filter(pk__in=customer_ids).order_by("pk")]
