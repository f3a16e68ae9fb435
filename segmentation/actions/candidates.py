"""Proposing customers who may deserve an X. A person decides."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from core.money import exponent, from_minor
from segmentation.models import CandidateKind, Need, XCandidate, XDismissal, XMark
from segmentation.queries import candidate_sql as sql
from segmentation.queries.grades_sql import ROOM
from segmentation.queries.policies import measures_in_force
from segmentation.rules.candidates import Stated

# Of each kind: more than people can look at in a month is no proposal.
MOST = 500
WALLET_SHARE = Decimal("0.2")
SAID_LENGTH = 300


@dataclass
class _Known:
    marked: set[int] = field(default_factory=set)
    needs: set[tuple[int, int]] = field(default_factory=set)
    dismissed: set[tuple[int, str]] = field(default_factory=set)


def stated_key(capability_id: int) -> str:
    """What tells one spoken-of capability from another."""
    return f"{CandidateKind.WORDS}:{capability_id}"


@transaction.atomic
def propose_candidates(*, as_of: date, stated: Iterable[Stated]) -> int:
    """Write the candidates of today in place of the earlier ones; returns how many.

    Who has the mark is proposed only for a capability that is not among the needs. What a person dismissed is not
    proposed again.
    """
    known = _Known(
        marked=set(XMark.objects.values_list("pk", flat=True)),
        needs=set(Need.objects.values_list("customer_id", "capability_id")),
        dismissed=set(XDismissal.objects.values_list("customer_id", "key")),
    )
    rows = [*_by_size(as_of, known), *_by_wallet(known), *_by_words(stated, known)]
    found = {(row.customer_id, row.key): row for row in rows if (row.customer_id, row.key) not in known.dismissed}
    earlier = {(row.customer_id, row.key): row for row in XCandidate.objects.all()}
    XCandidate.objects.filter(pk__in=[row.pk for key, row in earlier.items() if key not in found]).delete()
    # A row that is still true keeps its number: the page on which somebody is reading it stays right.
    XCandidate.objects.bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["customer", "key"],
        update_fields=["potential", "figures", "said"],
        batch_size=MOST,
    )
    return len(found)


def _by_size(as_of: date, known: _Known) -> Iterable[XCandidate]:
    for customer_id, check, usual, orders, few, potential in _rows(sql.SIZE, _high_checks(as_of) | {"most": MOST}):
        if customer_id not in known.marked:
            figures = {"check": check, "usual": usual, "orders": orders, "few": few}
            yield _candidate(customer_id, CandidateKind.SIZE, figures, potential)


def _high_checks(as_of: date) -> dict[str, Any]:
    """What is few orders, a high check and a usual one, a row per kind that bought in its window."""
    found = []
    for kind, measure in measures_in_force(as_of).items():
        ((high, usual),) = _rows(sql.CHECKS, {"kind": kind})
        if high is not None:
            found.append((kind, float(measure.count_threshold), high, usual))
    return {name: [row[place] for row in found] for place, name in enumerate(("kinds", "fews", "highs", "usuals"))}


def _by_wallet(known: _Known) -> Iterable[XCandidate]:
    values = {"share": WALLET_SHARE, "most": MOST, "minor": 10 ** exponent()}
    for customer_id, wallet, bought, potential in _rows(sql.WALLET, values):
        if customer_id not in known.marked:
            figures = {"wallet": int(wallet), "bought": bought}
            yield _candidate(customer_id, CandidateKind.WALLET, figures, potential)


def _by_words(stated: Iterable[Stated], known: _Known) -> Iterable[XCandidate]:
    for each in stated:
        if (each.customer_id, each.capability_id) not in known.needs:
            yield XCandidate(
                customer_id=each.customer_id,
                key=stated_key(each.capability_id),
                kind=CandidateKind.WORDS,
                capability_id=each.capability_id,
                figures={"where": each.where, "on": each.on.isoformat()},
                said=each.said[:SAID_LENGTH],
            )


def _candidate(customer_id: int, kind: CandidateKind, figures: dict[str, Any], potential: int) -> XCandidate:
    guess = from_minor(potential) if potential > 0 else None
    return XCandidate(customer_id=customer_id, key=kind.value, kind=kind, figures=figures, potential=guess)


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ROOM + statement, values)
        return cursor.fetchall()
