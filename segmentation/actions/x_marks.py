"""X over the grade: set by a person, never touched by the machine."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from core.models import User
from segmentation.models import XMark


def set_x_mark(*, customer_id: int, capability: str, potential: Decimal, by: User, at: datetime) -> XMark:
    """Mark a potentially large customer whom today's product does not fit, or change the mark.

    capability: what is missing. potential: margin a year, in currency. Raises InvalidInput.
    """
    if not capability.strip():
        raise InvalidInput(_("Say what the product lacks for this customer."), field="capability")
    if potential <= 0:
        raise InvalidInput(_("The potential is an amount above zero."), field="potential")
    mark, _created = XMark.objects.update_or_create(
        customer_id=customer_id,
        defaults={"capability": capability.strip(), "potential": potential, "set_by": by, "set_at": at},
    )
    return mark


def clear_x_mark(*, customer_id: int) -> bool:
    """Take the mark away; returns whether there was one."""
    removed, _rows = XMark.objects.filter(customer_id=customer_id).delete()
    return removed > 0
