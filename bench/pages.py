"""How long pages take inside the server, and how many queries they ask (a part of `scale`)."""

import logging
import statistics
import time
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from core.models import User
from core.roles import Role
from segmentation.models import Standing

# Of thirty, the p95 is all but the slowest: one hiccup of the machine.
ROUNDS = 60
WARM_UP = 2
FIGURES = ("overview", "base_value", "grades", "ltv", "ltv_backtest", "cohorts", "cac", "leaks", "old_new", "summary")
LISTS = ("customer_list", "worklist")
# Work that is the same each time takes some 30 ms: what its p95 is above its p50 is the machine's.
FIXED_WORK = 1_500_000
# The session and who is logged in: asked by every page before it begins.
OF_EVERY_PAGE = 2


@dataclass(frozen=True)
class PageCost:
    """Milliseconds over ROUNDS requests, and the queries of the page itself; status is 200, or what failed."""

    name: str
    p50: float
    p95: float
    queries: int
    status: str


def measure_pages() -> list[PageCost]:
    """Each page as the manager sees it, unfiltered; the card is that of a customer with the most at risk."""
    # A line of log per request takes its time too, but drowns what is measured.
    logging.disable(logging.CRITICAL)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(_manager())
    found = [_measure(client, name, name) for name in (*FIGURES, *LISTS)]
    card = Standing.objects.order_by("-value_at_risk").values_list("customer", flat=True).first()
    return [*found, _measure(client, "customer_card", "customer_card", card)]


def fixed_work() -> tuple[float, float]:
    """p50 and p95 in milliseconds of the same work ROUNDS times, to read those of the pages by."""
    seconds = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        sum(range(FIXED_WORK))
        seconds.append(time.perf_counter() - started)
    return _p50_p95(seconds)


def _p50_p95(seconds: list[float]) -> tuple[float, float]:
    return statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=20)[-1] * 1000


def _manager() -> User:
    """A worklist needs somebody's customers; the base of a benchmark has nobody."""
    user, _created = User.objects.get_or_create(
        email="bench@ferma.test", defaults={"role": Role.MANAGER, "first_name": "Bench"}
    )
    return user


def _measure(client: Client, label: str, name: str, *args: int | None) -> PageCost:
    try:
        url = reverse(name, args=[arg for arg in args if arg is not None])
    except NoReverseMatch:
        return PageCost(label, 0.0, 0.0, 0, "no such page")
    try:
        status = [client.get(url).status_code for _round in range(WARM_UP)][-1]
    except Exception as error:
        return PageCost(label, 0.0, 0.0, 0, type(error).__name__)
    seconds = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        client.get(url)
        seconds.append(time.perf_counter() - started)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return PageCost(label, *_p50_p95(seconds), max(0, len(captured) - OF_EVERY_PAGE), str(status))
