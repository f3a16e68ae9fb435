"""What finding customers cost."""

from datetime import date

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear
from django.utils.translation import gettext_lazy as _

from acquisition.models.campaign import Campaign
from acquisition.models.channel import Channel
from core.money import MoneyField

# Stands for "the whole month" where a day is compared.
NO_DAY = date(1, 1, 1)


class SpendKind(models.TextChoices):
    """Advertising makes the paid CAC; all kinds together make the fully loaded one."""

    ADVERTISING = "advertising", _("Advertising")
    SALARIES = "salaries", _("Salaries")
    TOOLS = "tools", _("Tools")
    OTHER = "other", _("Other costs")


class Spend(models.Model):
    """What was paid for a channel in a month; of one campaign and of one day where these are told.

    `month` is the first day of the day's month. The amount of a month and those of its days stand beside each
    other and add up; so do the amounts of the channel and those of its campaigns.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="spend", verbose_name=_("channel"))
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="spend", verbose_name=_("campaign")
    )
    month = models.DateField(_("month"))
    day = models.DateField(_("day"), null=True, blank=True, help_text=_("Empty: the whole month."))
    kind = models.CharField(_("kind"), max_length=12, choices=SpendKind.choices)
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("spend")
        verbose_name_plural = _("spend")
        constraints = [
            # PostgreSQL 14 tells every null from every other; so something stands in for them.
            models.UniqueConstraint(
                "channel",
                "month",
                "kind",
                Coalesce("campaign", Value(0)),
                Coalesce("day", Value(NO_DAY)),
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
            models.CheckConstraint(
                condition=models.Q(day=None)
                | models.Q(day__year=ExtractYear("month"), day__month=ExtractMonth("month")),
                name="spend_day_is_of_its_month",
                violation_error_message=_("The day is not of this month."),
            ),
        ]


class RetentionKind(models.TextChoices):
    """What keeping customers costs beside messages, points and discounts, which are counted by themselves."""

    SALARIES = "salaries", _("Salaries of farmers")
    TOOLS = "tools", _("Tools")
    OTHER = "other", _("Other costs")


class RetentionSpend(models.Model):
    """What was paid in a month for looking after the customers that the company already has."""

    month = models.DateField(_("month"))
    kind = models.CharField(_("kind"), max_length=12, choices=RetentionKind.choices)
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("spend on retention")
        verbose_name_plural = _("spend on retention")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind"],
                name="retention_spend_once",
                violation_error_message=_("This spend is already entered; change that row."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="retention_spend_is_not_negative",
                violation_error_message=_("Spend cannot be negative."),
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="retention_month_is_first_day",
                violation_error_message=_("A month is given as its first day."),
            ),
        ]
