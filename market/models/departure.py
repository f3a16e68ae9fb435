"""Customers who said, or were found, to have left."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from customers.models.customer import OfCustomers
from market.models.competitor import Competitor
from market.models.reason import LeavingReason


class DepartureSource(models.TextChoices):
    CARD = "card", _("On the card")
    TOUCH = "touch", _("In a conversation")
    WIN_BACK = "win_back", _("The customer's own answer to a win-back message")
    NPS = "nps", _("The customer's own answer to a survey")


class DepartureQuerySet(OfCustomers["Departure"]):
    """Customers who left."""


class Departure(models.Model):
    """Why a customer left, and for whom. One is open at a time: until `returned_on`, the day of the next order.

    `returned_on` is derived from the orders; the night writes it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="departures")
    reason = models.ForeignKey(
        LeavingReason, on_delete=models.PROTECT, related_name="departures", verbose_name=_("reason")
    )
    competitor = models.ForeignKey(
        Competitor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="departures",
        verbose_name=_("competitor"),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    at = models.DateTimeField(_("time"))
    source = models.CharField(_("told"), max_length=10, choices=DepartureSource.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    returned_on = models.DateField(_("came back"), null=True, blank=True, editable=False)

    objects = DepartureQuerySet.as_manager()

    personal = {"note": ""}

    class Meta:
        verbose_name = pgettext_lazy("customer", "departure")
        verbose_name_plural = pgettext_lazy("customer", "departures")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                name="one_open_departure",
                condition=models.Q(returned_on=None),
                violation_error_message=_("It is written down already that the customer left."),
            )
        ]
        indexes = [models.Index(fields=["at"], name="departure_at")]

    def __str__(self) -> str:
        return str(self.reason)
