"""May we write to them: the same answer that sending gives, with every reason; what is handed out to a person."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Suppression
from campaigns.queries.permission import permissions
from core.models import User
from core.roles import Role
from customers.actions import record_consent
from customers.models import AccessEntry, Consent, ConsentText, Customer, Obligation, OrderLine
from dashboard.permission_lines import ChannelAnswer, answer_of
from dashboard.queries.customer_side import customer_side
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db
# Noon in Moscow, and night in Vladivostok.
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
NIGHT = datetime(2026, 6, 1, 14, tzinfo=UTC)
SAID = {"channel": "email", "action": "granted", "source": "by phone"}


@pytest.fixture
def manager(client: Client) -> User:
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def customer(manager: User) -> Customer:
    point = ContactPointFactory(value="anna@mail.test")
    record_consent(
        customer_id=point.customer_id, channel="email", action="granted", at=NOW, source="form", text_version="v1"
    )
    return point.customer


def by_email(customer: Customer, user: User, now: datetime = NOW) -> ChannelAnswer:
    side = customer_side(user=user, pk=customer.pk)
    return answer_of(permissions(customer.pk, now)[0], side, now)


def states(answer: ChannelAnswer) -> str:
    return "".join(line.state[0] for line in answer.lines)


def test_with_an_address_and_a_consent_the_answer_is_yes(customer: Customer, manager: User) -> None:
    answer = by_email(customer, manager)
    assert (answer.answer, states(answer)) == ("yes", "gggggg")
    assert "v1" in answer.lines[2].detail
    assert "anna@mail.test" not in answer.lines[0].detail


def test_every_reason_against_is_told_not_only_the_first(customer: Customer, manager: User) -> None:
    customer.contact_points.update(status="bounced")
    record_consent(customer_id=customer.pk, channel="email", action="withdrawn", at=NIGHT, source="link")
    Customer.objects.filter(pk=customer.pk).update(time_zone="Asia/Vladivostok")
    Obligation.objects.create(customer=customer, kind="delivery", due_on=datetime(2026, 5, 1, tzinfo=UTC))
    answer = by_email(customer, manager, NIGHT)
    assert (answer.answer, states(answer)) == ("no", "bgbwwg")
    assert "00:00" in answer.lines[3].detail


@pytest.mark.parametrize("against", ["suppressed", "quiet"])
def test_a_suppressed_address_is_no_and_the_night_is_later(customer: Customer, manager: User, against: str) -> None:
    if against == "suppressed":
        Suppression.objects.create(channel="email", address="anna@mail.test", reason="asked", at=NOW)
        assert by_email(customer, manager).answer == "no"
    else:
        Customer.objects.filter(pk=customer.pk).update(time_zone="Asia/Vladivostok")
        assert by_email(customer, manager, NIGHT).answer == "later"


def test_what_a_customer_says_is_recorded_with_text_and_proof(client: Client, manager: User) -> None:
    ConsentText.objects.create(version="site-1", body="I agree")
    customer = CustomerFactory()
    address = reverse("customer_consent", args=[customer.pk])
    client.post(address, SAID | {"text_version": "site-1", "proof": "call 17"})
    consent = Consent.objects.get()
    assert (consent.action, consent.text_version) == ("granted", "site-1")
    assert consent.proof.startswith("call 17; ")
    assert str(manager) in consent.proof
    assert "call 17" in client.get(address).content.decode()


@pytest.mark.parametrize("wrong", [{"source": ""}, {"channel": "pigeon"}, {"text_version": "unknown"}])
def test_a_consent_that_proves_nothing_is_refused(client: Client, manager: User, wrong: dict) -> None:
    customer = CustomerFactory()
    response = client.post(reverse("customer_consent", args=[customer.pk]), SAID | wrong)
    assert response.status_code == 422
    assert not Consent.objects.exists()


def test_a_marketer_reads_the_answer_and_records_nothing(client: Client) -> None:
    client.force_login(UserFactory(role=Role.MARKETER))
    address = reverse("customer_consent", args=[CustomerFactory().pk])
    assert client.get(address).status_code == 200
    client.post(address, SAID)
    assert not Consent.objects.exists()


def test_a_text_of_consent_is_never_changed(client: Client, manager: User) -> None:
    address = reverse("consent_texts")
    client.post(address, {"version": "v1", "body": "<b>I agree</b>"})
    assert client.post(address, {"version": "v1", "body": "Other words"}).status_code == 422
    html = client.get(address).content.decode()
    assert "&lt;b&gt;I agree" in html
    client.force_login(UserFactory())
    assert client.get(address).status_code == 403


def test_a_person_is_handed_everything_and_that_is_recorded(client: Client, manager: User, customer: Customer) -> None:
    order = OrderFactory(customer=customer, number="A-1", revenue=1234)
    OrderLine.objects.create(order=order, position=1, name="Coffee", quantity=1, revenue=1234)
    OrderFactory(number="B-2")
    response = client.post(reverse("customer_personal_file", args=[customer.pk]), headers={"User-Agent": "Test"})
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        told = json.loads(archive.read("person.json"))
        page = archive.read("person.html").decode()
    assert [point["value"] for point in told["customers.contactpoint"]] == ["anna@mail.test"]
    assert [line["name"] for line in told["customers.orderline"]] == ["Coffee"]
    assert "A-1" in page
    assert "B-2" not in page
    assert "customers.duplicatecandidate" not in told
    entry = AccessEntry.objects.get()
    assert (entry.kind, entry.by, entry.customer, entry.agent) == ("person", manager, customer, "Test")


def test_erasing_wants_the_name_typed(client: Client, manager: User, customer: Customer) -> None:
    address = reverse("customer_personal", args=[customer.pk])
    assert client.post(address, {"word": "somebody"}).status_code == 422
    customer.refresh_from_db()
    assert customer.erased_at is None
    name = customer.name
    client.post(address, {"word": f" {name.lower()} "})
    customer.refresh_from_db()
    assert (customer.name, customer.erased_at is not None) == ("", True)
    card = client.get(reverse("customer_card", args=[customer.pk])).content.decode()
    assert name not in card
    assert "Personal data erased" in card
