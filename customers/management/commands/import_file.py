"""`python manage.py import_file KIND FILE --mapping MAP`."""

from django.core.management.base import CommandParser

from customers.actions.imports import KINDS
from customers.management.importing import ImportCommand


class Command(ImportCommand):
    """Rows of any kind that the wizard takes, from a CSV or a sheet."""

    help = "Import a CSV (also .gz) or a sheet (XLSX). Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        super().add_arguments(parser)
