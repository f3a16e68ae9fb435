"""Entering spend."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from acquisition.actions import SpendRow, clear_spend, copy_spend, record_spend, save_channel, set_spend
from acquisition.models import Channel, Spend
from core.errors import InvalidInput
from tests.factories.acquisition import ChannelFactory, SpendFactory

MONTH = date(2026, 11, 1)


@pytest.mark.django_db
def test_the_second_amount_takes_the_place_of_the_first():
    channel = ChannelFactory()
    cell = {"channel": channel, "month": MONTH, "kind": "advertising"}
    assert set_spend(**cell, amount=Decimal("100.50")) == "created"
    assert set_spend(**cell, amount=Decimal("100.50")) == "unchanged"
    assert set_spend(**cell, amount=Decimal(200)) == "updated"
    assert Spend.objects.get().amount == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("Infinity")}, "amount"),
        ({"amount": Decimal("1e16")}, "amount"),
        ({"month": date(2026, 11, 2)}, "month"),
        ({"month": date(1026, 11, 1)}, "month"),
        ({"kind": "bribes"}, "kind"),
    ],
)
def test_what_cannot_be_spent_is_refused_by_field(change, field):
    cell = {"channel": ChannelFactory(), "month": MONTH, "kind": "advertising", "amount": Decimal(1)}
    with pytest.raises(InvalidInput) as refusal:
        set_spend(**cell | change)
    assert refusal.value.field == field
    assert not Spend.objects.exists()


@pytest.mark.django_db
def test_one_bad_row_keeps_the_others_out():
    channel = ChannelFactory()
    rows = [
        SpendRow(channel.pk, MONTH, "tools", Decimal(1)),
        SpendRow(channel.pk, MONTH, "other", Decimal(-1)),
    ]
    with pytest.raises(InvalidInput):
        record_spend(rows=rows)
    assert not Spend.objects.exists()


@pytest.mark.django_db
def test_the_same_cell_twice_in_one_list_is_refused():
    row = SpendRow(ChannelFactory().pk, MONTH, "tools", Decimal(1))
    with pytest.raises(InvalidInput):
        record_spend(rows=[row, row])


@pytest.mark.django_db
def test_nothing_to_record_is_recorded():
    assert record_spend(rows=[]) == []


@pytest.mark.django_db
def test_clearing_takes_out_only_that_cell():
    kept = SpendFactory(month=MONTH)
    gone = SpendFactory(month=MONTH, channel=kept.channel, kind="tools")
    clear_spend(channel=gone.channel, month=MONTH, kind="tools")
    assert list(Spend.objects.all()) == [kept]


@pytest.mark.django_db
def test_copying_fills_only_what_is_empty():
    october = SpendFactory(month=date(2026, 10, 1), amount=10)
    SpendFactory(month=date(2026, 10, 1), channel=october.channel, kind="tools", amount=20)
    SpendFactory(month=MONTH, channel=october.channel, amount=99)
    assert copy_spend(source=date(2026, 10, 1), target=MONTH) == 1
    assert dict(Spend.objects.filter(month=MONTH).values_list("kind", "amount")) == {
        "advertising": 99,
        "tools": 20,
    }
    assert copy_spend(source=date(2026, 10, 1), target=MONTH) == 0


@pytest.mark.django_db
def test_a_channel_of_a_known_code_is_changed():
    assert save_channel(code="VK", name="VK", kind="paid")[1] == "created"
    assert save_channel(code="vk", name="VK", kind="paid")[1] == "unchanged"
    assert save_channel(code="vk", name="ВКонтакте", kind="paid")[1] == "updated"
    assert Channel.objects.get().name == "ВКонтакте"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"), [({"code": "два слова"}, "code"), ({"name": ""}, "name"), ({"kind": "magic"}, "kind")]
)
def test_a_channel_that_cannot_be_is_refused_by_field(change, field):
    with pytest.raises(InvalidInput) as refusal:
        save_channel(**{"code": "vk", "name": "VK", "kind": "paid"} | change)
    assert refusal.value.field == field


@pytest.mark.django_db(transaction=True)
def test_writers_of_the_same_cells_in_any_order_all_succeed():
    channel = ChannelFactory()
    kinds = ["advertising", "salaries", "tools", "other"]
    fates, errors = [], []

    def write(number):
        turned = kinds if number % 2 else list(reversed(kinds))
        try:
            rows = [SpendRow(channel.pk, MONTH, kind, Decimal(number)) for kind in turned]
            fates.extend(record_spend(rows=rows))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Spend.objects.count() == len(kinds)
    assert fates.count("created") == len(kinds)
    # All cells are of one writer, not mixed.
    assert Spend.objects.values("amount").distinct().count() == 1
