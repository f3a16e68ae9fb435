"""Grades and lifecycle stages as they look everywhere: letter, colour class, icon, words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class GradeBadge:
    letter: str
    css: str
    word: str | Promise


@dataclass(frozen=True)
class StageBadge:
    css: str
    icon: str
    word: str | Promise
    hint: str | Promise


GRADES = {
    "A": GradeBadge("A", "a", _("buys much and often")),
    "B": GradeBadge("B", "b", _("high average check, few purchases")),
    "C": GradeBadge("C", "c", _("low average check, many purchases")),
    "D": GradeBadge("D", "d", _("low average check, few purchases")),
    "X": GradeBadge("X", "x", _("large potential that today's product does not fit")),
    "": GradeBadge("—", "none", _("no grade yet")),
}

STAGES = {
    "new": StageBadge(
        "new",
        icon="seedling",
        word=pgettext_lazy("stage", "New"),
        hint=_("Before the second order is expected"),
    ),
    "active": StageBadge(
        "active",
        icon="circle-check",
        word=pgettext_lazy("stage", "Active"),
        hint=_("Buys in their own rhythm"),
    ),
    "at_risk": StageBadge(
        "risk",
        icon="alert-triangle",
        word=pgettext_lazy("stage", "At risk"),
        hint=_("The next order is overdue"),
    ),
    "lapsed": StageBadge(
        "lapsed",
        icon="hourglass-low",
        word=pgettext_lazy("stage", "Lapsed"),
        hint=_("Long past their own rhythm"),
    ),
    "lost": StageBadge(
        "lost",
        icon="user-off",
        word=pgettext_lazy("stage", "Lost"),
        hint=_("Hardly ever comes back without help"),
    ),
}
