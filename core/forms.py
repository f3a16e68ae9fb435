"""Forms of the settings: people and tokens; what forms of all apps share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.models import Scope
from core.roles import Role

PEOPLE_ROLES = [(role.value, role.label) for role in Role if role != Role.INTEGRATION]


class DayInput(forms.DateInput):
    """The browser's own picker of a day."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def took(form: forms.Form | forms.ModelForm, action: Callable[[], object]) -> bool:
    """Whether the form is right and the action took it; a refusal of the action stands in the form."""
    if not form.is_valid():
        return False
    try:
        action()
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    return not form.errors


class TokenForm(forms.Form):
    """What the token is for, and what it may do."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        help_text=_("The name of the shop, the till or the program that will use it."),
    )
    scopes = forms.MultipleChoiceField(label=_("It may"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple)


class PersonForm(forms.Form):
    """A new account."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), help_text=_("The person logs in with it."))
    role = forms.ChoiceField(label=_("Role"), choices=PEOPLE_ROLES)


class PersonChangeForm(forms.Form):
    """The role of an account, whether it may take lists out, and whether it is open."""

    role = forms.ChoiceField(label=_("Role"), choices=PEOPLE_ROLES)
    may_export = forms.BooleanField(label=_("May export"), required=False)
    is_active = forms.BooleanField(label=_("Works here"), required=False)
