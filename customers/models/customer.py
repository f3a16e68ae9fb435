"""The customer and its names in other systems."""

from typing import Self, TypeVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Language, User

M = TypeVar("M", bound=models.Model)


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Every read that starts from a customer starts here."""

    def for_user(self, user: User) -> "CustomerQuerySet":
        """Rows the user may see: all for a manager, own and the pool for a farmer."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_whole_base:
            return self
        return self.filter(Q(owner=user) | Q(owner__isnull=True))


class Customer(models.Model):
    """A person or a company that bought, or whose contact was captured.

    Derived figures (grade, LTV, lifecycle) live in the apps above, never here.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind.choices, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
        help_text=_("Empty: the customer is in the pool."),
    )
    city = models.CharField(_("city"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True, db_default="")
    custom = models.JSONField(
        _("own fields"), default=dict, db_default={}, blank=True, help_text=_("Values of CustomField, by code.")
    )
    channel_code = models.CharField(
        _("came from"), max_length=50, blank=True, help_text=_("Code of the channel, as the source told it.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    erased_at = models.DateTimeField(
        _("erased"), null=True, blank=True, help_text=_("Personal data is gone; the money stays.")
    )

    objects = CustomerQuerySet.as_manager()

    personal: dict[str, object] = {
        "name": "",
        "city": "",
        "language": "",
        "time_zone": "",
        "birthday": None,
        "tax_number": "",
        "custom": {},
    }

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["owner", "id"], name="customer_owner"),
            models.Index(fields=["updated_at", "id"], name="customer_updated"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_trgm"),
            GinIndex(fields=["custom"], opclasses=["jsonb_path_ops"], name="customer_custom", condition=~Q(custom={})),
            models.Index(fields=["tax_number"], name="customer_tax_number", condition=~Q(tax_number="")),
        ]

    def __str__(self) -> str:
        return self.name or f"№ {self.pk}"


class ExternalRef(models.Model):
    """The customer's id in one source system."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_refs")
    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("external id"), max_length=200)

    stays_with_customer = True
    is_personal = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="external_ref_once",
                violation_error_message=_("This external id already belongs to a customer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class MergedCustomer(models.Model):
    """A card that was merged into another: its old number leads there."""

    old_id = models.BigIntegerField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merged")
    change_set = models.ForeignKey("core.ChangeSet", on_delete=models.PROTECT, related_name="+")


class OfCustomers(models.QuerySet[M]):
    """Rows that name a customer."""

    def for_user(self, user: User) -> Self:
        """Those of the customers that the user may see."""
        if user.sees_whole_base:
            return self
        return self.filter(customer__in=Customer.objects.for_user(user))
