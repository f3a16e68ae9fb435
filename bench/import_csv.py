"""A CSV of orders brought in, beside COPY of the same rows: `python -m bench import_csv --orders 1000000`.

In one run and one database: the file is imported as the wizard's worker does it (in portions, in a change set, with
its journal), then the rows that it left are taken out, everything is emptied, and the same rows are laid into the same
tables by COPY, with their indexes and constraints. `orders` compares with COPY of the orders alone, `all_rows` with
COPY of every row that the import wrote (customers, contacts, orders, events, marks). With `--undo` the import is
taken back, too. The database is a scratch one of its own.
"""

import argparse
import json
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.database import own_database

TABLES = (
    "customers_customer", "customers_externalref", "customers_contactpoint", "customers_order",
    "customers_timelineevent", "customers_stalemark",
)  # fmt: skip
MAPPING = {
    "source": "bench",
    "file": {"decimal": "."},
    "fields": {
        "external_id": "order",
        "placed_at": "placed_at",
        "status": "status",
        "total": "total",
        "discount": "discount",
        "customer.external_id": "card",
        "customer.phone": "phone",
        "customer.email": "email",
        "customer.name": "name",
    },
}
NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)
FIRST = datetime(2023, 1, 1, 9)


def write_file(path: Path, orders: int) -> None:
    """One order a row, as a till exports them: by day, each customer with ten orders."""
    customers = max(1, orders // 10)
    with path.open("w", encoding="utf-8") as file:
        file.write("order,placed_at,status,total,discount,card,phone,email,name\n")
        for n in range(orders):
            who = n * 7919 % customers
            at = FIRST + timedelta(minutes=n * 1_500_000 // orders)
            file.write(
                f"T-{n},{at:%Y-%m-%d %H:%M:%S},fulfilled,{100 + n % 9000}.50,{n % 5}.00,"
                f"K{who},+7912{who:07},buyer{who}@example.com,Имя Фамилия {who}\n"
            )


class Peak:
    """The most memory that processes of PostgreSQL (their own, not shared) took while it was watched."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.bytes = 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,), daemon=True)
        watch.start()
        yield
        over.set()
        watch.join()

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(0.5):
            self.bytes = max(self.bytes, own_memory(self.pid))


def own_memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


@dataclass
class Cost:
    """Seconds on the wall, and of processor: ours and the database's (a busy machine stretches the first alone)."""

    wall: float
    cpu: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


def cost_of(work: Callable[[], Any]) -> Cost:
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.get_backend_pid()
    started, used = time.perf_counter(), time.process_time() + backend_seconds(pid)
    work()
    return Cost(time.perf_counter() - started, time.process_time() + backend_seconds(pid) - used)


def backend_seconds(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def copy_in(table: str, path: Path) -> Cost:
    from django.db import connection, transaction

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor, path.open("rb") as file:
            cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", file)

    return cost_of(copy)


def imported(path: Path, folder: Path) -> tuple[Any, Cost, int]:
    """The job, what it cost, and the most memory of the database's process."""
    from django.conf import settings
    from django.db import connection

    from core.models import User
    from core.roles import Role
    from customers.actions import imports

    settings.VAR_DIR = folder
    by = User.objects.create_person(email="bench@ferma.test", password=None, role=Role.MANAGER, name="Bench")
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        job = imports.upload(by=by, kind="orders", name=path.name, chunks=chunks, at=NOW)
    imports.start(job=job, mapping=MAPPING, mode="both", key="", dry_run=False, at=NOW)
    connection.ensure_connection()
    peak = Peak(connection.connection.get_backend_pid())
    with peak.watched():
        cost = cost_of(lambda: imports.run_due(now=NOW))
    job.refresh_from_db()
    if job.state != "done":
        raise SystemExit(job.error)
    return job, cost, peak.bytes


def undone(job: Any) -> dict[str, float]:
    from django.db import connection

    from customers.actions import imports

    imports.undo_import(job=job, by=job.by, at=NOW)
    connection.ensure_connection()
    peak = Peak(connection.connection.get_backend_pid())
    with peak.watched():
        cost = cost_of(lambda: imports.run_due(now=NOW))
    job.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM customers_order) + (SELECT count(*) FROM customers_customer)")
        left = cursor.fetchone()[0]
    return {
        "seconds": cost.wall,
        "cpu_seconds": cost.cpu,
        "rows_left": left,
        "state": job.state,
        "backend_mb": peak.bytes / 2**20,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--undo", action="store_true")
    options = parser.parse_args()
    with own_database(), tempfile.TemporaryDirectory() as name:
        print(json.dumps(measured(Path(name), options), indent=2))


def measured(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    from django.db import connection

    path = folder / "orders.csv"
    write_file(path, options.orders)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    job, cost, backend = imported(path, folder)
    report: dict[str, Any] = {
        "orders": options.orders,
        "file_mb": path.stat().st_size / 2**20,
        "import_seconds": cost.wall,
        "import_cpu_seconds": cost.cpu,
        "client_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "client_before_mb": before / 1024,
        "children_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "backend_peak_mb": backend / 2**20,
        "created": job.report["created"],
        "customers": job.report["customers"],
    }
    with connection.cursor() as cursor:
        for table in TABLES:
            with (folder / table).open("wb") as file:
                cursor.copy_expert(f"COPY {table} TO STDOUT (FORMAT csv)", file)
        if options.undo:
            report["undo"] = undone(job)
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    copied = {table: copy_in(table, folder / table) for table in TABLES}
    of_all = sum(copied.values(), Cost(0, 0))
    report["copy_seconds"] = {table: vars(each) for table, each in copied.items()}
    for name, copy in (("orders", copied["customers_order"]), ("all_rows", of_all)):
        report[f"{name}_ratio"] = {"wall": cost.wall / copy.wall, "cpu": cost.cpu / copy.cpu}
    return report


if __name__ == "__main__":
    os.nice(5)
    main()
