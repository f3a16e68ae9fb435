"""Connections with shops, CRMs and 1C, and every message that came through them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import User


class Platform(models.TextChoices):
    WOOCOMMERCE = "woocommerce", "WooCommerce"
    SHOPIFY = "shopify", "Shopify"
    INSALES = "insales", "InSales"
    RETAILCRM = "retailcrm", "RetailCRM"
    AMOCRM = "amocrm", "amoCRM"
    BITRIX24 = "bitrix24", _("Bitrix24")
    COMMERCEML = "commerceml", _("1C (CommerceML)")
    MANGO = "mango", _("Mango Office")
    UIS = "uis", "UIS / CoMagic"
    TWILIO = "twilio", "Twilio"
    TELEPHONY = "telephony", _("Another telephony")


TELEPHONIES = (Platform.MANGO, Platform.UIS, Platform.TWILIO, Platform.TELEPHONY)


class Connection(models.Model):
    """One shop, CRM or 1C base that sends its orders here.

    `code` is in the address, `secret` signs the messages, stands in the address, or is 1C's password.
    `settings` holds the tables that a person may change: statuses, rates of currencies, the kind of price; of a
    telephony the channels of its lines and the people behind its extensions.
    """

    platform = models.CharField(_("platform"), max_length=20, choices=Platform.choices)
    name = models.CharField(_("name"), max_length=100)
    code = models.CharField(max_length=30, unique=True, editable=False)
    source = models.SlugField(
        _("source"),
        max_length=50,
        unique=True,
        help_text=_("The name under which its orders and customers are known here. It cannot be changed later."),
        error_messages={"unique": _("Another connection has this source.")},
    )
    secret = models.CharField(max_length=200)
    api_url = models.CharField(_("address of the API"), max_length=500, blank=True)
    api_token = models.CharField(_("key of the API"), max_length=500, blank=True)
    settings = models.JSONField(default=dict)
    is_active = models.BooleanField(_("on"), default=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class MessageState(models.TextChoices):
    RECEIVED = "received", _("Waiting")
    PROCESSED = "processed", _("Taken")
    IGNORED = "ignored", _("Not needed")
    FAILED = "failed", _("Failed")
    REFUSED = "refused", _("Refused")


class Signature(models.TextChoices):
    """How it was known who sent the message."""

    VALID = "valid", _("Signature is right")
    SECRET = "secret", _("Secret in the address is right")
    PASSWORD = "password", _("Password is right")
    NONE = "none", _("Not signed")
    FORGED = "forged", _("Signature is wrong")


class InboundFile(models.Model):
    """A file that 1C uploads in pieces. The name is only a name: nothing is written to a disk."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="files")
    session = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    # How many records of the catalogue are in; the next call goes on from there.
    done = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "session", "name"], name="inbound_file_once")]
        indexes = [models.Index(fields=["created_at"], name="inbound_file_made")]

    def __str__(self) -> str:
        return self.name


class InboundChunk(models.Model):
    """One piece of a file."""

    file = models.ForeignKey(InboundFile, on_delete=models.CASCADE, related_name="chunks")
    content = models.BinaryField()


class InboundMessage(models.Model):
    """One message as it came, kept before anything is done with it.

    `due_at` is when it is to be tried (again) by itself; empty: it is done, or waits for a hand.
    Of a message whose sender is not known only the beginning is kept.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="messages")
    received_at = models.DateTimeField()
    topic = models.CharField(max_length=100, blank=True)
    delivery_id = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    query = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    size = models.BigIntegerField(default=0)
    file = models.ForeignKey(InboundFile, on_delete=models.SET_NULL, null=True, related_name="messages")
    signature = models.CharField(max_length=10, choices=Signature.choices)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    # What was wrong: codes with what their sentences need; `platforms.words` says them in the reader's language.
    errors = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    # The same delivery came again this many times, and changed nothing.
    repeats = models.PositiveIntegerField(default=0)
    order_ids = ArrayField(models.BigIntegerField(), default=list)
    customer_ids = ArrayField(models.BigIntegerField(), default=list)
    processed_at = models.DateTimeField(null=True)

    personal_of = "customer_ids__overlap"
    personal = {"body": b"", "headers": {}, "query": {}, "errors": [], "notes": []}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "delivery_id"], condition=~Q(delivery_id=""), name="inbound_delivery_once"
            )
        ]
        indexes = [
            models.Index(fields=["connection", "-id"], name="inbound_of_connection"),
            models.Index(fields=["due_at"], name="inbound_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["received_at"], name="inbound_received"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} № {self.pk}"


class CatalogueItem(models.Model):
    """What 1C calls a product, and the product's code here: its prices and order lines name only its own id."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="items")
    external_id = models.CharField(max_length=100)
    sku = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="catalogue_item_once")]
        indexes = [models.Index(fields=["connection", "sku"], name="catalogue_item_sku")]

    def __str__(self) -> str:
        return self.sku


class OfferedOrder(models.Model):
    """An order that 1C was given, by the digest of what it was then: another digest, and it is given again.

    Not a foreign key: an order may be taken back with the import that brought it.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="offered")
    order_id = models.BigIntegerField()
    session = models.CharField(max_length=64)
    offered = models.CharField(max_length=64)
    taken = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "order_id"], name="offered_order_once")]
