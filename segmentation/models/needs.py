"""X: potentially large customers whom today's product does not fit, and the capabilities that they lack."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.money import MoneyField
from customers.models import Customer
from customers.models.customer import OfCustomers


class XMark(models.Model):
    """The mark over the grade. Set by a person only; what is missing stands in the customer's needs."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="x_mark")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    personal: dict[str, object] = {}


class CapabilityState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("capability", "Asked for")
    PLANNED = "planned", pgettext_lazy("capability", "Planned")
    IN_WORK = "in_work", pgettext_lazy("capability", "In work")
    SHIPPED = "shipped", pgettext_lazy("capability", "Ready")
    DECLINED = "declined", pgettext_lazy("capability", "Declined")


# What is still being waited for.
AWAITED = (CapabilityState.ASKED, CapabilityState.PLANNED, CapabilityState.IN_WORK)


class Capability(models.Model):
    """Something the product lacks. Several customers who ask for one capability add up."""

    name = models.CharField(_("what is missing"), max_length=300)
    description = models.TextField(_("in detail"), max_length=5000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CapabilityState.choices, default=CapabilityState.ASKED)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    shipped_on = models.DateField(_("ready since"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="capability_once",
                violation_error_message=_("There is this capability already."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="shipped", shipped_on__isnull=False)
                | (~models.Q(state="shipped") & models.Q(shipped_on__isnull=True)),
                name="shipped_capability_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NeedQuerySet(OfCustomers["Need"]):
    """What customers lack."""


class Need(models.Model):
    """One capability that one customer lacks, what it would bring a year, and how that is known.

    The potential of a customer is the sum of the needs; that of a capability, the sum over its customers.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="needs")
    capability = models.ForeignKey(
        Capability, on_delete=models.PROTECT, related_name="needs", verbose_name=_("what is missing")
    )
    potential = MoneyField(_("potential margin a year"))
    evidence = models.TextField(_("how that is known"), max_length=2000, blank=True)
    asked_by = models.CharField(_("who asks for it"), max_length=300, blank=True)
    asked_on = models.DateField(_("asked on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False
    )

    objects = NeedQuerySet.as_manager()

    personal = {"evidence": "", "asked_by": ""}

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "capability"],
                name="need_once",
                violation_error_message=_("The customer asks for this already."),
            ),
            models.CheckConstraint(condition=models.Q(potential__gt=0), name="need_has_potential"),
        ]

    def __str__(self) -> str:
        return str(self.capability)


class CandidateKind(models.TextChoices):
    SIZE = "size", _("Large orders, but few")
    WORDS = "words", _("Said it themselves")
    WALLET = "wallet", _("Buys little of what they could")


class XCandidateQuerySet(OfCustomers["XCandidate"]):
    """Customers who may deserve an X."""


class XCandidate(models.Model):
    """A customer who may deserve an X, with the numbers that say so. The night proposes, people decide.

    `key` is the kind with the capability that was spoken of. `potential` is a guess of margin a year, or nothing.
    `said` is what the customer said. `figures` are plain numbers; money in minor units.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=CandidateKind.choices)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, null=True, related_name="+")
    potential = MoneyField(null=True)
    figures = models.JSONField(default=dict)
    said = models.CharField(max_length=300, blank=True)

    objects = XCandidateQuerySet.as_manager()

    is_derived = True
    personal = {"said": ""}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "key"], name="x_candidate_once")]


class XDismissal(models.Model):
    """A candidate whom a person judged to be none: not proposed again for the same."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "key"], name="x_dismissal_once")]
