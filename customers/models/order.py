"""Orders and their lines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from customers.models.customer import Customer, OfCustomers
from customers.models.product import Product


class OrderStatus(models.TextChoices):
    NEW = "new", _("New")
    CONFIRMED = "confirmed", _("Confirmed")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED = "returned", _("Returned")


class OrderQuerySet(OfCustomers["Order"]):
    def counted(self) -> "OrderQuerySet":
        """Orders that brought money: neither cancelled nor wholly returned."""
        return self.exclude(status__in=[OrderStatus.CANCELLED, OrderStatus.RETURNED])


class Order(models.Model):
    """One purchase. The money columns are what is left after discounts, returns and cancellation.

    `known_cost` is the cost of the kept goods whose cost the line, the product or the category
    gave; `uncosted_revenue` is the revenue of the others, to which the policy's margin applies.
    margin = revenue - known_cost - uncosted_revenue x (1 - policy margin).
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("external id"), max_length=200)
    number = models.CharField(_("number"), max_length=100, blank=True)
    version = models.BigIntegerField(_("version"), default=0)
    content_digest = models.CharField(max_length=64, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus.choices, default=OrderStatus.NEW)
    placed_at = models.DateTimeField(_("placed"))
    placed_on = models.DateField(_("day"), help_text=_("The day in the company's time zone."))
    fulfilled_at = models.DateTimeField(_("fulfilled"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("rate to the base currency"), max_digits=18, decimal_places=8, default=1)
    revenue = MoneyField(_("revenue"), default=0)
    discount = MoneyField(_("discount"), default=0)
    returned = MoneyField(_("returned"), default=0)
    known_cost = MoneyField(_("cost of goods"), default=0)
    uncosted_revenue = MoneyField(_("revenue without a known cost"), default=0)
    promo_code = models.CharField(_("promo code"), max_length=50, blank=True)
    channel_code = models.CharField(_("channel"), max_length=50, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrderQuerySet.as_manager()

    # Without a name on it an order is a sum on a day: the figures need it.
    personal: dict[str, object] = {}

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="order_once",
                violation_error_message=_("This order has already been recorded."),
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="order_rate_is_positive"),
            models.CheckConstraint(
                condition=~Q(status__in=["cancelled", "returned"]) | Q(revenue=0, known_cost=0, uncosted_revenue=0),
                name="dead_order_brings_nothing",
            ),
        ]
        indexes = [
            # Carries what purchase statistics add up, so that they never visit the table.
            models.Index(
                fields=["customer", "placed_on"],
                include=["status", "revenue", "known_cost", "uncosted_revenue"],
                name="order_customer_day",
            ),
            models.Index(fields=["placed_on"], name="order_day"),
            models.Index(fields=["updated_at", "id"], name="order_updated"),
            models.Index(fields=["number"], name="order_number", condition=~Q(number="")),
            models.Index(fields=["promo_code"], name="order_promo", condition=~Q(promo_code="")),
            models.Index(fields=["fulfilled_at"], name="order_fulfilled", condition=Q(status="fulfilled")),
        ]

    def __str__(self) -> str:
        return self.number or self.external_id


class OrderLine(models.Model):
    """One position of an order, in the base currency."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="lines")
    name = models.CharField(_("name"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    revenue = MoneyField(_("sum after discount"))
    discount = MoneyField(_("discount"), default=0)
    cost = MoneyField(_("cost of the line"), null=True, blank=True)
    returned_quantity = models.DecimalField(_("returned"), max_digits=14, decimal_places=3, default=0)
    returned_amount = MoneyField(_("returned sum"), default=0)

    # An undo takes a line back with its order, or leaves it with its order.
    part_of = "order"
    personal_of = "order__customer__in"
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="line_position_once")]
        ordering = ["position"]
