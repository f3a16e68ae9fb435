"""REST endpoints: orders and customers, in and out."""

from customers.api.customers import CustomerDetail, Customers
from customers.api.orders import OrderDetail, Orders, OrdersBulk

__all__ = ["CustomerDetail", "Customers", "OrderDetail", "Orders", "OrdersBulk"]
