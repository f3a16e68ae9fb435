"""What people do with inquiries at the front desk: write one down, answer it, capture the contact, agree on a step."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from acquisition.actions.inquiries import inquiry_fault_text, record_inquiries
from acquisition.models import Inquiry, LeakPolicy, OutgoingCall
from acquisition.rules.inquiries import InquiryData
from core.errors import Conflict, InvalidInput
from core.models import User
from customers.models import Order
from customers.rules.records import ContactData
from customers.rules.versions import Fate

DESK = "desk"


@dataclass(frozen=True)
class Noted:
    """What the front desk writes down in one go. phone and email are normalised, or empty."""

    kind: str
    at: datetime
    is_answered: bool = True
    phone: str = ""
    email: str = ""
    name: str = ""
    channel_code: str = ""
    line: str = ""
    next_step: str = ""
    next_step_on: date | None = None
    is_spam: bool = False
    note: str = ""
    # Given out with the form: sent twice, it is one inquiry.
    token: str = ""

    @property
    def contacts(self) -> tuple[ContactData, ...]:
        told = (("phone", self.phone), ("email", self.email))
        return tuple(ContactData(channel, value) for channel, value in told if value)


@transaction.atomic
def record_at_desk(*, noted: Noted, by: User, now: datetime) -> Inquiry:
    """Write an inquiry down; the customer is found by the phone or the e-mail, or made where there is reason to.

    A customer made so, whom nobody owns, stays in the pool. Raises InvalidInput for what cannot be recorded.
    """
    inquiry = InquiryData(
        source=DESK,
        external_id=noted.token,
        kind=noted.kind,
        at=noted.at,
        channel_code=noted.channel_code,
        is_answered=noted.is_answered,
        name=noted.name,
        contacts=noted.contacts,
        line=noted.line,
        next_step=noted.next_step,
        next_step_on=noted.next_step_on,
        is_spam=noted.is_spam,
        note=noted.note,
    )
    result = record_inquiries(inquiries=[inquiry], now=now)[0]
    if result.fate == Fate.REFUSED or result.inquiry_id is None:
        fault = result.faults[0]
        raise InvalidInput(inquiry_fault_text(fault), field=fault.field or None)
    made = Inquiry.objects.get(pk=result.inquiry_id)
    if noted.is_answered and made.answered_by_id is None:
        made.answered_by = by
        made.save(update_fields=["answered_by", "updated_at"])
    return made


@transaction.atomic
def answer_inquiry(*, inquiry: Inquiry, by: User, at: datetime, is_reached: bool = True, note: str = "") -> None:
    """Write down that the person was called or written back; the contact log takes it over from here.

    Somebody who was reached is off the list of whoever had taken the inquiry.
    """
    locked = _locked(inquiry)
    if locked.is_spam:
        raise Conflict(_("The inquiry is marked as spam; take the mark off first."))
    OutgoingCall.objects.create(
        source=DESK,
        at=at,
        by=by,
        phone=locked.phone,
        customer_id=locked.customer_id,
        inquiry=locked,
        is_answered=is_reached,
        note=note,
    )
    changed = ["updated_at"]
    if is_reached:
        if locked.answered_by_id is None:
            locked.answered_by = by
        locked.taken_by, locked.taken_at = None, None
        changed += ["answered_by", "taken_by", "taken_at"]
    locked.save(update_fields=changed)


@transaction.atomic
def change_inquiry(
    *,
    inquiry: Inquiry,
    by: User,
    now: datetime,
    phone: str = "",
    email: str = "",
    name: str = "",
    next_step: str | None = None,
    next_step_on: date | None = None,
    order: Order | None = None,
    is_spam: bool | None = None,
    note: str | None = None,
) -> Inquiry:
    """Capture the contact, agree on the next step, link the order, mark spam; what is None or empty stays.

    A contact makes the inquiry its customer's, who is found or made as for any inquiry. Raises InvalidInput for an
    order of somebody else.
    """
    locked = _locked(inquiry)
    if phone or email or name:
        locked = _capture(locked, phone, email, name, now)
    if order is not None:
        if locked.customer_id != order.customer_id:
            raise InvalidInput(_("The order is of another customer."), field="order")
        locked.order = order
    if next_step is not None:
        locked.next_step, locked.next_step_on = next_step, next_step_on
    if is_spam is not None:
        locked.is_spam = is_spam
    if note is not None:
        locked.note = note
    if locked.is_answered and locked.answered_by_id is None:
        locked.answered_by = by
    locked.save()
    return locked


def _capture(inquiry: Inquiry, phone: str, email: str, name: str, now: datetime) -> Inquiry:
    """Tell the inquiry again with the address; one without an id of its own gets one to be told by."""
    if not inquiry.external_id:
        inquiry.external_id = f"inquiry-{inquiry.pk}"
        inquiry.save(update_fields=["external_id"])
    told = (("phone", phone), ("email", email))
    again = InquiryData(
        source=inquiry.source,
        external_id=inquiry.external_id,
        kind=inquiry.kind,
        at=inquiry.at,
        name=name,
        contacts=tuple(ContactData(channel, value) for channel, value in told if value),
        creates_customer=True,
    )
    result = record_inquiries(inquiries=[again], now=now)[0]
    if result.fate == Fate.REFUSED:
        raise InvalidInput(inquiry_fault_text(result.faults[0]), field=result.faults[0].field or None)
    inquiry.refresh_from_db()
    return inquiry


@transaction.atomic
def take_inquiry(*, inquiry: Inquiry, by: User, at: datetime) -> None:
    """Say that one will see to it. Raises Conflict where a colleague has said so before."""
    locked = _locked(inquiry)
    if locked.taken_by_id not in (None, by.pk):
        raise Conflict(_("%(person)s has taken it already.") % {"person": locked.taken_by})
    locked.taken_by, locked.taken_at = by, at
    locked.save(update_fields=["taken_by", "taken_at", "updated_at"])


def _locked(inquiry: Inquiry) -> Inquiry:
    rows: QuerySet[Inquiry] = Inquiry.objects.select_for_update(of=("self",))
    return rows.select_related("customer").get(pk=inquiry.pk)


@transaction.atomic
def set_leak_policy(*, callback_hours: int, forgotten_days: int, order_days: int) -> LeakPolicy:
    """Change the terms by which inquiries are judged; the night judges the past by them."""
    terms = {"callback_hours": callback_hours, "forgotten_days": forgotten_days, "order_days": order_days}
    changed, _made = LeakPolicy.objects.update_or_create(pk=1, defaults=terms)
    return changed
