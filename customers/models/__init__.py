"""Who the customers are, how to reach them, what they bought."""

from customers.models.contacts import Consent, ConsentAction, ContactChannel, ContactPoint, ContactStatus
from customers.models.customer import Customer, CustomerKind, ExternalRef
from customers.models.order import Order, OrderLine, OrderStatus
from customers.models.product import Product, ProductCategory
from customers.models.timeline import EventKind, ServiceCost, StaleMark, TimelineEvent

__all__ = [
    "Consent",
    "ConsentAction",
    "ContactChannel",
    "ContactPoint",
    "ContactStatus",
    "Customer",
    "CustomerKind",
    "EventKind",
    "ExternalRef",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Product",
    "ProductCategory",
    "ServiceCost",
    "StaleMark",
    "TimelineEvent",
]
