"""Where each customer stands: grade, lifecycle, value; with the history of what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection

from core.periods import company_day
from segmentation.actions.forecasts import forecast_buyers
from segmentation.actions.locks import recomputing
from segmentation.actions.measures import limit_values, measure_gaps, measure_thresholds, save_measures
from segmentation.models import Measure, PurchaseStatistics
from segmentation.queries import history_sql, standing_sql
from segmentation.queries.policies import fit_in_force, measures_in_force
from segmentation.queries.statistics_sql import day_end

# From so many on, thresholds wait for the night.
ENOUGH_BUYERS = 100
_ANALYSE_FROM = 10_000


@dataclass(frozen=True)
class Concluded:
    """How many customers changed grade or stage, and how many rows were written or removed."""

    grades_changed: int
    stages_changed: int
    written: int
    removed: int


def conclude_base(*, as_of: date, now: datetime) -> Concluded:
    """Measure the base, and conclude about everybody who has statistics."""
    with recomputing():
        measures = measure_thresholds(as_of=as_of)
        _grade(measures, as_of, None)
        measure_gaps(measures)
        save_measures(measures)
        return _conclude(measures, as_of, now, None)


def conclude_customers(*, as_of: date, now: datetime, customer_ids: Sequence[int]) -> Concluded:
    """Conclude about some, by the thresholds and gaps in force. Needs the lock and a transaction.

    While the base is so young that it has outgrown what was measured, it is measured anew first.
    """
    measures = measures_in_force(as_of)
    if _outgrown(measures):
        return conclude_base(as_of=as_of, now=now)
    _grade(measures, as_of, customer_ids)
    return _conclude(measures, as_of, now, customer_ids)


def _outgrown(measures: dict[str, Measure]) -> bool:
    """Whether thresholds of few buyers would judge at least twice as many."""
    measured = sum(measure.buyers for measure in measures.values())
    if measured >= ENOUGH_BUYERS:
        return False
    return not measures or PurchaseStatistics.objects.filter(window_orders__gt=0).count() >= max(1, 2 * measured)


def _grade(measures: dict[str, Measure], as_of: date, customer_ids: Sequence[int] | None) -> None:
    """Make the table `graded`."""
    scope = _scope("s.customer_id", customer_ids)
    values = limit_values(measures) | {"as_of": as_of, "customer_ids": _listed(customer_ids)}
    graded = partial(standing_sql.GRADED.format, scope=scope, kept=_kept(customer_ids))
    with connection.cursor() as cursor:
        if customer_ids is None:
            cursor.execute(graded(last_window=standing_sql.NO_LAST_WINDOW), values)
            cursor.execute(standing_sql.LEFT_UNGRADED)
            if not cursor.fetchone()[0]:
                return
            cursor.execute("DROP TABLE graded")
        cursor.execute(graded(last_window=standing_sql.LAST_WINDOW), values)


def _conclude(
    measures: dict[str, Measure], as_of: date, now: datetime, customer_ids: Sequence[int] | None
) -> Concluded:
    """From `graded` to standings and histories."""
    fit = fit_in_force()
    forecast_buyers(fit=fit, as_of=as_of, customer_ids=customer_ids, kept=_kept(customer_ids))
    values = limit_values(measures) | {
        "as_of": as_of,
        "at": _moment(as_of, now),
        "method": fit.method if fit else "",
        "customer_ids": _listed(customer_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(standing_sql.OUTCOME.format(gaps=standing_sql.GAP_ROWS), values)
        cursor.execute("DROP TABLE graded, forecast")
        grades = _count(history_sql.GRADE_CHANGES, values)
        stages = _count(history_sql.STAGE_CHANGES, values)
        _count(history_sql.TIMELINE, values)
        gone = history_sql.SOMEBODY_GONE if customer_ids is None else _scope("s.customer_id", customer_ids)
        cursor.execute(history_sql.REMOVE.format(scope=gone), values)
        (removed,) = cursor.fetchone()
        written = _count(standing_sql.UPDATE.format(scope=_scope("s.customer_id", customer_ids)), values)
        written += _count(standing_sql.INSERT, values)
        cursor.execute("DROP TABLE outcome")
        if written > _ANALYSE_FROM:
            cursor.execute("ANALYZE segmentation_standing")
    return Concluded(grades, stages, written, removed)


def _count(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: int = cursor.rowcount
        return rows


def _scope(column: str, customer_ids: Sequence[int] | None) -> str:
    return "TRUE" if customer_ids is None else f"{column} = ANY(%(customer_ids)s::bigint[])"


def _kept(customer_ids: Sequence[int] | None) -> str:
    return standing_sql.KEPT_ALL if customer_ids is None else standing_sql.KEPT_SOME


def _listed(customer_ids: Sequence[int] | None) -> list[int]:
    return list(customer_ids or ())


def _moment(as_of: date, now: datetime) -> datetime:
    """When the change shows on the timeline: now, or the end of a past day that is concluded about."""
    return now if company_day(now) <= as_of else day_end(as_of) - timedelta(seconds=1)
