"""Where customers come from, and what that cost."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from customers.models import Customer


class ChannelKind(models.TextChoices):
    PAID = "paid", _("Paid advertising")
    ORGANIC = "organic", _("Organic")
    REFERRAL = "referral", _("Recommendation")
    OFFLINE = "offline", _("Offline")


class Channel(models.Model):
    """A source of customers, known to integrations by its code."""

    code = models.SlugField(
        _("code"),
        max_length=50,
        unique=True,
        error_messages={"unique": _("There is a channel with this code.")},
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind.choices, default=ChannelKind.PAID)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code=Lower("code")),
                name="channel_code_is_lower_case",
                violation_error_message=_("The code of a channel is written in lower case."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SpendKind(models.TextChoices):
    """Advertising makes the paid CAC; all kinds together make the fully loaded one."""

    ADVERTISING = "advertising", _("Advertising")
    SALARIES = "salaries", _("Salaries")
    TOOLS = "tools", _("Tools")
    OTHER = "other", _("Other costs")


class Spend(models.Model):
    """What was paid for a channel in a month."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="spend", verbose_name=_("channel"))
    month = models.DateField(_("month"))
    kind = models.CharField(_("kind"), max_length=12, choices=SpendKind.choices)
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("spend")
        verbose_name_plural = _("spend")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "month", "kind"],
                name="spend_once",
                violation_error_message=_("This spend is already entered; change that row."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="spend_is_not_negative",
                violation_error_message=_("Spend cannot be negative."),
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="spend_month_is_first_day",
                violation_error_message=_("A month is given as its first day."),
            ),
        ]


class Acquisition(models.Model):
    """The channel that a customer is counted to, and the day the customer was won (first order).

    `told_code` is what the first order (or else the customer) named, in lower case; without a
    channel of that code `channel` is empty, until somebody makes one.
    """

    # Without a constraint in the database: checking it row by row takes longer than the night's whole
    # attribution, which itself removes the rows of customers that are gone.
    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="acquisition", db_constraint=False
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="acquisitions")
    won_on = models.DateField(_("won"))
    told_code = models.CharField(_("channel as told"), max_length=50, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["won_on", "channel"], name="acquisition_month"),
            models.Index(fields=["told_code"], name="acquisition_unknown", condition=models.Q(channel=None)),
        ]


class MonthWon(models.Model):
    """How many customers a channel won in a month: counted from Acquisition whenever that changes."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    month = models.DateField(_("month"))
    customers = models.IntegerField(_("customers"))

    class Meta:
        indexes = [models.Index(fields=["month"], name="month_won")]
