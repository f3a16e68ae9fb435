"""Finding cards that may be one customer, judging them, and merging those that leave no doubt."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from core.marks import take_marks
from core.models import User
from customers.actions.merging import merge
from customers.actions.rows import insert_rows
from customers.models import CandidateState, Customer, DuplicateCandidate, DuplicateDue, DuplicateKey, DuplicatePolicy
from customers.queries.duplicate_cards import cards_of
from customers.queries.unattended import mergeable_unattended
from customers.rules.duplicates import LEAST_SCORE, Card, Key, compare, keys_of, reasons_of, score_of

# Any number, as long as nothing else in the program uses it as an advisory lock.
LOOKING = 7_310_003
# Marks; a new card has one for itself and one for its addresses.
PORTION = 5000
# Of one card: more are no help to whoever looks at them.
MOST_PAIRS = 20
MOST_MERGES_A_NIGHT = 5000

_HOLDERS = """
    SELECT k.key, h.customer_id FROM unnest(%s::bigint[], %s::int[]) k(key, most)
    CROSS JOIN LATERAL (SELECT customer_id FROM customers_duplicatekey d WHERE d.key = k.key LIMIT k.most + 1) h"""
_SAVE = """
    INSERT INTO customers_duplicatecandidate AS d (first_id, second_id, score, reasons, state, found_at)
    SELECT v.first, v.second, v.score, v.reasons, 'open', %(at)s
    FROM unnest(%(first)s::bigint[], %(second)s::bigint[], %(score)s::int[], %(reasons)s::jsonb[])
        v(first, second, score, reasons)
    WHERE (SELECT count(*) FROM customers_customer c WHERE c.id IN (v.first, v.second)) = 2
    ON CONFLICT (first_id, second_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons
    WHERE d.state = 'open' AND (d.score, d.reasons) IS DISTINCT FROM (excluded.score, excluded.reasons)"""
_FORGET = """
    DELETE FROM customers_duplicatecandidate d
    WHERE d.state = 'open' AND (d.first_id = ANY(%(ids)s) OR d.second_id = ANY(%(ids)s))
      AND NOT EXISTS (SELECT FROM unnest(%(first)s::bigint[], %(second)s::bigint[]) v(first, second)
                      WHERE v.first = d.first_id AND v.second = d.second_id)"""

Pair = tuple[int, int]


@dataclass
class Looked:
    """How many cards were looked at, and how many pairs are open of those that were found or confirmed."""

    cards: int = 0
    pairs: int = 0


@dataclass
class _Block:
    """The cards that share keys: `holders` is cut off above the key's limit, `by_key` has whom to compare."""

    holders: dict[str, int] = field(default_factory=dict)
    pairs: set[Pair] = field(default_factory=set)


def look_at_due(*, now: datetime, seconds: float = 30, portion: int = PORTION) -> Looked:
    """Look for likenesses of cards that changed since they were last looked at, portion by portion.

    A portion is one transaction: its marks are taken away, and what it found is written, or neither. Begins no
    portion after `seconds`; the next call goes on. Does nothing while another process is looking.
    """
    looked, deadline = Looked(), monotonic() + seconds
    while monotonic() < deadline:
        found = _look_at_portion(now, portion)
        if found is None:
            break
        looked.cards += found.cards
        looked.pairs += found.pairs
    return looked


@transaction.atomic
def judge_different(*, first_id: int, second_id: int, by: User, at: datetime) -> None:
    """Two customers, not one: the pair is not proposed again. Raises NotFound, Forbidden, InvalidInput."""
    first, second = sorted((first_id, second_id))
    cards = list(Customer.objects.for_user(by).filter(pk__in=[first, second]).select_for_update(no_key=True))
    if first == second:
        raise InvalidInput(_("A card cannot be compared with itself: choose another one."))
    if len(cards) < 2:
        raise NotFound(_("There is no such customer."))
    if not by.sees_whole_base and any(card.owner_id != by.pk for card in cards):
        raise Forbidden(_("Both cards must be yours. Take the one of the pool first, or ask a manager."))
    judged = {"state": CandidateState.DIFFERENT, "decided_by": by, "decided_at": at}
    DuplicateCandidate.objects.update_or_create(
        first_id=first, second_id=second, defaults=judged, create_defaults={**judged, "score": 0, "found_at": at}
    )


@transaction.atomic
def set_duplicate_policy(*, show_from: int, merge_from: int | None) -> DuplicatePolicy:
    """From what likeness, in percent, pairs are shown and merged without a person (None: never)."""
    policy = DuplicatePolicy.objects.select_for_update().first() or DuplicatePolicy()
    policy.show_from, policy.merge_from = show_from, merge_from
    policy.save()
    return policy


def merge_unattended(*, now: datetime, limit: int = MOST_MERGES_A_NIGHT) -> int:
    """Merge the pairs that the policy leaves to the machine; returns how many. Each can be undone by itself.

    The older card stays. A pair whose owners, consents, tax numbers, birthdays or ids in a source contradict each
    other is left to people, and so is one whose merge was undone.
    """
    merged = 0
    for pair in mergeable_unattended(limit):
        try:
            merge(keep_id=pair.keep_id, merge_id=pair.merge_id, chosen={}, by=None, at=now, score=pair.score)
        except DomainError as refusal:
            # One of them went in an earlier merge of this run, or the base is busy: tomorrow is another night.
            if isinstance(refusal, Conflict) and refusal.code == "busy":
                break
        else:
            merged += 1
    return merged


@transaction.atomic
def _look_at_portion(now: datetime, portion: int) -> Looked | None:
    """None: nothing is due, or somebody else is at it."""
    with connection.cursor() as cursor:
        # Two who look at the same time would not see each other's keys.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOOKING])
        if not cursor.fetchone()[0]:
            return None
        ids = sorted(take_marks(model=DuplicateDue, limit=portion, oldest_by="customer_id, id"))
        if not ids:
            return None
        cursor.execute("SET LOCAL jit = off")
    return Looked(len(ids), _look(ids, now))


def _look(ids: list[int], now: datetime) -> int:
    cards = {card.id: card for card in cards_of(ids)}
    keys = {card.id: keys_of(card) for card in cards.values()}
    _write_keys(ids, keys)
    block = _block(keys)
    cards |= {card.id: card for card in cards_of({pk for pair in block.pairs for pk in pair} - cards.keys())}
    found = _scored(block, cards)
    _save(ids, found, now)
    return len(found)


def _write_keys(ids: list[int], keys: dict[int, list[Key]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_duplicatekey WHERE customer_id = ANY(%s)", [ids])
    rows = sorted({(key.number, customer_id) for customer_id, found in keys.items() for key in found})
    insert_rows(DuplicateKey, ("key", "customer_id"), rows)


def _block(keys: dict[int, list[Key]]) -> _Block:
    """Whom the cards share keys with."""
    known = {key.number: key for found in keys.values() for key in found}
    sharing: dict[int, list[int]] = {number: [] for number in known}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [list(known), [key.limit for key in known.values()]])
        for number, customer_id in cursor.fetchall():
            sharing[number].append(customer_id)
    block = _Block()
    for number, key in known.items():
        block.holders[key.text] = len(sharing[number])
        if len(sharing[number]) <= key.limit:
            mine = [pk for pk in sharing[number] if pk in keys]
            block.pairs.update((min(a, b), max(a, b)) for a in mine for b in sharing[number] if a != b)
    return block


def _scored(block: _Block, cards: dict[int, Card]) -> dict[Pair, tuple[int, str]]:
    """Score and reasons of the pairs worth keeping."""
    found: dict[Pair, tuple[int, str]] = {}
    for first, second in block.pairs:
        if first in cards and second in cards:
            evidence = compare(cards[first], cards[second], block.holders)
            score = score_of(evidence)
            if score >= LEAST_SCORE:
                found[first, second] = score, json.dumps(reasons_of(evidence))
    return _best(found)


def _best(found: dict[Pair, tuple[int, str]]) -> dict[Pair, tuple[int, str]]:
    taken: dict[int, int] = {}
    best = {}
    for pair, (score, reasons) in sorted(found.items(), key=lambda item: (-item[1][0], item[0])):
        if all(taken.get(pk, 0) < MOST_PAIRS for pk in pair):
            best[pair] = score, reasons
            for pk in pair:
                taken[pk] = taken.get(pk, 0) + 1
    return best


def _save(ids: Collection[int], found: dict[Pair, tuple[int, str]], now: datetime) -> None:
    first, second = _columns(found)
    values: dict[str, Any] = {"first": first, "second": second, "ids": list(ids), "at": now}
    values["score"], values["reasons"] = _columns(found.values())
    with connection.cursor() as cursor:
        # A card that is being merged just now must not get a pair that nobody could ever open.
        cursor.execute(
            "SELECT FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [sorted({*first, *second})]
        )
        cursor.execute(_FORGET, values)
        cursor.execute(_SAVE, values)


def _columns(pairs: Iterable[tuple[object, object]]) -> tuple[list[object], list[object]]:
    listed = list(pairs)
    return [one for one, _other in listed], [other for _one, other in listed]
