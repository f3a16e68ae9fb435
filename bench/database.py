"""A database of its own for a measurement, beside the one in use, and gone afterwards."""

import contextlib
import os
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

import psycopg2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from crm import embedded  # noqa: E402

NAME = "ferma_bench"


@contextlib.contextmanager
def own_database(*, keep: bool = False) -> Iterator[None]:
    """An empty, migrated database on the server of the settings; `keep` leaves it there, and takes it as it is."""
    with contextlib.ExitStack() as stack:
        if settings.EMBEDDED:
            stack.enter_context(embedded.servers(settings.VAR_DIR))
        connection.close()
        if not (keep and _exists()):
            _outside(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME} TEMPLATE template0")
        connection.settings_dict["NAME"] = NAME
        call_command("migrate", verbosity=0)
        yield
        connection.close()
        if not keep:
            _outside(f"DROP DATABASE {NAME} WITH (FORCE)")


def _exists() -> bool:
    return bool(_outside(f"SELECT FROM pg_database WHERE datname = '{NAME}'"))


def _outside(*statements: str) -> int:
    """Run statements in the maintenance database; returns the rows of the last one."""
    maintenance = psycopg2.connect(**(connection.get_connection_params() | {"dbname": "postgres"}))
    maintenance.autocommit = True
    with contextlib.closing(maintenance), maintenance.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.rowcount
