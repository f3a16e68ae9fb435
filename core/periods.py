"""Days and months in the company's own time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone


def company_day(moment: datetime) -> date:
    """The calendar day of a moment in the company's time zone."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def day_start(day: date) -> datetime:
    """The moment at which the day begins in the company's time zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def month_start(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The first day of the month `count` months after (before, if negative) that of `month`."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def months_from(first: date, last: date) -> int:
    """How many months the month of `last` comes after that of `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_between(first: date, last: date) -> Iterator[date]:
    """First days of the months from `first` to `last`, both included."""
    month = month_start(first)
    while month <= last:
        yield month
        month = add_months(month, 1)


@dataclass(frozen=True)
class Window:
    """Trailing days up to and including `as_of`."""

    as_of: date
    days: int

    @property
    def first(self) -> date:
        return self.as_of - timedelta(days=self.days - 1)
