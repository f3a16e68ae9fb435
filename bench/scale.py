"""The engine at several sizes of the base: how costs grow, and which budgets of the design hold.

    python -m bench scale [--sizes 10000,100000,1000000]
    python -m bench scale --here          # the database of the settings as it is, such as a big one kept for this

Each size gets a database of its own, filled, measured and dropped. Times are wall seconds: what else the machine does
shows in the load average, which is printed, and in the bare SQL, which is measured beside.
"""

import argparse
import itertools
import math
import os
import resource
import statistics
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from bench import base
from bench.database import own_database

from django.db import connection  # isort: skip

from bench.fit_ltv import simulate
from bench.pages import fixed_work, measure_pages
from bench.recompute import FEW, SOME, bare, buy, timed
from core.models import Night
from core.periods import company_day
from core.roles import Role
from crm import nightly
from crm.tables import table
from customers.models import Customer
from segmentation.actions import recompute_statistics
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.tree import read_tree
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.statistics import Histories

SIZES = "10000,100000"
ROUNDS = 3
# A page's cost at 80 ms, and the exponents, are budgets of the design.
PAGE_MS, LIST_MS, CARD_MS = 80.0, 50.0, 40.0
MOST_QUERIES = 8
STEEPEST = 1.05
LEAST_TIMES_FASTER = 5.0
LIFETIMES_UP_TO = 100_000
TREE = {
    "all": [
        {"field": "grade", "op": "in", "value": ["A", "B"]},
        {"field": "last_on", "op": "more_than_days_ago", "value": 90},
        {"field": "revenue", "op": "ge", "value": "5000"},
    ]
}
_BY_HAND = """
SELECT count(*) FROM customers_customer c
JOIN segmentation_standing t ON t.customer_id = c.id
JOIN segmentation_purchasestatistics s ON s.customer_id = c.id
WHERE t.grade IN ('A', 'B') AND s.last_on <= %s AND s.revenue >= 500000
"""


@dataclass(frozen=True)
class Budget:
    """How a budget reads, and the lowest and the highest value that hold it."""

    words: str
    most: float = math.inf
    least: float = -math.inf

    def holds(self, value: float) -> bool:
        return self.least <= value <= self.most


@dataclass
class Results:
    """What was measured, by name and size; `growing` are those whose exponent is told."""

    values: dict[str, dict[int, float]] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)
    growing: set[str] = field(default_factory=set)

    def add(self, what: str, size: int, value: float, *, grows: bool = False, budget: Budget | None = None) -> None:
        """Keep and print one number. grows: its exponent is told, and judged."""
        self.values.setdefault(what, {})[size] = value
        if grows:
            self.growing.add(what)
        if budget:
            self.budgets[what] = budget
        print(f"  {what}: {value:,.4g}", flush=True)

    def rows(self, sizes: list[int]) -> Iterable[list[str]]:
        for what, by_size in self.values.items():
            shown = [f"{by_size[size]:,.4g}" if size in by_size else "-" for size in sizes]
            exponents = self._exponents(what, sizes)
            told = " ".join(f"{exponent:.2f}" for exponent in exponents)
            yield [what, *shown, told, *self._judged(what, sizes, exponents)]

    def _exponents(self, what: str, sizes: list[int]) -> list[float]:
        """log of the ratio of two sizes' costs over that of the sizes: 1 is linear."""
        cost = self.values[what]
        known = [size for size in sizes if cost.get(size, 0) > 0] if what in self.growing else []
        return [math.log(cost[big] / cost[small]) / math.log(big / small) for small, big in itertools.pairwise(known)]

    def _judged(self, what: str, sizes: list[int], exponents: list[float]) -> tuple[str, str]:
        """The budget in words, and whether each size holds it and no exponent is too steep."""
        budget = self.budgets.get(what)
        held = [budget.holds(self.values[what][size]) for size in sizes if size in self.values[what]] if budget else []
        held += [round(exponent, 2) <= STEEPEST for exponent in exponents]
        return budget.words if budget else "", "" if not held else "ok" if all(held) else "MISSED"


def measure(results: Results, size: int, as_of: date, *, is_kept: bool) -> None:
    """Everything at one size, in the database at hand; nights run on `as_of` and the day after.

    is_kept: the base has had nights, so that there is no first one to take.
    """
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:size])
    _statistics(results, size, as_of, customers)
    if not is_kept:
        _night(results, size, "first night", as_of)
    buy(customers[13::SOME], as_of, f"night-{time.time_ns()}")
    _vacuum()
    _night(results, size, "night", as_of + timedelta(days=1))
    results.add("memory of the client, MB", size, _megabytes(), budget=Budget("<= 500", 500.0))
    _fit(results, size)
    _audience(results, size, as_of)
    _pages(results, size)
    print(f"  load average {os.getloadavg()[0]:.1f}", flush=True)


def _statistics(results: Results, size: int, as_of: date, customers: list[int]) -> None:
    group_by = statistics.median(timed(lambda: bare(as_of)) for _ in range(ROUNDS))
    results.add("bare group-by, s", size, group_by, grows=True)
    recompute_statistics(as_of=as_of)
    full = statistics.median(timed(lambda: recompute_statistics(as_of=as_of)) for _ in range(ROUNDS))
    results.add("full recompute, s", size, full, grows=True)
    results.add("full / bare", size, full / group_by, budget=Budget("<= 2.5", 2.5))
    few, ours = [], []
    for round_ in range(ROUNDS):
        ids = customers[11 + round_ :: FEW]
        buy(ids, as_of, f"few-{time.time_ns()}")
        bare(as_of, ids)  # so that nobody has to fetch the pages first
        few.append(timed(partial(bare, as_of, ids)))
        ours.append(timed(partial(recompute_statistics, as_of=as_of, customer_ids=ids)))
    incremental = statistics.median(ours)
    results.add("0.1 % recomputed, s", size, incremental)
    results.add("0.1 % / bare of 0.1 %", size, incremental / statistics.median(few), budget=Budget("<= 2", 2.0))
    results.add("0.1 % / full", size, incremental / full, budget=Budget("<= 1/30", 1 / 30))


def _night(results: Results, size: int, title: str, day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    night: Night = nightly.run(as_of=day, now=moment, again=True)
    steps = list(night.steps.all())
    for step in steps:
        if step.error:
            print(f"  {title}: {step.name} FAILED: {step.error[:150]}", flush=True)
        if step.seconds and step.seconds >= 0.05:
            results.add(f"{title}: {step.name}, s", size, step.seconds)
    whole = sum(step.seconds or 0.0 for step in steps)
    is_usual = title == "night"
    results.add(f"{title}, whole, s", size, whole, grows=is_usual, budget=Budget("<= 60 s", 60.0) if is_usual else None)


def _vacuum() -> None:
    """What autovacuum does in the hours between an import and the night; seconds after it, it has not yet."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_order, segmentation_standing, segmentation_purchasestatistics")


def _fit(results: Results, size: int) -> None:
    """The same fit on distinct histories, on a row per customer, and by the package that is usually taken."""
    x, t_x, age = simulate(size)
    ours = timed(lambda: MBG_NBD.fit(Histories.from_customers(x, t_x, age)))
    results.add("fit MBG/NBD, s", size, ours, grows=True)
    results.add("raw likelihood on numpy / fit", size, timed(lambda: MBG_NBD.fit(_raw(x, t_x, age))) / ours)
    if size <= LIFETIMES_UP_TO:
        times = timed(lambda: _lifetimes(x, t_x, age)) / ours
        budget = Budget(f">= {LEAST_TIMES_FASTER:.0f}", least=LEAST_TIMES_FASTER)
        results.add("lifetimes / fit", size, times, budget=budget)


def _raw(x: Any, t_x: Any, age: Any) -> Histories:
    """A row per customer, nothing deduplicated."""
    import numpy as np

    known = Histories.from_customers(x, t_x, age)
    ones = np.ones(len(x), dtype=known.weight.dtype)
    return Histories(x.astype(known.frequency.dtype), t_x, age, ones, np.arange(len(x)), known.unit)


def _lifetimes(x: Any, t_x: Any, age: Any) -> None:
    warnings.simplefilter("ignore")
    from lifetimes import ModifiedBetaGeoFitter

    ModifiedBetaGeoFitter().fit(x, t_x, age)


def _audience(results: Results, size: int, as_of: date) -> None:
    from core.models import User

    user = User(pk=0, role=Role.MANAGER)
    tree = read_tree(TREE)

    def counted() -> int:
        return customers_of(tree, user, as_of).count()

    _count_by_hand(as_of)  # so that nobody has to fetch the pages first
    # In turns: what else the machine does meets both.
    pairs = [(timed(counted), timed(lambda: _count_by_hand(as_of))) for _ in range(7)]
    ours, by_hand = map(statistics.median, zip(*pairs, strict=True))
    results.add("audience of three conditions, s", size, ours, grows=True)
    results.add("audience / SQL by hand", size, ours / by_hand, budget=Budget("<= 1.3", 1.3))
    if counted() != _count_by_hand(as_of):
        print(f"  the audience counts {counted():,}, the SQL by hand {_count_by_hand(as_of):,}", flush=True)


def _count_by_hand(as_of: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [as_of - timedelta(days=90)])
        count: int = cursor.fetchone()[0]
        return count


def _pages(results: Results, size: int) -> None:
    budgets = {"worklist": LIST_MS, "customer_card": CARD_MS}
    for page in measure_pages():
        most = budgets.get(page.name, PAGE_MS)
        if page.status != "200":
            print(f"  {page.name}: {page.status}", flush=True)
            continue
        results.add(f"page {page.name}, p50 ms", size, page.p50)
        results.add(f"page {page.name}, p95 ms", size, page.p95, budget=Budget(f"<= {most:.0f} ms", most))
        few = Budget(f"<= {MOST_QUERIES}", MOST_QUERIES)
        results.add(f"page {page.name}, queries", size, page.queries, budget=few)
    p50, p95 = fixed_work()
    results.add("the same work each time, p50 ms", size, p50)
    results.add("the same work each time, p95 ms", size, p95)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure each size, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench scale", description=__doc__)
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--here", action="store_true")
    arguments = parser.parse_args()
    results, sizes = Results(), [int(size) for size in arguments.sizes.split(",")]
    if arguments.here:
        sizes = [Customer.objects.count()]
        last = Night.objects.order_by("-date").first()
        as_of = last.date if last else company_day(datetime.now(UTC)) - timedelta(days=1)
        measure(results, sizes[0], as_of, is_kept=last is not None)
    else:
        for size in sizes:
            _measure_own(results, size)
    heads = ("what", *(f"{size:,}" for size in sizes), f"exponent (<= {STEEPEST})", "budget", "held")
    print("\n" + table(heads, [tuple(row) for row in results.rows(sizes)]))


def _measure_own(results: Results, size: int) -> None:
    with own_database():
        started = time.perf_counter()
        orders = base.fill(size)
        print(f"{size:,} customers, {orders:,} orders in {time.perf_counter() - started:.0f} s", flush=True)
        measure(results, size, base.AS_OF, is_kept=False)


if __name__ == "__main__":
    main()
