"""Changes of one customer that another system asks for."""

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Forbidden, InvalidInput
from core.models import User
from core.roles import Role
from customers.actions.editing import Details, change_custom, change_customer
from customers.actions.labels import add_tag, remove_tag
from customers.actions.ownership import assign_owner
from customers.models import CustomerTag
from customers.rules.amending import Amendment

ASSIGNING = (Role.MANAGER, Role.INTEGRATION)


@transaction.atomic
def amend_customer(*, customer_id: int, amendment: Amendment, by: User, at: datetime) -> None:
    """Write over what is told, and leave the rest. Tags become the list that is told.

    Raises NotFound, Conflict (erased), InvalidInput, and Forbidden for an owner told by one who may not assign.
    """
    if amendment.details:
        change_customer(customer_id=customer_id, at=at, **cast("Details", amendment.details))
    if amendment.custom:
        change_custom(customer_id=customer_id, told=amendment.custom, at=at)
    if amendment.tags is not None:
        _retag(customer_id, amendment.tags, by, at)
    if amendment.changes_owner:
        if not by.has_role(*ASSIGNING):
            raise Forbidden(_("Only managers hand customers over."))
        assign_owner(customer_ids=[customer_id], owner=_person(amendment.owner), by=by, at=at)


def _retag(customer_id: int, tags: tuple[str, ...], by: User, at: datetime) -> None:
    wanted = {tag.lower() for tag in tags}
    worn = dict(CustomerTag.objects.filter(customer=customer_id).values_list("tag__name", "tag_id"))
    for name, tag_id in worn.items():
        if name.lower() not in wanted:
            remove_tag(customer_id=customer_id, tag_id=tag_id, at=at)
    for tag in tags:
        if tag.lower() not in {name.lower() for name in worn}:
            add_tag(customer_id=customer_id, name=tag, by=by, at=at)


def _person(email: str) -> User | None:
    if not email:
        return None
    person: Any = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise InvalidInput(_("Nobody here has this e-mail."), field="owner", code="unknown_person")
    return person
