"""Purchase statistics against the bare SQL, and the whole night, on a base of any size.

    python -m bench recompute --customers 1000000

Works in a database of its own on the server of the settings, and drops it. The bare SQL is the group-by of
the same numbers, in the same session settings, with nothing written.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection

from bench import base
from bench.database import own_database
from core.models import Night
from core.periods import Window
from crm import nightly
from crm.tables import table
from segmentation.actions import recompute_statistics
from segmentation.actions.locks import recomputing
from segmentation.queries import statistics_sql

ROUNDS = 3
# One customer in so many buys again between two measurements.
SOME, FEW = 100, 1000

_BARE = """
SELECT count(*), sum(orders), sum(purchase_days), sum(revenue), sum(margin), sum(window_orders) FROM (
    SELECT customer_id, count(*) AS orders, count(DISTINCT placed_on) AS purchase_days,
           min(placed_on) AS first_on, max(placed_on) AS last_on, sum(revenue)::bigint AS revenue,
           sum(revenue - known_cost - uncosted_revenue * 0.7::float8) AS margin,
           count(*) FILTER (WHERE placed_on >= %(first)s) AS window_orders,
           sum(revenue) FILTER (WHERE placed_on >= %(first)s)::bigint AS window_revenue
    FROM customers_order
    WHERE status NOT IN ('cancelled', 'returned') AND placed_on <= %(as_of)s AND {customers}
    GROUP BY customer_id
) AS grouped
"""

_BUY = """
INSERT INTO customers_order
    (customer_id, source, external_id, number, version, content_digest, status, placed_at, placed_on, currency,
     rate, revenue, discount, returned, known_cost, uncosted_revenue, promo_code, channel_code, created_at, updated_at)
SELECT id, 'again', id || '-' || %(mark)s, '', 1, '', 'new', %(day)s, %(day)s, 'RUB',
       1, 100000, 0, 0, 60000, 0, '', '', now(), now()
FROM customers_customer WHERE id = ANY(%(ids)s::bigint[])
"""


class Report:
    """Lines of the table, and the same as JSON."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, str, str]] = []

    def add(self, what: str, seconds: float, against: str = "", budget: str = "") -> None:
        self.rows.append((what, seconds, against, budget))
        print(f"{what}: {seconds:.3f} s {against}", flush=True)

    def print(self, *, as_json: bool) -> None:
        names = ("what", "seconds", "against", "budget")
        if as_json:
            print(json.dumps([dict(zip(names, row, strict=True)) for row in self.rows], indent=2))
            return
        rows = [(what, f"{seconds:.3f}", against, budget) for what, seconds, against, budget in self.rows]
        print("\n" + table(names, rows))


def timed(work: Callable[[], Any]) -> float:
    """Wall seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare(as_of: date, ids: list[int] | None = None) -> None:
    """The group-by alone."""
    customers = "TRUE" if ids is None else "customer_id = ANY(%(ids)s::bigint[])"
    values = {"as_of": as_of, "first": Window(as_of, 365).first, "ids": ids}
    with recomputing(), connection.cursor() as cursor:
        cursor.execute(_BARE.format(customers=customers), values)


def select(as_of: date, ids: list[int] | None = None) -> None:
    """All the numbers that are kept (with margins by policy and service), and nothing written."""
    with recomputing(), connection.cursor() as cursor:
        part = statistics_sql.statistics(as_of, ids)
        cursor.execute(f"SELECT count(*), sum(margin), sum(first_margin) FROM ({part.text}) AS s", part.values)


def buy(ids: list[int], day: date, mark: str) -> None:
    """One more order each."""
    with connection.cursor() as cursor:
        cursor.execute(_BUY, {"ids": ids, "day": day, "mark": mark})


def measure_statistics(report: Report, customers: int) -> None:
    """The full recompute with all, none and some of the rows changed, and the incremental one."""
    as_of = base.AS_OF
    group_by = statistics.median(timed(lambda: bare(as_of)) for _ in range(ROUNDS))
    report.add("bare group-by", group_by)
    same = statistics.median(timed(lambda: select(as_of)) for _ in range(ROUNDS))
    report.add("the same numbers, nothing written", same, f"{same / group_by:.2f} x bare")
    report.add(*_full("full, every row new", group_by, as_of, "<= 2.5 x bare"))
    buy(list(range(7, customers, SOME)), as_of, "some")
    report.add(*_full("full, 1 % changed", group_by, as_of, "<= 2.5 x bare"))
    full = _full("full, nothing changed", group_by, as_of, "<= 2.5 x bare")
    report.add(*full)
    measure_incremental(report, customers, full[1])


def _full(what: str, group_by: float, as_of: date, budget: str) -> tuple[str, float, str, str]:
    seconds = timed(lambda: recompute_statistics(as_of=as_of))
    return what, seconds, f"{seconds / group_by:.2f} x bare", budget


def measure_incremental(report: Report, customers: int, full: float) -> None:
    """0.1 % of the customers, each with one more order, in several rounds of other customers."""
    grouped, selected, ours = [], [], []
    for round_ in range(5):
        ids = list(range(11 + round_, customers, FEW))
        buy(ids, base.AS_OF, f"few-{round_}")
        bare(base.AS_OF, ids)  # so that nobody has to fetch the pages first
        grouped.append(timed(partial(bare, base.AS_OF, ids)))
        selected.append(timed(partial(select, base.AS_OF, ids)))
        ours.append(timed(partial(recompute_statistics, as_of=base.AS_OF, customer_ids=ids)))
    group_by, same, incremental = map(statistics.median, (grouped, selected, ours))
    report.add("bare group-by of 0.1 %", group_by)
    report.add("the same numbers of 0.1 %, nothing written", same, f"{same / group_by:.2f} x bare")
    against = f"{incremental / group_by:.2f} x bare, {incremental / same:.2f} x the same numbers"
    report.add("incremental, 0.1 % changed", incremental, against, "<= 2 x bare")
    report.add("full / incremental", full / incremental, "times", ">= 30")


def measure_nights(report: Report, customers: int) -> None:
    """The first night of a base, which writes every row and fits the models, and an ordinary one."""
    for number, title in enumerate(("first night", "ordinary night")):
        day = base.AS_OF + timedelta(days=number)
        if number:
            buy(list(range(13, customers, SOME)), day, "night")
        night = nightly.run(as_of=day, now=datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
        _add_night(report, title, night)


def _add_night(report: Report, title: str, night: Night) -> None:
    steps = list(night.steps.all())
    for step in steps:
        report.add(f"{title}: {step.name}", step.seconds or 0.0, step.error[:60])
    report.add(f"{title}, whole", sum(step.seconds or 0.0 for step in steps), night.state, "<= 60 s")


def main() -> None:
    """Fill a base, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--without-nights", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    report = Report()
    with own_database():
        started = time.perf_counter()
        orders = base.fill(arguments.customers)
        print(
            f"{arguments.customers:,} customers, {orders:,} orders in {time.perf_counter() - started:.0f} s", flush=True
        )
        measure_statistics(report, arguments.customers)
        if not arguments.without_nights:
            measure_nights(report, arguments.customers)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        report.add("peak memory of the client, MB", peak, "", "<= 500 MB")
    report.print(as_json=arguments.json)


if __name__ == "__main__":
    main()
