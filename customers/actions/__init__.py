"""Every write to customers, their contacts and orders."""

from customers.actions.company import company
from customers.actions.consents import record_consent
from customers.actions.costs import record_service_cost
from customers.actions.orders import OrderResult, record_order, record_orders
from customers.actions.ownership import assign_owner
from customers.actions.people import CustomerResult, record_customer, record_customers
from customers.actions.timeline import add_event, add_events, mark_stale
from customers.rules.records import (
    Company,
    ConsentData,
    ContactData,
    CustomerData,
    LineData,
    OrderData,
)
from customers.rules.versions import Fate

__all__ = [
    "Company",
    "ConsentData",
    "ContactData",
    "CustomerData",
    "CustomerResult",
    "Fate",
    "LineData",
    "OrderData",
    "OrderResult",
    "add_event",
    "add_events",
    "assign_owner",
    "company",
    "mark_stale",
    "record_consent",
    "record_customer",
    "record_customers",
    "record_order",
    "record_orders",
    "record_service_cost",
]
