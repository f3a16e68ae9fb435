"""Deliveries: one message to one customer, a row with a state."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.flow import Enrolment, FlowStep
from campaigns.models.template import MessageChannel, Purpose
from core.money import MoneyField
from customers.models import Customer


class DeliveryState(models.TextChoices):
    """due -> claimed -> sending -> sent. A row found in `sending` after its sender died is ambiguous."""

    DUE = "due", pgettext_lazy("delivery", "Waiting")
    CLAIMED = "claimed", pgettext_lazy("delivery", "Taken by a sender")
    SENDING = "sending", pgettext_lazy("delivery", "Being sent")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    HELD_BACK = "held_back", pgettext_lazy("delivery", "Held back")
    FAILED = "failed", pgettext_lazy("delivery", "Failed")
    AMBIGUOUS = "ambiguous", pgettext_lazy("delivery", "Unclear: may have been sent")
    CANCELLED = "cancelled", pgettext_lazy("delivery", "Cancelled")


class HeldBack(models.TextChoices):
    """Why a message was not sent, found at the moment of sending."""

    NO_CONSENT = "no_consent", _("No consent")
    SUPPRESSED = "suppressed", _("The address is suppressed")
    NO_ADDRESS = "no_address", _("No address")
    PRESSURE = "pressure", _("Too many messages lately")
    PROMISE = "promise", _("A promise to the customer is overdue")
    NO_TEMPLATE = "no_template", _("The template is missing or broken")
    ORDERED = "ordered", _("Ordered meanwhile")
    OVER = "over", _("Left the flow meanwhile")


class Delivery(models.Model):
    """A due row is the queue. `key` names what it is for, so that it exists once:
    "flow-step:<step>:<enrolment>" or "nps:<invitation>".

    `unrecorded` marks a sent message whose touch, timeline event and cost are still to be written;
    they are written together for many messages, and by the next sender if this one dies.
    """

    key = models.CharField(max_length=100)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel.choices)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    template_code = models.SlugField(_("template"), max_length=50, db_index=False)
    context = models.JSONField(default=dict, help_text="Plain values for the template.")
    step = models.ForeignKey(FlowStep, on_delete=models.PROTECT, null=True, related_name="deliveries", db_index=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, null=True, related_name="deliveries")
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.DUE)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    address = models.CharField(_("address"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    started_at = models.DateTimeField(_("handed to the gateway"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    unrecorded = models.BooleanField(default=False)
    provider_id = models.CharField(max_length=200, blank=True)
    cost = MoneyField(_("cost"), default=0)
    held_back = models.CharField(_("held back"), max_length=15, choices=HeldBack.choices, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    personal = {"address": "", "subject": "", "body": "", "context": {}, "error": ""}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="delivery_once")]
        # Each message changes its state three times, and every change writes every index: as few as will do.
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_due", condition=Q(state="due")),
            models.Index(
                fields=["lease_until"], name="delivery_in_flight", condition=Q(state__in=["claimed", "sending"])
            ),
            models.Index(fields=["id"], name="delivery_unrecorded", condition=Q(unrecorded=True)),
            models.Index(
                fields=["state", "-id"],
                name="delivery_trouble",
                condition=Q(state__in=["held_back", "failed", "ambiguous", "cancelled"]),
            ),
            models.Index(fields=["step", "state"], name="delivery_step"),
        ]

    def __str__(self) -> str:
        return self.key


class Suppression(models.Model):
    """An address that gets nothing more, whatever the consents say."""

    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel.choices)
    address = models.CharField(_("address"), max_length=254)
    reason = models.CharField(_("reason"), max_length=100)
    at = models.DateTimeField(_("time"))

    # A hash of the address takes its place.
    personal_mentions = ("address",)
    is_personal = True

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address"],
                name="suppressed_once",
                violation_error_message=_("The address is suppressed already."),
            )
        ]

    def __str__(self) -> str:
        return self.address


class OutboxMessage(models.Model):
    """What the local outbox gateways would have sent; nothing of it leaves the machine."""

    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel.choices)
    to = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    personal_mentions = ("to",)
    is_personal = True

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.channel}: {self.to}"
