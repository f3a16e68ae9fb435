"""Two cards of one customer become one, and two again where that was a mistake."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.journal import change_set, undo
from core.models import ChangeKind, ChangeSet, User
from customers.actions.locks import alone
from customers.actions.repointing import referring, repoint
from customers.actions.timeline import add_event, mark_stale
from customers.models import (
    CandidateState,
    Consent,
    ConsentAction,
    Customer,
    DuplicateCandidate,
    EventKind,
    MergedCustomer,
)
from customers.queries.duplicates import present_id

KEEP, MERGE = "keep", "merge"
FIELDS = (
    "kind", "name", "owner_id", "city", "language", "time_zone", "birthday", "tax_number", "channel_code",
)  # fmt: skip
OWN_FIELD = "custom."
SOURCE = "merge"


@dataclass(frozen=True)
class Parted:
    """What an undone merge gave back, and what came to the surviving card since and stays there.

    `added` are rows by the name of their kind; `changed` is how many rows somebody changed since, which stay as
    they are.
    """

    keep_id: int
    merge_id: int
    added: dict[str, int] = field(default_factory=dict)
    changed: int = 0


def merge(
    *, keep_id: int, merge_id: int, chosen: Mapping[str, str], by: User | None, at: datetime, score: int | None = None
) -> ChangeSet:
    """Move everything of one card to another, which stays; the number of the first leads there from then on.

    `chosen` says per field (FIELDS, `custom.<code>`) whose value stays, "keep" or "merge"; a field that it does not
    name keeps the value of the card that stays, or takes the other's where there is none. Consents all stay; where
    the cards contradict each other the withdrawal holds. `by` is None for the machine.
    Raises NotFound for a card that is not there for this person, Forbidden for one that is not theirs, Conflict
    for one that was merged or erased, or while the base is busy, InvalidInput for a choice that is none.
    """
    with alone(), _whole():
        keep, gone = _cards(keep_id, merge_id, by)
        details = _details(keep, gone, chosen)
        data = {KEEP: keep_id, MERGE: merge_id, "score": score, "last": _last_ids()}
        label = f"№ {merge_id} → № {keep_id}"
        with change_set(kind=ChangeKind.MERGE, by=by, at=at, label=label, data=data) as made:
            withdrawn = _contradictions(keep_id, merge_id)
            _carry_judgements(keep_id, merge_id)
            repoint(model=Customer, old=merge_id, new=keep_id)
            _withdraw(keep_id, merge_id, withdrawn, at)
            Customer.objects.filter(pk=keep_id).update(**details, updated_at=at)
            _delete(merge_id)
            MergedCustomer.objects.create(old_id=merge_id, customer=keep, change_set=made)
            story = {"card": merge_id, "name": gone.name, "by": by and by.pk, "score": score}
            add_event(customer_id=keep_id, kind=EventKind.MERGED, at=at, data=story)
        mark_stale(customer_ids=[keep_id], at=at)
    return made


def undo_merge(*, change_set_id: int, by: User, at: datetime) -> Parted:
    """Take a merge back: both cards are as they were, and what came since stays with the one that stayed.

    Raises NotFound if there is no such merge into a card that this person sees, Conflict if it was undone already
    or the surviving card has itself been merged or erased since.
    """
    with alone(), _whole():
        made = ChangeSet.objects.filter(pk=change_set_id, kind=ChangeKind.MERGE).first()
        if made is None:
            raise NotFound(_("There is no such merge."))
        keep_id, merge_id = made.data[KEEP], made.data[MERGE]
        _check_survivor(keep_id, by)
        added = _added(keep_id, made)
        undone = undo(made=made, by=by, at=at)
        mark_stale(customer_ids=[keep_id, merge_id], at=at)
    return Parted(keep_id, merge_id, added, sum(undone.kept.values()))


def _check_survivor(keep_id: int, by: User) -> None:
    now_id = present_id(keep_id)
    survivor = Customer.objects.select_for_update().filter(pk=now_id).first()
    if survivor is None or not _is_seen(survivor, by):
        raise NotFound(_("There is no such merge."))
    if now_id != keep_id:
        raise Conflict(_("The card that stayed has itself been merged since: undo that merge first."))
    if survivor.erased_at is not None:
        raise Conflict(_("The personal data of this customer has been erased; nothing can be taken back."))


def _cards(keep_id: int, merge_id: int, by: User | None) -> tuple[Customer, Customer]:
    if keep_id == merge_id:
        raise InvalidInput(_("A card cannot be merged with itself: choose another one."), field="other")
    locked = Customer.objects.select_for_update().filter(pk__in=[keep_id, merge_id]).order_by("pk")
    cards = {card.pk: card for card in locked}
    for pk in (keep_id, merge_id):
        if pk not in cards and present_id(pk) != pk:
            raise Conflict(_("One of the cards has been merged meanwhile. Open it again."), code="merged")
        if pk not in cards or not _is_seen(cards[pk], by):
            raise NotFound(_("There is no such customer."))
        if cards[pk].erased_at is not None:
            raise Conflict(_("The personal data of one of the customers has been erased: such a card stays alone."))
        if by is not None and not by.sees_whole_base and cards[pk].owner_id != by.pk:
            raise Forbidden(_("Both cards must be yours. Take the one of the pool first, or ask a manager."))
    return cards[keep_id], cards[merge_id]


def _is_seen(card: Customer, by: User | None) -> bool:
    return by is None or by.sees_whole_base or card.owner_id in (by.pk, None)


def _details(keep: Customer, gone: Customer, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the surviving card."""
    custom = {**gone.custom, **keep.custom}
    for name, side in chosen.items():
        code = name.removeprefix(OWN_FIELD)
        is_known = name in FIELDS or (code != name and code in custom)
        if not is_known or side not in (KEEP, MERGE):
            raise InvalidInput(_("Choose for each field which card it is taken from."), field=name)
        if code != name and side == MERGE:
            custom[code] = gone.custom.get(code)
    values: dict[str, Any] = {}
    for name in FIELDS:
        ours, theirs = getattr(keep, name), getattr(gone, name)
        told = chosen.get(name)
        values[name] = theirs if told == MERGE or (told is None and ours in ("", None)) else ours
    values["custom"] = {code: value for code, value in custom.items() if value is not None}
    values["created_at"] = min(keep.created_at, gone.created_at)
    return values


def _contradictions(keep_id: int, merge_id: int) -> list[str]:
    """Channels on which one card allows and the other has withdrawn."""
    newest = (
        Consent.objects.filter(customer__in=[keep_id, merge_id])
        .order_by("customer", "channel", "-at", "-pk")
        .distinct("customer", "channel")
        .values_list("channel", "action")
    )
    said: dict[str, set[str]] = {}
    for channel, action in newest:
        said.setdefault(channel, set()).add(action)
    return sorted(channel for channel, actions in said.items() if len(actions) > 1)


def _withdraw(keep_id: int, merge_id: int, channels: list[str], at: datetime) -> None:
    """Let the withdrawal be the newest word where it is not."""
    for channel in channels:
        newest = Consent.objects.filter(customer=keep_id, channel=channel).order_by("-at", "-pk")[0]
        if newest.action == ConsentAction.GRANTED:
            Consent.objects.create(
                customer_id=keep_id,
                channel=channel,
                action=ConsentAction.WITHDRAWN,
                at=max(at, newest.at),
                source=SOURCE,
                proof=_("Withdrawn on one of two merged cards: № %(keep)s, № %(merge)s")
                % {"keep": keep_id, "merge": merge_id},
            )


def _carry_judgements(keep_id: int, merge_id: int) -> None:
    """Whoever is not the one is not the other either: what a person judged different is not proposed again."""
    for pair in DuplicateCandidate.objects.filter(state=CandidateState.DIFFERENT, first=merge_id).union(
        DuplicateCandidate.objects.filter(state=CandidateState.DIFFERENT, second=merge_id)
    ):
        other = pair.second_id if pair.first_id == merge_id else pair.first_id
        if other != keep_id:
            _judge_different(pair, *sorted((keep_id, other)))


def _judge_different(pair: DuplicateCandidate, first: int, second: int) -> None:
    fields = {
        "state": pair.state, "score": pair.score, "reasons": pair.reasons, "found_at": pair.found_at,
        "decided_by_id": pair.decided_by_id, "decided_at": pair.decided_at,
    }  # fmt: skip
    known, created = DuplicateCandidate.objects.get_or_create(first_id=first, second_id=second, defaults=fields)
    if not created and known.state == CandidateState.OPEN:
        known.state, known.decided_by_id, known.decided_at = pair.state, pair.decided_by_id, pair.decided_at
        known.save(update_fields=["state", "decided_by", "decided_at"])


def _delete(customer_id: int) -> None:
    """The card itself: nothing refers to it any more, so Django need not look for what would go with it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_customer WHERE id = %s", [customer_id])


def _last_ids() -> dict[str, int]:
    """The newest row of each kind that hangs on customers: what comes later was added after the merge."""
    newest: dict[str, int] = {}
    for model in _told():
        newest[model._meta.label_lower] = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
    return newest


def _added(keep_id: int, made: ChangeSet) -> dict[str, int]:
    added: dict[str, int] = {}
    for model in _told():
        last = made.data["last"].get(model._meta.label_lower)
        if last is not None:
            count = model._base_manager.filter(customer=keep_id, pk__gt=last).exclude(**_of_the_merge(model)).count()
            if count:
                added[str(model._meta.verbose_name_plural)] = count
    return added


def _of_the_merge(model: type[Any]) -> dict[str, str | int]:
    return {"source": SOURCE} if model is Consent else {"pk": 0}


def _told() -> list[type[Any]]:
    """Kinds of rows that have a name for people."""
    return [
        model
        for model in referring(Customer)
        if "verbose_name_plural" in model._meta.original_attrs and not model._meta.pk.is_relation
    ]


@contextmanager
def _whole() -> Iterator[None]:
    """A transaction that finds out before its commit whether somebody has just written to a card that went."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as clash:
        busy = _("Somebody is writing to one of the cards just now. Try again.")
        raise Conflict(busy, code="busy") from clash
