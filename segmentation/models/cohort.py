"""Customers by the month of their first order: tables that each night writes anew, for the pages."""

from django.db import models

from core.money import MoneyField


class Cohort(models.Model):
    """The customers who first bought in a month, as the last night left them.

    `alive` is the sum of their probabilities of buying again, over the `judged` customers for whom the
    method of the forecast knows it. `repeat` maps "90", "180" and "365" to [customers whose first order
    lies at least so many days back, those of them who bought again within so many days of it].
    """

    month = models.DateField(unique=True)
    customers = models.IntegerField()
    realised = MoneyField()
    predicted_12 = MoneyField()
    predicted_36 = MoneyField()
    alive = models.FloatField()
    judged = models.IntegerField()
    repeat = models.JSONField(default=dict)

    class Meta:
        ordering = ["month"]


class CohortMonth(models.Model):
    """What a cohort bought in a calendar month. The margin leaves out the cost of service."""

    first_month = models.DateField()
    month = models.DateField()
    orders = models.IntegerField()
    revenue = MoneyField()
    margin = MoneyField()

    class Meta:
        ordering = ["first_month", "month"]
        constraints = [models.UniqueConstraint(fields=["first_month", "month"], name="cohort_month_once")]
