"""The contact persons of a customer, and the places it is at: changed by hand on the card."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from core.errors import Conflict, NotFound
from customers.actions.editing import open_card
from customers.models import Address, ContactPerson, Customer


@transaction.atomic
def save_person(
    *, customer_id: int, name: str, role: str, note: str, at: datetime, person_id: int | None = None
) -> ContactPerson:
    """Write down a contact person, or over the one with this id. Raises NotFound, Conflict (erased)."""
    open_card(customer_id)
    person = _save(ContactPerson, customer_id, person_id, {"name": name, "role": role, "note": note})
    _changed(customer_id, at)
    return person


@transaction.atomic
def remove_person(*, customer_id: int, person_id: int, at: datetime) -> None:
    """Take a contact person off the card; their addresses stay with the customer."""
    open_card(customer_id)
    ContactPerson.objects.filter(pk=person_id, customer_id=customer_id).delete()
    _changed(customer_id, at)


@transaction.atomic
def save_address(
    *,
    customer_id: int,
    kind: str,
    country: str,
    postcode: str,
    city: str,
    line: str,
    at: datetime,
    address_id: int | None = None,
) -> Address:
    """Write down a place, or over the one with this id. Raises NotFound, Conflict (erased, or known already)."""
    open_card(customer_id)
    fields = {"kind": kind, "country": country, "postcode": postcode, "city": city, "line": line}
    try:
        with transaction.atomic():
            address = _save(Address, customer_id, address_id, fields)
    except IntegrityError as error:
        raise Conflict(_("The customer already has this address."), field="line") from error
    _changed(customer_id, at)
    return address


@transaction.atomic
def remove_address(*, customer_id: int, address_id: int, at: datetime) -> None:
    """Take a place off the card."""
    open_card(customer_id)
    Address.objects.filter(pk=address_id, customer_id=customer_id).delete()
    _changed(customer_id, at)


def _save(model: type[Model], customer_id: int, pk: int | None, fields: dict[str, Any]) -> Any:
    if pk is None:
        return model._default_manager.create(customer_id=customer_id, **fields)
    row = model._default_manager.filter(customer_id=customer_id, pk=pk).first()
    if row is None:
        raise NotFound(_("It is no longer on the card."))
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    return row


def _changed(customer_id: int, at: datetime) -> None:
    Customer.objects.filter(pk=customer_id).update(updated_at=at)
