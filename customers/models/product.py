"""What is sold, and what it costs."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField


class ProductCategory(models.Model):
    """A group of products, with the margin to assume where a cost is unknown."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    margin_rate = models.DecimalField(
        _("assumed margin"),
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("0.35 is 35%."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(margin_rate__isnull=True) | models.Q(margin_rate__gte=-1, margin_rate__lte=1),
                name="margin_rate_is_a_share",
                violation_error_message=_("The margin is a share, from -1 to 1."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A product or a service, known by its code."""

    sku = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    category = models.ForeignKey(
        ProductCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    price = MoneyField(_("price"), null=True, blank=True)
    cost = MoneyField(_("cost of one"), null=True, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True, db_default=Now())

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [models.Index(fields=["updated_at", "id"], name="product_updated")]

    def __str__(self) -> str:
        return self.name or self.sku
