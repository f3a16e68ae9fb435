"""Promises to customers, and whether they were kept."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer, OfCustomers
from customers.models.order import Order


class ObligationKind(models.TextChoices):
    DELIVERY = "delivery", _("Delivery of goods")
    DOCUMENTS = "documents", _("Documents")
    SERVICE = "service", _("Service")
    OTHER = "other", pgettext_lazy("promise", "Other")


class ObligationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("promise", "Open")
    KEPT = "kept", pgettext_lazy("promise", "Kept")
    LATE = "late", pgettext_lazy("promise", "Kept late")
    BROKEN = "broken", pgettext_lazy("promise", "Broken")
    CANCELLED = "cancelled", pgettext_lazy("promise", "No longer needed")


# The id of who answers for a promise: by name, or as the owner of the customer.
ANSWERING = Coalesce("owner_id", "customer__owner_id")


class ObligationQuerySet(OfCustomers["Obligation"]):
    def overdue(self, today: date) -> "ObligationQuerySet":
        """Still open after their day."""
        return self.filter(state=ObligationState.OPEN, due_on__lt=today)


class Obligation(models.Model):
    """One promise with a due day. `closed_on` is the day it was kept, broken or cancelled."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="obligations")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="obligations")
    kind = models.CharField(_("kind"), max_length=10, choices=ObligationKind.choices)
    what = models.CharField(_("what was promised"), max_length=300, blank=True)
    due_on = models.DateField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="obligations",
        verbose_name=_("who answers for it"),
        help_text=_("Empty: the owner of the customer."),
    )
    state = models.CharField(_("state"), max_length=10, choices=ObligationState.choices, default=ObligationState.OPEN)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=50, blank=True)
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ObligationQuerySet.as_manager()

    personal = {"what": "", "note": ""}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="obligation_once",
                condition=~Q(external_id=""),
                violation_error_message=_("This promise has already been recorded."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | (~Q(state="open") & Q(closed_on__isnull=False)),
                name="closed_promise_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="kept") | Q(closed_on__lte=F("due_on")), name="kept_promise_is_in_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="late") | Q(closed_on__gt=F("due_on")), name="late_promise_is_late"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="obligation_open", condition=Q(state="open")),
            models.Index(fields=["due_on", "state"], name="obligation_month"),
            models.Index(fields=["updated_at", "id"], name="obligation_updated"),
        ]

    def __str__(self) -> str:
        return self.what or self.get_kind_display()
