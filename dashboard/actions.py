"""What the pages of this app do beyond one action of an app below."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.models import User
from core.roles import Role
from customers.actions import ContactData, CustomerData, assign_owner, record_consent, record_customer
from customers.actions.erased import lift_erasure
from customers.models import ConsentAction, Customer
from customers.models.customer import CustomerQuerySet
from customers.queries.personal import erased_contacts
from customers.rules.versions import Fate

# The source under which customers entered by people are known.
BY_HAND = "manual"
KEEPS_OWN = (Role.FARMER, Role.HUNTER)


@transaction.atomic
def take_from_pool(*, customer_id: int, by: User, at: datetime) -> None:
    """Give a customer without an owner to `by`.

    Raises Conflict if the customer has an owner by now. Two people at once: one gets the customer.
    """
    free = Customer.objects.select_for_update().filter(pk=customer_id, owner__isnull=True)
    if not free.exists():
        raise Conflict(_("Somebody has already taken this customer."))
    assign_owner(customer_ids=[customer_id], owner=by, by=by, at=at)


@transaction.atomic
def create_customer(
    *,
    details: Mapping[str, Any],
    contacts: Sequence[tuple[str, str]],
    consents: Collection[str],
    consent_source: str,
    by: User,
    at: datetime,
) -> int:
    """Write down a customer met by a person; returns the id. A farmer's or hunter's is their own at once.

    Raises Conflict if an address belongs to a customer already: the message names those whom `by` may see; and
    without a consent for an address of somebody whose data was erased.
    """
    for channel, value in contacts:
        _check_is_new(channel, value, by)
    known = tuple(ContactData(channel, value) for channel, value in contacts)
    if consents:
        lift_erasure(contacts=known)
    elif erased := erased_contacts(contacts):
        text = _("Whoever has this address had their data erased. Write them down only with a new consent.")
        raise Conflict(text, field=min(erased)[0])
    result = record_customer(customer=CustomerData(source=BY_HAND, contacts=known, **details), now=at)
    if result.fate != Fate.CREATED:
        # The address became known since the look above: nobody's customer changes hands by that.
        raise _taken(Customer.objects.filter(pk=result.customer_id), contacts[0][0], by)
    for channel in consents:
        record_consent(
            customer_id=result.customer_id,
            channel=channel,
            action=ConsentAction.GRANTED,
            at=at,
            source=consent_source,
        )
    if by.role in KEEPS_OWN:
        assign_owner(customer_ids=[result.customer_id], owner=by, by=by, at=at)
    return result.customer_id


def _check_is_new(channel: str, value: str, by: User) -> None:
    holders = Customer.objects.filter(contact_points__channel=channel, contact_points__value=value)
    if holders.exists():
        raise _taken(holders, channel, by)


def _taken(holders: CustomerQuerySet, channel: str, by: User) -> Conflict:
    visible = holders.for_user(by).order_by("pk").first()
    if visible is None:
        return Conflict(_("This address belongs to a customer of another person. Ask a manager."), field=channel)
    text = _("This address belongs to the customer “%(name)s” already.") % {"name": visible}
    return Conflict(text, field=channel)
