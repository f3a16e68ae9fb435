"""Orders coming in, beside the same rows written bare: `python -m bench ingest`.

One order by REST against INSERT + commit, a bulk of 1,000 against COPY. Each pair is measured in turns, on the
same connection, in a database of its own.
"""

import csv
import io
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench.database import own_database

from django.conf import settings  # isort: skip
from django.db import connection, transaction  # isort: skip
from django.db.models import Model  # isort: skip
from django.test import Client  # isort: skip

from core.models import User  # isort: skip
from core.roles import Role  # isort: skip
from core.tokens import issue_token  # isort: skip
from customers.models import Order, OrderLine  # isort: skip

SOURCE = "bench-ingest"
WARM_UP, SINGLES, BULKS, BULK = 50, 500, 12, 1000
TABLES: tuple[type[Model], ...] = (Order, OrderLine)
SETTINGS = ["server_version", "fsync", "synchronous_commit"]


def payload(number: int) -> dict[str, Any]:
    """An order of two lines by one of many customers."""
    return {
        "source": SOURCE,
        "external_id": f"{number}",
        "placed_at": "2026-01-15T12:00:00+03:00",
        "status": "confirmed",
        "customer": {"external_id": f"c{number}", "name": "Анна", "phone": f"8 912 {number:07d}"},
        "lines": [
            {"sku": f"{SOURCE}-{number % 100}", "quantity": 2, "price": "10.50"},
            {"sku": f"{SOURCE}-{number % 99}", "quantity": 1, "price": "100.50"},
        ],
    }


def rows_of(orders: list[int], model: type[Model]) -> tuple[list[str], list[tuple]]:
    """The rows that the recorded orders left in a table, ids moved so that they can be written again."""
    columns = [field.attname for field in model._meta.concrete_fields]
    key = "id" if model is Order else "order_id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE {key} = ANY(%s)", [orders])
        rows = cursor.fetchall()
    return columns, rows


def shifted(columns: list[str], rows: list[tuple], shift: int) -> list[tuple]:
    moved = {"id", "order_id", "external_id"}

    def change(name: str, value: Any) -> Any:
        if name == "external_id":
            return f"{value}-{shift}"
        return value + shift if name in moved else value

    return [tuple(change(n, v) for n, v in zip(columns, row, strict=True)) for row in rows]


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare_insert(tables: list[tuple[type[Model], list[str], list[tuple]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, columns, rows in tables:
            marks = ", ".join(["%s"] * len(columns))
            for row in rows:
                cursor.execute(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})", row)


def bare_copy(tables: list[tuple[type[Model], list[str], list[tuple]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, columns, rows in tables:
            buffer = io.StringIO()
            csv.writer(buffer).writerows([["\\N" if v is None else v for v in row] for row in rows])
            buffer.seek(0)
            cursor.copy_expert(
                f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN (FORMAT csv, NULL '\\N')",
                buffer,
            )


def main() -> None:
    settings.API_RATE = 0
    with own_database():
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {durability()}")
        user = User.objects.create_person(email="bench@ferma.test", password=None, role=Role.INTEGRATION, name=SOURCE)
        token = issue_token(user=user, name=SOURCE, scopes=["orders:write"], created_by=user)[1]
        client = Client(HTTP_HOST="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token}")
        print(json.dumps({"single": singles(client), "bulk": bulks(client)}, indent=2))


def durability() -> str:
    """A commit that waits for no disk makes the bare INSERT look many times quicker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name || ' ' || setting FROM pg_settings WHERE name = ANY(%s)", [SETTINGS])
        return ", ".join(setting for (setting,) in cursor.fetchall())


def post(client: Client, path: str, body: Any) -> Any:
    response = client.post(path, body, content_type="application/json")
    if response.status_code not in (200, 201):
        raise SystemExit(response.content[:500])
    return response.json()


def _push(client: Client, path: str, body: str, answer: dict[str, Any]) -> None:
    answer.update(post(client, path, body))


def singles(client: Client) -> dict[str, float]:
    ours, bare = [], []
    for number in range(WARM_UP):
        post(client, "/api/v1/orders/", json.dumps(payload(10**5 + number)))
    for number in range(SINGLES):
        body = json.dumps(payload(number))
        answer: dict[str, Any] = {}
        ours.append(timed(partial(_push, client, "/api/v1/orders/", body, answer)))
        tables = [(m, *rows_of([answer["id"]], m)) for m in TABLES]
        tables = [(m, columns, shifted(columns, rows, 10**9)) for m, columns, rows in tables]
        bare.append(timed(partial(bare_insert, tables)))
    return {
        "p50_ms": 1000 * statistics.median(ours),
        "p95_ms": 1000 * statistics.quantiles(ours, n=20)[18],
        "bare_insert_p50_ms": 1000 * statistics.median(bare),
        "ratio_of_rates": statistics.median(bare) / statistics.median(ours),
    }


def bulks(client: Client) -> dict[str, float]:
    ours, bare = [], []
    for number in range(BULKS):
        first = 10**6 + number * BULK
        body = json.dumps({"orders": [payload(first + i) for i in range(BULK)]})
        answer: dict[str, Any] = {}
        ours.append(timed(partial(_push, client, "/api/v1/orders/bulk/", body, answer)))
        ids = [row["id"] for row in answer["results"]]
        tables = [(m, *rows_of(ids, m)) for m in TABLES]
        tables = [(m, columns, shifted(columns, rows, 2 * 10**9)) for m, columns, rows in tables]
        bare.append(timed(partial(bare_copy, tables)))
    return {
        "p50_ms": 1000 * statistics.median(ours),
        "bare_copy_p50_ms": 1000 * statistics.median(bare),
        "ratio_of_rates": statistics.median(bare) / statistics.median(ours),
    }


if __name__ == "__main__":
    main()
