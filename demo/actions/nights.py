"""What past nights would have found, so that charts have a history and grades have changed."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from acquisition.actions import attribute_customers
from core.periods import add_months, month_start
from demo.actions.lost_contacts import LosingContacts
from demo.actions.rules import adopt_rules
from demo.actions.story import Story
from segmentation import actions as segmentation

MONTHS = 11
HOUR = time(3)


def past_days(as_of: date) -> list[date]:
    """The first days of the months before and the day a week before, the oldest first, without `as_of` itself."""
    days = {add_months(month_start(as_of), -back) for back in range(MONTHS, -1, -1)}
    return sorted(day for day in days | {as_of - timedelta(days=7)} if day < as_of)


def run_past_nights(story: Story, progress: Callable[[date], None]) -> None:
    """Grade the base as of each past day in turn; flows and promo codes are left to the last night."""
    days = past_days(story.as_of)
    contacts = LosingContacts(story, days[0])
    for month, day in enumerate(days):
        contacts.until_day(day)
        adopt_rules(day, month=month)
        now = datetime.combine(day, HOUR, tzinfo=ZoneInfo(settings.TIME_ZONE))
        attribute_customers(as_of=day)
        segmentation.recompute_statistics(as_of=day)
        if segmentation.fit_is_due(as_of=day):
            segmentation.fit_models(as_of=day, now=now)
        segmentation.regrade_categories(as_of=day)
        segmentation.conclude_base(as_of=day, now=now)
        segmentation.take_snapshot(as_of=day)
        progress(day)
    contacts.until_day(story.as_of)
