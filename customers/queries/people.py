"""Whose customers and orders, and how to reach them."""

from collections.abc import Collection

from django.db.models import QuerySet

from core.models import User
from customers.models import (
    Consent,
    ConsentAction,
    ContactPoint,
    ContactStatus,
    Customer,
    MergedCustomer,
    Order,
)
from customers.models.customer import CustomerQuerySet
from customers.models.order import OrderQuerySet


def customers_of(user: User) -> CustomerQuerySet:
    """Customers that the user may see."""
    return Customer.objects.for_user(user)


def orders_of(user: User) -> OrderQuerySet:
    """Orders of the customers that the user may see."""
    return Order.objects.for_user(user)


def consented(customer_ids: Collection[int], channel: str) -> set[int]:
    """Those of the customers whose newest word on a channel is that marketing is allowed."""
    newest = (
        Consent.objects.filter(customer_id__in=customer_ids, channel=channel)
        .order_by("customer_id", "-at", "-id")
        .distinct("customer_id")
        .values_list("customer_id", "action")
    )
    return {customer_id for customer_id, action in newest if action == ConsentAction.GRANTED}


def contact_value(customer_id: int, channel: str) -> str | None:
    """The address to write to on a channel: the newest valid one, or None."""
    points = ContactPoint.objects.filter(customer_id=customer_id, channel=channel, status=ContactStatus.VALID).order_by(
        "-created_at", "-id"
    )
    return points.values_list("value", flat=True).first()


def contacts_of(user: User) -> QuerySet[ContactPoint]:
    """Addresses of the customers that the user may see."""
    if user.sees_whole_base:
        return ContactPoint.objects.all()
    return ContactPoint.objects.filter(customer__in=customers_of(user))


def consents_of(user: User) -> QuerySet[Consent]:
    """Consents of the customers that the user may see."""
    if user.sees_whole_base:
        return Consent.objects.all()
    return Consent.objects.filter(customer__in=customers_of(user))


def merged_into(user: User, old_id: int) -> int | None:
    """The card that another one was merged into, if the user may see it."""
    found = MergedCustomer.objects.filter(old_id=old_id, customer__in=customers_of(user))
    return found.values_list("customer_id", flat=True).first()
