"""The sentences for what was wrong with a message, and for what was left out of it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.actions.faults import TEXTS as FAULTS
from customers.rules.faults import Fault
from platforms.rules.contract import Note, Unreadable

TEXTS = {
    # In place of the words for programmers, who would send the rate with the order.
    "rate_required": _("The order is in %(currency)s. Give the rate of %(currency)s in the connection's settings."),
    "not_json": _("The body is not JSON in UTF-8."),
    "not_object": _("The body is not a JSON object."),
    "not_form": _("The body is neither JSON nor a form."),
    "not_xml": _("The file is not XML that can be read: %(error)s"),
    "not_commerceml": _("The file is not CommerceML: it begins with <%(root)s>."),
    "document_type": _("The XML declares a document type or entities. CommerceML has none, and they are not taken."),
    "too_deep": _("The message is nested too deep."),
    "record_too_large": _("One record of the file is too large."),
    "too_large": _("The message is larger than %(limit)s bytes."),
    "too_many": _("The field “%(field)s” holds more than %(limit)s items."),
    "wrong_kind": _("The field “%(field)s” is of another kind than the platform sends."),
    "out_of_range": _("The field “%(field)s” is out of range."),
    "no_id": _("The field “%(field)s” holds no id."),
    "forged": _("The signature does not fit the secret of this connection. Nothing was taken."),
    "wrong_password": _("The login or the password is wrong."),
    "stale": _("The message was sent more than a day ago."),
    "no_api": _("The message only names the order. Give the address of the API and its key, so that it can be read."),
    "api_refused": _("The platform's API answered %(status)s. Check its address and its key."),
    "api_unread": _("The platform's API answered something that is not JSON."),
    "api_silent": _("The platform's API could not be asked: %(reason)s"),
    "deal_without_contact": _("Deal %(deal)s names no contact and no company, so it is not known whose it is."),
    "refund_before_order": _("The refund is of order %(order)s, which is not known here yet."),
    "zip_broken": _("The archive cannot be read."),
    "zip_too_large": _("The archive unpacks to more than %(limit)s bytes."),
    "file_unknown": _("There is no file “%(name)s” in this session: upload it first."),
    "unexpected": _("Something went wrong here: %(kind)s. The log of the server tells more."),
}
NOTES = {
    "contact_left_out": _("“%(value)s” is no phone or e-mail that can be used, and was left out."),
    "order_unknown": _("Order %(value)s is not known here: there was nothing to cancel."),
    "deal_not_kept": _("Deal %(value)s was lost before it became an order here."),
    "outdated": _("A newer state of order %(value)s is known already."),
    "unchanged": _("Order %(value)s brought nothing new."),
    "document_left_out": _("A document with the operation “%(value)s” is not an order."),
    "document_skipped": _("Document %(value)s has a status that is not taken."),
    "goods": _("Products taken: %(value)s."),
    "call_answered": _("A call that was answered, on the line %(value)s."),
    "call_missed": _("A call that nobody answered, on the line %(value)s."),
    "call_out": _("A call from here, by the line %(value)s."),
    "extension_unknown": _("Extension %(value)s is nobody's by the table of extensions."),
    "offered": _("Orders offered to 1C: %(value)s."),
}
IGNORED = {
    "topic_unused": _("Messages of this kind are not needed here."),
    "status_skipped": _("By the table of statuses this is not an order yet."),
    "test_order": _("A test order."),
    "account_closed": _("The account at the platform is closed; the customer stays here."),
    "privacy_by_hand": _("The platform asks about personal data. Erase or export it from the customer's card."),
    "inner_call": _("A call between colleagues."),
    "call_goes_on": _("The call is not over yet."),
    "nothing_paid_back": _("The refund paid nothing back."),
}


def error_of(error: Unreadable | Fault, about: str = "") -> dict[str, Any]:
    """A mistake in the form in which a message keeps it. `about`: the order or customer it is about."""
    field = error.field if isinstance(error, Fault) else ""
    return {"code": error.code, "field": field, "about": about[:200], "params": keepable(error.params)}


def note_of(note: Note) -> dict[str, str]:
    return {"code": note.code, "value": keepable(note.value)}


def keepable(value: Any) -> Any:
    """The value as JSON that PostgreSQL can hold: no NUL, no half of a surrogate pair, nothing of another kind."""
    if isinstance(value, dict):
        return {str(name): keepable(inner) for name, inner in value.items()}
    if isinstance(value, bool | int):
        return value
    return str(value).encode("utf-8", "replace").decode().replace("\0", "")[:500]


def error_text(error: dict[str, Any]) -> str:
    """The sentence, with where it belongs before it."""
    template = TEXTS.get(error["code"]) or FAULTS.get(error["code"]) or error["code"]
    try:
        sentence = str(template) % error.get("params", {})
    except (KeyError, TypeError, ValueError):
        sentence = str(template)
    where = ", ".join(filter(None, (error.get("about", ""), error.get("field", ""))))
    return f"{where}: {sentence}" if where else sentence


def error_texts(errors: Iterable[dict[str, Any]]) -> list[str]:
    return [error_text(error) for error in errors]


def note_text(note: dict[str, str]) -> str:
    template = NOTES.get(note["code"]) or IGNORED.get(note["code"]) or note["code"]
    return str(template) % {"value": note.get("value", "")}
