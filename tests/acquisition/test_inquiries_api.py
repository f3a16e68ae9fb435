"""Inquiries by REST."""

from datetime import UTC, date, datetime

import pytest

from acquisition.api.inquiries import InquiryIn
from acquisition.models import Inquiry
from acquisition.rules.inquiries import INQUIRY_FIELDS
from core.models import Scope
from customers.models import Customer
from tests.acquisition.test_api import client_with
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory
from touches.actions import judge_inquiries

pytestmark = pytest.mark.django_db
URL = "/api/v1/inquiries/"
CALL = {
    "source": "tel",
    "external_id": "c1",
    "kind": "call",
    "at": "2026-11-20T10:00:00+03:00",
    "phone": "8 912 345-67-89",
    "duration_seconds": 5,
}


@pytest.fixture
def api():
    return client_with(Scope.INQUIRIES_READ, Scope.INQUIRIES_WRITE)


def test_the_description_names_the_fields_that_are_read():
    assert set(InquiryIn().fields) == INQUIRY_FIELDS


def test_an_inquiry_is_pushed_and_read_back(api):
    answer = api.post(URL, CALL)
    assert (answer.status_code, answer.json()["fate"]) == (201, "created")
    assert answer.json()["customer"] == Customer.objects.get().pk
    assert api.post(URL, CALL).status_code == 200
    row = api.get(URL).json()["results"][0]
    assert (row["id"], row["phone"], row["is_answered"]) == (answer.json()["id"], "+79123456789", True)


def test_a_refusal_names_every_field(api):
    answer = api.post(URL, CALL | {"kind": "fax", "phone": "1", "extra": 1})
    assert answer.status_code == 400
    assert sorted(error["attr"] for error in answer.json()["errors"]) == ["extra", "kind", "phone"]


def test_each_row_of_a_bulk_has_its_own_fate(api):
    rows = [CALL | {"kind": "fax"}, CALL, CALL, "no row"]
    answer = api.post(f"{URL}bulk/", {"inquiries": rows})
    assert answer.status_code == 207
    assert [row["fate"] for row in answer.json()["results"]] == ["refused", "created", "refused", "refused"]
    assert "1" in answer.json()["results"][2]["errors"][0]["detail"]


@pytest.mark.parametrize("body", [[], {"inquiries": {}}, {"inquiries": []}, {"inquiries": [1] * 1001}, {}])
def test_a_bulk_that_is_no_list_of_a_thousand_is_refused(api, body):
    assert api.post(f"{URL}bulk/", body).status_code == 400


def test_a_key_sent_twice_is_done_once(api):
    body = {name: value for name, value in CALL.items() if name != "external_id"}
    for _again in range(2):
        answer = api.post(URL, body, headers={"Idempotency-Key": "k1"})
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert Inquiry.objects.count() == 1


def test_the_list_is_filtered_and_shows_only_what_one_may_see(api):
    api.post(URL, CALL)
    api.post(URL, {"source": "site", "kind": "form", "at": "2026-11-01"})
    assert len(api.get(f"{URL}?kind=form&day_to=2026-11-01").json()["results"]) == 1
    assert api.get(f"{URL}?updated_since=2999-01-01T00:00:00Z").json()["results"] == []
    assert api.get(f"{URL}?updated_since=soon").status_code == 400
    stranger = UserFactory()
    Inquiry.objects.filter(kind="call").update(customer=CustomerFactory(owner=UserFactory()))
    assert [i.kind for i in Inquiry.objects.for_user(stranger)] == ["form"]


def test_the_list_is_filtered_by_what_became_of_them_and_by_day(api):
    for day, number in ((1, "one"), (2, "two"), (3, "three")):
        told = {"external_id": number, "at": f"2026-11-0{day}T10:00:00+03:00", "phone": f"8 912 345-67-8{day}"}
        api.post(URL, CALL | told | {"is_answered": day == 3})
    assert {row["state"] for row in api.get(URL).json()["results"]} == {None}
    judge_inquiries(today=date(2026, 11, 20), now=datetime(2026, 11, 20, tzinfo=UTC), since=None)
    missed = api.get(f"{URL}?state=missed&day_from=2026-11-02&day_to=2026-11-03").json()["results"]
    assert [(row["external_id"], row["state"]) for row in missed] == [("two", "missed")]
    both = api.get(f"{URL}?state=missed&state=forgotten&day_from=2026-11-02").json()["results"]
    assert sorted(row["external_id"] for row in both) == ["three", "two"]
    assert api.get(f"{URL}?state=lost").status_code == 400
    assert api.get(f"{URL}?day_from=soon").status_code == 400


def test_reading_and_writing_need_their_scopes():
    reader = client_with(Scope.INQUIRIES_READ)
    assert reader.get(URL).status_code == 200
    assert reader.post(URL, CALL).status_code == 403
    assert reader.post(f"{URL}bulk/", {"inquiries": [CALL]}).status_code == 403
    assert client_with(Scope.ORDERS_WRITE).get(URL).status_code == 403
