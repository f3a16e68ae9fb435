"""The steps of the night, and what they report, in words."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from segmentation.models import Forecast

STEPS = {
    "attribution": _("Channels that customers came from"),
    "statistics": _("Purchases of each customer"),
    "ways": _("First and last touches before the first order"),
    "fit": _("Model of the forecast"),
    "standings": _("Grades, stages and LTV"),
    "snapshot": _("Value of the base"),
    "category_grades": _("Grades by category of products"),
    "grades": _("Totals and moves of grades"),
    "cohorts": _("Cohorts by month"),
    "channels": _("What the customers of each channel bring"),
    "inquiries": _("What became of inquiries"),
    "leaving": _("Who is gone, and after what"),
    "x_candidates": _("Candidates for an X"),
    "promo_codes": _("Promo codes used"),
    "api_answers": _("Answers of the API that are not repeated any more"),
    "audiences": _("Who entered and left the watched audiences"),
    "enrolment": _("Entries into flows"),
    "duplicates": _("Look for duplicates"),
}

NUMBERS = {
    "changed": _("customers changed"),
    "moved": _("customers moved"),
    "origins": _("first products and managers"),
    "written": _("rows written"),
    "removed": _("rows removed"),
    "grades_changed": _("grades changed"),
    "stages_changed": _("stages changed"),
    "buyers": _("buyers"),
    "customers": _("customers"),
    "cohorts": _("cohorts"),
    "gone": _("customers are gone"),
    "returned": _("departures changed by orders"),
    "proposed": _("candidates"),
    "redeemed": _("codes used"),
    "entered": _("customers entered"),
    "left": _("customers left"),
}


def told(result: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What a step reported, as pairs of words and numbers; what has no words is left out."""
    if result.get("fitted") is False:
        yield _("the one in force is fresh enough"), ""
    if "method" in result:
        yield Forecast(result["method"]).label, ""
    for name, words in NUMBERS.items():
        if name in result:
            yield words, result[name]
