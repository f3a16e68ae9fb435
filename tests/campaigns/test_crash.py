"""Real workers against a real SMTP server: killed in the middle, two at once, their broker emptied."""

import email
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.actions import sweep_dead_senders
from campaigns.models import Delivery, OutboxMessage
from campaigns.tasks import send_due
from customers.models import Consent, ContactPoint, Customer
from tests.factories.campaigns import TemplateFactory
from touches.models import PressureLimit, Touch

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 240
# Says when it is up, and begins when it is told; takes little at a time, so that something is left for another.
DRAIN = """
import sys, django; django.setup()
from campaigns import tasks
tasks.BATCH = 50
print(flush=True); sys.stdin.readline(); tasks.drain(seconds=120)
"""


class Inbox:
    """Counts letters by their Message-ID."""

    def __init__(self):
        self.letters = Counter()

    async def handle_DATA(self, server, session, envelope):
        self.letters[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 OK"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def inbox():
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    inbox.port = controller.port
    yield inbox
    controller.stop()


@pytest.fixture
def processes(inbox):
    """Starts programs with the test's database; ends those it started."""
    started = []
    params = connection.get_connection_params()
    options = urlencode({name: params[name] for name in ("host", "port") if params.get(name)})
    login = f"{params.get('user', '')}:{params.get('password', '')}".rstrip(":")
    address = f"postgresql://{login}@/{params['dbname']}?{options}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(inbox.port),
        "QUIET_HOURS": "00:00-00:00",
    }

    def start(*command, **how):
        process = subprocess.Popen([sys.executable, *command], env=environment, cwd=settings.BASE_DIR, **how)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def queue():
    """E-mails that are due."""
    PressureLimit.objects.all().delete()
    TemplateFactory()
    now = timezone.now()
    customers = Customer.objects.bulk_create(Customer(name=f"Customer {n}") for n in range(COUNT))
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=row, channel="email", value=f"c{row.pk}@shop.test") for row in customers
    )
    Consent.objects.bulk_create(
        Consent(customer=row, channel="email", action="granted", at=now, source="test") for row in customers
    )
    Delivery.objects.bulk_create(
        Delivery(
            key=f"crash:{row.pk}",
            customer=row,
            channel="email",
            purpose="marketing",
            template_code="hello",
            due_at=now - timedelta(hours=1),
        )
        for row in customers
    )


def worker(processes):
    return processes("-m", "celery", "-A", "crm", "worker", "--pool=solo", "--loglevel=WARNING")


def tick():
    """What beat does every ten seconds."""
    send_due.delay()


def wait_for(condition, seconds=150, every=0.1):
    stop = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < stop, "waited too long"
        time.sleep(every)


def states():
    return Counter(Delivery.objects.values_list("state", flat=True))


@pytest.mark.usefixtures("queue")
def test_a_worker_killed_in_the_middle_loses_nothing_and_sends_nothing_twice(inbox, processes):
    first = worker(processes)
    tick()
    wait_for(lambda: len(inbox.letters) >= COUNT // 3, every=0.01)
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(0.2)
    before = len(inbox.letters)
    assert before < COUNT

    sweep_dead_senders(now=timezone.now() + timedelta(minutes=10))
    unclear = Delivery.objects.filter(state="ambiguous").count()
    assert unclear <= 1
    worker(processes)
    tick()
    wait_for(lambda: states()["sent"] == COUNT - unclear)

    assert set(inbox.letters.values()) == {1}
    assert len(inbox.letters) >= COUNT - unclear
    wait_for(lambda: Touch.objects.count() == COUNT - unclear)
    print(f"killed after {before} letters: {dict(states())}")


@pytest.mark.usefixtures("queue")
def test_two_senders_at_once_send_nothing_twice(inbox, processes):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    senders = [processes("-c", DRAIN, **pipes) for _ in range(2)]
    assert [sender.stdout.readline() for sender in senders] == [b"\n", b"\n"]
    for sender in senders:
        sender.stdin.write(b"\n")
        sender.stdin.flush()
    assert [sender.wait(timeout=150) for sender in senders] == [0, 0]
    assert states() == {"sent": COUNT}
    assert (len(inbox.letters), set(inbox.letters.values())) == (COUNT, {1})
    assert len(set(Delivery.objects.values_list("claimed_by", flat=True))) == 2
    assert Touch.objects.count() == COUNT
    assert not OutboxMessage.objects.exists()


@pytest.mark.usefixtures("queue")
def test_a_broker_emptied_in_the_middle_stops_nothing(inbox, processes):
    worker(processes)
    tick()
    wait_for(lambda: len(inbox.letters) >= COUNT // 3, every=0.01)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    # Whatever of the tick was lost with the broker, the next one finds in PostgreSQL.
    tick()
    wait_for(lambda: states() == {"sent": COUNT})
    assert set(inbox.letters.values()) == {1}
