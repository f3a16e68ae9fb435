"""What the night adds up for the page of grades, so that it costs the same over any base."""

from django.db import models


class GradeReport(models.Model):
    """Totals by grade on a day, and who moved since the last closed month. Money in the JSON is in minor units.

    `parts`: rows of `queries.grades_migration.total_rows`. `moves`: {"grade": rows, "lifecycle": rows} of its
    `move_rows`, from the day `moves_from` to `on`, and "money": the days that their money is of.
    """

    on = models.DateField(unique=True)
    parts = models.JSONField(default=list)
    moves_from = models.DateField()
    moves = models.JSONField(default=dict)

    is_derived = True

    class Meta:
        get_latest_by = "on"
        ordering = ["-on"]
