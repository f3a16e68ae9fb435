"""REST endpoints: customers and what is known of them, what is sold, orders and promises, in and out."""

from customers.api.consents import Consents, ConsentsBulk
from customers.api.contacts import Contacts, ContactsBulk, CustomerContacts
from customers.api.customers import CustomerDetail, Customers, CustomersBulk
from customers.api.events import Events, EventsBulk
from customers.api.obligations import ObligationDetail, Obligations, ObligationsBulk
from customers.api.orders import OrderDetail, Orders, OrdersBulk
from customers.api.products import Categories, CategoriesBulk, ProductDetail, Products, ProductsBulk

__all__ = [
    "Categories",
    "CategoriesBulk",
    "Consents",
    "ConsentsBulk",
    "Contacts",
    "ContactsBulk",
    "CustomerContacts",
    "CustomerDetail",
    "Customers",
    "CustomersBulk",
    "Events",
    "EventsBulk",
    "ObligationDetail",
    "Obligations",
    "ObligationsBulk",
    "OrderDetail",
    "Orders",
    "OrdersBulk",
    "ProductDetail",
    "Products",
    "ProductsBulk",
]
