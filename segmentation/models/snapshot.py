"""The base as an asset, a row per night."""

from decimal import Decimal

from django.db import models

from core.money import MoneyField


class BaseSnapshot(models.Model):
    """Totals of the base on a day; money inside the JSON is in minor units.

    The first sums are over all buyers. `reachable` are those with an address that works: their forecast of 12 months
    is the base value, and what of it may be lost is `base_at_risk`.

    `by_grade` and `by_lifecycle` map a code to {"customers": n, "predicted_12", "predicted_36", "realised",
    "value_at_risk": money, "reachable": n, "base_value", "base_at_risk": money, "alive": sum of the probabilities of
    buying again, "judged": customers for whom the method of the forecast knows it}. `repeat` is as in Cohort, over
    the customers whose first order falls in the last year that is old enough. `sales` maps a stretch of days (see
    `queries.cohorts.stretches`) to {"orders": n, "revenue": money, "margin": money}.
    """

    on = models.DateField(unique=True)
    buyers = models.IntegerField()
    predicted_12 = MoneyField()
    predicted_36 = MoneyField()
    realised = MoneyField()
    value_at_risk = MoneyField()
    reachable = models.IntegerField(default=0)
    base_value = MoneyField(default=0)
    base_at_risk = MoneyField(default=0)
    by_grade = models.JSONField(default=dict)
    by_lifecycle = models.JSONField(default=dict)
    repeat = models.JSONField(default=dict)
    sales = models.JSONField(default=dict)

    class Meta:
        get_latest_by = "on"
        ordering = ["-on"]

    @property
    def risk_share(self) -> Decimal | None:
        """Which part of the forecast of all buyers may be lost."""
        return self.value_at_risk / self.predicted_12 if self.predicted_12 else None

    @property
    def risk_beyond(self) -> Decimal:
        """What of the value at risk belongs to buyers beyond reach, whose forecast is no part of the base value."""
        return self.value_at_risk - self.base_at_risk
