"""Grades, the thresholds behind them, and who moved."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from core.formats import money_text, number_text, percent_text
from dashboard.definitions.base import Definition, PolicyLine
from segmentation.queries import rules_in_force


def thresholds(as_of: date) -> list[PolicyLine]:
    """What the last night measured, by customer kind."""
    lines = []
    for rules in rules_in_force(as_of):
        kind = {"kind": rules.policy.get_kind_display()}
        lines.append(PolicyLine(_("Window in days, %(kind)s") % kind, number_text(rules.policy.window_days, 0)))
        if rules.measure is not None:
            lines += [
                PolicyLine(_("Many orders from, %(kind)s") % kind, number_text(rules.many_orders, 0)),
                PolicyLine(_("High average check above, %(kind)s") % kind, money_text(rules.high_check)),
            ]
        lines.append(PolicyLine(_("Hysteresis, %(kind)s") % kind, percent_text(rules.policy.hysteresis)))
    return lines


DEFINITIONS = (
    Definition(
        "grade",
        _("Grade"),
        _(
            "A buys much and often, B seldom but for much, C often but for little, D seldom and for little: the orders "
            "and the average check of the window, each against its threshold. Who has bought nothing in the window "
            "keeps the last grade."
        ),
        _("orders of the window ≥ threshold; revenue ÷ orders of the window > threshold"),
        policy=thresholds,
    ),
    Definition(
        "migration",
        _("Who moved"),
        _(
            "Where each customer stood on the evening of the first day and stands on the evening of the last, from the "
            "history of changes. Up is from D towards A, or back to buying; B and C are level. Not yet: no order by "
            "the first day. Gone: no counted order is left (all were cancelled, or the card was merged into another)."
        ),
        policy=thresholds,
    ),
    Definition(
        "migration_money",
        _("Forecast of those who moved"),
        _(
            "The margin foretold for the next 12 months. For today it is that of the last night, for an earlier day "
            "that of the last month closed by then: the day is told beside the figure."
        ),
        _("sum of the forecasts of the customers in the cell"),
    ),
)
