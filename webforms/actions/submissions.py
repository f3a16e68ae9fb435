"""A form was sent: the inquiry, the customer, the consent with its proof."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from acquisition.actions import inquiry_fault_text, record_inquiries
from acquisition.rules.codes import told_code
from acquisition.rules.inquiries import InquiryData
from core.errors import DomainError
from core.periods import company_day
from core.visitors import Visitor
from customers.actions import ConsentData, company
from customers.rules.faults import Fault, Faulty
from webforms.links import Stamp, inquirer_token, read_stamp
from webforms.models import Form
from webforms.rules.addresses import clean_page, utm_of
from webforms.rules.submission import TOO_OLD, Submission, is_machine, read_submission

# Of what names the channel, in an order or an inquiry.
CODE_LENGTH = 50

# The field that people do not see.
TRAP = "website"
_COUNT = """
    INSERT INTO webforms_formday AS d (form_id, day, taken, spam, limited) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (form_id, day) DO UPDATE
    SET taken = d.taken + excluded.taken, spam = d.spam + excluded.spam, limited = d.limited + excluded.limited"""


class Refusal(DomainError):
    """The submission cannot be taken; `errors` says why, by field. "" is the form as a whole."""

    code = "invalid"
    status = 422

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a submission. `token` identifies the visitor to the pixel; empty for spam and tests."""

    inquiry_id: int | None
    token: str = ""


@transaction.atomic
def submit(*, form: Form, told: Mapping[str, Any], visitor: Visitor, language: str, now: datetime) -> Sent:
    """Record a submission. Raises Refusal.

    What a machine sent is kept as spam and answered like the rest, so that it learns nothing. The test of a
    person of the company records nothing. Sent twice from one showing of the form, it is one inquiry.
    """
    stamp = read_stamp(told.get("stamp"), form.pk, now=now, max_age=TOO_OLD)
    if stamp is None:
        raise Refusal({"": _("The form was open for too long. It is fresh again: send it once more.")})
    try:
        submission = read_submission(told, fields=form.fields, required=form.required, region=company().region)
    except Faulty as refusal:
        raise Refusal(_errors(refusal.faults)) from refusal
    if stamp.is_test:
        return Sent(None)
    is_spam = is_machine(trap=told.get(TRAP), made_at=stamp.made_at, now=now)
    page = told.get("page")
    address = page if isinstance(page, str) else ""
    inquiry = _inquiry(form, submission, stamp, address, visitor, language, now, is_spam=is_spam)
    result = record_inquiries(inquiries=[inquiry], now=now)[0]
    _count(form, now, spam=int(is_spam), taken=int(not is_spam))
    if is_spam or result.inquiry_id is None:
        return Sent(result.inquiry_id)
    return Sent(result.inquiry_id, inquirer_token(result.inquiry_id))


def note_limited(*, form: Form, now: datetime) -> None:
    """Count a submission that was turned away by the limits."""
    _count(form, now, limited=1)


def _errors(faults: Sequence[Fault]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fault in faults:
        text = _("Leave a phone or an e-mail, so that we can answer.")
        found.setdefault(fault.field, text if fault.code == "contact_needed" else inquiry_fault_text(fault))
    return found


def _inquiry(
    form: Form,
    submission: Submission,
    stamp: Stamp,
    address: str,
    visitor: Visitor,
    language: str,
    now: datetime,
    *,
    is_spam: bool,
) -> InquiryData:
    page = clean_page(address, form.site.origins) or ""
    agrees = submission.consents and form.consent_text is not None
    proof = json.dumps({"form": form.code, "page": page, "ip": visitor.ip, "agent": visitor.agent}, ensure_ascii=False)
    return InquiryData(
        source=form.source,
        external_id=stamp.nonce,
        kind="form",
        at=now,
        channel_code=_channel_told(form, utm_of(address)),
        name=submission.name,
        contacts=submission.contacts,
        line=form.name,
        note=submission.message,
        is_spam=is_spam,
        adds_contacts=False,
        language=language,
        consents=tuple(ConsentData(c.channel, "granted", now, proof) for c in submission.contacts) if agrees else (),
        text_version=form.consent_text.version if agrees and form.consent_text else "",
    )


def _count(form: Form, now: datetime, *, taken: int = 0, spam: int = 0, limited: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [form.pk, company_day(now), taken, spam, limited])


def _channel_told(form: Form, marks: dict[str, str]) -> str:
    """The form's channel, else the link's, with the link's campaign where both are of that channel."""
    source = marks.get("utm_source", "").lower()
    campaign = marks.get("utm_campaign", "") if form.channel_code in ("", source) else ""
    told = told_code(form.channel_code or source, campaign)
    return told if len(told) <= CODE_LENGTH else told.partition("/")[0][:CODE_LENGTH]
