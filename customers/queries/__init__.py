"""Reads that pages, messages and the API share."""

from customers.queries.people import consented, contact_value, customers_of, orders_of
from customers.queries.promises import by_person, owed, promises_of, promises_to, punctuality, responsible

__all__ = [
    "by_person",
    "consented",
    "contact_value",
    "customers_of",
    "orders_of",
    "owed",
    "promises_of",
    "promises_to",
    "punctuality",
    "responsible",
]
