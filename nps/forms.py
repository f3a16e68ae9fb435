"""What customers answer, and what the list of answers is narrowed to."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from nps.models import ResponseKind
from nps.queries import first_month
from nps.rules.score import MAX_SCORE, MIN_SCORE
from segmentation.models import Grade

NO_GRADE = "none"
# In the place of a month: the twelve whose answers make the score.
LAST_YEAR = "year"
# The calendar of Python ends with the year 9999, and a month is looked at together with the next.
LAST_DAY = date(2099, 12, 31)


class AnswerForm(forms.Form):
    """The two questions."""

    score = forms.IntegerField(
        min_value=MIN_SCORE,
        max_value=MAX_SCORE,
        error_messages={
            "required": _("Choose a number from 0 to 10."),
            "invalid": _("Choose a number from 0 to 10."),
            "min_value": _("Choose a number from 0 to 10."),
            "max_value": _("Choose a number from 0 to 10."),
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=5000,
        error_messages={"max_length": _("The comment is too long: 5,000 characters are taken at most.")},
    )


class AnswersFilter(forms.Form):
    """What the address of the list of answers says; nonsense narrows nothing."""

    month = forms.DateField(
        required=False, input_formats=["%Y-%m", "%Y-%m-%d"], validators=[MaxValueValidator(LAST_DAY)]
    )
    grade = forms.ChoiceField(required=False, choices=[("", ""), *Grade.choices, (NO_GRADE, _("no grade yet"))])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *ResponseKind.choices])

    def narrowing(self, today: date) -> dict[str, Any]:
        """Arguments for `queries.answer_rows`."""
        self.is_valid()
        month: date | None = self.cleaned_data.get("month")
        grade = self.cleaned_data.get("grade")
        return {
            "month": month.replace(day=1) if month else None,
            "since": first_month(today) if self.data.get("month") == LAST_YEAR else None,
            "grade": {"": None, None: None, NO_GRADE: ""}.get(grade, grade),
            "kind": self.cleaned_data.get("kind") or "",
        }
