"""The base as an asset, a row per night."""

from django.db import models

from core.money import MoneyField


class BaseSnapshot(models.Model):
    """Totals of the base on a day. `by_grade` and `by_lifecycle` map a code to
    {"customers": n, "predicted_12": minor units, "realised": minor units}."""

    on = models.DateField(unique=True)
    buyers = models.IntegerField()
    predicted_12 = MoneyField()
    predicted_36 = MoneyField()
    realised = MoneyField()
    value_at_risk = MoneyField()
    by_grade = models.JSONField(default=dict)
    by_lifecycle = models.JSONField(default=dict)

    class Meta:
        get_latest_by = "on"
        ordering = ["-on"]
