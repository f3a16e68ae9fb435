"""`python manage.py import_customers FILE --mapping MAP`."""

from customers.management.importing import ImportCommand


class Command(ImportCommand):
    """Customers from a CSV or a sheet."""

    help = "Import customers from a CSV (also .gz) or a sheet (XLSX). Running it again changes nothing."
    kind = "customers"
