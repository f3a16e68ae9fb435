"""What leaving costs, and after what customers leave: counted anew by the night."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from segmentation.models import LeavingPattern, Loss, LossFigure
from segmentation.queries import leaving_sql as sql
from segmentation.queries.grades_sql import ROOM
from segmentation.queries.leaving import PATTERNS, WINDOW_DAYS, compared_on, exposed
from segmentation.queries.policies import policies_in_force
from segmentation.queries.statistics_sql import day_end

# Losses whose last order is older are no longer shown.
KEPT_DAYS = 3 * 365
# A comparison over half a year says the same tomorrow: it is made once a week.
PATTERNS_EVERY_DAYS = 7


@dataclass(frozen=True)
class Counted:
    """How many buyers are gone, how many of them were valued anew, and whether the patterns were compared."""

    gone: int
    valued: int
    patterns: bool


@transaction.atomic
def count_losses(*, as_of: date) -> Counted:
    """Write who is gone with what was lost, its sums by month, and once a week the patterns of leaving."""
    values = _limits(as_of)
    with connection.cursor() as cursor:
        asked = {**values, "zone": settings.TIME_ZONE, "until": day_end(as_of), "kept_days": KEPT_DAYS}
        cursor.execute(ROOM + sql.CHANGED, asked)
        cursor.execute("ANALYZE changed")
        cursor.execute(sql.REMOVE)
        cursor.execute(sql.FRESH)
        cursor.execute("ANALYZE fresh")
        cursor.execute(sql.CATEGORIES)
        cursor.execute(sql.WRITE, values)
        valued = cursor.rowcount
        cursor.execute(sql.FOLLOW)
        LossFigure.objects.all().delete()
        cursor.execute(sql.FIGURES)
        cursor.execute("DROP TABLE changed, fresh, main_category")
    gone = Loss.objects.count()
    is_due = _patterns_are_due(as_of)
    if is_due:
        compare_patterns(as_of=as_of)
    return Counted(gone, valued, is_due)


@transaction.atomic
def compare_patterns(*, as_of: date) -> list[LeavingPattern]:
    """Count for each pattern who left after it and who without it, and keep that in place of the earlier counts."""
    since = as_of - timedelta(days=WINDOW_DAYS)
    found = []
    with connection.cursor() as cursor:
        cursor.execute(sql.AT_START, {**_limits(as_of), "since": since})
        cursor.execute("ANALYZE at_start")
        for code in PATTERNS:
            statement, values = exposed(code, on=as_of).query.sql_with_params()
            cursor.execute(sql.LIFT.format(exposed=statement), values)
            found.append(_pattern(code, as_of, since, cursor.fetchone()))
        cursor.execute("DROP TABLE at_start")
    LeavingPattern.objects.all().delete()
    return LeavingPattern.objects.bulk_create(found)


def _pattern(code: str, as_of: date, since: date, row: tuple[int, int, int, int]) -> LeavingPattern:
    exposed, exposed_left, others, others_left = row
    return LeavingPattern(
        code=code,
        on=as_of,
        since=since,
        exposed=exposed,
        exposed_left=exposed_left,
        others=others,
        others_left=others_left,
    )


def _patterns_are_due(as_of: date) -> bool:
    newest = compared_on()
    return newest is None or not 0 < (as_of - newest).days < PATTERNS_EVERY_DAYS


def _limits(as_of: date) -> dict[str, Any]:
    policies = policies_in_force(as_of)
    return {
        "as_of": as_of,
        "kinds": list(policies),
        "lapsed": [float(policy.lapsed_ratio) for policy in policies.values()],
        "rates": [float(policy.margin_rate) for policy in policies.values()],
    }
