"""What the product lacks: named by those who look after customers, moved on by managers."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotFound
from segmentation.models import Capability, CapabilityState

MOST_NAME = 300


def capability_named(name: str) -> Capability:
    """The capability of a name, in any case of its letters; added where there is none. Raises InvalidInput."""
    name = _named(name)
    found = Capability.objects.filter(name__iexact=name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Capability.objects.create(name=name)
    except IntegrityError:
        # Somebody else has just named it.
        return Capability.objects.get(name__iexact=name)


@transaction.atomic
def change_capability(
    *, capability_id: int, name: str, description: str, state: str, expected_on: date | None, today: date
) -> tuple[Capability, bool]:
    """Word a capability anew or move it on; returns it, and whether it has become ready by this.

    Raises NotFound, InvalidInput for a wrong state or no name, Conflict for a name that is taken.
    """
    if state not in CapabilityState.values:
        raise InvalidInput(_("There is no such state."), field="state")
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(_("Say what the product lacks."), field="name")
    capability = Capability.objects.select_for_update().filter(pk=capability_id).first()
    if capability is None:
        raise NotFound(_("There is no such capability."))
    was_shipped = capability.state == CapabilityState.SHIPPED
    is_shipped = state == CapabilityState.SHIPPED
    capability.name, capability.description = name, description.strip()
    capability.state, capability.expected_on = state, expected_on
    capability.shipped_on = (capability.shipped_on or today) if is_shipped else None
    try:
        with transaction.atomic():
            capability.save()
    except IntegrityError as error:
        raise Conflict(_("There is a capability of this name already."), field="name") from error
    return capability, is_shipped and not was_shipped


def add_capability(*, name: str, description: str, expected_on: date | None) -> Capability:
    """Add one that nobody asks for yet. Raises InvalidInput, Conflict where it is there already."""
    try:
        with transaction.atomic():
            return Capability.objects.create(
                name=_named(name), description=description.strip(), expected_on=expected_on
            )
    except IntegrityError as error:
        raise Conflict(_("There is a capability of this name already."), field="name") from error


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(_("Say what the product lacks for this customer."), field="capability")
    if len(name) > MOST_NAME:
        raise InvalidInput(_("Say it in at most %(most)s characters.") % {"most": MOST_NAME}, field="capability")
    return name
