"""A fit survives the database."""

import json

import numpy as np
import pytest

from segmentation.rules.ltv import Histories, Holdout, Margins, TimeUnit, fit_best
from segmentation.rules.ltv.predict import predict
from segmentation.rules.stored_fit import dump, load


def base(n: int) -> tuple[Histories, Margins, Holdout]:
    """Customers with regular but uneven histories, and a future that resembles the past."""
    random = np.random.default_rng(3)
    x = random.poisson(random.gamma(1.0, 2.0, n))
    age = random.integers(100, 700, n)
    recency = np.where(x > 0, (age * random.random(n)).astype(int), 0)
    histories = Histories.from_customers(x, recency, age, TimeUnit.WEEK)
    margins = Margins.from_customers(x, random.gamma(4.0, 50_000.0, n))
    return histories, margins, Holdout.from_customers(histories, random.poisson(0.3, n), 90)


@pytest.mark.parametrize("customers", [2000, 20])
def test_a_loaded_fit_foretells_what_the_fitted_one_does(customers):
    histories, margins, holdout = base(customers)
    model = fit_best(histories, margins, holdout)
    stored = json.loads(json.dumps(dump(model)))
    again = predict(*load(str(model.method), stored), histories, margins)
    assert np.array_equal(again.predicted_margin, model.predict(histories, margins).predicted_margin)


def test_an_unknown_method_is_refused():
    with pytest.raises(KeyError):
        load("oracle", {"unit": 7})
