"""Who could be large, and what the product lacks for them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from core.models import Change, User
from customers.models import Customer
from segmentation.models import AWAITED, CandidateKind, Capability, Need, XCandidate, XMark

OF_EACH_KIND = 10
KINDS = (CandidateKind.WORDS, CandidateKind.WALLET, CandidateKind.SIZE)
NEEDS_SHOWN = 500
CHANGES_SHOWN = 100


@dataclass(frozen=True)
class Wanted:
    """A capability with the customers who ask for it, of those whom the reader may see."""

    capability: Capability
    customers: int
    potential: Decimal
    since: date | None
    last: date | None


@dataclass(frozen=True)
class PotentialReport:
    """`potential` and `customers` are of what is awaited: neither ready nor declined."""

    potential: Decimal
    customers: int
    marked: int
    rows: list[Wanted]
    candidates: list[XCandidate]
    candidates_in_all: int


def potential_report(user: User) -> PotentialReport:
    """What the reader's customers lack, the largest first, and whom the night proposes."""
    needs = Need.objects.for_user(user)
    rows = [row for row in _wanted(needs) if row.customers or user.sees_whole_base]
    waiting = needs.filter(capability__state__in=AWAITED)
    marks = XMark.objects.filter(customer__in=Customer.objects.for_user(user))
    candidates = XCandidate.objects.for_user(user)
    return PotentialReport(
        potential=sum((row.potential for row in rows if row.capability.state in AWAITED), Decimal(0)),
        customers=waiting.aggregate(count=Count("customer", distinct=True))["count"],
        marked=marks.count(),
        rows=rows,
        candidates=_first_of_each_kind(candidates),
        candidates_in_all=candidates.count(),
    )


def _first_of_each_kind(candidates: QuerySet[XCandidate]) -> list[XCandidate]:
    """What customers said themselves speaks the loudest; of each kind the largest guesses, the newest words."""
    largest = [F("potential").desc(nulls_last=True), F("figures__on").desc(nulls_last=True), F("pk").asc()]
    placed = candidates.annotate(place=Window(RowNumber(), partition_by="kind", order_by=largest))
    shown: list[Any] = list(placed.filter(place__lte=OF_EACH_KIND).select_related("customer", "capability"))
    return sorted(shown, key=lambda each: (KINDS.index(CandidateKind(each.kind)), each.place))


def _wanted(needs: QuerySet[Need]) -> list[Wanted]:
    sums = (
        needs.order_by()
        .values("capability")
        .annotate(people=Count("pk"), money=Sum("potential"), since=Min("asked_on"), last=Max("asked_on"))
    )
    by_capability = {row["capability"]: row for row in sums}
    found = []
    for capability in Capability.objects.all():
        row = by_capability.get(capability.pk)
        if row:
            found.append(Wanted(capability, row["people"], row["money"], row["since"], row["last"]))
        else:
            found.append(Wanted(capability, 0, Decimal(0), None, None))
    return sorted(found, key=lambda each: (each.capability.state not in AWAITED, -each.potential, each.capability.name))


def needs_for(capability: Capability, user: User) -> list[Need]:
    """Who asks for it, of those whom the reader may see, the largest first."""
    needs = Need.objects.for_user(user).filter(capability=capability)
    return list(needs.select_related("customer__owner", "by").order_by("-potential", "pk")[:NEEDS_SHOWN])


def changes_of(capability: Capability) -> list[Change]:
    """What became of it, newest first."""
    rows = Change.objects.filter(table_name=Capability._meta.db_table, row_id=capability.pk)
    return list(rows.select_related("actor", "change_set").defer("ids").order_by("-pk")[:CHANGES_SHOWN])


def capability_seen(user: User, pk: int) -> Capability | None:
    """A capability: any for those who see the whole base, otherwise one that a customer of the reader lacks."""
    found = Capability.objects.filter(pk=pk)
    if not user.sees_whole_base:
        found = found.filter(pk__in=Need.objects.for_user(user).values("capability"))
    return found.first()
