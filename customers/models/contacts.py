"""Contact points and consents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class ContactChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    TELEGRAM = "telegram", _("Telegram")
    WHATSAPP = "whatsapp", _("WhatsApp")


class ContactStatus(models.TextChoices):
    VALID = "valid", _("Valid")
    BOUNCED = "bounced", _("Bounced")
    UNREACHABLE = "unreachable", _("Unreachable")


class ContactPoint(models.Model):
    """One normalised address: E.164 phone, lower-case e-mail, messenger name.

    Two customers may share an address (a family, an office): matching takes who had it first.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel.choices)
    value = models.CharField(_("address"), max_length=254)
    status = models.CharField(_("state"), max_length=12, choices=ContactStatus.choices, default=ContactStatus.VALID)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel", "value"],
                name="contact_once_per_customer",
                violation_error_message=_("The customer already has this address."),
            ),
            models.CheckConstraint(
                condition=~models.Q(channel="phone") | models.Q(value__regex=r"^\+[1-9][0-9]{6,14}$"),
                name="phone_is_e164",
                violation_error_message=_("A phone is kept as + and 7 to 15 digits."),
            ),
            models.CheckConstraint(
                condition=~models.Q(channel="email") | models.Q(value__contains="@"),
                name="email_has_at",
                violation_error_message=_("An e-mail has an @."),
            ),
        ]
        indexes = [models.Index(fields=["channel", "value", "customer"], name="contact_lookup")]

    def __str__(self) -> str:
        return self.value


class ConsentAction(models.TextChoices):
    GRANTED = "granted", _("Granted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Consent(models.Model):
    """Append-only: marketing on a channel was allowed or withdrawn, with its proof.

    The newest row per customer and channel is in force.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel.choices)
    action = models.CharField(_("action"), max_length=10, choices=ConsentAction.choices)
    at = models.DateTimeField(_("time"))
    source = models.CharField(_("source"), max_length=100)
    proof = models.TextField(_("proof"), blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "channel", "-at", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.action}"
