"""What leaving costs, and after what customers leave more often: counted by the night."""

from django.conf import settings
from django.db import models

from acquisition.models import Channel
from core.money import MoneyField
from customers.models import Customer, ProductCategory
from market.models import Competitor, LeavingReason
from segmentation.models.standing import Grade


class Loss(models.Model):
    """A buyer who is gone: lapsed or lost by the own rhythm, or told to have left.

    `left_on` is the day on which the rhythm was broken, or the earlier one on which it was written down. `value` is
    what was lost with the customer: the forecast of 12 months at the last closing of a month before that day
    (`is_forecast`), or where there is none the margin of the 365 days up to the last order. `category` is that of the
    largest revenue. Who buys again has no row any more.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="loss", db_constraint=False
    )
    last_on = models.DateField()
    left_on = models.DateField()
    value = MoneyField()
    is_forecast = models.BooleanField()
    grade = models.CharField(max_length=1, choices=Grade.choices, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey(Channel, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    category = models.ForeignKey(
        ProductCategory, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    reason = models.ForeignKey(LeavingReason, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    competitor = models.ForeignKey(Competitor, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        indexes = [models.Index(fields=["left_on"], name="loss_left_on")]


class LossFigure(models.Model):
    """Losses of one month (its first day) in one part of one dimension, so that pages need not count the base.

    `dimension` is one of `queries.leaving_sql.DIMENSIONS`; `part` the id or code in it, "" for none.
    """

    month = models.DateField()
    dimension = models.CharField(max_length=12)
    part = models.CharField(max_length=50, blank=True)
    customers = models.IntegerField()
    value = MoneyField()

    is_derived = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "dimension", "part"], name="loss_figure_once")]


class LeavingPattern(models.Model):
    """How many left after something had happened to them, and how many without it.

    Of the buyers who were no leavers on the day `since`: it happened in the 90 days before (`exposed`) or not
    (`others`); `_left` are those of them who are gone on the day `on`.
    """

    on = models.DateField()
    since = models.DateField()
    code = models.CharField(max_length=20, unique=True)
    exposed = models.IntegerField()
    exposed_left = models.IntegerField()
    others = models.IntegerField()
    others_left = models.IntegerField()

    is_derived = True
