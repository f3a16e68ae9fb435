"""Where customers come from, and what that cost."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.money import MoneyField
from customers.models import Customer, Order


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

    is_derived = True
    personal: dict[str, object] = {}

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


class InquiryKind(models.TextChoices):
    CALL = "call", _("Call")
    FORM = "form", _("Form")
    VISIT = "visit", _("Visit")
    CHAT = "chat", _("Chat")


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def for_user(self, user: User) -> "InquiryQuerySet":
        """Inquiries of the customers that the user may see, and those of nobody known."""
        if user.sees_whole_base:
            return self
        return self.filter(models.Q(customer=None) | models.Q(customer__in=Customer.objects.for_user(user)))


class Inquiry(models.Model):
    """One inbound call, form, visit or chat: answered or missed, its contact captured or lost.

    Known by source and external id, where the source has ids. `happened_on` is the day in the company's time
    zone; `contact_captured` says that there is an address to come back to, or a known customer.
    """

    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=InquiryKind.choices)
    at = models.DateTimeField(_("time"))
    happened_on = models.DateField(_("day"))
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name=_("channel")
    )
    channel_code = models.CharField(_("channel as told"), max_length=50, blank=True)
    is_answered = models.BooleanField(_("answered"), default=False)
    name = models.CharField(_("name"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    contact_captured = models.BooleanField(_("contact captured"), default=False)
    line = models.CharField(_("line or form"), max_length=100, blank=True)
    duration_seconds = models.PositiveIntegerField(_("duration, seconds"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Its index is below.
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="inquiries",
        verbose_name=_("customer"),
    )
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="inquiries")
    is_spam = models.BooleanField(_("spam"), default=False)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InquiryQuerySet.as_manager()

    personal = {"name": "", "phone": "", "email": "", "note": "", "next_step": "", "line": ""}

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="inquiry_once",
                condition=~models.Q(external_id=""),
                violation_error_message=_("This inquiry has already been recorded."),
            )
        ]
        indexes = [
            # Carries what the leak meter counts, so that a month is read from the index alone.
            models.Index(
                fields=["happened_on", "channel"],
                include=["kind", "is_answered", "contact_captured", "is_spam", "customer"],
                name="inquiry_day",
            ),
            models.Index(fields=["updated_at", "id"], name="inquiry_updated"),
            models.Index(
                fields=["customer", "-at"], name="inquiry_customer", condition=models.Q(customer__isnull=False)
            ),
            models.Index(
                fields=["next_step_on"], name="inquiry_next_step", condition=models.Q(next_step_on__isnull=False)
            ),
            models.Index(fields=["channel_code"], name="inquiry_unknown_channel", condition=models.Q(channel=None)),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id or self.pk}"
