"""What a form says to a visitor, in the visitor's language."""

from typing import Any

from django.utils.translation import gettext as _

from webforms.actions.submissions import TRAP
from webforms.models import Form, FormField

# Input types and what browsers may fill in.
INPUTS = {
    FormField.NAME: ("text", "name"),
    FormField.PHONE: ("tel", "tel"),
    FormField.EMAIL: ("email", "email"),
    FormField.MESSAGE: ("textarea", "off"),
}


def described(form: Form, language: str, stamp: str) -> dict[str, Any]:
    """The form as a page or a script shows it."""
    labels = {
        FormField.NAME: _("Your name"),
        FormField.PHONE: _("Phone"),
        FormField.EMAIL: _("E-mail"),
        FormField.MESSAGE: _("Message"),
    }
    fields = []
    for name in form.fields:
        kind, autocomplete = INPUTS[FormField(name)]
        is_required = name in form.required or _is_only_contact(form, name)
        field = {"name": name, "label": labels[FormField(name)], "type": kind, "autocomplete": autocomplete}
        fields.append(field | {"required": is_required})
    return {
        "title": getattr(form, f"title_{language}"),
        "fields": fields,
        "consent": form.consent_text.body if form.consent_text else "",
        "privacy": form.privacy_url,
        "privacy_text": _("By sending the form you accept the privacy policy"),
        "button": _("Send"),
        "failed": _("It could not be sent. Check the connection and try again."),
        "trap": TRAP,
        "stamp": stamp,
    }


def _is_only_contact(form: Form, name: str) -> bool:
    return {FormField.PHONE.value, FormField.EMAIL.value} & set(form.fields) == {name}


def thanks_of(form: Form, language: str) -> str:
    """What is said after a submission."""
    return getattr(form, f"thanks_{language}") or _("Thank you. We will get in touch with you.")


def redirect_of(form: Form, language: str) -> str:
    """The page to go to after a submission, or an empty text."""
    return getattr(form, f"redirect_{language}")
