"""Customers by the month of their first order: tables that each night writes anew, for the pages."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from segmentation.models.standing import derived_from_customer


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


class CustomerOrigin(models.Model):
    """How a customer began: what was bought first, and who looked after them first.

    `first_product` is that of the dearest line of the first counted order. `first_owner` is whom the customer's first
    hand-over names as the one before, or else as the one who received them; today's owner where nobody handed over.
    `first_on` is the day that the product was looked up for.
    """

    customer = derived_from_customer("origin")
    first_on = models.DateField()
    # Without constraints and indexes: the night writes a row per customer, and reads them all.
    first_product = models.ForeignKey(
        "customers.Product", on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    first_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    is_derived = True
    personal: dict[str, object] = {}


class CohortDimension(models.TextChoices):
    """By what cohorts are told apart; the value is "", a channel's code, or the id of a campaign, category or person.

    An empty value of a dimension is what is not known: no channel, no campaign, no category, nobody's customers.
    """

    ALL = "all", _("All customers")
    CHANNEL = "channel", _("Channel")
    CAMPAIGN = "campaign", _("Campaign")
    CATEGORY = "category", _("First product")
    OWNER = "owner", _("First manager")


class CohortCell(models.Model):
    """What the customers who first bought in `first_month` did `age` calendar months later.

    `customers` bought in that month; at the age of 0 they are the whole cohort. `returned` bought again for the first
    time, not counting the month of the first order. The margin leaves out the cost of service.
    """

    dimension = models.CharField(max_length=10, choices=CohortDimension.choices)
    value = models.CharField(max_length=50, blank=True)
    first_month = models.DateField()
    age = models.SmallIntegerField()
    customers = models.IntegerField()
    returned = models.IntegerField()
    orders = models.IntegerField()
    revenue = MoneyField()
    margin = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dimension", "value", "first_month", "age"], name="cohort_cell_once")
        ]
