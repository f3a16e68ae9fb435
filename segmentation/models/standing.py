"""Purchase statistics, and where each customer stands."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.money import MoneyField
from customers.models import Customer
from customers.models.customer import OfCustomers


def derived_from_customer(name: str) -> models.OneToOneField:
    """The key of a table that the night writes for the whole base, readable as `customer.<name>`.

    Without a constraint in the database: checking it row by row takes longer than computing the
    numbers, and the night itself removes the rows of customers that are gone.
    """
    return models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name=name, db_constraint=False
    )


class PurchaseStatistics(models.Model):
    """Exact sums over a customer's counted orders. Rows exist only for customers who have some.

    Same-day orders are one purchase day. The window columns hold for the day of the last night; a
    row is written only when its numbers change. `segmentation.queries.statistics_sql` computes it.
    """

    customer = derived_from_customer("statistics")
    orders = models.IntegerField()
    purchase_days = models.IntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    revenue = MoneyField()
    margin = MoneyField(help_text="Revenue minus cost of goods minus variable cost of service.")
    first_margin = MoneyField(help_text="Margin of the goods bought on the first purchase day.")
    window_orders = models.IntegerField()
    window_revenue = MoneyField()

    is_derived = True

    class Meta:
        indexes = [models.Index(fields=["last_on"], name="statistics_last")]


class Grade(models.TextChoices):
    """A: much and often. B: high average check. C: many purchases. D: low and few."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class Lifecycle(models.TextChoices):
    NEW = "new", pgettext_lazy("stage", "New")
    ACTIVE = "active", pgettext_lazy("stage", "Active")
    AT_RISK = "at_risk", pgettext_lazy("stage", "At risk")
    LAPSED = "lapsed", pgettext_lazy("stage", "Lapsed")
    LOST = "lost", pgettext_lazy("stage", "Lost")


# Whom work can still keep.
LEAVING = (Lifecycle.AT_RISK, Lifecycle.LAPSED)


class StandingQuerySet(OfCustomers["Standing"]):
    """Standings of customers."""


class Standing(models.Model):
    """What the night (or the tick) last concluded about a customer who has bought.

    `as_of` is the day of the conclusion that last changed a number of the row.
    """

    customer = derived_from_customer("standing")
    as_of = models.DateField()
    grade = models.CharField(_("grade"), max_length=1, choices=Grade.choices, blank=True)
    grade_since = models.DateField(null=True)
    lifecycle = models.CharField(_("lifecycle"), max_length=8, choices=Lifecycle.choices)
    lifecycle_since = models.DateField()
    expected_gap_days = models.FloatField(help_text="The customer's own rhythm, or the segment's after one order.")
    next_order_on = models.DateField(null=True)
    realised = MoneyField(_("realised LTV"))
    predicted_12 = MoneyField(_("predicted margin, 12 months"), default=0)
    predicted_36 = MoneyField(_("predicted margin, 36 months"), default=0)
    expected_orders_12 = models.FloatField(default=0)
    p_alive = models.FloatField(
        null=True, help_text="Probability that the customer will buy again; empty where the method does not know."
    )
    value_at_risk = MoneyField(_("value at risk"), default=0)
    # Rises with the value at risk: whoever sorts by both reads the index below, and sorts little. Written with the
    # value, by `segmentation.queries.standing_sql`.
    risk_band = models.SmallIntegerField(default=0, db_default=0)
    method = models.CharField(_("method of the forecast"), max_length=30, blank=True)

    objects = StandingQuerySet.as_manager()

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        # The night changes nearly every row. While no column of an index changes, the new row goes onto the page of
        # the old one (half of it is left free) and into no index, which takes a third of the time; so the index is on
        # a band, in which most stay. A grade or a stage is a good part of the base: lists of them are read in the
        # order of risk, not through an index of their own.
        indexes = [models.Index(fields=["-risk_band"], name="standing_risk_band")]


class GradeChange(models.Model):
    """A change of grade with the numbers that caused it; `new` is empty where no counted order is left."""

    # The unique constraint below is the index on the customer.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="grade_changes", db_index=False)
    on = models.DateField()
    old = models.CharField(max_length=1, blank=True)
    new = models.CharField(max_length=1, blank=True, choices=Grade.choices)
    orders = models.IntegerField()
    average_check = MoneyField()
    count_threshold = models.DecimalField(max_digits=14, decimal_places=4)
    check_threshold = MoneyField()
    policy = models.ForeignKey("segmentation.Policy", on_delete=models.PROTECT, related_name="+", db_index=False)

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "on"], name="one_grade_change_a_day")]
        # Written night by night, so the days lie in order; a full index would cost the night more.
        indexes = [BrinIndex(fields=["on"], pages_per_range=32, name="grade_change_day")]


class LifecycleChange(models.Model):
    """A change of lifecycle stage with the numbers that caused it; the trigger of flows.

    `new` is empty where no counted order is left.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="lifecycle_changes", db_index=False)
    on = models.DateField()
    old = models.CharField(max_length=8, blank=True)
    new = models.CharField(max_length=8, blank=True, choices=Lifecycle.choices)
    days_since_order = models.IntegerField()
    expected_gap_days = models.FloatField()

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "on"], name="one_stage_change_a_day")]
        indexes = [
            models.Index(fields=["new", "on"], name="stage_change_trigger"),
            BrinIndex(fields=["on"], pages_per_range=32, name="stage_change_day"),
        ]
