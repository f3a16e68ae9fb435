"""Whatever is pushed is read or refused, and never breaks the reader."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import models
from customers.actions.faults import fault_text
from customers.rules import reading, records
from customers.rules.arithmetic import cost_order, price_order
from customers.rules.contacts import CHANNELS
from customers.rules.faults import Faulty
from customers.rules.records import Company
from customers.rules.versions import digest_of
from tests.customers import payloads

COMPANY = Company(currency="RUB", exponent=2, zone=ZoneInfo("Europe/Moscow"), region="RU")
NOW = datetime(2026, 2, 1, tzinfo=UTC)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.text(max_size=20)
    | st.sampled_from(["USD", "0", "1.5", "2026-01-15", "8 912 345 67 89", "a@b.ru", "new", "email", "\0", "x" * 400])
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
LINES = st.lists(
    st.dictionaries(st.sampled_from(sorted(reading.LINE_FIELDS)), SCALARS, max_size=5) | ANYTHING, max_size=3
)
PEOPLE = st.dictionaries(st.sampled_from(sorted(reading.CUSTOMER_FIELDS)), ANYTHING, max_size=4) | ANYTHING
CHANGES = st.dictionaries(st.sampled_from(sorted(reading.ORDER_FIELDS)), ANYTHING, max_size=4)


@settings(max_examples=400)
@given(CHANGES, LINES, PEOPLE)
def test_any_body_is_an_order_or_a_refusal_in_words(changes, lines, person):
    body = payloads.order() | changes
    for part in ({}, {"lines": lines}, {"customer": person}, {"lines": lines, "customer": person}):
        try:
            order = reading.read_order({**body, **part}, COMPANY, NOW)
            priced = price_order(order, COMPANY.exponent)
        except Faulty as refusal:
            for fault in refusal.faults:
                fault_text(fault).encode("utf-8", "replace")
        else:
            known, uncosted = cost_order(priced, {})
            assert 0 <= uncosted <= priced.revenue
            assert known >= 0
            assert priced.discount >= 0
            assert len(digest_of(order, priced)) == 64


@given(ANYTHING)
def test_anything_that_names_no_source_is_neither_an_order_nor_a_customer(body):
    with pytest.raises(Faulty):
        reading.read_order(body, COMPANY, NOW)
    with pytest.raises(Faulty):
        reading.read_customer(body, COMPANY)


def test_the_rules_know_the_same_choices_as_the_models():
    assert tuple(models.OrderStatus.values) == records.STATUSES
    assert tuple(models.CustomerKind.values) == records.KINDS
    assert tuple(models.ConsentAction.values) == records.CONSENT_ACTIONS
    assert set(models.ContactChannel.values) == set(CHANNELS)


def test_large_numbers_keep_within_the_database():
    lines = [{"amount": Decimal(10**13), "quantity": 10**10}] * 1000
    priced = price_order(reading.read_order(payloads.order(lines=lines), COMPANY, NOW), 2)
    assert priced.revenue < 2**63
