"""LTV, the forecast, its backtest."""

from django.utils.translation import gettext_lazy as _

from dashboard.definitions.base import Definition, discounting, stages

_ORDERS_SOURCE = "Batislam, Denizel, Filiztekin (2007); Fader, Hardie, Lee (2005)"

DEFINITIONS = (
    Definition(
        "ltv",
        _("LTV of a buyer"),
        _(
            "LTV is margin, not revenue: what the buyers have brought so far, less the cost of goods and service, plus "
            "the forecast for 36 months, for each of them."
        ),
        _("(realised margin + forecast of 36 months) ÷ buyers"),
        policy=discounting,
    ),
    Definition(
        "ltv_cac_base",
        _("LTV : CAC"),
        _(
            "LTV of the customers won in the last 12 months, this one included, ÷ their fully loaded CAC. Above 3 is "
            "usually healthy, below 1 loses money."
        ),
        _("LTV of customers won in 12 months ÷ fully loaded CAC of the same months"),
    ),
    Definition(
        "payback",
        _("Payback"),
        _(
            "Months after that of the first order until the cumulative margin of an average customer won in the period "
            "reaches their fully loaded CAC; 0 is the month of the first order. Each month of life that is over adds "
            "the margin per customer of those who have lived through it. Months of life that nobody of the period "
            "has lived through yet are told by customers won in the 24 months before it, and the page says so; of a "
            "single month they are not told. Months won without entered spend are left out, and the cost of service "
            "is not taken off. The LTV page takes the last 12 months, as the Acquisition page does unless another "
            "period is chosen there."
        ),
        _("first month of life N with: sum over months 0 to N of (margin ÷ customers) ≥ spend ÷ new customers"),
    ),
    Definition(
        "realised",
        _("Realised"),
        _("Margin of all orders less the variable cost of service: messages, points spent."),
        _("revenue − cost of goods − cost of service"),
        policy=discounting,
    ),
    Definition(
        "predicted_36",
        _("Forecast, 36 months"),
        _("The margin that is expected of the customer in the next 36 months."),
        _("expected orders × expected margin of an order, discounted"),
        "Fader, Hardie, Lee (2005); Batislam et al. (2007); Fader, Hardie (2013)",
        policy=discounting,
    ),
    Definition(
        "p_alive",
        _("Will buy again"),
        _("The probability that the customer will buy again, by how often, how recently and since when they bought."),
        _("1 ÷ (1 + a ÷ (b + x) × ((α + T) ÷ (α + tₓ))^(r + x)), x orders after the first, the last of them at tₓ"),
        _ORDERS_SOURCE,
    ),
    Definition(
        "value_at_risk",
        _("Value at risk"),
        _(
            "What of the forecast may be lost. Where the method does not know who is alive, the stage judges: half of "
            "the forecast at risk, a quarter when lapsed. Every buyer counts, as in the list behind the figure; what "
            "of it belongs to buyers beyond reach, who are not part of the base value, the overview tells apart."
        ),
        _("sum over buyers of (forecast of 12 months × probability of leaving)"),
        policy=stages,
    ),
    Definition(
        "expected_gap",
        _("Own rhythm"),
        _("Days between two purchases, the customer's own, drawn to those of the grade while there are few."),
        _("(days between the first and last purchase + 2 × gap of the grade) ÷ (gaps seen + 2)"),
        "Gelman et al., Bayesian Data Analysis, sec. 2.6",
    ),
    Definition(
        "backtest_bias",
        _("Off by, in all"),
        _("How far the sum over all customers was off. A plus: too many were foretold."),
        _("(foretold − came) ÷ came"),
    ),
    Definition(
        "backtest_rmse",
        _("Error per customer"),
        _(
            "How far the forecast of a single customer was off, larger misses counting more. A model that is not "
            "better here than the simplest guess is not used."
        ),
        _("√ mean of (foretold − came)², orders per customer"),
    ),
    Definition(
        "backtest_margin",
        _("In margin"),
        _(
            "Orders foretold × expected margin of an order, against the margin that came, net of the cost of service; "
            "not discounted. Guesses take each customer's own mean margin."
        ),
        _("(margin foretold − margin that came) ÷ margin that came"),
        "Fader, Hardie (2013)",
        policy=discounting,
    ),
    Definition(
        "backtest_silence",
        _("No order expected"),
        _("The share that the model expected to place no order: who has left, and who is only slow."),
        _("1 − P(alive) + P(alive) × ((α + T) ÷ (α + T + t))^(r + x)"),
        _ORDERS_SOURCE,
    ),
    Definition(
        "calibration",
        _("Calibration of leaving"),
        _(
            "At the cut each customer was given a probability of leaving. As left counts who placed no order within "
            "so many expected gaps as make a customer lost, or by the end of the part held out where that is sooner."
        ),
        _("Brier score = mean of (probability − what happened)²"),
        "Brier (1950)",
        policy=stages,
    ),
    Definition(
        "log_likelihood",
        _("Log-likelihood"),
        _("How well the parameters explain the orders; only fits on the same orders can be compared."),
        "",
        _ORDERS_SOURCE,
    ),
)
