"""Orders and customers from files."""

from customers.actions.imports.customers import import_customers
from customers.actions.imports.mapping import Mapping, load_mapping
from customers.actions.imports.orders import import_orders
from customers.actions.imports.report import Refusal, Report

__all__ = ["Mapping", "Refusal", "Report", "import_customers", "import_orders", "load_mapping"]
