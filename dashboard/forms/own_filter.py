"""Filters of the customer list by the company's own fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayInput
from customers.models import CustomField, FieldKind
from dashboard.queries.own_conditions import OwnCondition

ANY = ("", pgettext_lazy("filter", "Any"))
ENDS = (("from", pgettext_lazy("range", "from")), ("to", pgettext_lazy("range", "to")))


@dataclass(frozen=True)
class OwnFilter:
    """One own field: a part of a text, a range of numbers or days, one of a list, yes or no."""

    field: CustomField

    @property
    def name(self) -> str:
        return f"own_{self.field.code}"

    def fields(self) -> dict[str, forms.Field]:
        """Form fields by the names that they have in the address."""
        label, kind = self.field.name, self.field.kind
        if kind == FieldKind.YES_NO:
            choices = [ANY, ("yes", _("Yes")), ("no", _("No"))]
            return {self.name: forms.ChoiceField(label=label, choices=choices, required=False)}
        if kind == FieldKind.CHOICE:
            choices = [ANY, *((choice, choice) for choice in self.field.choices)]
            return {self.name: forms.ChoiceField(label=label, choices=choices, required=False)}
        if kind == FieldKind.TEXT:
            return {self.name: forms.CharField(label=label, max_length=100, required=False)}
        make = _day if kind == FieldKind.DATE else _number
        return {f"{self.name}_{end}": make(format_lazy("{} {}", label, word)) for end, word in ENDS}

    def conditions(self, given: Mapping[str, Any]) -> list[OwnCondition]:
        """What of it was asked for and makes sense."""
        code, kind = self.field.code, self.field.kind
        if kind in (FieldKind.NUMBER, FieldKind.DATE):
            ends = [(end, given.get(f"{self.name}_{end}")) for end, _word in ENDS]
            return [OwnCondition(code, kind, end, value) for end, value in ends if value is not None]
        value = given.get(self.name)
        if not value:
            return []
        if kind == FieldKind.YES_NO:
            return [OwnCondition(code, kind, "is", value == "yes")]
        return [OwnCondition(code, kind, "has" if kind == FieldKind.TEXT else "is", value)]


def _number(label: Any) -> forms.Field:
    return forms.DecimalField(label=label, required=False, max_digits=15, widget=forms.TextInput)


def _day(label: Any) -> forms.Field:
    widget = DayInput()
    return forms.DateField(label=label, required=False, widget=widget)
