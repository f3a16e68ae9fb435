"""What may be asked of the page of grades: two days, grades or stages, and a part of the base."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayInput
from dashboard.figures.filters import FigureFilterForm
from dashboard.queries.grades import Asked
from segmentation.queries.grades_migration import OF

EARLIEST = date(2000, 1, 1)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput())


class MovesForm(FigureFilterForm):
    """The filters of figures with days in the place of months; a wrong value counts as not asked."""

    since = _day(pgettext_lazy("day", "From"))
    until = _day(pgettext_lazy("day", "To"))
    of = forms.ChoiceField(
        label=_("Shown"), required=False, choices=[("grade", _("Grades")), ("lifecycle", _("Stages"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, uses=("grade", "owner", "channel", "category"), **kwargs)
        self.order_fields(["since", "until", "of", "grade", "owner", "channel", "category"])

    def asked(self, *, usual: date, as_of: date) -> Asked:
        """What is asked for; without days, from the `usual` one to that of the last night, `as_of`."""
        part = self.filters(today=as_of)
        last = max(min(self.cleaned_data.get("until") or as_of, as_of), EARLIEST + timedelta(days=1))
        first = self.cleaned_data.get("since") or (usual if usual < last else last - timedelta(days=30))
        first = max(min(first, last - timedelta(days=1)), EARLIEST)
        of = self.cleaned_data.get("of")
        # The fields show the days that the page is of.
        self.data = {**self.data.dict(), "since": first.isoformat(), "until": last.isoformat()}
        return Asked(first, last, of if of in OF else "grade", part)
