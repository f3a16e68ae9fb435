"""The base as a balance sheet: what each buyer was worth when a month closed, and what moved the sum."""

from django.db import models

from core.money import MoneyField
from segmentation.models.standing import Grade, Lifecycle


class BookEntry(models.Model):
    """What one buyer was worth when the month (its first day) closed: the forecast of 12 months.

    `contacts` are the addresses that worked; without one the buyer is not reachable. Written as a whole by the night
    that closes the month. Without a key to the customer: a closing stays as it was when a customer goes, so that
    months add up.
    """

    pk = models.CompositePrimaryKey("month", "customer_id")
    month = models.DateField()
    customer_id = models.BigIntegerField()
    value = MoneyField()
    contacts = models.SmallIntegerField()
    is_reachable = models.BooleanField()
    grade = models.CharField(max_length=1, choices=Grade.choices, blank=True)
    lifecycle = models.CharField(max_length=8, choices=Lifecycle.choices)

    personal: dict[str, object] = {}


class BaseBalance(models.Model):
    """The balance sheet of a month, written by each night for the month under way.

    `since` is the month whose closing it opens from: the month before, an earlier one where nights are missing, none
    where the book begins. `moves` maps a cause (see `rules.book.Cause`) to {"customers": n, "amount": money in minor
    units, zero or more}. The base value counts reachable buyers; what the others would bring is beside it. `low` and
    `high` are the 90% interval of the closing; without them `interval_reason` says why there is none.
    """

    month = models.DateField(unique=True)
    as_of = models.DateField(help_text="Day of the night that wrote it.")
    is_closed = models.BooleanField()
    since = models.DateField(null=True)
    opening = MoneyField()
    closing = MoneyField()
    customers = models.IntegerField(help_text="Reachable buyers at the closing.")
    moves = models.JSONField(default=dict)
    unreachable_customers = models.IntegerField()
    unreachable_value = MoneyField()
    lost_contacts = models.IntegerField(help_text="Addresses fewer than at the opening, over those who have fewer.")
    lost_contacts_customers = models.IntegerField(help_text="Buyers with fewer working addresses than at the opening.")
    low = MoneyField(null=True)
    high = MoneyField(null=True)
    interval_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        get_latest_by = "month"
        ordering = ["-month"]
