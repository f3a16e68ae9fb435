"""Where customers come from, and what that cost."""

from django.db import models
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
        _("code"), max_length=50, unique=True, error_messages={"unique": _("There is a channel with this code.")}
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind.choices, default=ChannelKind.PAID)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name"]

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
    """The channel that a customer is counted to, and the day the customer was won (first order)."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="acquisition")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="acquisitions")
    won_on = models.DateField(_("won"))

    class Meta:
        indexes = [models.Index(fields=["won_on", "channel"], name="acquisition_month")]
