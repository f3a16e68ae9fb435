"""The tests' databases: migrated once, copied for each worker, and emptied quickly."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.test import TransactionTestCase

# Django fills them after each migration, always alike, and nothing else writes to them.
KEPT = {"django_content_type", "auth_permission"}
# A table beyond this is truncated: deleted rows stay in its file and are read past ever after.
LARGE_BYTES = 1_000_000
# Any number that nobody else locks.
TEMPLATE_LOCK = 20_260_122


def forgo_safety() -> None:
    """Write without waiting for the disk: a power cut may take these servers' databases, they are the tests' own."""
    with _server() as cursor:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"ALTER SYSTEM SET {name} = off")
        cursor.execute("SELECT pg_reload_conf()")


def use_template(run: str) -> None:
    """Have this worker's database copied from one that the first worker of the run migrates."""
    template = _template_name()
    with _server() as cursor:
        # Let go of with the connection.
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone() != (run,):
            _make_template(template)
            cursor.execute(f'COMMENT ON DATABASE "{template}" IS %s', [run])
    connection.settings_dict["TEST"]["TEMPLATE"] = template


def drop_template() -> None:
    """Take the template away, after the last worker."""
    with _server() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{_template_name()}"')


@contextlib.contextmanager
def _server() -> Iterator[Any]:
    """A cursor outside of any test, and outside of what pytest-django keeps tests from."""
    opened = psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"})
    opened.autocommit = True
    try:
        yield opened.cursor()
    finally:
        opened.close()


def _template_name() -> str:
    return f"test_{connection.settings_dict['NAME']}_template"


def _make_template(template: str) -> None:
    names = connection.settings_dict
    own, tests_own = names["NAME"], names["TEST"]["NAME"]
    names["TEST"]["NAME"] = template
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    names["NAME"], names["TEST"]["NAME"] = own, tests_own


def empty_quickly() -> None:
    """Let a test that commits leave an empty database without a TRUNCATE of every table, which is slow."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]


def _empty(_test: TransactionTestCase) -> None:
    """Delete from the tables that have rows, then let the apps bring what they bring after each migration."""
    tables = [
        connection.ops.quote_name(name)
        for name in connection.introspection.django_table_names(only_existing=True, include_views=False)
        if name not in KEPT
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        # As a TRUNCATE does, wait for whoever still writes.
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables))
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT name FROM unnest(%s) name WHERE pg_relation_size(name::regclass) > %s", [filled, LARGE_BYTES]
        )
        if large := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(large)} CASCADE")
        # Neither keys nor triggers: afterwards nothing is left for them to guard.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias, apps=apps)
