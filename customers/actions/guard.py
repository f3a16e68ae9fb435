"""Opening contacts and taking lists out: each is written down before anything is shown, within the day's limit."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Forbidden, InvalidInput
from core.models import User
from core.roles import Role
from customers.models import ContactPoint
from customers.models.guard import AccessEntry, AccessKind, AccessLimit
from customers.queries.guard import contacts_used, export_allowance, limit_of

# Without letters and digits that are read for one another.
MARK_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
MARK_LENGTH = 10
SHORTEST_REASON = 5
LIMITED_KINDS = (AccessKind.CONTACT, AccessKind.EXPORT)


class LimitReached(Forbidden):
    """The day's limit of the person's role is used up."""

    code = "limit_reached"
    status = 429


def record_access(
    *,
    by: User,
    kind: AccessKind,
    at: datetime,
    customers: int = 1,
    detail: dict[str, Any] | None = None,
    ip: str | None = None,
    agent: str = "",
    customer_id: int | None = None,
    mark: str = "",
) -> AccessEntry:
    """Write down that somebody was given the data of so many customers."""
    return AccessEntry.objects.create(
        by=by,
        kind=kind,
        at=at,
        customers=customers,
        detail=detail or {},
        ip=ip,
        agent=agent[:300],
        customer_id=customer_id,
        mark=mark,
    )


@transaction.atomic
def open_contact(*, by: User, point: ContactPoint, at: datetime, ip: str | None = None, agent: str = "") -> AccessEntry:
    """Write down that the person sees one address of a customer whom they may see.

    The same address again on the same day costs nothing of the limit. Raises LimitReached.
    """
    _one_at_a_time(by)
    limit = limit_of(by.role, AccessKind.CONTACT)
    used = contacts_used(by, point.pk, at) if limit is not None else None
    if limit is not None and used is not None and not used.again and used.contacts >= limit:
        raise LimitReached(_contacts_used_up(limit))
    # Whose customer it was is told now: owners change.
    detail = {"contact": point.pk, "channel": point.channel, "own": point.customer.owner_id == by.pk}
    return record_access(
        by=by, kind=AccessKind.CONTACT, at=at, detail=detail, ip=ip, agent=agent, customer_id=point.customer_id
    )


@transaction.atomic
def record_export(
    *,
    by: User,
    what: str,
    customers: int,
    reason: str,
    detail: dict[str, Any],
    at: datetime,
    ip: str | None = None,
    agent: str = "",
) -> AccessEntry:
    """Write down a list that is about to leave, and give it its mark.

    customers: how many customers it tells of. Raises Forbidden without the right to export, InvalidInput without a
    reason, LimitReached where it is more than what is left of the day's limit.
    """
    if not by.may_export:
        raise Forbidden(_("Taking lists out is a right of its own: an administrator gives it on the page “People”."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(_("Say what the list is for."), field="reason")
    _one_at_a_time(by)
    left = export_allowance(by, at)
    if left is not None and customers > left:
        raise LimitReached(_exports_used_up(customers, left))
    detail = {"what": what, "reason": reason.strip()[:500], **detail}
    mark = "".join(secrets.choice(MARK_LETTERS) for _each in range(MARK_LENGTH))
    return record_access(
        by=by,
        kind=AccessKind.EXPORT,
        at=at,
        customers=customers,
        detail=detail,
        ip=ip,
        agent=agent,
        mark=mark,
    )


@transaction.atomic
def change_limits(*, limits: dict[tuple[str, str], int | None]) -> None:
    """Set what a person of a role may read in a day, by role and kind; None takes the limit away."""
    for (role, kind), per_day in limits.items():
        if role not in Role.values or kind not in LIMITED_KINDS:
            raise InvalidInput(_("There is no such limit."))
        if per_day is None:
            AccessLimit.objects.filter(role=role, kind=kind).delete()
        else:
            AccessLimit.objects.update_or_create(role=role, kind=kind, defaults={"per_day": per_day})


def _one_at_a_time(by: User) -> None:
    """Two tabs of one person count one after the other, or both would find the last unit free."""
    User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk").get()


def _contacts_used_up(limit: int) -> str:
    text = ngettext(
        "You have opened %(limit)s contact today, which is all your role may in a day. Tomorrow you can go on; if the "
        "work needs more, ask a manager to raise the limit.",
        "You have opened %(limit)s contacts today, which is all your role may in a day. Tomorrow you can go on; if the "
        "work needs more, ask a manager to raise the limit.",
        limit,
    )
    return text % {"limit": limit}


def _exports_used_up(customers: int, left: int) -> str:
    text = _(
        "The list has %(customers)s customers, and your role may take out %(left)s more today. Narrow the list, or ask "
        "a manager to raise the limit."
    )
    return text % {"customers": customers, "left": left}
