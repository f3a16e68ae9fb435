"""Offers and personal promo codes."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from customers.models import Customer, Order


class OfferKind(models.TextChoices):
    PERCENT = "percent", _("Percent off")
    AMOUNT = "amount", _("Amount off")


class Offer(models.Model):
    """What a promo code gives."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=OfferKind.choices, default=OfferKind.PERCENT)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    valid_days = models.PositiveSmallIntegerField(_("valid, days"), default=30)
    prefix = models.CharField(_("prefix of the codes"), max_length=10, default="BACK")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gt=0, percent__lte=100, amount__isnull=True)
                | Q(kind="amount", amount__gt=0, percent__isnull=True),
                name="offer_gives_one_thing",
                violation_error_message=_("An offer gives either a percent (up to 100) or an amount."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PromoCode(models.Model):
    """One open code per customer and offer; an order that names it redeems it once."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="codes")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="promo_codes")
    code = models.CharField(_("code"), max_length=30, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))
    redeemed_by = models.OneToOneField(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="redeemed_code"
    )
    redeemed_at = models.DateTimeField(_("redeemed"), null=True, blank=True)

    personal: dict[str, object] = {}

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "customer"],
                name="one_open_code_per_offer",
                condition=Q(redeemed_by__isnull=True),
                violation_error_message=_("The customer already has a code of this offer."),
            ),
            models.CheckConstraint(
                condition=Q(code=Upper("code")),
                name="code_is_upper_case",
                violation_error_message=_("A code is written in capital letters."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
