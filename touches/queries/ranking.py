"""One statement, `ranking.sql`, that ranks a person's day.

It says in SQL what `touches.rules.worklist` says in Python, with the numbers taken from there, and a test
holds the two equal: ranking thousands of customers in Python took longer than the whole page may. Every
source is read by an index and bounded, so that the page costs the same on any base.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from core.money import exponent, from_minor
from touches.queries.log import day_bounds
from touches.rules import worklist as rules
from touches.rules.cadence import LOST

# A person looks after some hundreds of customers, thousands at most; beyond, those with most at risk count.
MOST_OWN = 5000
# Of the pool, which may hold most of the base: the newest due tasks, and those with most to lose.
MOST_POOL_TASKS = 200
MOST_POOL_LEAVING = 50

_SQL = Path(__file__).with_name("ranking.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """A place in the list: the row with this score and customer."""

    score: Decimal
    customer_id: int


@dataclass(frozen=True)
class Ranked:
    """One customer of the list as the base knows it: the letter of the grade, the mark X over it."""

    place: Place
    letter: str
    is_x: bool
    lifecycle: str
    value_at_risk: Decimal
    channel: str
    last_touch: date | None
    next_touch_on: date | None


@dataclass(frozen=True)
class Ranking:
    """A part of the list, and the size of the whole: `everything` before filtering, the others after."""

    everything: int
    shown: int
    at_risk: Decimal
    rows: list[Ranked]


def ranking(
    *,
    person_id: int,
    as_of: date,
    kind: str,
    grade: str,
    after: Place | None,
    customer_id: int | None,
    limit: int,
) -> Ranking:
    """Rank a person's day, own customers and the pool's; narrowed by kind of reason, grade, customer."""
    asked = {
        "person": person_id,
        "as_of": as_of,
        "midnight": day_bounds(as_of)[0],
        "rested_since": day_bounds(as_of - timedelta(days=rules.LEAVING_PAUSE_DAYS - 1))[0],
        "kind": kind,
        "grade": grade,
        "customer": customer_id,
        "after_score": after.score if after else None,
        "after_id": after.customer_id if after else None,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, _numbers() | asked)
        found = cursor.fetchall()
    everything, shown, at_risk = found[0][:3]
    rows = [_ranked(row[3:]) for row in found if row[3] is not None]
    return Ranking(everything, shown, from_minor(at_risk), rows)


def _numbers() -> dict[str, Any]:
    """What the rules say, for the statement."""
    return {
        "most_own": MOST_OWN,
        "most_pool_tasks": MOST_POOL_TASKS,
        "most_pool_leaving": MOST_POOL_LEAVING,
        "leaving": sorted(rules.LEAVING),
        "leaving_pause": rules.LEAVING_PAUSE_DAYS,
        "lost": LOST,
        "zone": settings.TIME_ZONE,
        "minor": 10 ** exponent(),
        "pull": json.dumps(rules.PULL),
        "pull_leaving": rules.PULL[rules.ReasonKind.AT_RISK],
        "pull_cadence": rules.PULL[rules.ReasonKind.CADENCE],
        "days_per_point": rules.DAYS_PER_POINT,
        "most_lateness": rules.MOST_LATENESS,
    }


def _ranked(row: tuple[Any, ...]) -> Ranked:
    customer_id, score, letter, is_x, lifecycle, value_at_risk, channel, last_touch, next_touch_on = row
    place = Place(score, customer_id)
    money = from_minor(value_at_risk)
    return Ranked(place, letter, is_x, lifecycle or "", money, channel, last_touch, next_touch_on)
