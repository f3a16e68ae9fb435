"""Which telling of an order is in force."""

from dataclasses import replace

import pytest

from customers.rules.arithmetic import price_order
from customers.rules.versions import Clash, Fate, digest_of, judge, version_of
from tests.customers import payloads


@pytest.mark.parametrize(
    ("stored", "told", "is_same", "verdict"),
    [
        (5, 6, False, Fate.UPDATED),
        (5, 6, True, Fate.UNCHANGED),
        (5, 4, False, Fate.OUTDATED),
        (5, 4, True, Fate.OUTDATED),
        (5, 5, True, Fate.UNCHANGED),
        (5, 5, False, Clash.SAME_VERSION),
        (5, None, True, Fate.UNCHANGED),
        (5, None, False, Clash.NO_VERSION),
        (0, None, False, Fate.UPDATED),
        (0, 7, False, Fate.UPDATED),
    ],
)
def test_only_a_newer_version_overwrites(stored, told, is_same, verdict):
    assert judge(stored=stored, told=told, is_same=is_same) is verdict


def test_the_time_of_change_is_a_version_in_microseconds(read):
    order = read(payloads.order(updated_at="1970-01-01T00:00:01.000002Z"))
    assert version_of(order) == 1_000_002
    assert version_of(replace(order, version=3)) == 3
    assert version_of(replace(order, updated_at=None)) is None


def digest(order):
    return digest_of(order, price_order(order, 2))


def test_equal_content_has_one_digest_however_it_is_written(read):
    one = read(payloads.order())
    other = read(
        payloads.order(
            placed_at="2026-01-15T09:00:00Z",
            version=9,
            lines=[
                {"sku": "TEA", "name": "Tea", "quantity": "2.0", "amount": "21.00"},
                {"sku": "POT", "name": "Pot", "quantity": "1", "amount": "95.5", "discount": "5.00"},
            ],
        )
    )
    assert digest(one) == digest(other)


@pytest.mark.parametrize("change", [{"status": "fulfilled"}, {"promo_code": "X"}, {"discount": 1}, {"number": "7"}])
def test_other_content_has_another_digest(read, change):
    assert digest(read(payloads.order())) != digest(read(payloads.order(**change)))
