"""The form of a definition, and the ones that every page needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.formats import number_text, percent_text
from core.models import User
from segmentation.queries import policies_in_force

Label = str | Promise


@dataclass(frozen=True)
class PolicyLine:
    """One number of the policy in force that the figure depends on."""

    label: Label
    value: str


@dataclass(frozen=True)
class Definition:
    """text: what the figure says. formula: how it is computed, in words and signs. source: where a formula is from.

    policy: reads the numbers in force on a day; they are asked for when the note is opened. policy_url: the name of
    the page on which they are set.
    """

    code: str
    name: Label
    text: Label
    formula: Label = ""
    source: str = ""
    policy: Callable[[date], list[PolicyLine]] | None = None
    policy_url: str = "policies"


def discounting(as_of: date) -> list[PolicyLine]:
    """The yearly discount rate and the margin assumed without a cost, by customer kind."""
    lines = []
    for policy in policies_in_force(as_of).values():
        kind = policy.get_kind_display()
        lines += [
            PolicyLine(_("Discount a year, %(kind)s") % {"kind": kind}, percent_text(policy.discount_rate)),
            PolicyLine(_("Margin without a known cost, %(kind)s") % {"kind": kind}, percent_text(policy.margin_rate)),
        ]
    return lines


def stages(as_of: date) -> list[PolicyLine]:
    """From how many expected gaps on a stage begins, by customer kind."""
    return [
        PolicyLine(
            _("At risk, lapsed, lost after so many expected gaps, %(kind)s") % {"kind": policy.get_kind_display()},
            " / ".join(map(number_text, (policy.at_risk_ratio, policy.lapsed_ratio, policy.lost_ratio))),
        )
        for policy in policies_in_force(as_of).values()
    ]


DEFINITIONS = (
    Definition(
        "lifecycle",
        _("Stage"),
        _("Days since the last order against the customer's own rhythm."),
        _("days since the last order ÷ expected gap"),
        policy=stages,
    ),
    Definition(
        "predicted_12",
        _("Forecast, 12 months"),
        _("The margin that is expected of the customer in the next 12 months."),
        _("expected orders × expected margin of an order, discounted"),
        "Fader, Hardie, Lee (2005); Batislam et al. (2007); Fader, Hardie (2013)",
        policy=discounting,
    ),
)


def may_set(user: User, definition: Definition) -> bool:
    """Whether the reader may open the page of the policy."""
    return definition.policy is not None and user.sees_whole_base
