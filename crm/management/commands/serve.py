"""Everything in one terminal: the embedded servers where they are used, web, worker and scheduler."""

import json
import os
import signal
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from crm import embedded
from crm.processes import Part
from crm.supervisor import Console, Supervisor

PARTS = ("postgres", "valkey", "migrate", "demo", "night", "web", "worker", "beat", "ferma")


class Command(BaseCommand):
    help = "Run web, worker and scheduler, and without DATABASE_URL also PostgreSQL and Valkey."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--demo", action="store_true", help="fill an empty base with a demonstration company")
        parser.add_argument("--customers", type=int, default=int(os.environ.get("CUSTOMERS", "5000")))

    def handle(self, *, host: str, port: int, demo: bool, customers: int, **_: Any) -> None:
        os.environ["PORT"] = str(port)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        console = Console(PARTS)
        try:
            with listening(host, port) as listener, ground(console) as fault:
                supervisor = Supervisor(console, fault)
                supervisor.listen_to_signals()
                prepare(supervisor, demo=demo, customers=customers)
                if supervisor.stopping.is_set():
                    return
                announce(f"http://{host}:{port}", demo=demo, stopping=supervisor.stopping)
                code = supervisor.run(parts(listener))
        except (embedded.EmbeddedServersError, CommandError) as error:
            sys.exit(str(error))
        sys.exit(code)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The web server's address, taken before anything is started. Raises CommandError when it is in use."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise CommandError(
            f"Port {port} on {host} cannot be used ({error.strerror}); choose another with PORT={port + 1}."
        ) from error
    with listener:
        yield listener


@contextmanager
def ground(console: Console) -> Iterator[Any]:
    """The embedded servers, where they are used; yields a function that says what is wrong with them."""
    if not settings.EMBEDDED:
        yield lambda: None
        return
    log = settings.VAR_DIR / "log"
    ended = threading.Event()
    for name in ("postgres", "valkey"):
        console.follow(name, log / f"{name}.log", ended)
    console.follow("ferma", log / "servers.log", ended)

    def fault() -> str | None:
        if embedded.keeper_runs(settings.VAR_DIR):
            return None
        return "PostgreSQL and Valkey could not be kept running, so everything stops; see var/log."

    with embedded.servers(settings.VAR_DIR):
        yield fault
    time.sleep(0.4)  # Their last lines are still being read.
    ended.set()


def prepare(supervisor: Supervisor, *, demo: bool, customers: int) -> None:
    """Bring the database up to date, and fill it for the demonstration. Raises CommandError."""
    steps = {"migrate": ["migrate", "--verbosity", "0"]}
    if demo:
        steps["demo"] = ["demo", "--customers", str(customers)]
        # Once per date, however often it is asked for.
        steps["night"] = ["nightly"]
    for name, arguments in steps.items():
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        if not supervisor.complete(Part(name, [*manage, *arguments], env=environment())):
            if supervisor.stopping.is_set():
                return
            raise CommandError(f"`manage.py {' '.join(arguments)}` failed; its last lines are above.")


def parts(listener: socket.socket) -> list[Part]:
    """The processes of the program, as they are also run one by one in production."""
    python, celery = [sys.executable, "-m"], [sys.executable, "-m", "celery", "--quiet", "-A", "crm"]
    schedule = settings.VAR_DIR / "beat" / "schedule"
    schedule.parent.mkdir(parents=True, exist_ok=True)
    env = environment()
    address = f"fd://{listener.fileno()}"
    return [
        Part("web", [*python, "gunicorn", "-b", address], env=env, inherited=[listener.fileno()]),
        Part("worker", [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle"], env=env),
        Part("beat", [*celery, "beat", "-s", str(schedule), "--pidfile="], env=env, stop_signal=signal.SIGTERM),
    ]


def environment() -> dict[str, str]:
    """The environment of the parts: ours, unbuffered, and coloured when our terminal is."""
    extra = {"PYTHONUNBUFFERED": "1", "FERMA_VAR": str(settings.VAR_DIR)}
    if settings.EMBEDDED:
        # Celery's word to root is about pickled messages, which are not used.
        extra["PYTHONWARNINGS"] = "ignore:You're running the worker"
    if sys.stdout.isatty():
        extra["FORCE_COLOR"] = "1"
    return {**os.environ, **extra}


def announce(address: str, *, demo: bool, stopping: threading.Event) -> None:
    """Once the pages answer, print where they are and how to get in, on a thread of its own."""
    lines = welcome(address, demo=demo)

    def wait_and_print() -> None:
        while not stopping.wait(0.3):
            try:
                urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310
            except HTTPError:
                pass  # It answers; that the worker has not spoken yet is no matter.
            except OSError:
                continue
            print("\n".join(["", *lines, ""]), flush=True)
            return

    threading.Thread(target=wait_and_print, name="welcome", daemon=True).start()


def welcome(address: str, *, demo: bool) -> list[str]:
    """What a person needs to know first: the address, and the log-ins or how to make one."""
    lines = [f"Ferma is at {address}   (Ctrl-C stops it)"]
    card = settings.VAR_DIR / "demo.json"
    if demo and card.exists():
        return lines + demonstration_card(card)
    if not get_user_model().objects.exists():
        lines.append("There are no accounts yet. In another terminal: .venv/bin/python manage.py createadmin")
    connection.close()
    return lines


def demonstration_card(card: Path) -> list[str]:
    """The demonstration's log-ins and API token, as `manage.py demo` wrote them down."""
    facts = json.loads(card.read_text(encoding="utf-8"))
    rows = [f"  {who['role']:<14} {who['email']:<28} {who['password']}" for who in facts["accounts"]]
    return ["Log-ins of the demonstration:", *rows, f"API token: {facts['token']}"]
