"""To which channel each customer is counted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.models.campaign import Campaign
from acquisition.models.channel import Channel
from core.money import MoneyField
from customers.models import Customer

# A channel's code, a stroke, a campaign's.
TOLD_LENGTH = 101


class AttributionModel(models.TextChoices):
    """Which of a customer's ways to the first order is the one that won them."""

    ORDER = "order", pgettext_lazy("attribution", "By the order")
    INQUIRY = "inquiry", pgettext_lazy("attribution", "By the inquiry")
    FIRST_TOUCH = "first_touch", pgettext_lazy("attribution", "First touch")
    LAST_TOUCH = "last_touch", pgettext_lazy("attribution", "Last touch")


class AttributionRule(models.Model):
    """How customers are counted to channels: one row, for all customers, so that months can be compared.

    `lookback_days`: inquiries and visits this long before the first order still count.
    """

    model = models.CharField(
        _("model"), max_length=11, choices=AttributionModel.choices, default=AttributionModel.ORDER
    )
    lookback_days = models.PositiveSmallIntegerField(_("days to look back"), default=90)

    class Meta:
        verbose_name = _("rule of attribution")
        verbose_name_plural = _("rules of attribution")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_rule_of_attribution"),
            models.CheckConstraint(
                condition=Q(lookback_days__gte=1, lookback_days__lte=365), name="lookback_is_within_a_year"
            ),
        ]


class Acquisition(models.Model):
    """The channel that a customer is counted to, and the day the customer was won (first order).

    By the model in force. `told_code` is what was named, in lower case: `channel` or `channel/campaign`; without a
    channel (campaign) of that code `channel` (`campaign`) is empty, until somebody makes one.
    """

    # Without a constraint in the database: checking it row by row takes longer than the night's whole
    # attribution, which itself removes the rows of customers that are gone.
    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="acquisition", db_constraint=False
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="acquisitions")
    # Its index is below: most customers have none.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="acquisitions", db_index=False
    )
    won_on = models.DateField(_("won"))
    told_code = models.CharField(_("channel as told"), max_length=TOLD_LENGTH, blank=True)

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        indexes = [
            models.Index(fields=["won_on", "channel"], name="acquisition_month"),
            models.Index(fields=["told_code"], name="acquisition_unknown", condition=models.Q(channel=None)),
            models.Index(fields=["campaign"], name="acquisition_by_campaign", condition=~models.Q(campaign=None)),
            models.Index(
                fields=["told_code"],
                name="acquisition_no_campaign",
                condition=models.Q(campaign=None, told_code__contains="/"),
            ),
        ]


class MonthWon(models.Model):
    """How many customers a channel (a campaign of it, where one was told) won in a month.

    Counted from Acquisition whenever that changes.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="+")
    month = models.DateField(_("month"))
    customers = models.IntegerField(_("customers"))

    class Meta:
        indexes = [models.Index(fields=["month"], name="month_won")]


class CustomerAttribution(models.Model):
    """What each model says of a customer, where they do not all say the same.

    A customer without rows is counted alike by all of them: as Acquisition says.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="attributions", db_constraint=False, db_index=False
    )
    model = models.CharField(max_length=11, choices=AttributionModel.choices)
    told_code = models.CharField(_("channel as told"), max_length=TOLD_LENGTH, blank=True)

    is_derived = True
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "model"], name="attribution_once")]


class ChannelWorth(models.Model):
    """What the customers whom a channel (a campaign of it) won in a month brought and are expected to bring.

    Written anew by each night. `customers` are those whom the night has concluded about.
    """

    month = models.DateField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="+")
    customers = models.IntegerField()
    realised = MoneyField()
    predicted_12 = MoneyField()
    predicted_36 = MoneyField()

    is_derived = True

    class Meta:
        indexes = [models.Index(fields=["month"], name="channel_worth_month")]
