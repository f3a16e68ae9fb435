"""Small forms that open in place on the customer's card."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import AddressKind, ContactChannel, ContactStatus, FieldKind
from dashboard.queries.customer_side import OwnField

FIRST = {"autofocus": True}
People = Iterable[dict[str, Any]]


class _OfPersonForm(forms.Form):
    """Something that may belong to one of the contact persons."""

    def __init__(self, *args: Any, people: People = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(person["id"], person["name"]) for person in people]
        if named:
            self.fields["person_id"].choices = [("", pgettext_lazy("whose contact", "The customer's own")), *named]
        else:
            del self.fields["person_id"]

    def given(self) -> dict[str, Any]:
        """What was filled in, as the actions take it."""
        return {"person_id": None, **self.cleaned_data}


class ContactForm(_OfPersonForm):
    """One more address."""

    channel = forms.ChoiceField(label=_("Channel"), choices=ContactChannel.choices, initial=ContactChannel.PHONE)
    value = forms.CharField(label=_("Address"), max_length=254, widget=forms.TextInput(attrs=FIRST))
    person_id = forms.TypedChoiceField(label=_("Whose"), coerce=int, empty_value=None, required=False)


class ContactChangeForm(_OfPersonForm):
    """Whether anybody is reached at an address, and whose it is."""

    status = forms.ChoiceField(label=_("State"), choices=ContactStatus.choices, widget=forms.Select(attrs=FIRST))
    person_id = forms.TypedChoiceField(label=_("Whose"), coerce=int, empty_value=None, required=False)


class PersonForm(forms.Form):
    """Whom one talks to in a company."""

    name = forms.CharField(label=_("Name"), max_length=300, widget=forms.TextInput(attrs=FIRST))
    role = forms.CharField(label=_("Role"), max_length=100, required=False, help_text=_("Director, buyer, accountant."))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class PlaceForm(forms.Form):
    """Where things are delivered, or where a company is registered."""

    kind = forms.ChoiceField(label=_("What for"), choices=AddressKind.choices)
    line = forms.CharField(label=_("Street, house, flat"), max_length=500, widget=forms.TextInput(attrs=FIRST))
    city = forms.CharField(label=_("City"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Country"),
        required=False,
        error_messages={"invalid": _("Two Latin letters, such as RU.")},
        widget=forms.TextInput(attrs={"maxlength": 2, "placeholder": "RU"}),
    )

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class TagForm(forms.Form):
    """A tag by its name."""

    tag = forms.CharField(label=_("Tag"), max_length=60)


class OwnFieldsForm(forms.Form):
    """The company's own fields, each asked for by its type; what does not fit is refused by the action."""

    prefix = "own"

    def __init__(self, data: Any = None, *, own_fields: Iterable[OwnField]) -> None:
        super().__init__(data)
        for index, own in enumerate(own_fields):
            self.fields[own.code] = _asked(own, is_first=index == 0)
            self.initial[own.code] = _initial(own)

    def told(self) -> dict[str, Any]:
        """Values by code as `change_custom` takes them; an emptied field asks to take the value away."""
        return {code: value or None for code, value in self.cleaned_data.items()}


def _asked(own: OwnField, *, is_first: bool) -> forms.Field:
    attrs: dict[str, Any] = FIRST if is_first else {}
    if own.kind == FieldKind.DATE:
        widget: forms.Widget = forms.TextInput(attrs={"type": "date", **attrs})
    elif own.kind == FieldKind.NUMBER:
        widget = forms.TextInput(attrs={"inputmode": "decimal", **attrs})
    elif own.kind in (FieldKind.YES_NO, FieldKind.CHOICE):
        return forms.ChoiceField(label=own.name, choices=choices_of(own), required=False, widget=forms.Select(attrs))
    else:
        widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=own.name, max_length=1000, required=False, widget=widget)


def choices_of(own: OwnField) -> list[tuple[str, Any]]:
    """What can be chosen, and what the customer has although it no longer can."""
    empty = ("", "—")
    if own.kind == FieldKind.YES_NO:
        return [empty, ("yes", _("Yes")), ("no", _("No"))]
    held = [own.value] if isinstance(own.value, str) and own.value and own.value not in own.choices else []
    return [empty, *((choice, choice) for choice in (*own.choices, *held))]


def _initial(own: OwnField) -> Any:
    if own.kind == FieldKind.YES_NO and isinstance(own.value, bool):
        return "yes" if own.value else "no"
    return "" if own.value is None else own.value


class EraseForm(forms.Form):
    """The name of the customer, typed: an erasure is not undone."""

    word = forms.CharField(label=_("Type the name to confirm"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, word: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = word

    def clean_word(self) -> str:
        word = str(self.cleaned_data["word"])
        if " ".join(word.split()).lower() != " ".join(self.expected.split()).lower():
            raise forms.ValidationError(_("This is not the name. Nothing was erased."))
        return word


class BulkTagForm(forms.Form):
    """A tag for many customers. Not called `tag`: the filters that travel along have one of that name."""

    action = forms.ChoiceField(
        label=_("What to do"), choices=[("add", _("Put on")), ("remove", _("Take off"))], widget=forms.RadioSelect
    )
    new_tag = forms.CharField(
        label=_("Tag"), max_length=60, widget=forms.TextInput(attrs={"list": "tag-options", "autocomplete": "off"})
    )
