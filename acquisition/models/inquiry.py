"""Inbound calls, forms, visits and chats."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from acquisition.models.channel import Channel
from core.models import User
from customers.models import Customer, Order


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
    # Who said "I will see to it": a missed call of somebody unknown has nobody else to answer for it.
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InquiryQuerySet.as_manager()

    # Imports of orders and of inquiries can be undone, though the night has linked them meanwhile.
    lets_go_of = "order"
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
            models.Index(fields=["phone", "at"], name="inquiry_phone", condition=~models.Q(phone="")),
            models.Index(fields=["taken_by"], name="inquiry_taken", condition=models.Q(taken_by__isnull=False)),
            models.Index(fields=["channel_code"], name="inquiry_unknown_channel", condition=models.Q(channel=None)),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id or self.pk}"
