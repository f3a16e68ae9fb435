"""Pairs that may be one customer, and cards that became one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from core.models import Change, ChangeKind, ChangeSet, User
from customers.models import CandidateState, Customer, DuplicateCandidate, DuplicatePolicy, MergedCustomer

MERGES_SHOWN = 50


@dataclass(frozen=True)
class Merged:
    """One merge that can still be looked at; `name` is what the card that went was called."""

    change_set: ChangeSet
    keep_id: int
    merge_id: int
    name: str
    kept: Customer | None
    is_undone: bool

    @property
    def is_automatic(self) -> bool:
        return self.change_set.by_id is None


def present_id(customer_id: int) -> int:
    """The card that a number leads to: itself, or the one that it was merged into."""
    found = MergedCustomer.objects.filter(old_id=customer_id).values_list("customer_id", flat=True).first()
    return found or customer_id


def duplicate_policy() -> DuplicatePolicy:
    """The policy in force; the defaults until somebody sets one."""
    return DuplicatePolicy.objects.first() or DuplicatePolicy()


def duplicates_of(user: User) -> QuerySet[DuplicateCandidate]:
    """Open pairs worth showing to the user: all of the base, or those of which both cards are the user's own."""
    threshold = Coalesce(Subquery(DuplicatePolicy.objects.values("show_from")[:1]), DuplicatePolicy().show_from)
    shown = DuplicateCandidate.objects.filter(state=CandidateState.OPEN, score__gte=threshold)
    if not user.sees_whole_base:
        shown = shown.filter(first__owner=user, second__owner=user)
    return shown.order_by("-score", "pk")


def duplicates_of_card(user: User, customer_id: int) -> QuerySet[DuplicateCandidate]:
    """Open pairs of one card."""
    return duplicates_of(user).filter(Q(first=customer_id) | Q(second=customer_id))


def pairs_by_score() -> dict[int, int]:
    """How many open pairs there are at each score."""
    found: dict[int, int] = {}
    for score in DuplicateCandidate.objects.filter(state=CandidateState.OPEN).values_list("score", flat=True):
        found[score] = found.get(score, 0) + 1
    return found


def merges(user: User, *, into: int | None = None) -> list[Merged]:
    """The newest merges that the user may see, of the whole base or into one card."""
    undone = ChangeSet.objects.filter(undoes=OuterRef("pk"))
    sets = ChangeSet.objects.filter(kind=ChangeKind.MERGE).annotate(is_undone=Exists(undone)).select_related("by")
    if into is not None:
        sets = sets.filter(data__keep=into)
    if not user.sees_whole_base and into is None:
        own = Customer.objects.filter(owner=user).values("pk")
        sets = sets.annotate(card=Cast("data__keep", BigIntegerField())).filter(card__in=own)
    return _described(user, list(sets.order_by("-at", "-pk")[:MERGES_SHOWN]))


def _described(user: User, sets: list[Any]) -> list[Merged]:
    kept = Customer.objects.for_user(user).in_bulk({made.data["keep"] for made in sets})
    gone = Change.objects.filter(
        change_set__in=sets, table_name=Customer._meta.db_table, operation="D", row_id__isnull=False
    )
    names = dict(gone.values_list("change_set_id", "before__name"))
    return [
        Merged(
            change_set=made,
            keep_id=made.data["keep"],
            merge_id=made.data["merge"],
            name=names.get(made.pk) or f"№ {made.data['merge']}",
            kept=kept.get(made.data["keep"]),
            is_undone=made.is_undone,
        )
        for made in sets
    ]
