"""What the tables of cohorts mean."""

from datetime import date, timedelta

from core.periods import add_months, month_start

# The keys of `repeat`: within so many days of the first order.
REPEAT_DAYS = ("90", "180", "365")


def stretches(as_of: date) -> dict[str, tuple[date, date]]:
    """This month so far, the last full month, and the same days of the year before, both ends included."""
    month = month_start(as_of)
    before, year_ago = add_months(month, -1), add_months(month, -12)
    last_of_year_ago = add_months(month, -11) - timedelta(days=1)
    return {
        "month": (month, as_of),
        "month_year_ago": (year_ago, min(year_ago + (as_of - month), last_of_year_ago)),
        "last_month": (before, month - timedelta(days=1)),
        "last_month_year_ago": (add_months(before, -12), year_ago - timedelta(days=1)),
    }
