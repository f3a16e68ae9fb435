"""What the page of grades shows, added up at night."""

from datetime import date
from typing import Any

from segmentation.models import GradeReport
from segmentation.queries.grades_migration import OF, default_days, money_days, move_rows, total_rows


def report_grades(*, as_of: date) -> GradeReport:
    """Totals by grade, and the moves since the last month that is over; a second time on a day replaces the first."""
    first, last = default_days(as_of)
    days = money_days(first, last, as_of=as_of)
    money = [day and day.isoformat() for day in (days.first, days.last)]
    moves: dict[str, Any] = {of: move_rows(of, first, last, as_of=as_of) for of in OF}
    report, _created = GradeReport.objects.update_or_create(
        on=as_of,
        defaults={
            "parts": total_rows(),
            "moves_from": first,
            "moves": moves | {"money": money},
        },
    )
    return report
