"""Fit MBG/NBD and BG/NBD on simulated customers, beside `lifetimes` in one process.

    python -m bench.fit_ltv --customers 1000000

Prints seconds and their ratio (budget: at least 5), the largest difference of the per-customer
log-likelihood at our parameters (budget: 1e-9), the mean log-likelihood that each fit reached,
and the time and peak memory of a forecast for everybody.
"""

import argparse
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from segmentation.rules.ltv.beta_geometric import BetaGeometric, Fit
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import FloatArray
from segmentation.rules.ltv.gamma_gamma import Margins, fit_gamma_gamma
from segmentation.rules.ltv.likelihood import Params
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.predict import FittedOrders, predict
from segmentation.rules.ltv.statistics import Histories

MAX_AGE_DAYS = 1095


def simulate(n: int, seed: int = 1) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequency, recency, age in whole days (n,) of customers who obey MBG/NBD with r .5, a .9, b 1.6."""
    rng = np.random.default_rng(seed)
    age = rng.integers(0, MAX_AGE_DAYS, n).astype(np.float64)
    rate, dropout = rng.gamma(0.5, 1 / 43.0, n), rng.beta(0.9, 1.6, n)
    count, last, now = np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.flatnonzero(rng.random(n) > dropout)
    while len(alive):
        # gaps of whole days, at least one: same-day orders are merged before the fit
        now[alive] += np.ceil(rng.exponential(1 / np.maximum(rate[alive], 1e-9)))
        alive = alive[now[alive] <= age[alive]]
        count[alive] += 1
        last[alive] = now[alive]
        alive = alive[rng.random(len(alive)) > dropout[alive]]
    return count, last, age


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, wall seconds, and processor seconds, which a busy machine blurs less."""
    wall, cpu = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - wall, time.process_time() - cpu


def ours(model: BetaGeometric, x: FloatArray, t_x: FloatArray, age: FloatArray) -> tuple[Histories, Fit]:
    """Everything from raw per-customer arrays: deduplicate and fit."""
    histories = Histories.from_customers(x, t_x, age)
    return histories, model.fit(histories)


def compare(model: BetaGeometric, fitter: Any, x: FloatArray, t_x: FloatArray, age: FloatArray) -> None:
    """Time both fits and print what they reached."""
    (histories, fit), wall, cpu = timed(lambda: ours(model, x, t_x, age))
    print(f"{fit.method}: {len(histories.weight):,} distinct histories, {fit.reason}, {fit.params}")
    print(f"  ferma      {wall:8.2f} s  cpu {cpu:8.2f} s  mean LL {fit.log_likelihood / len(x):.12f}")
    if fitter is None:
        return
    _, their_wall, their_cpu = timed(lambda: fitter.fit(x, t_x, age))
    reached = histories.weight @ model.log_likelihood(type(fit.params)(*fitter.params_.to_numpy()), histories)
    print(f"  lifetimes  {their_wall:8.2f} s  cpu {their_cpu:8.2f} s  mean LL {reached / len(x):.12f}")
    gap = difference(model, fit.params, fitter, histories)
    ratio = f"{their_wall / wall:.1f} (cpu {their_cpu / cpu:.1f})"
    print(f"  lifetimes / ferma = {ratio}   largest LL difference {gap:.1e}")


def difference(model: BetaGeometric, ours: Params, fitter: Any, histories: Histories) -> float:
    """Largest difference of a customer's log-likelihood at our parameters, on up to 2,000 histories."""
    some = np.linspace(0, len(histories.weight) - 1, 2000).astype(int)
    params = np.log([ours.r, ours.alpha, ours.a, ours.b])
    rows = zip(histories.frequency[some], histories.recency[some], histories.age[some], strict=True)
    their = [-fitter._negative_log_likelihood(params, *map(np.atleast_1d, row), np.ones(1), 0.0) for row in rows]
    return float(np.abs(np.array(their) - model.log_likelihood(ours, histories)[some]).max())


def forecast(x: FloatArray, t_x: FloatArray, age: FloatArray) -> None:
    """Time a forecast of 12 and 36 months for everybody."""
    histories, fit = ours(MBG_NBD, x, t_x, age)
    margins = Margins.from_customers(x, np.random.default_rng(2).gamma(3, 1000.0, len(x)))
    margin, seconds, _ = timed(lambda: fit_gamma_gamma(margins))
    print(f"gamma_gamma: {seconds:.2f} s, {margin.reason}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if fit.params is None:
        raise SystemExit(f"nothing fits: {fit.reason}")
    orders = FittedOrders(MBG_NBD, fit.params, fit.unit)
    result, seconds, _ = timed(lambda: predict(orders, margin, histories, margins))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"predict: {seconds:.2f} s, total {result.predicted_margin.sum(axis=0)}")
    print(f"peak memory {peak / 1024:.0f} MB, of which {(peak - before) / 1024:.0f} MB added by predict")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--alone", action="store_true", help="without lifetimes")
    arguments = parser.parse_args()
    x, t_x, age = simulate(arguments.customers)
    forecast(x, t_x, age)
    fitters: tuple[Any, Any] = (None, None)
    if not arguments.alone:
        warnings.simplefilter("ignore")
        from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter

        fitters = (ModifiedBetaGeoFitter(), BetaGeoFitter())
    for model, fitter in zip((MBG_NBD, BG_NBD), fitters, strict=True):
        compare(model, fitter, x, t_x, age)


if __name__ == "__main__":
    main()
