"""Forms of the settings: people and tokens; what forms of all apps share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.html import escaped
from core.models import Scope
from core.roles import Role

PEOPLE_ROLES = [(role.value, role.label) for role in Role if role != Role.INTEGRATION]


class FieldRenderer(DjangoTemplates):
    """Django's fields; a select is put together here: its templates include two more for every option."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """As Django's renderer."""
        if template_name == forms.Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    """What `django/forms/widgets/select.html` gives."""
    told = [f'<select name="{escaped(widget["name"])}"{_attrs(widget)}>']
    for group, options, _index in widget["optgroups"]:
        told += [f'\n  <optgroup label="{escaped(group)}">'] if group else []
        for option in options:
            value = f'value="{escaped(str(option["value"]))}"'
            told.append(f"\n  <option {value}{_attrs(option)}>{escaped(option['label'])}</option>\n")
        told += ["\n  </optgroup>"] if group else []
    return SafeString("".join([*told, "\n</select>"]))


def _attrs(widget: dict[str, Any]) -> str:
    """Each with its value; only its name where it is true, and nothing where it is false."""
    told = ((name, value) for name, value in widget["attrs"].items() if value is not False)
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(str(value))}"' for name, value in told
    )


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
