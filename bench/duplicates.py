"""Recall and precision of the search for duplicates on a labelled base, and how long a big base takes.

    python -m bench duplicates [--customers 20000] [--seed 2]
    python -m bench duplicates --speed 1000000      # cards of made-up customers, nothing but time
    python -m bench duplicates --estimate           # the weights, from a base of seed 1

The labelled base is made up (tests/factories/likenesses.py): the figures say how the parts work together, and not
how the base of a particular company would fare. Works in a database of its own, and drops it.
"""

import argparse
import math
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from bench.database import own_database
from core.periods import company_day
from crm.tables import table
from customers.actions.duplicates import look_at_due
from customers.models import Customer, DuplicateCandidate, DuplicateDue, DuplicateKey
from customers.rules.duplicates import Evidence, compare, keys_of, weights
from tests.factories.likenesses import Labelled, labelled_base, store

ESTIMATED_ON = 20_000, 1
THRESHOLDS = (30, 40, 50, 60, 70, 80, 90, 95, 98)
NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
HOUR = 3600.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench duplicates", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--estimate", action="store_true")
    parser.add_argument("--speed", type=int, metavar="CUSTOMERS")
    options = parser.parse_args()
    if options.estimate:
        estimate()
        return
    with own_database():
        if options.speed:
            measure_speed(options.speed)
        else:
            measure(options.customers, options.seed)


def measure(customers: int, seed: int) -> None:
    """Fill the base, look, and compare what was found with who is who."""
    base = labelled_base(customers, seed)
    store(base)
    started = time.perf_counter()
    look_at_due(now=NOW, seconds=HOUR)
    seconds = time.perf_counter() - started
    found = {(first, second): score for first, second, score in _candidates()}
    true = base.true_pairs()
    rows = []
    for threshold in THRESHOLDS:
        shown = {pair for pair, score in found.items() if score >= threshold}
        right = len(shown & true)
        recall, precision = right / len(true), right / max(1, len(shown))
        rows.append((f"{threshold} %", f"{len(shown):,}", f"{recall:.3f}", f"{precision:.3f}"))
    print(f"{len(base.cards):,} cards, {len(true):,} true pairs, seed {seed}; looked at in {seconds:.1f} s")
    print(table(("shown from", "pairs", "recall", "precision"), rows))
    print("\n" + table(("said", "pairs", "true"), list(_calibration(found, true))))


def _candidates() -> Iterator[tuple[int, int, int]]:
    return DuplicateCandidate.objects.values_list("first_id", "second_id", "score").iterator()


def _calibration(found: dict[tuple[int, int], int], true: set[tuple[int, int]]) -> Iterator[tuple[str, str, str]]:
    by_score: dict[int, list[bool]] = defaultdict(list)
    for pair, score in found.items():
        by_score[score // 10 * 10].append(pair in true)
    for tens, hits in sorted(by_score.items()):
        yield f"{tens}-{tens + 9} %", f"{len(hits):,}", f"{100 * sum(hits) / len(hits):.0f} %"


def measure_speed(customers: int) -> None:
    """The first look at everybody, and one at a thousandth of them."""
    for seed in range(math.ceil(customers / 50_000)):
        store(labelled_base(min(50_000, customers - seed * 50_000), seed))
    cards = Customer.objects.count()
    started = time.perf_counter()
    looked = look_at_due(now=NOW, seconds=HOUR)
    first = time.perf_counter() - started
    some = Customer.objects.order_by("?").values_list("pk", flat=True)[: cards // 1000]
    DuplicateDue.objects.bulk_create(DuplicateDue(customer_id=pk) for pk in some)
    started = time.perf_counter()
    look_at_due(now=NOW, seconds=HOUR)
    again = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{cards:,} cards, {DuplicateKey.objects.count():,} keys on {company_day(NOW)}")
    print(f"first look at all: {first:.1f} s, {looked.pairs:,} pairs kept, {memory} MB")
    print(f"look at {cards // 1000:,} changed: {again:.2f} s")


def estimate() -> None:
    """Print the tables for customers/rules/duplicates/weights.py."""
    base = labelled_base(*ESTIMATED_ON)
    true = base.true_pairs()
    seen: dict[str, list[tuple[Evidence, bool]]] = defaultdict(list)
    for pair, evidence in _blocked(base):
        seen[weights.situation(evidence)].append((evidence, pair in true))
    for situation, pairs in sorted(seen.items()):
        found = _estimated(pairs)
        print(f'    "{situation}": {found},')
        print(f"    # {len(pairs):,} pairs, {sum(is_true for _evidence, is_true in pairs):,} of them true")
    reached = sum(is_true for pairs in seen.values() for _evidence, is_true in pairs)
    print(f"{reached:,} of {len(true):,} true pairs share a key")


def _estimated(pairs: list[tuple[Evidence, bool]]) -> weights.Table:
    counts: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    for evidence, is_true in pairs:
        for name, level in evidence.levels.items():
            counts[name, is_true][level] += 1
    found = {name: _weights(counts[name, True], counts[name, False]) for name in sorted({name for name, _is in counts})}
    points = [[weights.sum_of(evidence, found), weights.sharing_of(evidence), 1.0] for evidence, _is_true in pairs]
    slope, sharing, offset = _logistic(np.array(points), np.array([is_true for _evidence, is_true in pairs]))
    return weights.Table(found, round(slope, 3), round(-sharing, 3), round(offset, 3))


def _blocked(base: Labelled) -> Iterator[tuple[tuple[int, int], Evidence]]:
    cards = {card.id: card for card in base.cards}
    sharing: dict[str, list[int]] = defaultdict(list)
    limits = {}
    for card in base.cards:
        for key in keys_of(card):
            sharing[key.text].append(card.id)
            limits[key.text] = key.limit
    holders = {text: min(len(ids), limits[text] + 1) for text, ids in sharing.items()}
    pairs = {
        (min(a, b), max(a, b)) for text, ids in sharing.items() if len(ids) <= limits[text] for a in ids for b in ids
    }
    for first, second in sorted(pairs):
        if first != second:
            yield (first, second), compare(cards[first], cards[second], holders)


def _weights(same: Counter[str], other: Counter[str]) -> dict[str, float]:
    """ln(m / u) per level; a missing value says nothing, and what differs never speaks for one customer."""
    levels = sorted({*same, *other} - {"missing"})
    told = [sum(counter[level] for level in levels) + len(levels) / 2 for counter in (same, other)]
    found = {}
    for level in levels:
        weight = math.log((same[level] + 0.5) / told[0]) - math.log((other[level] + 0.5) / told[1])
        found[level] = round(min(weight, 0.0) if level == "different" else weight, 2)
    return found


def _logistic(points: np.ndarray, is_true: np.ndarray) -> list[float]:
    """Coefficients of the likeliest logistic curve, by Newton's method; a hundredth of ridge keeps it steady."""
    found = np.zeros(points.shape[1])
    for _round in range(50):
        p = 1 / (1 + np.exp(-np.clip(points @ found, -30, 30)))
        slope = points.T @ (is_true - p) - 0.01 * found
        curve = (points * (p * (1 - p))[:, None]).T @ points + 0.01 * np.eye(points.shape[1])
        found += np.linalg.solve(curve, slope)
    return [float(each) for each in found]


if __name__ == "__main__":
    main()
