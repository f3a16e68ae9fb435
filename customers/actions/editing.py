"""Changes that people make by hand to who a customer is and how to reach them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from customers.actions.faults import as_error, fault_text
from customers.actions.timeline import add_event, mark_stale
from customers.models import Address, AddressKind, ContactPoint, ContactStatus, Customer, EventKind
from customers.queries.labels import field_specs
from customers.rules.contacts import CHANNELS, normalise_contact
from customers.rules.custom_fields import changed, read_custom
from customers.rules.faults import Fault
from customers.rules.tax_numbers import normalise_tax_number


class Details(TypedDict, total=False):
    """Columns of a customer that people fill in."""

    kind: str
    name: str
    tax_number: str
    birthday: date | None
    city: str
    language: str
    time_zone: str


def open_card(customer_id: int) -> Customer:
    """The customer, locked against other changes of the card until the transaction ends.

    Raises NotFound, and Conflict for one whose personal data was erased: nothing is written down there again.
    """
    customer = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    if customer.erased_at is not None:
        raise Conflict(_("The personal data of this customer was erased. Write down a new customer instead."))
    return customer


@transaction.atomic
def change_customer(*, customer_id: int, at: datetime, **details: Unpack[Details]) -> None:
    """Write over the details that are given. Raises NotFound, Conflict (erased), InvalidInput (tax number).

    The kind decides whose thresholds apply, so the statistics are computed again when it changes.
    """
    customer = open_card(customer_id)
    if told := details.get("tax_number"):
        details["tax_number"] = _tax_number(customer_id, told)
    was = customer.kind
    Customer.objects.filter(pk=customer_id).update(**details, updated_at=at)
    if details.get("kind", was) != was:
        mark_stale(customer_ids=[customer_id], at=at)


def _tax_number(customer_id: int, told: str) -> str:
    """Read by the country where the customer is registered, the company's own where that is not known."""
    registered = Address.objects.filter(customer=customer_id, kind=AddressKind.LEGAL).exclude(country="")
    country = registered.values_list("country", flat=True).first() or settings.PHONENUMBER_DEFAULT_REGION
    number = normalise_tax_number(told, country)
    if number is None:
        raise InvalidInput(fault_text(Fault("tax_number", "bad_tax_number", {"value": told})), field="tax_number")
    return number


@transaction.atomic
def change_custom(*, customer_id: int, told: Mapping[str, Any], at: datetime) -> None:
    """Take over values of the company's own fields; None takes one away, those not told stay.

    Raises InvalidInput with the field `custom.<code>` for what does not fit its type.
    """
    values, faults = read_custom(field_specs(), dict(told))
    if faults:
        raise as_error(faults)
    customer = open_card(customer_id)
    Customer.objects.filter(pk=customer_id).update(custom=changed(customer.custom, values), updated_at=at)


@transaction.atomic
def add_contact(
    *, customer_id: int, channel: str, value: str, at: datetime, person_id: int | None = None
) -> ContactPoint:
    """Add an address, the customer's own or of a contact person; one that was given up before is valid again.

    Raises InvalidInput for what is not an address on the channel, Conflict for one the customer has.
    """
    if channel not in CHANNELS:
        raise InvalidInput(_("There is no such channel."), field="channel")
    normal = normalise_contact(channel, value, settings.PHONENUMBER_DEFAULT_REGION)
    if normal is None:
        raise InvalidInput(fault_text(Fault("value", f"bad_{channel}", {"value": value})), field="value")
    customer = open_card(customer_id)
    _check_person(customer, person_id)
    point, created = ContactPoint.objects.get_or_create(
        customer_id=customer_id, channel=channel, value=normal, defaults={"person_id": person_id}
    )
    if not created and point.status == ContactStatus.VALID:
        raise Conflict(_("The customer already has this address."), field="value")
    if not created:
        point.status = ContactStatus.VALID
        point.save(update_fields=["status"])
    Customer.objects.filter(pk=customer_id).update(updated_at=at)
    data = {"channel": channel, "value": normal}
    add_event(customer_id=customer_id, kind=EventKind.CONTACT_ADDED, at=at, data=data)
    return point


@transaction.atomic
def change_contact(*, customer_id: int, contact_id: int, status: str, person_id: int | None, at: datetime) -> None:
    """Say whether anybody is reached at an address, and whose it is. Who said so and when is in the journal."""
    customer = open_card(customer_id)
    if status not in ContactStatus.values:
        raise InvalidInput(_("There is no such state."), field="status")
    _check_person(customer, person_id)
    points = ContactPoint.objects.filter(pk=contact_id, customer_id=customer_id)
    if not points.update(status=status, person_id=person_id):
        raise NotFound(_("There is no such address."))
    Customer.objects.filter(pk=customer_id).update(updated_at=at)


@transaction.atomic
def remove_contact(*, customer_id: int, contact_id: int, at: datetime) -> None:
    """Take an address off the card; gone already is as well. The journal keeps it."""
    open_card(customer_id)
    ContactPoint.objects.filter(pk=contact_id, customer_id=customer_id).delete()
    Customer.objects.filter(pk=customer_id).update(updated_at=at)


def give_up_contact(*, customer_id: int, contact_id: int) -> None:
    """Mark an address as one at which nobody is reached; nothing is sent to it any more."""
    ContactPoint.objects.filter(pk=contact_id, customer_id=customer_id).update(status=ContactStatus.UNREACHABLE)


def _check_person(customer: Customer, person_id: int | None) -> None:
    if person_id is not None and not customer.people.filter(pk=person_id).exists():
        raise InvalidInput(_("There is no such contact person."), field="person")
