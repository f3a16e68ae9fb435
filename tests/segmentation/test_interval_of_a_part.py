"""How sure the value of a part of the base is: the method of the whole base, over fewer customers."""

import random
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from crm import nightly
from customers.models import ContactPoint, Customer
from dashboard.figures.filters import FigureFilters
from dashboard.queries.base_value import base_value
from segmentation.queries import intervals
from segmentation.queries.intervals import value_interval
from tests.factories.core import ManagerFactory
from tests.factories.segmentation import AS_OF, NIGHT
from tests.segmentation.test_degenerate import OURS, Rows, a_base

pytestmark = pytest.mark.django_db


BUYERS = 300


def buyers() -> Rows:
    """Each with an own rate, an own chance to stop after an order and own prices: what the models were made for."""
    draw = random.Random(5)
    found: Rows = []
    for who in range(BUYERS):
        day, rate, stops = draw.randint(60, 700), draw.gammavariate(2, 1 / 80), draw.betavariate(1, 5)
        price = 3 * 2000 / draw.gammavariate(4, 1)
        while day >= 0:
            revenue = 100 + round(draw.gammavariate(6, price / 6))
            found.append((who, day, revenue, revenue // 2, "fulfilled"))
            if draw.random() < stops:
                break
            day -= 1 + int(draw.expovariate(rate))
    return found


@pytest.fixture
def base() -> None:
    with connection.cursor() as cursor:
        # A hash of the number draws the customers: the same ones, whichever tests ran before.
        cursor.execute("SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), 1000000)")
    a_base(buyers())
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=each, channel="email", value=f"c{each.pk}@shop.test") for each in Customer.objects.all()
    )
    nightly.run(as_of=AS_OF, now=NIGHT, steps=tuple(step for step in nightly.STEPS if step.name in OURS))


def deviation(**which: Any) -> float:
    found = value_interval(as_of=AS_OF, customers=Customer.objects.filter(**which)).deviation
    assert found is not None
    return found


def test_everybody_is_the_whole_base_and_fewer_are_less_sure(base):
    whole = value_interval(as_of=AS_OF).deviation
    assert deviation(name__startswith="C") == whole
    middle = Customer.objects.order_by("pk")[BUYERS // 2].pk
    halves = deviation(pk__lt=middle), deviation(pk__gte=middle)
    assert whole < min(halves) < 2 * whole
    assert value_interval(as_of=AS_OF, customers=Customer.objects.filter(pk=0)).reason == "nothing_expected"


def test_a_part_is_drawn_denser_than_the_base_beside_it(base, monkeypatch):
    """Of 20 all are taken, of 150 each second, of the 150 others each fourth; a hash draws them."""
    first = Customer.objects.order_by("pk")[0].pk
    exact = deviation(pk__lt=first + 150)
    monkeypatch.setattr(intervals, "SURE", 5)
    monkeypatch.setattr(intervals, "DRAWN", 75)
    for size, times in ((20, 1), (150, 2)):
        strata = intervals._strata(AS_OF, f"s.customer_id < {first + size}")
        assert {part.times for part in strata} == {1, times, 4}
        told = sum(part.counted.sum() * part.times for part in strata)
        assert told == pytest.approx(size, abs=0 if times == 1 else 60)
    assert deviation(pk__lt=first + 150) == pytest.approx(exact, rel=0.4)


def test_the_newest_month_of_a_part_has_an_interval_and_past_months_say_why_not(base, client):
    report = base_value(today=AS_OF, filters=FigureFilters(date(2000, 1, 1), AS_OF, grade="A"))
    *past, now = report.months
    assert now.low < now.closing < now.high
    assert {month.interval_reason for month in past} <= {"part"}
    client.force_login(ManagerFactory(language="en"))
    page = client.get(reverse("base_value"), {"grade": "A", "last": f"{AS_OF:%Y-%m}"})
    assert "90% interval" in page.content.decode()
