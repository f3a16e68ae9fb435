"""Promises through the API."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.errors import Conflict, InvalidInput, NotFound
from core.periods import company_day
from customers.actions.obligations import close_obligation, make_obligation, reopen_obligation
from customers.api.answers import FORM
from customers.models import EventKind, Obligation, TimelineEvent
from tests.customers.clients import client_of
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db

OBLIGATIONS, BULK = "/api/v1/obligations/", "/api/v1/obligations/bulk/"


def today() -> date:
    return company_day(timezone.now())


def told(**changes):
    order = {"external_id": OrderFactory(source="shop").external_id} if "customer" not in changes else None
    return {
        "source": "shop", "external_id": "p1", "order": order, "kind": "delivery", "due_on": "2026-03-01", **changes
    }  # fmt: skip


def events():
    return list(TimelineEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_a_promise_on_an_order_is_made_changed_and_kept_late(api):
    body = told(what="By courier")
    assert api.post(OBLIGATIONS, body).status_code == 201
    assert api.post(OBLIGATIONS, body).json()["fate"] == "unchanged"
    assert api.post(OBLIGATIONS, body | {"due_on": "2026-03-05", "what": ""}).json()["fate"] == "updated"
    closed = api.post(OBLIGATIONS, body | {"due_on": "2026-03-05", "state": "kept", "closed_on": "2026-03-06"})
    row = api.get(f"{OBLIGATIONS}{closed.json()['id']}/").json()
    assert (row["state"], row["closed_on"], row["what"]) == ("late", "2026-03-06", "By courier")
    assert row["customer"] == Obligation.objects.get().order.customer_id
    assert events() == [EventKind.OBLIGATION_MADE, EventKind.OBLIGATION_KEPT]


def test_a_new_due_day_says_anew_whether_it_was_kept_in_time(api):
    body = told()
    api.post(OBLIGATIONS, body | {"state": "kept", "closed_on": "2026-03-06"})
    api.post(OBLIGATIONS, body | {"due_on": "2026-03-10"})
    assert Obligation.objects.get().state == "kept"
    api.post(OBLIGATIONS, body | {"due_on": "2026-03-10", "state": "open"})
    assert (Obligation.objects.get().state, Obligation.objects.get().closed_on) == ("open", None)


@pytest.mark.parametrize("name", ["id", "phone", "email", "external_id"])
def test_the_customer_is_named_by_whatever_it_is_known_by(api, name):
    person = {"source": "shop", "external_id": "7", "phone": "+79123456789", "email": "anna@shop.test"}
    pk = api.post("/api/v1/customers/", person).json()["id"]
    api.post(OBLIGATIONS, told(customer={name: (person | {"id": pk})[name]}, order=None))
    assert Obligation.objects.get().customer_id == pk


MISTAKES = [
    ({"kind": None}, {"kind": "required"}),
    ({"kind": "gift"}, {"kind": "unknown_choice"}),
    ({"due_on": None}, {"due_on": "required"}),
    ({"due_on": "soon"}, {"due_on": "not_moment"}),
    ({"order": None}, {"customer": "customer_unnamed"}),
    ({"order": {"external_id": "none"}}, {"order": "unknown_order"}),
    ({"order": []}, {"order": "not_object"}),
    ({"order": None, "customer": {"id": 10**15}}, {"customer": "unknown_customer"}),
    ({"order": None, "customer": {"phone": "1"}}, {"customer.phone": "bad_phone"}),
    ({"owner": "nobody@ferma.test"}, {"owner": "unknown_person"}),
    ({"state": "late"}, {"state": "unknown_choice"}),
    ({"closed_on": "2026-03-01"}, {"closed_on": "closed_while_open"}),
    ({"state": "kept", "closed_on": "2999-01-01"}, {"closed_on": "day_to_come"}),
    ({"what": "x" * 301}, {"what": "too_long"}),
    ({"when": 1}, {"when": "unknown_field"}),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_each_kind_of_mistake_is_named_with_its_field(api, changes, expected):
    response = api.post(OBLIGATIONS, told() | changes)
    assert response.status_code == (400 if FORM & set(expected.values()) else 422)
    assert {item["attr"]: item["code"] for item in response.json()["errors"]} == expected
    assert not Obligation.objects.exists()


def test_somebody_elses_order_is_none(api):
    order = OrderFactory(source="shop")
    body = told(customer={"id": CustomerFactory().pk}, order={"external_id": order.external_id})
    assert api.post(OBLIGATIONS, body).json()["errors"][0]["code"] == "order_of_another"


def test_a_bulk_tells_the_fate_of_each_promise(api):
    rows = [told(), told(), told(external_id="p2", kind="x"), told(external_id="", due_on="2026-01-01")]
    response = api.post(BULK, {"obligations": rows})
    assert response.status_code == 207
    results = response.json()["results"]
    assert [row["fate"] for row in results] == ["created", "refused", "refused", "created"]
    assert results[1]["errors"][0]["detail"].endswith("in row 0.")
    assert Obligation.objects.count() == 2


def test_promises_are_read_by_filters(api):
    late = Obligation.objects.create(
        customer=CustomerFactory(), kind="service", due_on=today() - timedelta(days=1), owner=UserFactory()
    )
    Obligation.objects.create(customer=CustomerFactory(), kind="delivery", due_on=today() + timedelta(days=9))
    for query in (
        {"overdue": "true"},
        {"kind": "service"},
        {"customer": late.customer_id},
        {"owner": late.owner.email},
        {"due_to": today().isoformat()},
    ):
        assert [row["id"] for row in api.get(OBLIGATIONS, query).json()["results"]] == [late.pk], query
    assert len(api.get(OBLIGATIONS, {"overdue": "false"}).json()["results"]) == 1
    assert api.get(OBLIGATIONS, {"updated_since": "2999-01-01T00:00:00Z"}).json()["results"] == []


def test_a_farmers_token_neither_reads_nor_makes_promises_to_other_peoples_customers():
    foreign = OrderFactory(source="shop", customer=CustomerFactory(owner=UserFactory()))
    made = Obligation.objects.create(customer=foreign.customer, kind="delivery", due_on=today())
    client = client_of(UserFactory())
    assert client.get(OBLIGATIONS).json()["results"] == []
    assert client.get(f"{OBLIGATIONS}{made.pk}/").status_code == 404
    by_order = client.post(OBLIGATIONS, told(order={"external_id": foreign.external_id}))
    by_customer = client.post(OBLIGATIONS, told(order=None, customer={"id": foreign.customer_id}))
    assert [each.json()["errors"][0]["code"] for each in (by_order, by_customer)] == [
        "unknown_order", "unknown_customer",
    ]  # fmt: skip


def test_a_promise_is_closed_once_and_can_be_opened_again():
    order, now = OrderFactory(), timezone.now()
    made = make_obligation(
        customer_id=order.customer_id, order_id=order.pk, kind="documents", due_on=today(), at=now, what="Invoice"
    )
    close = {"obligation_id": made.pk, "on": today(), "at": now}
    assert close_obligation(outcome="kept", **close).state == "kept"
    assert close_obligation(outcome="kept", **close).state == "kept"
    with pytest.raises(Conflict):
        close_obligation(outcome="broken", **close)
    assert reopen_obligation(obligation_id=made.pk).closed_on is None
    assert close_obligation(outcome="broken", **close).state == "broken"
    assert events() == [EventKind.OBLIGATION_MADE, EventKind.OBLIGATION_KEPT, EventKind.OBLIGATION_BROKEN]


def test_what_cannot_be_promised_or_closed_is_refused():
    order, now = OrderFactory(), timezone.now()
    promise = {"customer_id": order.customer_id, "kind": "service", "due_on": today(), "at": now}
    with pytest.raises(InvalidInput):
        make_obligation(**promise | {"kind": "x"})
    with pytest.raises(InvalidInput):
        make_obligation(**promise, order_id=OrderFactory().pk)
    with pytest.raises(NotFound):
        make_obligation(**promise | {"customer_id": 10**15})
    made = make_obligation(**promise)
    for changes, error in (
        ({"outcome": "late"}, InvalidInput),
        ({"on": today() + timedelta(days=1)}, InvalidInput),
        ({"obligation_id": 10**15}, NotFound),
    ):
        with pytest.raises(error):
            close_obligation(**{"obligation_id": made.pk, "outcome": "kept", "on": today(), "at": now} | changes)
