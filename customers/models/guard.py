"""Who looked at whose contacts, and who took lists out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.roles import Role
from customers.models.customer import Customer


class AccessKind(models.TextChoices):
    CONTACT = "contact", pgettext_lazy("reading", "Contact opened")
    EXPORT = "export", pgettext_lazy("reading", "Export")
    API = "api", pgettext_lazy("reading", "Read by the API")
    PERSON = "person", pgettext_lazy("reading", "Personal data handed out")


class AccessEntry(models.Model):
    """Append-only: one opening of a contact, one export, one page of customers given out by the API.

    It outlives the customer: the key has no constraint, and undoing an import leaves the entry as it is.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=AccessKind.choices)
    at = models.DateTimeField()
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)
    customers = models.IntegerField(_("customers"), default=1)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    mark = models.CharField(
        max_length=20, blank=True, help_text=_("The mark that an exported file carries in every row.")
    )

    # Tells of those who work here, and of nobody else.
    handed_out = False
    personal: dict[str, object] = {}

    class Meta:
        indexes = [
            models.Index(fields=["by", "kind", "-at"], name="access_person"),
            models.Index(fields=["-at"], name="access_time"),
        ]
        constraints = [models.UniqueConstraint(fields=["mark"], name="mark_once", condition=~Q(mark=""))]


class AccessLimit(models.Model):
    """How many customers' contacts one person of a role may open, or take out, in a day of the company."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    kind = models.CharField(max_length=10, choices=AccessKind.choices)
    per_day = models.PositiveIntegerField(_("a day"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "kind"], name="limit_once")]
