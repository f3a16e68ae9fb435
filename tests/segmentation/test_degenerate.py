"""Bases that no model can learn from: the night leaves a forecast with a label, and the page says it in words."""

import json
import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from crm import nightly
from customers.models import Customer, Order
from segmentation.models import ModelFit, Standing
from tests.factories.core import ManagerFactory
from tests.factories.segmentation import AS_OF, NIGHT

pytestmark = pytest.mark.django_db
Rows = list[tuple[int, int, int, int, str]]  # customer, days ago, revenue, cost, status
OURS = ("attribution", "statistics", "fit", "standings", "snapshot", "cohorts")


def rows(customers: int, days_ago: Callable[[int], list[int]], *, revenue: int = 1000, cost: int = 600) -> Rows:
    return [(who, day, revenue, cost, "fulfilled") for who in range(customers) for day in days_ago(who)]


def usual(customers: int = 130) -> Rows:
    """Buyers who come at their own rate, and may stop after any order."""
    draw = random.Random(3)
    found: Rows = []
    for who in range(customers):
        day, gap, price = draw.randint(60, 700), draw.uniform(10, 90), draw.randint(500, 3000)
        while day >= 0:
            found.append((who, day, price + draw.randint(0, 500), price // 2, "fulfilled"))
            if draw.random() < 0.2:
                break
            day -= 1 + int(draw.expovariate(1 / gap))
    return found


def wholesale() -> Rows:
    return usual() + [(999, day, 2_000_000, 900_000, "fulfilled") for day in range(5, 600, 20)]


def a_year_of_returns() -> Rows:
    every = usual(160)
    good = [row for row in every if row[1] > 365]
    returned = [(who, day, 0, 0, "returned") for who, day, *_ in every if day <= 365]
    return good + returned


# name: orders, method, reason (ANY: the orders are ordinary, only their margin is not), words of the page
BASES: dict[str, tuple[Rows, Any, Any, str]] = {
    "nobody": ([], "cohort_average", "no_customers", "there are no customers to learn from"),
    "one customer": (rows(1, lambda _: [30]), "cohort_average", "too_few_repeat_buyers", "nobody knows yet how good"),
    "ten customers": (
        rows(10, lambda who: [400 - 9 * who, 200 + who, 30]),
        "cohort_average",
        "too_few_repeat_buyers",
        "too few customers have come back",
    ),
    "all bought once": (
        rows(80, lambda who: [4 * who + 3]),
        "cohort_average",
        "too_few_repeat_buyers",
        "too few customers have come back",
    ),
    "all on one day": (rows(80, lambda _: [0]), "cohort_average", "too_few_repeat_buyers", "too few customers"),
    "all in the future": (rows(20, lambda _: [-5]), "cohort_average", "no_customers", "there are no customers"),
    "all regular": (
        rows(80, lambda _: list(range(20, 700, 30))),
        "cohort_average",
        "parameters_at_bounds",
        "the parameters ran to the edge of what makes sense",
    ),
    "only losses": (
        [(who, day, 1000, 1500, status) for who, day, _r, _c, status in usual()],
        ANY,
        ANY,
        "In the last",
    ),
    "wholesale": (wholesale(), ANY, ANY, "In the last"),
    "a year of returns": (
        a_year_of_returns(),
        "cohort_average",
        "lost_to_naive",
        "Nobody ordered in the part held out",
    ),
}


def a_base(orders: Rows) -> None:
    customers = {who: Customer(name=f"C {who}") for who in sorted({row[0] for row in orders})}
    Customer.objects.bulk_create(customers.values())
    Order.objects.bulk_create(
        Order(
            customer=customers[who],
            source="till",
            external_id=str(number),
            status=status,
            placed_on=AS_OF - timedelta(days=day),
            placed_at=datetime.combine(AS_OF - timedelta(days=day), time(9), tzinfo=UTC),
            currency="RUB",
            revenue=revenue,
            known_cost=cost,
        )
        for number, (who, day, revenue, cost, status) in enumerate(orders)
    )


@pytest.mark.parametrize("name", BASES)
def test_a_base_that_teaches_nothing_gets_a_labelled_forecast(name, client):
    orders, method, reason, words = BASES[name]
    a_base(orders)
    night = nightly.run(as_of=AS_OF, now=NIGHT, steps=tuple(step for step in nightly.STEPS if step.name in OURS))
    assert {step.name: step.error for step in night.steps.all() if step.error} == {}
    fit = ModelFit.objects.get()
    assert (fit.method, fit.reason) == (method, reason)
    assert json.dumps([fit.parameters, fit.backtest, fit.trial], allow_nan=False)
    for standing in Standing.objects.all():
        assert_sensible(standing)
    client.force_login(ManagerFactory(language="en"))
    with time_machine.travel(NIGHT, tick=False):
        assert client.get(reverse("ltv")).status_code == 200
        page = client.get(reverse("ltv_backtest"))
        assert words in page.content.decode()
        for who in Customer.objects.all()[:2]:
            assert client.get(reverse("customer_forecast", args=[who.pk])).status_code == 200
        if name in ALSO:
            ALSO[name](client)


def assert_sensible(standing: Standing) -> None:
    numbers = (standing.predicted_12, standing.predicted_36, standing.expected_orders_12, standing.value_at_risk)
    assert all(math.isfinite(number) and number >= 0 for number in numbers)
    assert standing.p_alive is None or 0 <= standing.p_alive <= 1
    assert standing.method


def losses_are_forecast_as_nothing_and_the_card_says_why(client: Client) -> None:
    assert set(Standing.objects.values_list("predicted_12", "value_at_risk")) == {(0, 0)}
    loser = Standing.objects.filter(customer__statistics__purchase_days__gt=1).first()
    text = client.get(reverse("customer_forecast", args=[loser.customer_id])).content.decode()
    assert "but never below zero" in text


def one_wholesale_buyer_does_not_raise_the_others(_client: Client) -> None:
    wholesaler = Standing.objects.get(customer__name="C 999")
    others = Standing.objects.exclude(pk=wholesaler.pk).order_by("-predicted_12")
    assert wholesaler.predicted_12 > 1_000_000
    assert others[0].predicted_12 < 100_000


ALSO: dict[str, Callable[[Client], None]] = {
    "only losses": losses_are_forecast_as_nothing_and_the_card_says_why,
    "wholesale": one_wholesale_buyer_does_not_raise_the_others,
}
