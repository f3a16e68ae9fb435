from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pytest

from segmentation.rules.ltv.codes import TimeUnit
from segmentation.rules.ltv.statistics import Histories
from tests.factories.shared import shared

CUT, END = date(1997, 9, 30), date(1998, 6, 30)


@dataclass(frozen=True)
class Cdnow:
    """Calibration per customer, in days; the orders after it; amounts of repeat purchase days."""

    x: np.ndarray
    recency_days: np.ndarray
    age_days: np.ndarray
    held_out: np.ndarray
    mean_amount: np.ndarray
    holdout_days: int

    @property
    def weekly(self) -> Histories:
        return Histories.from_customers(self.x, self.recency_days, self.age_days, TimeUnit.WEEK)


@pytest.fixture(scope="session")
def cdnow():
    customers = defaultdict(lambda: defaultdict(float))
    for line in shared("cdnow_sample.txt").read_text().splitlines():
        _, sample_id, day, _, amount = line.split()
        customers[sample_id][datetime.strptime(day, "%Y%m%d").date()] += float(amount)
    rows = [_row(amounts) for amounts in customers.values()]
    return Cdnow(*map(np.array, zip(*rows, strict=True)), holdout_days=(END - CUT).days)


def _row(amounts):
    known = sorted(day for day in amounts if day <= CUT)
    repeats = [amounts[day] for day in known[1:]]
    return (
        len(repeats),
        (known[-1] - known[0]).days,
        (CUT - known[0]).days,
        len(amounts) - len(known),
        np.mean(repeats) if repeats else 0.0,
    )


@pytest.fixture(scope="session")
def simulate():
    """Customers who obey a model: (x, recency, age, orders in the `ahead` days after), in days."""

    def build(n, r, alpha, a, b, *, initial_dropout, ahead=180.0, max_age=730, seed=7):
        rng = np.random.default_rng(seed)
        age = rng.integers(200, max_age, n).astype(float)
        rate, dropout = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
        x, last, later, now = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
        alive = np.arange(n) if not initial_dropout else np.flatnonzero(rng.random(n) > dropout)
        while len(alive):
            now[alive] += rng.exponential(1 / np.maximum(rate[alive], 1e-12))
            alive = alive[now[alive] <= age[alive] + ahead]
            before = alive[now[alive] <= age[alive]]
            x[before] += 1
            last[before] = now[before]
            later[alive[now[alive] > age[alive]]] += 1
            alive = alive[rng.random(len(alive)) > dropout[alive]]
        return x, last, age, later

    return build
