"""Contact points and consents."""

from django.db import models
from django.db.models.functions import Now
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


class ContactPerson(models.Model):
    """Whom one talks to in a company, and what they decide there."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=300)
    role = models.CharField(_("role"), max_length=100, blank=True, help_text=_("Director, buyer, accountant."))
    note = models.CharField(_("note"), max_length=500, blank=True)

    stays_with_customer = True
    is_personal = True

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ContactPoint(models.Model):
    """One normalised address: E.164 phone, lower-case e-mail, messenger name.

    Two customers may share an address (a family, an office): matching takes who had it first.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel.choices)
    value = models.CharField(_("address"), max_length=254)
    status = models.CharField(_("state"), max_length=12, choices=ContactStatus.choices, default=ContactStatus.VALID)
    person = models.ForeignKey(
        ContactPerson,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_points",
        verbose_name=_("contact person"),
        db_index=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    stays_with_customer = True
    is_personal = True

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
        indexes = [
            models.Index(fields=["channel", "value", "customer"], name="contact_lookup"),
            models.Index(fields=["updated_at", "id"], name="contact_updated"),
        ]

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
    text_version = models.CharField(
        _("version of the text"), max_length=40, blank=True, db_default="", help_text=_("Which text was agreed to.")
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    stays_with_customer = True
    personal = {"source": "", "proof": ""}

    class Meta:
        indexes = [models.Index(fields=["customer", "channel", "-at", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.action}"


class ConsentText(models.Model):
    """The words that people agreed to. A version is never changed: new words are a new version."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.version


class AddressKind(models.TextChoices):
    DELIVERY = "delivery", _("Delivery")
    LEGAL = "legal", _("Registered office")
    POSTAL = "postal", _("Postal")


class Address(models.Model):
    """Where things are delivered, or where a company is registered."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=10, choices=AddressKind.choices, default=AddressKind.DELIVERY)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, such as RU."))
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=200, blank=True)
    line = models.CharField(_("street, house, flat"), max_length=500)

    stays_with_customer = True
    is_personal = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "line", "city"],
                name="address_once",
                violation_error_message=_("The customer already has this address."),
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.postcode, self.city, self.line)))
