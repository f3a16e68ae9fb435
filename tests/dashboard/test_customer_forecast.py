"""Why the forecast of a customer is what it is."""

import pytest
from django.test import Client
from django.urls import reverse

from core.roles import Role
from dashboard.queries.customer_forecast import customer_forecast
from segmentation.models import ModelFit, Standing
from tests.factories.core import UserFactory
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, conclude

pytestmark = pytest.mark.django_db
MARGIN = {
    "p": 6.25,
    "q": 3.74,
    "v": 1544.0,
    "pooled_mean": 40000.0,
    "log_likelihood": -1.0,
    "customers": 100,
    "excluded": 0,
    "reason": "converged",
}


def fitted(**changes) -> ModelFit:
    fields = {
        "fitted_at": NIGHT,
        "until": AS_OF,
        "method": "mbg_nbd",
        "reason": "beats_naive",
        "customers": 100,
        "repeat_buyers": 60,
        "parameters": {"unit": 7, "r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.4, "margin": MARGIN},
    }
    return ModelFit.objects.create(**(fields | changes))


@pytest.fixture
def person():
    return UserFactory(role=Role.FARMER, language="en")


@pytest.mark.parametrize("days", [[200, 150, 90, 30], [45]])
def test_it_ends_at_the_numbers_that_the_night_wrote(person, days) -> None:
    fitted()
    customer = buyer_of(days)
    conclude()
    why = customer_forecast(user=person, pk=customer.pk)
    standing = Standing.objects.get()
    assert (why.margins[11], why.margins[35]) == (standing.predicted_12, standing.predicted_36)
    assert why.p_alive == pytest.approx(standing.p_alive)
    assert why.orders == pytest.approx(standing.expected_orders_12)
    assert why.is_current
    assert why.margins == sorted(why.margins)


def test_the_curve_starts_at_the_first_order_jumps_with_each_and_falls_without(person) -> None:
    fitted()
    customer = buyer_of([200, 100])
    conclude()
    why = customer_forecast(user=person, pk=customer.pk)
    past = {(AS_OF - point.on).days: point.p_alive for point in why.alive if not point.is_ahead}
    # MBG/NBD: right after the first order b / (a + b) are still there.
    assert past[200] == pytest.approx(2.4 / 3.2)
    assert past[101] < past[100]
    assert past[0] == pytest.approx(why.p_alive)
    ahead = [point.p_alive for point in why.alive if point.is_ahead]
    assert ahead == sorted(ahead, reverse=True)
    assert [round((point.on - AS_OF).days / 91) for point in why.ahead] == [1, 2, 4]


def test_words_are_those_of_the_parameters(person) -> None:
    fitted()
    customer = buyer_of([200, 130, 60])
    conclude()
    words = customer_forecast(user=person, pk=customer.pk).words
    assert words.usual_gap == pytest.approx(7 * 6.0 / 0.5)
    assert words.own_gap == pytest.approx((7 * 6.0 + 200) / 2.5)
    assert words.drop_out == pytest.approx(0.25)
    assert words.own_margin == pytest.approx(2 * 6.25 / (2 * 6.25 + 2.74))


def test_the_card_tells_it_to_whoever_sees_the_customer(client: Client, person) -> None:
    fitted()
    mine = buyer_of([200, 130, 60])
    conclude()
    client.force_login(person)
    text = client.get(reverse("customer_forecast", args=[mine.pk])).content.decode()
    assert "3 days with purchases in 200 days, one every 70 days on average." in text
    assert "If no order comes:" in text
    mine.owner = UserFactory()
    mine.save()
    assert client.get(reverse("customer_forecast", args=[mine.pk])).status_code == 404


def test_the_fallback_draws_no_probability(client: Client, person) -> None:
    fitted(
        method="cohort_average",
        reason="too_few_repeat_buyers",
        parameters={"unit": 7, "rates": [0.1] * 400, "margin": MARGIN},
    )
    customer = buyer_of([200])
    conclude()
    client.force_login(person)
    text = client.get(reverse("customer_forecast", args=[customer.pk])).content.decode()
    assert "too few customers have come back to learn from" in text
    assert "This method does not tell who has left." in text
    assert "that of an average customer is taken" in text


def test_a_newer_fit_is_named(person) -> None:
    fitted()
    customer = buyer_of([200, 130, 60])
    conclude()
    fitted(parameters={"unit": 7, "r": 0.9, "alpha": 6.0, "a": 0.8, "b": 2.4, "margin": MARGIN})
    assert not customer_forecast(user=person, pk=customer.pk).is_current


def test_without_orders_there_is_nothing_to_explain(client: Client, person) -> None:
    customer = buyer_of([])
    client.force_login(person)
    text = client.get(reverse("customer_forecast", args=[customer.pk])).content.decode()
    assert "There is no forecast to explain yet" in text
