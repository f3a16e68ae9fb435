"""`python manage.py import_orders FILE --mapping MAP`."""

from customers.management.importing import ImportCommand


class Command(ImportCommand):
    """Orders from a CSV or a sheet."""

    help = "Import orders from a CSV (also .gz) or a sheet (XLSX). Running it again changes nothing."
    kind = "orders"
