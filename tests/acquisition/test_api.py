"""Channels and spend by REST."""

from datetime import date
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from acquisition.models import Channel, Spend
from core.models import Scope
from core.tokens import issue_token
from tests.factories.acquisition import CampaignFactory, ChannelFactory, SpendFactory
from tests.factories.core import IntegrationFactory

pytestmark = pytest.mark.django_db
ROW = {"channel": "vk", "month": "2026-11", "kind": "advertising", "amount": "100.50"}


def client_with(*scopes):
    user = IntegrationFactory()
    _row, token = issue_token(user=user, name="shop", scopes=list(scopes), created_by=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def api():
    return client_with(Scope.SPEND_READ, Scope.SPEND_WRITE)


@pytest.fixture
def vk():
    return ChannelFactory(code="vk")


def test_an_amount_is_entered_then_changed(api, vk):
    assert api.post("/api/v1/spend/", ROW).status_code == 201
    assert api.post("/api/v1/spend/", ROW).status_code == 200
    answer = api.post("/api/v1/spend/", ROW | {"amount": "7", "month": "2026-11-01", "channel": "VK"})
    assert answer.status_code == 200
    whole = {"channel": "vk", "campaign": None, "month": "2026-11", "day": None}
    assert answer.json() == whole | {"kind": "advertising", "amount": "7.00"}
    assert Spend.objects.get().amount == 7


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "Infinity"}, "amount"),
        ({"amount": "lots"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": None}, "amount"),
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-11-15"}, "month"),
        ({"month": 11}, "month"),
        ({"month": ["2026-11"]}, "month"),
        ({"kind": "bribes"}, "kind"),
        ({"channel": "nobody"}, "channel"),
        ({"channel": "два слова"}, "channel"),
    ],
)
def test_a_bad_value_is_refused_by_field(api, vk, change, field):
    answer = api.post("/api/v1/spend/", ROW | change)
    assert answer.status_code in (400, 422)
    assert [error["attr"] for error in answer.json()["errors"]] == [field]
    assert not Spend.objects.exists()


def test_each_row_of_many_has_its_own_fate(api, vk):
    SpendFactory(channel=vk, month=date(2026, 10, 1), amount=1)
    SpendFactory(channel=vk, month=date(2026, 9, 1), amount=1)
    rows = [
        ROW,
        ROW | {"month": "2026-10", "amount": "2"},
        ROW | {"month": "2026-09", "amount": "1"},
        ROW | {"amount": "-3"},
        ROW | {"channel": "nobody"},
        ROW,
        "not a row",
    ]
    answer = api.post("/api/v1/spend/bulk/", rows)
    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [row["index"] for row in results] == list(range(7))
    fates = ["created", "updated", "unchanged", "refused", "refused", "refused", "refused"]
    assert [row["fate"] for row in results] == fates
    assert [item["attr"] for row in results[3:5] for item in row["errors"]] == ["amount", "channel"]
    assert Spend.objects.count() == 3


def test_many_rows_are_a_list_of_at_most_a_thousand(api, vk):
    assert api.post("/api/v1/spend/bulk/", ROW).status_code == 400
    assert api.post("/api/v1/spend/bulk/", [ROW] * 1001).status_code == 400
    assert api.post("/api/v1/spend/bulk/", []).json() == {"results": []}


def test_many_rows_take_a_constant_number_of_queries(api, vk, django_assert_num_queries):
    api.post("/api/v1/spend/bulk/", [])
    rows = [ROW | {"month": f"20{year}-01"} for year in range(10, 60)]
    with django_assert_num_queries(5):
        api.post("/api/v1/spend/bulk/", rows)
    assert Spend.objects.count() == 50


def test_what_was_entered_is_listed_and_filtered(api, vk):
    SpendFactory(channel=vk, month=date(2026, 10, 1), amount=Decimal("10.25"))
    SpendFactory(month=date(2026, 11, 1))
    rows = api.get("/api/v1/spend/", {"channel": "vk"}).json()["results"]
    whole = {"channel": "vk", "campaign": None, "month": "2026-10", "day": None}
    assert rows == [whole | {"kind": "advertising", "amount": "10.25"}]
    assert len(api.get("/api/v1/spend/", {"month_from": "2026-10-01"}).json()["results"]) == 2
    assert len(api.get("/api/v1/spend/", {"month_to": "2026-10-01"}).json()["results"]) == 1
    assert api.get("/api/v1/spend/", {"kind": "bribes"}).status_code == 400


def test_a_channel_is_made_changed_and_listed(api):
    made = api.post("/api/v1/channels/", {"code": "VK", "name": "VK", "kind": "paid"})
    assert made.status_code == 201
    changed = api.post("/api/v1/channels/", {"code": "vk", "name": "ВКонтакте", "kind": "organic"})
    assert changed.status_code == 200
    assert Channel.objects.get().kind == "organic"
    assert [row["name"] for row in api.get("/api/v1/channels/").json()["results"]] == ["ВКонтакте"]


@pytest.mark.parametrize("change", [{"code": ""}, {"code": "a b"}, {"name": ""}, {"kind": "magic"}, {"code": None}])
def test_a_bad_channel_is_refused(api, change):
    answer = api.post("/api/v1/channels/", {"code": "vk", "name": "VK", "kind": "paid"} | change)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == list(change)


def test_reading_needs_its_scope(vk):
    writer = client_with(Scope.SPEND_WRITE)
    assert writer.get("/api/v1/spend/").status_code == 403
    assert writer.get("/api/v1/channels/").status_code == 403


def test_writing_needs_its_scope(vk):
    reader = client_with(Scope.SPEND_READ, Scope.ORDERS_WRITE)
    for path, body in (("spend/", ROW), ("spend/bulk/", [ROW]), ("channels/", {"code": "x", "name": "X"})):
        assert reader.post(f"/api/v1/{path}", body).status_code == 403
    assert not Spend.objects.exists()


def test_without_a_token_nothing_is_told(vk):
    assert APIClient().get("/api/v1/spend/").status_code == 401


def test_a_day_and_a_campaign_are_entered(api, vk):
    spring = CampaignFactory(channel=vk, code="spring")
    row = {"channel": "vk", "campaign": "Spring", "day": "2026-11-05", "kind": "advertising", "amount": "5"}
    answer = api.post("/api/v1/spend/", row)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["month"], told["day"], told["campaign"]) == ("2026-11", "2026-11-05", "spring")
    spend = Spend.objects.get()
    assert (spend.campaign, spend.day, spend.month) == (spring, date(2026, 11, 5), date(2026, 11, 1))
    assert api.post("/api/v1/spend/", row | {"campaign": "autumn"}).status_code == 422
    assert api.post("/api/v1/spend/", row | {"month": "2026-12"}).status_code == 400
    assert api.post("/api/v1/spend/", {k: v for k, v in row.items() if k != "day"}).status_code == 422
    results = api.post("/api/v1/spend/bulk/", [row, row, row | {"campaign": "autumn"}]).json()["results"]
    assert [each["fate"] for each in results] == ["unchanged", "refused", "refused"]


def test_campaigns_are_made_changed_and_listed(api, vk):
    row = {"channel": "vk", "code": "Spring", "name": "Spring"}
    assert api.post("/api/v1/channels/campaigns/", row).status_code == 201
    assert api.post("/api/v1/channels/campaigns/", row | {"name": "April"}).status_code == 200
    (found,) = api.get("/api/v1/channels/campaigns/", {"channel": "vk"}).json()["results"]
    assert (found["channel"], found["code"], found["name"]) == ("vk", "spring", "April")
    assert api.post("/api/v1/channels/campaigns/", row | {"channel": "nowhere"}).status_code == 422
