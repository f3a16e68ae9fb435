"""Facts about customers, and the marks that tell the apps above to look again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from customers.models.customer import Customer


class EventKind(models.TextChoices):
    CUSTOMER_CREATED = "customer_created", _("Customer created")
    ORDER_PLACED = "order_placed", _("Order placed")
    ORDER_CONFIRMED = "order_confirmed", _("Order confirmed")
    ORDER_FULFILLED = "order_fulfilled", _("Order fulfilled")
    ORDER_CANCELLED = "order_cancelled", _("Order cancelled")
    ORDER_RETURNED = "order_returned", _("Goods returned")
    CONTACT_ADDED = "contact_added", _("Contact added")
    CONSENT_GRANTED = "consent_granted", _("Consent granted")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("Consent withdrawn")
    GRADE_CHANGED = "grade_changed", _("Grade changed")
    LIFECYCLE_CHANGED = "lifecycle_changed", _("Lifecycle stage changed")
    TOUCH = "touch", _("Touch")
    MESSAGE_SENT = "message_sent", _("Message sent")
    FLOW_ENTERED = "flow_entered", _("Entered a flow")
    FLOW_LEFT = "flow_left", _("Left a flow")
    PROMO_REDEEMED = "promo_redeemed", _("Promo code redeemed")
    NPS_ANSWERED = "nps_answered", _("NPS answered")
    OWNER_CHANGED = "owner_changed", _("Owner changed")
    INQUIRY = "inquiry", _("Inquiry")
    PAGE_VIEWED = "page_viewed", _("Page viewed")
    PRODUCT_VIEWED = "product_viewed", _("Product viewed")
    CART_CHANGED = "cart_changed", _("Cart changed")
    SEARCHED = "searched", _("Searched the site")
    MESSAGE_BOUNCED = "message_bounced", _("Message bounced")
    OBLIGATION_MADE = "obligation_made", _("Promise made")
    OBLIGATION_KEPT = "obligation_kept", _("Promise kept")
    OBLIGATION_BROKEN = "obligation_broken", _("Promise broken")
    MERGED = "merged", _("Cards merged")
    ERASED = "erased", _("Personal data erased")


class TimelineEvent(models.Model):
    """Append-only. `data` holds plain values for the card, such as {"order": 5, "number": "A-1"}."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(_("event"), max_length=20, choices=EventKind.choices)
    at = models.DateTimeField(_("time"))
    data = models.JSONField(default=dict)
    key = models.CharField(
        max_length=120,
        blank=True,
        db_default="",
        help_text=_("What the source knows it by: the same event twice is one."),
    )

    # Told of elsewhere too: no event keeps a customer whose import is undone.
    goes_with_customer = True
    personal: dict[str, object] = {"data": {}}

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="timeline_card"),
            # What is kept for some months only.
            models.Index(
                fields=["at"],
                name="event_visit",
                condition=models.Q(kind__in=["page_viewed", "product_viewed", "cart_changed", "searched"]),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["key"], name="event_once", condition=~models.Q(key=""))]


class StaleMark(models.Model):
    """The customer's statistics must be computed again.

    Append-only and without a unique key on purpose: a writer never waits for the tick, and a mark
    committed after the tick has looked is simply found by the next one.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    is_derived = True

    handed_out = False


class ServiceCost(models.Model):
    """A variable cost of serving the customer (a message, points spent), which lowers LTV."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="service_costs")
    kind = models.CharField(max_length=20)
    amount = MoneyField()
    at = models.DateTimeField()

    personal: dict[str, object] = {}
