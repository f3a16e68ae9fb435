"""What past nights would have found, so that charts have a history and grades have changed."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from acquisition.actions import attribute_customers
from core.periods import add_months, month_start
from segmentation import actions as segmentation

MONTHS = 11
HOUR = time(3)


def past_days(as_of: date) -> list[date]:
    """The first days of the months before, the oldest first, without `as_of` itself."""
    days = [add_months(month_start(as_of), -back) for back in range(MONTHS, -1, -1)]
    return [day for day in days if day < as_of]


def run_past_nights(as_of: date, progress: Callable[[date], None]) -> None:
    """Grade the base as of each past day in turn; flows and promo codes are left to the night of `as_of`."""
    for day in past_days(as_of):
        now = datetime.combine(day, HOUR, tzinfo=ZoneInfo(settings.TIME_ZONE))
        attribute_customers(as_of=day)
        segmentation.recompute_statistics(as_of=day)
        if segmentation.fit_is_due(as_of=day):
            segmentation.fit_models(as_of=day, now=now)
        segmentation.conclude_base(as_of=day, now=now)
        segmentation.take_snapshot(as_of=day)
        progress(day)
