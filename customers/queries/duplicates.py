"""Pairs that may be one customer, and cards that became one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

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
    shown = DuplicateCandidate.objects.filter(state=CandidateState.OPEN, score__gte=duplicate_policy().show_from)
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


def merges(user: User, *, into: int | None = None, since: datetime | None = None) -> list[Merged]:
    """The newest merges that the user may see, of the whole base or into one card."""
    undone = ChangeSet.objects.filter(undoes=OuterRef("pk"))
    sets = ChangeSet.objects.filter(kind=ChangeKind.MERGE).annotate(is_undone=Exists(undone)).select_related("by")
    if into is not None:
        sets = sets.filter(data__keep=into)
    if since is not None:
        sets = sets.filter(at__gte=since)
    if not user.sees_whole_base and into is None:
        sets = sets.filter(by=user)
    return _described(user, list(sets.order_by("-at", "-pk")[:MERGES_SHOWN]))


def merge_of_card(old_id: int, customer_id: int) -> ChangeSet | None:
    """The merge by which a card went into another, if it stands."""
    found = MergedCustomer.objects.filter(old_id=old_id, customer=customer_id).select_related("change_set").first()
    return found.change_set if found else None


def _described(user: User, sets: list[Any]) -> list[Merged]:
    kept = Customer.objects.for_user(user).in_bulk({made.data["keep"] for made in sets})
    gone = Change.objects.filter(
        change_set__in=sets, table_name=Customer._meta.db_table, operation="D", row_id__isnull=False
    )
    names = {set_id: before.get("name", "") for set_id, before in gone.values_list("change_set_id", "before")}
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
