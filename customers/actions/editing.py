"""Changes that people make by hand on the customer's card."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from customers.actions.faults import fault_text
from customers.actions.timeline import add_event, mark_stale
from customers.models import ContactPoint, ContactStatus, Customer, EventKind
from customers.rules.contacts import CHANNELS, normalise_contact
from customers.rules.faults import Fault


@transaction.atomic
def change_customer(
    *, customer_id: int, kind: str, name: str, city: str, language: str, time_zone: str, at: datetime
) -> None:
    """Write over the details of a customer. Raises NotFound if there is none with this id.

    The kind decides whose thresholds apply, so the statistics are computed again.
    """
    changed = Customer.objects.filter(pk=customer_id).update(
        kind=kind, name=name, city=city, language=language, time_zone=time_zone, updated_at=at
    )
    if not changed:
        raise NotFound(_("There is no such customer."))
    mark_stale(customer_ids=[customer_id], at=at)


@transaction.atomic
def add_contact(*, customer_id: int, channel: str, value: str, at: datetime) -> ContactPoint:
    """Add an address; one that was given up before is valid again.

    Raises InvalidInput for what is not an address on the channel, Conflict for one the customer has.
    """
    if channel not in CHANNELS:
        raise InvalidInput(_("There is no such channel."), field="channel")
    normal = normalise_contact(channel, value, settings.PHONENUMBER_DEFAULT_REGION)
    if normal is None:
        raise InvalidInput(fault_text(Fault("value", f"bad_{channel}", {"value": value})), field="value")
    point, created = ContactPoint.objects.get_or_create(customer_id=customer_id, channel=channel, value=normal)
    if not created and point.status == ContactStatus.VALID:
        raise Conflict(_("The customer already has this address."), field="value")
    if not created:
        point.status = ContactStatus.VALID
        point.save(update_fields=["status"])
    Customer.objects.filter(pk=customer_id).update(updated_at=at)
    data = {"channel": channel, "value": normal}
    add_event(customer_id=customer_id, kind=EventKind.CONTACT_ADDED, at=at, data=data)
    return point


def give_up_contact(*, customer_id: int, contact_id: int) -> None:
    """Mark an address as one at which nobody is reached; nothing is sent to it any more."""
    ContactPoint.objects.filter(pk=contact_id, customer_id=customer_id).update(status=ContactStatus.UNREACHABLE)
