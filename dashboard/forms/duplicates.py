"""Choosing between two cards, and the rules of duplicates."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.actions.merging import KEEP, MERGE
from customers.models import DuplicatePolicy

SIDES = ("first", "second")
FIELD = "field."


class OtherCard(forms.Form):
    """The number of the other card."""

    other = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)


class MergeForm(OtherCard):
    """Which of two cards stays; the choice of each field is read from the same data."""

    keep = forms.ChoiceField(choices=[(side, side) for side in SIDES], label=_("Which card stays"))

    def chosen(self) -> dict[str, str]:
        """Per field, which card its value is taken from, as the action wants it."""
        kept = self.cleaned_data["keep"]
        data: QueryDict | dict[str, Any] = self.data
        told = {name.removeprefix(FIELD): data[name] for name in data if name.startswith(FIELD)}
        return {name: KEEP if side == kept else MERGE if side in SIDES else side for name, side in told.items()}


class DuplicateRulesForm(forms.ModelForm):
    class Meta:
        model = DuplicatePolicy
        fields = ("show_from", "merge_from")
