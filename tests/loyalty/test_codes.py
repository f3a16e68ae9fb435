"""Promo codes: made once, redeemed once, given back."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core.errors import Conflict
from customers.models import Order, TimelineEvent
from loyalty.actions import issue_code, redeem_codes
from loyalty.models import PromoCode
from loyalty.queries import discount_text
from loyalty.rules.codes import ALPHABET, new_code
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.loyalty import OfferFactory, PromoCodeFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)


def order_with(code, **fields):
    return OrderFactory(**{"customer": code.customer, "promo_code": code.code, "placed_at": NOW, **fields})


def test_codes_have_no_letters_that_look_alike():
    assert not set("01OIL") & set(ALPHABET)
    codes = {new_code("BACK") for _ in range(200)}
    assert len(codes) == 200
    assert all(code.startswith("BACK") and set(code[4:]) <= set(ALPHABET) for code in codes)


def test_a_customer_gets_one_code_of_an_offer_however_often_it_is_asked_for():
    offer, customer = OfferFactory(valid_days=30), CustomerFactory()
    first = issue_code(offer=offer, customer_id=customer.pk, at=NOW)
    second = issue_code(offer=offer, customer_id=customer.pk, at=NOW + timedelta(days=1))
    assert first == second
    assert PromoCode.objects.count() == 1
    # The end of the thirtieth day in Moscow.
    assert first.expires_at.astimezone(UTC).isoformat() == "2026-02-09T20:59:59.999999+00:00"


def test_a_code_that_ran_out_unused_is_prolonged():
    code = PromoCodeFactory()
    later = code.expires_at + timedelta(days=200)
    again = issue_code(offer=code.offer, customer_id=code.customer_id, at=later)
    assert (again.pk, again.code) == (code.pk, code.code)
    assert again.expires_at > later


def test_after_a_redeemed_code_a_new_one_is_made():
    code = PromoCodeFactory()
    order_with(code)
    redeem_codes(at=NOW)
    assert issue_code(offer=code.offer, customer_id=code.customer_id, at=NOW).pk != code.pk


def test_an_offer_that_is_switched_off_gives_no_codes():
    with pytest.raises(Conflict):
        issue_code(offer=OfferFactory(is_active=False), customer_id=CustomerFactory().pk, at=NOW)


def test_an_order_redeems_the_code_whatever_the_case_of_its_letters():
    code = PromoCodeFactory(code="BACK7K4")
    order = order_with(code, promo_code=" back7k4 ")
    assert redeem_codes(at=NOW) == 1
    assert redeem_codes(at=NOW) == 0
    code.refresh_from_db()
    assert (code.redeemed_by, code.redeemed_at) == (order, NOW)
    assert TimelineEvent.objects.get(kind="promo_redeemed").data == {"code": "BACK7K4", "order": order.pk}


@pytest.mark.parametrize(
    "fields",
    [
        {"placed_at": datetime(2025, 12, 31, tzinfo=UTC)},
        {"placed_at": datetime(2026, 2, 1, 12, tzinfo=UTC)},
        {"status": "cancelled", "revenue": 0, "known_cost": 0},
        {"customer": None},
        {"promo_code": "OTHER"},
    ],
    ids=["before it was issued", "after it ran out", "cancelled", "another customer", "another code"],
)
def test_these_orders_do_not_redeem_a_code(fields):
    code = PromoCodeFactory()
    if "customer" in fields:
        fields = {"customer": CustomerFactory()}
    order_with(code, **fields)
    assert redeem_codes(at=NOW) == 0


def test_of_two_orders_the_first_redeems():
    code = PromoCodeFactory()
    order_with(code, placed_at=NOW + timedelta(hours=1))
    first = order_with(code)
    redeem_codes(at=NOW + timedelta(hours=2))
    code.refresh_from_db()
    assert code.redeemed_by == first


def test_a_cancelled_order_gives_its_code_back_and_the_next_order_redeems_it():
    code = PromoCodeFactory()
    order = order_with(code)
    redeem_codes(at=NOW)
    Order.objects.filter(pk=order.pk).update(status="cancelled", revenue=0, known_cost=0)
    assert redeem_codes(at=NOW) == 0
    code.refresh_from_db()
    assert code.redeemed_by is None
    order_with(code, placed_at=NOW + timedelta(days=1))
    assert redeem_codes(at=NOW + timedelta(days=2)) == 1


def test_a_code_is_not_given_back_where_the_customer_has_a_new_one():
    code = PromoCodeFactory()
    order = order_with(code)
    redeem_codes(at=NOW)
    issue_code(offer=code.offer, customer_id=code.customer_id, at=NOW)
    Order.objects.filter(pk=order.pk).update(status="cancelled", revenue=0, known_cost=0)
    redeem_codes(at=NOW)
    code.refresh_from_db()
    assert code.redeemed_by == order


def test_redeeming_costs_the_same_number_of_queries_for_any_number_of_codes(django_assert_max_num_queries):
    for code in PromoCodeFactory.create_batch(5):
        order_with(code)
    with django_assert_max_num_queries(6):
        assert redeem_codes(at=NOW) == 5


@pytest.mark.parametrize(
    ("offer", "ru", "en"),
    [
        ({"percent": 10}, "10\u00a0%", "10%"),
        ({"percent": "12.5"}, "12,5\u00a0%", "12.5%"),
        ({"kind": "amount", "percent": None, "amount": 1500}, "1\u00a0500\u00a0₽", "RUB1,500"),
    ],
)
def test_an_offer_is_told_in_words(offer, ru, en):
    made = OfferFactory(**offer)
    made.refresh_from_db()
    assert discount_text(made, "ru") == ru
    assert discount_text(made, "en") == en


@pytest.mark.django_db(transaction=True)
def test_ten_who_ask_at_once_get_the_same_code():
    offer, customer = OfferFactory(), CustomerFactory()
    codes, barrier = [], threading.Barrier(10)

    def ask():
        barrier.wait()
        codes.append(issue_code(offer=offer, customer_id=customer.pk, at=NOW).code)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 10
    assert len(set(codes)) == 1
