"""E-mails from the queue through one SMTP connection, beside a raw loop that sends prebuilt messages.

    python -m bench.smtp --messages 2000

Both send the same win-back letters to a server of this bench on 127.0.0.1, taking turns. Ours claims, checks,
renders, commits each message's state and records touches and timeline events; the raw loop only speaks SMTP.
Prints messages a second and their ratio (budget: at least 0.6), and how durable a commit of this database is.
"""

import argparse
import asyncio
import os
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ["QUIET_HOURS"] = "00:00-00:00"
ROUNDS = 5


def serve() -> None:
    """An SMTP server that takes everything and keeps nothing; prints its port."""
    from aiosmtpd.smtp import SMTP

    class Sink:
        async def handle_DATA(self, *_args: object) -> str:
            return "250 OK"

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Sink(), loop=loop), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def sink() -> Iterator[int]:
    """The server in a process of its own; gives its port."""
    process = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


@contextmanager
def database() -> Iterator[None]:
    """An empty database of this bench, beside the one that the settings name."""
    from django.db import connection
    from django.test.runner import DiscoverRunner

    connection.settings_dict["TEST"]["NAME"] = "bench_smtp"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(old)


def fill(messages: int, now: datetime) -> None:
    """Customers in the win-back flow, each with its letter in the queue."""
    from campaigns.actions import advance_flows, install_win_back
    from campaigns.models import Enrolment
    from customers.models import Consent, ContactPoint, Customer

    flow = install_win_back(is_active=True)
    rows = Customer.objects.bulk_create(Customer(name=f"Смирнова Анна {n}") for n in range(messages))
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=row, channel="email", value=f"customer{row.pk}@shop.test") for row in rows
    )
    Consent.objects.bulk_create(
        Consent(customer=row, channel="email", action="granted", at=now, source="bench") for row in rows
    )
    Enrolment.objects.bulk_create(
        Enrolment(flow=flow, customer=row, state="active", entered_at=now, due_at=now, ends_at=now + timedelta(days=42))
        for row in rows
    )
    advance_flows(now=now)


def prebuilt(messages: int) -> list[tuple[str, bytes]]:
    """Recipients and bytes of the letters that the queue holds."""
    from django.conf import settings
    from django.utils import timezone

    from campaigns.actions.composing import compose
    from campaigns.gateways.envelope import letter
    from campaigns.models import Delivery
    from campaigns.queries.recipients import facts_about

    deliveries = list(Delivery.objects.all()[:messages])
    facts = facts_about(deliveries, timezone.now())
    emails = [compose(delivery, facts).email for delivery in deliveries]
    return [(email.to, letter(email, settings.DEFAULT_FROM_EMAIL)) for email in emails]


def send_raw(letters: list[tuple[str, bytes]], port: int) -> int:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for address, letter in letters:
            connection.sendmail("ferma@example.com", [address], letter)
    return len(letters)


def send_ours() -> int:
    from campaigns.tasks import drain

    return drain(seconds=600)["sent"]


def queue_again() -> None:
    from campaigns.models import Delivery
    from touches.models import Touch

    Touch.objects.all().delete()
    Delivery.objects.update(state="due", attempts=0, claimed_by="", unrecorded=False)


def rate(send: Callable[[], int]) -> float:
    start = time.perf_counter()
    count = send()
    return count / (time.perf_counter() - start)


def run(messages: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    with sink() as port, database():
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        fill(messages, timezone.now())
        letters = prebuilt(messages)
        rates: dict[str, list[float]] = {"raw": [], "ours": []}
        for _round in range(ROUNDS):
            rates["raw"].append(rate(lambda: send_raw(letters, port)))
            queue_again()
            rates["ours"].append(rate(send_ours))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            fsync, synchronous = cursor.fetchone()
    raw, ours = (statistics.median(rates[name]) for name in ("raw", "ours"))
    print(f"{messages} messages, {ROUNDS} rounds in turn, medians; fsync {fsync}, synchronous_commit {synchronous}")
    print(f"raw loop of prebuilt messages   {raw:8.0f} messages/s")
    print(f"from the queue, recorded        {ours:8.0f} messages/s")
    print(f"ratio                           {ours / raw:8.2f} (budget: at least 0.60)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    serve() if arguments.serve else run(arguments.messages)
