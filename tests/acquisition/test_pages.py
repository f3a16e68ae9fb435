"""Pages on which spend is entered."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from acquisition.models import Acquisition, Channel, Spend
from core.periods import add_months, company_day, month_start
from core.roles import Role
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory, SpendFactory
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def marketer(client):
    client.force_login(UserFactory(role=Role.MARKETER, language="en"))
    return client


@pytest.fixture
def vk():
    return ChannelFactory(code="vk", name="VK")


def cell(channel, amount):
    return {"channel": channel.pk, "month": "2026-11", "kind": "advertising", "amount": amount}


def test_the_grid_shows_the_month_asked_for(marketer, vk):
    SpendFactory(channel=vk, month=OCTOBER, amount=Decimal("48300.50"))
    SpendFactory(channel=vk, month=NOVEMBER, amount=1)
    page = marketer.get("/spend/", {"month": "2026-10"}).content.decode()
    assert 'value="48300.50"' in page
    assert "October 2026" in page


def test_without_a_month_the_grid_shows_this_one(marketer, vk):
    page = marketer.get("/spend/", {"month": "yesterday"})
    assert page.context["grid"].month == month_start(company_day(timezone.now()))


def test_an_amount_is_kept_and_the_sums_come_back(marketer, vk):
    SpendFactory(channel=vk, month=NOVEMBER, kind="tools", amount=10)
    answer = marketer.post("/spend/cell/", cell(vk, "1 200,50"))
    assert answer.status_code == 200
    assert Spend.objects.get(kind="advertising").amount == Decimal("1200.50")
    assert answer.context["grid"].total == Decimal("1210.50")
    assert b'hx-swap-oob="true"' in answer.content


def test_an_empty_amount_is_taken_out(marketer, vk):
    SpendFactory(channel=vk, month=NOVEMBER)
    marketer.post("/spend/cell/", cell(vk, " "))
    assert not Spend.objects.exists()


def test_nothing_paid_is_not_the_same_as_unknown(marketer, vk):
    grid = marketer.get("/spend/", {"month": "2026-11"}).context["grid"]
    assert (grid.total, set(grid.totals)) == (None, {None})
    told = marketer.post("/spend/cell/", cell(vk, "0"))
    assert Spend.objects.get().amount == 0
    assert told.context["grid"].total == 0


@pytest.mark.parametrize("amount", ["-5", "NaN", "ten", "1e9", "12.345", "9" * 20, "<b>1</b>"])
def test_a_bad_amount_stays_in_its_cell_with_the_reason(marketer, vk, amount):
    SpendFactory(channel=vk, month=NOVEMBER, amount=7)
    answer = marketer.post("/spend/cell/", cell(vk, amount))
    assert answer.context["error"]
    assert b'aria-invalid="true"' in answer.content
    assert b"<b>1</b>" not in answer.content
    assert Spend.objects.get().amount == 7


@pytest.mark.parametrize(
    "changes", [{"month": "2026-13"}, {"month": ""}, {"kind": "bribes"}, {"channel": 0}, {"channel": "x"}]
)
def test_a_cell_that_does_not_exist_is_refused(marketer, vk, changes):
    assert marketer.post("/spend/cell/", cell(vk, "1") | changes).status_code == 400
    assert not Spend.objects.exists()


def test_the_month_before_fills_empty_cells(marketer, vk):
    SpendFactory(channel=vk, month=OCTOBER, amount=5)
    answer = marketer.post("/spend/copy/", {"month": "2026-11"})
    assert answer.url == "/spend/?month=2026-11"
    assert Spend.objects.get(month=NOVEMBER).amount == 5
    assert marketer.post("/spend/copy/", {"month": "soon"}).status_code == 400


def test_a_code_that_orders_name_becomes_a_channel_in_one_click(marketer):
    AcquisitionFactory(channel=None, told_code="avito")
    assert b"avito" in marketer.get("/spend/").content
    marketer.post("/channels/", {"code": "avito", "name": "avito", "kind": "paid"})
    assert Acquisition.objects.get().channel.code == "avito"
    assert marketer.get("/spend/").context["unknown"] == []


def test_a_channel_of_a_taken_code_is_refused_on_its_form(marketer, vk):
    answer = marketer.post("/channels/", {"code": "VK", "name": "Again", "kind": "paid"})
    assert answer.status_code == 422
    assert "code" in answer.context["form"].errors
    assert Channel.objects.count() == 1


def test_a_channel_is_renamed(marketer, vk):
    assert marketer.get(f"/channels/{vk.pk}/").status_code == 200
    marketer.post(f"/channels/{vk.pk}/", {"name": "ВКонтакте", "kind": "organic"})
    vk.refresh_from_db()
    assert (vk.name, vk.kind, vk.code) == ("ВКонтакте", "organic", "vk")
    assert marketer.get("/channels/0/").status_code == 404


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_those_who_sell_do_not_see_spend(client, vk, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/spend/").status_code == 403
    assert client.post("/spend/cell/", cell(vk, "1")).status_code == 403
    assert client.post("/spend/copy/", {"month": "2026-11"}).status_code == 403
    assert client.post("/channels/", {"code": "x", "name": "x", "kind": "paid"}).status_code == 403
    assert client.get(f"/channels/{vk.pk}/").status_code == 403
    assert not Spend.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_those_who_lead_do(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/spend/").status_code == 200


def test_a_stranger_is_asked_to_log_in(client):
    assert client.get("/spend/").status_code == 302


def test_reading_changes_nothing(marketer, vk):
    assert marketer.get("/spend/cell/").status_code == 405
    assert marketer.get("/spend/copy/").status_code == 405
    assert marketer.get("/channels/").status_code == 405


def test_a_base_without_channels_says_what_to_do(marketer):
    assert b"There are no channels yet" in marketer.get("/spend/").content


def test_the_number_of_queries_does_not_grow(marketer, vk, django_assert_max_num_queries):
    for _ in range(12):
        SpendFactory(month=NOVEMBER)
        AcquisitionFactory(channel=None, told_code="x")
    with django_assert_max_num_queries(8):
        marketer.get("/spend/", {"month": "2026-11"})


def test_the_next_month_is_offered_only_up_to_this_one(marketer, vk):
    this_month = month_start(company_day(timezone.now()))
    assert marketer.get("/spend/").context["next"] is None
    earlier = add_months(this_month, -1)
    assert marketer.get("/spend/", {"month": f"{earlier:%Y-%m}"}).context["next"] == this_month
