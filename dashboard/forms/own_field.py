"""Making and changing the company's own fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField, FieldKind

CHOICES_HINT = _("Each on a line of its own.")


class _ChoicesForm(forms.Form):
    def lines(self) -> list[str]:
        """The choices, one a line."""
        return str(self.cleaned_data.get("choices", "")).splitlines()


class OwnFieldForm(_ChoicesForm):
    """A new field."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind.choices)
    choices = forms.CharField(
        label=_("To choose from"), required=False, help_text=CHOICES_HINT, widget=forms.Textarea(attrs={"rows": 4})
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("In files and in the API; made of the name where it is left empty. It never changes."),
    )


class OwnFieldChangeForm(_ChoicesForm):
    """The name of a field, what can be chosen, and whether it is in use."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autofocus": True}))
    choices = forms.CharField(
        label=_("To choose from"), required=False, help_text=CHOICES_HINT, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, field: CustomField) -> None:
        initial = {"name": field.name, "choices": "\n".join(field.choices), "is_active": field.is_active}
        super().__init__(data, initial=initial, prefix=f"field{field.pk}")
        if field.kind != FieldKind.CHOICE:
            del self.fields["choices"]
