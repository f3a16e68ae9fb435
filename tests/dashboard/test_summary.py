"""The weekly summary: what it says, that each manager gets it once, and who does not."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns.gateways.email import EmailGateway
from campaigns.gateways.interface import Refused, Unavailable, Unclear
from core.models import User
from core.roles import Role
from dashboard import summary_sending as sending
from dashboard.queries.summary import Summary, letters_for, weekly_summary
from segmentation.models import BaseSnapshot, SummaryOptOut, SummaryState, WeeklySummary
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.nights import NIGHT, NOON, known_base

pytestmark = pytest.mark.django_db
# A Monday, nine in the morning in the company's zone.
MONDAY = date(2026, 3, 23)
NOW = datetime(2026, 3, 23, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _mail(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.TIME_ZONE = "Europe/Moscow"


@pytest.fixture
def base() -> None:
    known_base()
    amounts = dict.fromkeys(("predicted_12", "predicted_36", "realised", "value_at_risk"), 0)
    BaseSnapshot.objects.create(on=NIGHT - timedelta(days=8), buyers=4, base_value=6400, base_at_risk=1, **amounts)


@pytest.fixture
def reader(base) -> User:
    return ManagerFactory(language="en", email="boss@shop.example")


def told(reader: User) -> Summary:
    summary = weekly_summary(user=reader, today=NIGHT)
    assert summary is not None
    return summary


def tick(now: datetime = NOW) -> dict[str, int]:
    sending.line_up(now=now)
    return dict(sending.send_due(now=now))


def test_it_tells_the_change_of_a_week_and_whom_to_call(reader) -> None:
    summary = told(reader)
    assert (summary.week.before, summary.week.now, summary.week.amount) == (6400, 8000, 1600)
    assert [standing.customer.name for standing in summary.to_call] == ["Boris", "Gleb"]
    assert (summary.leaks.count, summary.cost.fully_loaded, summary.nps.answers) == (0, 4000, 0)


def test_before_the_first_night_there_is_nothing_to_tell() -> None:
    ManagerFactory()
    assert weekly_summary(user=ManagerFactory(), today=NIGHT) is None
    assert tick() == {}
    assert not WeeklySummary.objects.exists()


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (NOW, MONDAY),
        (NOW.replace(hour=4, minute=59), None),
        (NOW.replace(hour=5), MONDAY),
        (NOW + timedelta(days=1), MONDAY),
        (NOW + timedelta(days=2), None),
        (NOW - timedelta(days=1), None),
    ],
)
def test_it_is_due_on_monday_morning_in_the_companys_time(now: datetime, week: date | None) -> None:
    assert sending.due_week(now) == week


def test_each_manager_gets_it_once_in_their_own_language(reader) -> None:
    ManagerFactory(language="ru", email="boss2@shop.example")
    UserFactory(role=Role.FARMER, email="farmer@shop.example")
    ManagerFactory(email="gone@shop.example", is_active=False)
    assert tick() == {"sent": 2}
    assert tick(NOW + timedelta(hours=1)) == {}
    assert sorted(message.to[0] for message in mail.outbox) == ["boss2@shop.example", "boss@shop.example"]
    english = next(message for message in mail.outbox if message.to == ["boss@shop.example"])
    assert english.subject == "The base is worth ₽8,000: the week in short"
    html, kind = english.alternatives[0]
    for text in (english.body, html):
        assert "+₽1,600 (+25%) in a week" in text
        assert "Boris" in text
        assert f"http://127.0.0.1:8000{reverse('base_value')}" in text
        assert "@shop.test" not in text
    at_risk = re.search(r"Value at risk: [^.]+\.", english.body)
    assert at_risk is not None
    assert at_risk[0] in html
    assert kind == "text/html"
    assert "<style" not in html


def test_the_next_week_brings_the_next_one(reader) -> None:
    assert tick() == {"sent": 1}
    assert tick(NOW + timedelta(days=7)) == {"sent": 1}


def test_who_does_not_want_it_does_not_get_it(client: Client, reader) -> None:
    client.force_login(reader)
    client.post(reverse("summary_choice"), {"wanted": "0"})
    assert tick() == {}
    client.post(reverse("summary_choice"), {"wanted": "1"})
    assert tick() == {"sent": 1}


def test_who_changed_their_mind_in_the_queue_does_not_get_it(reader) -> None:
    sending.line_up(now=NOW)
    SummaryOptOut.objects.create(user=reader)
    assert dict(sending.send_due(now=NOW)) == {"failed": 1}
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("error", "state"),
    [(Refused("no such address"), "failed"), (Unclear("hung up"), "ambiguous"), (KeyError("ours"), "ambiguous")],
)
def test_a_failure_is_written_down_and_never_repeated(reader, monkeypatch, error, state) -> None:
    monkeypatch.setattr(EmailGateway, "send", raising(error))
    assert tick() == {state: 1}
    monkeypatch.undo()
    assert tick(NOW + timedelta(hours=3)) == {}
    assert WeeklySummary.objects.get().error != ""


def test_what_certainly_was_not_sent_goes_later(reader, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(EmailGateway, "send", raising(Unavailable("busy")))
        assert tick() == {"due": 1}
    assert tick(NOW + timedelta(minutes=5)) == {}
    assert tick(NOW + timedelta(minutes=11)) == {"sent": 1}


def raising(error: Exception) -> Any:
    def send(*_arguments: object) -> None:
        raise error

    return send


def test_a_letter_that_cannot_be_written_keeps_nobody_back(reader, monkeypatch) -> None:
    ManagerFactory(email="other@shop.example", language="ru")
    compose = sending.compose

    def broken(**arguments: Any) -> Any:
        if arguments["user"] == reader:
            raise ValueError("broken")
        return compose(**arguments)

    monkeypatch.setattr(sending, "compose", broken)
    assert tick() == {"failed": 1, "sent": 1}


def test_a_sender_that_died_leaves_it_unclear(reader) -> None:
    sending.line_up(now=NOW)
    WeeklySummary.objects.update(state=SummaryState.SENDING, changed_at=NOW)
    assert tick(NOW + timedelta(minutes=5)) == {}
    assert tick(NOW + timedelta(minutes=16)) == {"ambiguous": 1}
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_one_letter(reader) -> None:
    def run() -> None:
        tick()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail.outbox) == 1
    assert WeeklySummary.objects.get().state == SummaryState.SENT


def test_managers_can_look_at_it_first(client: Client, reader) -> None:
    client.force_login(reader)
    with time_machine.travel(NOON, tick=False):
        page = client.get(reverse("summary"))
    assert "₽8,000" in page.content.decode()
    assert "Boris" in page.content.decode()


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER])
def test_others_cannot(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("summary")).status_code == 403
    assert client.post(reverse("summary_choice"), {"wanted": "0"}).status_code == 403
    assert client.post(reverse("summary_again", args=[1])).status_code == 403
    assert not SummaryOptOut.objects.exists()


@pytest.mark.parametrize("state", [SummaryState.FAILED, SummaryState.AMBIGUOUS])
def test_what_did_not_go_out_is_shown_and_sent_again_by_a_person_once(client: Client, reader, state) -> None:
    row = WeeklySummary.objects.create(
        week=MONDAY, user=reader, state=state, due_at=NOW, changed_at=NOW, attempts=12, error="mailbox is full"
    )
    client.force_login(ManagerFactory(language="en", email=""))
    later = NOW + timedelta(hours=3)
    with time_machine.travel(later, tick=False):
        page = client.get(reverse("summary")).content.decode()
        assert "mailbox is full" in page
        assert ("It may have arrived" in page) == (state == SummaryState.AMBIGUOUS)
        assert tick(later) == {}
        again = reverse("summary_again", args=[row.pk])
        client.post(again)
        assert tick(later) == {"sent": 1}
        client.post(again)
        assert tick(later) == {}
        assert "mailbox is full" not in client.get(reverse("summary")).content.decode()
    assert len(mail.outbox) == 1


def test_letters_that_nobody_wants_or_of_long_ago_are_not_offered(reader) -> None:
    made = {"user": reader, "state": SummaryState.FAILED, "due_at": NOW, "changed_at": NOW}
    WeeklySummary.objects.create(week=MONDAY - timedelta(days=14), **made)
    recent = WeeklySummary.objects.create(week=MONDAY, **made)
    assert letters_for(reader, MONDAY) == (recent, [recent])
    SummaryOptOut.objects.create(user=reader)
    assert letters_for(reader, MONDAY) == (recent, [])


@pytest.mark.parametrize("letters", [0, 2])
def test_the_page_asks_few_queries(client: Client, reader, letters: int, django_assert_max_num_queries) -> None:
    for week in (MONDAY, MONDAY - timedelta(days=7))[:letters]:
        WeeklySummary.objects.create(week=week, user=reader, state=SummaryState.SENT, due_at=NOW, changed_at=NOW)
    client.force_login(reader)
    with time_machine.travel(datetime.combine(NIGHT, NOW.timetz()), tick=False):
        client.get(reverse("summary"))
        # Two of them are the session and the reader.
        with django_assert_max_num_queries(8 + 2):
            page = client.get(reverse("summary")).content.decode()
    assert ("The letter of " in page) == bool(letters)
    assert "Do not send it to me" in page


def test_the_command_shows_it(reader) -> None:
    out = StringIO()
    call_command("weekly_summary", "--print", "--as-of", NIGHT.isoformat(), stdout=out)
    assert "To: boss@shop.example" in out.getvalue()
    assert "₽8,000" in out.getvalue()
    assert mail.outbox == []


def test_the_command_needs_a_manager_and_a_night() -> None:
    with pytest.raises(CommandError, match="Nobody here is a manager"):
        call_command("weekly_summary", "--print", stdout=StringIO())
    ManagerFactory()
    with pytest.raises(CommandError, match="before the first night"):
        call_command("weekly_summary", "--print", stdout=StringIO())
