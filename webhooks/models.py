"""Who is told of events, and what was told."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Subscription(models.Model):
    """An address of another program, and the events it is told of.

    `kinds` are the timeline's kinds behind `events`, `facts` what of them may be told: the trigger reads both. Of
    `secrets` the first signs; a second one signs too until `old_secret_until`.
    """

    name = models.CharField(_("what it is for"), max_length=100)
    url = models.URLField(_("address"), max_length=2000)
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"))
    kinds = ArrayField(models.CharField(max_length=20), editable=False)
    facts = ArrayField(models.CharField(max_length=20), editable=False)
    secrets = ArrayField(models.CharField(max_length=100), editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    with_contacts = models.BooleanField(
        _("with names and contacts"),
        default=False,
        help_text=_("Else only ids and figures leave, and the program asks the API for the rest."),
    )
    is_active = models.BooleanField(_("on"), default=True)
    note = models.CharField(_("why it was switched off"), max_length=300, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    DUE = "due", _("In the queue")
    SENDING = "sending", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Will be tried again")
    GIVEN_UP = "given_up", _("Given up")


class WebhookDelivery(models.Model):
    """One event for one subscription. Made by a trigger on the timeline; see the migrations.

    It holds the event's own facts and ids without keys, for it outlives neither of them by much and keeps nothing
    personal: names and contacts are added when it is sent.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    key = models.UUIDField(db_default=RandomUUID(), editable=False)
    event_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=20)
    customer_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField(_("happened"))
    facts = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.DUE, db_default="due"
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    next_at = models.DateTimeField(_("next attempt"), db_default=Now())
    claimed_by = models.CharField(max_length=60, blank=True, db_default="")
    claimed_at = models.DateTimeField(null=True)
    payload = models.TextField(_("request"), blank=True, db_default="")
    response_code = models.PositiveSmallIntegerField(_("answer"), null=True)
    response_excerpt = models.TextField(_("answer's text"), blank=True, db_default="")
    error = models.CharField(_("error"), max_length=500, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    personal_of = "customer_id__in"
    personal: dict[str, object] = {"facts": {}, "payload": "", "response_excerpt": "", "error": ""}

    class Meta:
        indexes = [
            models.Index(
                fields=["subscription", "next_at"],
                name="webhook_due",
                condition=models.Q(state__in=["due", "failed"]),
            ),
            models.Index(fields=["claimed_at"], name="webhook_sending", condition=models.Q(state="sending")),
            models.Index(fields=["subscription", "-id"], name="webhook_log"),
            models.Index(fields=["created_at"], name="webhook_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def message_id(self) -> str:
        """The same at every attempt: the receiver knows by it what it has had already."""
        return f"msg_{self.key.hex}"
