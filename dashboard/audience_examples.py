"""Ten audiences to begin from."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Tree = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A ready-made tree; `name` is offered as the audience's name, `why` says what it is good for."""

    code: str
    name: str | Promise
    why: str | Promise
    tree: Tree


def _is(field: str, op: str, value: Any) -> Tree:
    return {"field": field, "op": op, "value": value}


GOOD = _is("grade", "in", ["A", "B"])
WRITABLE = _is("consent", "in", ["email"])

EXAMPLES = (
    Example(
        "good-leaving",
        _("Good customers who are leaving"),
        _("A and B whose next order is overdue: call before they are gone."),
        {"all": [GOOD, _is("lifecycle", "in", ["at_risk", "lapsed"])]},
    ),
    Example(
        "one-order",
        _("Bought once and went silent"),
        _("The second order is the hardest: one order, three months ago or earlier."),
        {"all": [_is("orders", "eq", 1), _is("last_on", "more_than_days_ago", 90), WRITABLE]},
    ),
    Example(
        "order-due",
        _("The next order is due this week"),
        _("Remind at the right moment, by each customer's own rhythm."),
        {"all": [_is("next_order_on", "next_days", 7), _is("lifecycle", "in", ["new", "active"])]},
    ),
    Example(
        "birthday",
        _("Birthdays in the next two weeks"),
        _("Who may be written to and will be glad of a word."),
        {"all": [_is("birthday", "next_days", 14), WRITABLE]},
    ),
    Example(
        "detractors",
        _("Unhappy, and nobody is on it"),
        _("A low score in the last 90 days without an open task."),
        {"all": [_is("answered", "some", {"score": [0, 6], "last_days": 90}), _is("task_open", "is", False)]},
    ),
    Example(
        "looked",
        _("Looked at the site and did not order"),
        _("Visited in the last 14 days, no order in the last 30."),
        {
            "all": [
                _is("event", "some", {"kind": ["page_viewed", "product_viewed", "cart_changed"], "last_days": 14}),
                _is("bought", "none", {"last_days": 30}),
            ]
        },
    ),
    Example(
        "forgotten",
        _("Good customers nobody has talked to"),
        _("A, B and X without a talk in the last 60 days."),
        {
            "all": [
                _is("grade", "in", ["A", "B", "X"]),
                _is("touched", "none", {"author": ["people"], "last_days": 60}),
            ]
        },
    ),
    Example(
        "unreachable",
        _("Bought, and cannot be reached"),
        _("Repeat buyers without a valid contact: find one at the next order."),
        {"all": [_is("orders", "ge", 2), _is("reachable", "is", False)]},
    ),
    Example(
        "frequent-small",
        _("Buys often, little at a time"),
        _("Grade C, active: what else could go into the basket?"),
        {"all": [_is("grade", "in", ["C"]), _is("lifecycle", "in", ["active"]), _is("p_alive", "ge", "0.5")]},
    ),
    Example(
        "no-consent",
        _("Active, but may not be written to"),
        _("No consent to e-mail yet: ask for it."),
        {"all": [_is("lifecycle", "in", ["new", "active"]), {"not": WRITABLE}]},
    ),
)
BY_CODE = {example.code: example for example in EXAMPLES}
