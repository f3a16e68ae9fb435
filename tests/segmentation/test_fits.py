"""Fits: which method is in force, and how each did on what it had not seen."""

import csv
import json
import random
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, Order
from segmentation import actions
from segmentation.models import ModelFit, Standing
from segmentation.queries.histories import CHUNK, buyers_in_chunks, cut_for_backtest
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, conclude
from tests.factories.shared import shared

pytestmark = pytest.mark.django_db


def a_base_with_a_rhythm(customers: int = 400) -> None:
    """Customers who buy at their own rate, and may stop after each purchase."""
    draw = random.Random(1)
    for _ in range(customers):
        days_ago = [draw.randint(1, 700)]
        rate, stops = draw.gammavariate(1.0, 0.04), draw.betavariate(1.0, 2.0)
        while draw.random() > stops and (later := days_ago[-1] - 1 - int(draw.expovariate(rate))) >= 0:
            days_ago.append(later)
        buyer_of(days_ago, revenue=draw.randint(500, 5000))


def test_a_base_with_repeat_buyers_gets_a_model_with_its_backtest():
    a_base_with_a_rhythm()
    fit = actions.fit_models(as_of=AS_OF, now=NIGHT)
    assert fit.customers == 400
    assert {row["method"] for row in fit.backtest} >= {"mbg_nbd", "bg_nbd", "same_count", "zero"}
    assert fit.holdout_days > 0
    conclude()
    assert Standing.objects.filter(predicted_12__gt=0, method=fit.method).exists()


def test_without_repeat_buyers_the_cohort_speaks_and_the_reason_is_kept():
    for days_ago in range(1, 300, 10):
        buyer_of([days_ago])
    fit = actions.fit_models(as_of=AS_OF, now=NIGHT)
    assert (fit.method, fit.reason) == ("cohort_average", "too_few_repeat_buyers")
    conclude()
    assert set(Standing.objects.values_list("p_alive", "predicted_12", "method")) == {(None, 0, "cohort_average")}


def test_a_base_without_orders_gets_a_fit_too():
    fit = actions.fit_models(as_of=AS_OF, now=NIGHT)
    assert (fit.method, fit.reason, fit.customers) == ("cohort_average", "no_customers", 0)


def test_a_short_history_is_not_cut():
    assert cut_for_backtest(AS_OF - timedelta(days=111), AS_OF) is None
    assert cut_for_backtest(AS_OF - timedelta(days=112), AS_OF) == AS_OF - timedelta(days=28)
    assert cut_for_backtest(AS_OF - timedelta(days=5000), AS_OF) == AS_OF - timedelta(days=180)


@pytest.mark.parametrize(("age", "customers", "due"), [(6, 10, False), (7, 10, True), (0, 10, False), (0, 1, True)])
def test_a_fit_is_due_after_a_week_or_when_the_base_has_grown(age, customers, due):
    for _ in range(2):
        buyer_of([5])
    actions.recompute_statistics(as_of=AS_OF)
    until = AS_OF - timedelta(days=age)
    ModelFit.objects.create(fitted_at=NIGHT, until=until, method="cohort_average", customers=customers, repeat_buyers=0)
    assert actions.fit_is_due(as_of=AS_OF) is due


def test_large_bases_are_foretold_in_chunks(monkeypatch):
    assert CHUNK > 7
    monkeypatch.setattr("segmentation.queries.histories.CHUNK", 3)
    customers = [buyer_of([5, 9]) for _ in range(7)]
    actions.recompute_statistics(as_of=AS_OF)
    chunks = list(buyers_in_chunks(AS_OF, ["person", "company"], None))
    assert [len(chunk.customer_id) for chunk in chunks] == [3, 3, 1]
    assert sorted(pk for chunk in chunks for pk in chunk.customer_id) == [each.pk for each in customers]


def test_the_command_prints_a_table_and_json_and_keeps_the_fit():
    a_base_with_a_rhythm(200)
    out = StringIO()
    call_command("fit_ltv", stdout=out)
    assert "mbg_nbd" in out.getvalue()
    assert "In force" in out.getvalue()
    out = StringIO()
    call_command("fit_ltv", json=True, stdout=out)
    assert json.loads(out.getvalue())["in_force"]["method"] == ModelFit.objects.first().method
    assert ModelFit.objects.count() == 2


def test_a_day_without_orders_after_it_cannot_be_held_out():
    buyer_of([10])
    with pytest.raises(CommandError, match="Nothing can be held out"):
        call_command("fit_ltv", until=AS_OF, stdout=StringIO())
    assert not ModelFit.objects.exists()


def test_cdnow_gives_the_published_parameters_and_errors():
    load_cdnow()
    trial = actions.try_models(until=date(1997, 9, 30), as_of=AS_OF)
    fits = {str(fit.method): fit for fit in trial.fits}
    bg, mbg = fits["bg_nbd"], fits["mbg_nbd"]
    assert (bg.params.r, bg.params.alpha, bg.params.a, bg.params.b) == pytest.approx(
        (0.243, 4.414, 0.793, 2.426), abs=0.001
    )
    assert bg.log_likelihood == pytest.approx(-9582.4, abs=0.1)
    assert (mbg.params.r, mbg.params.alpha, mbg.params.a, mbg.params.b) == pytest.approx(
        (0.525, 6.183, 0.891, 1.614), abs=0.001
    )
    assert (trial.margin.params.p, trial.margin.params.q) == pytest.approx((6.25, 3.74), abs=0.01)
    assert trial.margin.params.v / 100 == pytest.approx(15.44, abs=0.02)
    errors = {str(row.method): (row.rmse, row.bias) for row in trial.backtest}
    assert errors["bg_nbd"] == pytest.approx((1.608, -0.121), abs=0.001)
    assert errors["same_count"] == pytest.approx((1.971, 0.306), abs=0.001)
    assert not ModelFit.objects.exists()


def load_cdnow() -> None:
    """The sample as orders without a cost of goods, so that margin is revenue."""
    with shared("cdnow_sample.txt").open() as file:
        rows = [line for line in csv.reader(file, delimiter=" ", skipinitialspace=True) if line]
    customers = {line[1]: Customer(name=line[1]) for line in rows}
    Customer.objects.bulk_create(customers.values())
    Order.objects.bulk_create(
        Order(
            customer=customers[line[1]],
            source="cdnow",
            external_id=str(number),
            status="fulfilled",
            placed_on=date.fromisoformat(line[2]),
            placed_at=NIGHT,
            currency="RUB",
            revenue=line[4],
        )
        for number, line in enumerate(rows)
    )
