"""Who looks after whom."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import User
from core.roles import Role
from customers.actions.timeline import add_events
from customers.models import Customer, EventKind


@transaction.atomic
def assign_owner(*, customer_ids: Collection[int], owner: User | None, by: User | None, at: datetime) -> int:
    """Hand customers to a person, or back to the pool (None). Returns how many changed hands."""
    if owner is not None and (not owner.is_active or owner.role == Role.INTEGRATION):
        raise InvalidInput(_("Customers can be handed only to a person who works here."), field="owner")
    locked = Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
    owner_id = owner and owner.pk
    changed = [(pk, before) for pk, before in locked.values_list("pk", "owner_id") if before != owner_id]
    Customer.objects.filter(pk__in=[pk for pk, _before in changed]).update(owner=owner, updated_at=at)
    add_events(
        events=[
            (pk, EventKind.OWNER_CHANGED, at, {"from": before, "to": owner_id, "by": by and by.pk})
            for pk, before in changed
        ]
    )
    return len(changed)
