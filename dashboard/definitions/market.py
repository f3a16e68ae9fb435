"""What the figures of leaving and of potential mean."""

from django.utils.translation import gettext_lazy as _

from dashboard.definitions.base import Definition, stages

DEFINITIONS = (
    Definition(
        "lost_value",
        _("Lost with those who left"),
        _(
            "A customer has left from the day on which the own rhythm is broken (the stage “lapsed”), or from the "
            "earlier day on which it was written down. Whoever buys again is not counted any more."
        ),
        _(
            "sum of the forecasts of 12 months as they stood when the month before the leaving closed; where no month "
            "was closed, the margin of the 365 days up to the last order"
        ),
        policy=stages,
    ),
    Definition(
        "leaving_lift",
        _("Times as often"),
        _(
            "How many times as often customers leave to whom it happened. Proven where the whole interval lies above 1 "
            "(or below); with fewer than 30 customers on a side nothing is said."
        ),
        _(
            "share of leavers among those to whom it happened ÷ share among the others; interval: "
            "exp(ln ratio ± 1.96 × √(1/a − 1/n₁ + 1/c − 1/n₀))"
        ),
        "Katz, Baptista, Azen, Pike (1978), Biometrics 34, 469–474",
    ),
    Definition(
        "potential",
        _("Potential a year"),
        _(
            "The margin a year that customers marked with an X would bring if the product had what they lack, as "
            "people wrote it down with evidence. Needs of one customer add up, and so do customers "
            "who ask for one thing."
        ),
        _("sum of the needs"),
    ),
    Definition(
        "x_candidate",
        _("Candidates"),
        _(
            "The night proposes, people decide. Large orders, but few: the average check is among the highest 2% of "
            "the kind and at least twice the usual one, with fewer orders than “many”. Said it themselves: all words "
            "of a missing capability in a note, an answer or an inquiry of the last 365 days. Buys little of what they "
            "could: revenue of 365 days below 20% of the own field with the code wallet."
        ),
        _(
            "guess = margin of an order × orders missing to “many”, or (wallet − revenue) × the "
            "customer's share of margin"
        ),
    ),
)
