"""What the pages about reading the base are asked for, and the limits."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import PEOPLE_ROLES, DayInput
from core.models import User
from core.roles import Role
from customers.models import AccessKind

# The days after it are counted too.
LAST_DAY = date(9999, 1, 1)
LIMITED = (AccessKind.CONTACT, AccessKind.EXPORT)


class ReadingFilter(forms.Form):
    """A person and a day; nonsense narrows nothing."""

    person = forms.ModelChoiceField(
        User.objects.exclude(role=Role.INTEGRATION).order_by("first_name"),
        label=pgettext_lazy("of the company", "Person"),
        required=False,
        empty_label=_("Everybody"),
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        validators=[MaxValueValidator(LAST_DAY)],
        widget=DayInput(),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("reading", "Kind"), required=False, choices=[("", _("Everything")), *AccessKind.choices]
    )
    mark = forms.CharField(label=_("Mark of a file"), required=False, max_length=20)

    def value(self, name: str) -> Any:
        """The value of a field; None where the address has nonsense."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class LimitsForm(forms.Form):
    """How much a person of each role may read in a day; an empty field is no limit."""

    def __init__(self, data: Any, *, limits: dict[tuple[str, str], int]) -> None:
        super().__init__(data)
        for role, role_label in PEOPLE_ROLES:
            for kind in LIMITED:
                self.fields[f"{kind.value}_{role}"] = forms.IntegerField(
                    label=f"{role_label}: {kind.label}",
                    required=False,
                    min_value=0,
                    max_value=10_000_000,
                    initial=limits.get((role, kind.value)),
                    widget=forms.NumberInput(attrs={"class": "form-control"}),
                )

    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each role with its fields."""
        return [(label, [self[f"{kind.value}_{role}"] for kind in LIMITED]) for role, label in PEOPLE_ROLES]

    def limits(self) -> dict[tuple[str, str], int | None]:
        """What was entered, by role and kind."""
        return {
            (role, kind.value): self.cleaned_data[f"{kind.value}_{role}"]
            for role, _label in PEOPLE_ROLES
            for kind in LIMITED
        }
