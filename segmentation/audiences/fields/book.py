"""Who stands behind a sum of the balance sheet of the base."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from segmentation.audiences.registry import Condition, Context, Field, Group, Type, fixed, register
from segmentation.audiences.relations import key
from segmentation.audiences.values import ValueFault, read_choices, read_month
from segmentation.queries.book import moved_customers
from segmentation.rules.book import Cause, Side

PARTS = fixed(
    [
        (Cause.ACQUIRED, pgettext_lazy("base value", "Acquired")),
        (Cause.EXPANDED, pgettext_lazy("base value", "Expanded")),
        (Cause.REACHABLE_AGAIN, pgettext_lazy("base value", "Reachable again")),
        (Side.ATTRITION, pgettext_lazy("base value", "Attrition")),
        (Cause.SHRUNK, pgettext_lazy("base value", "Attrition")),
        (Cause.GONE, pgettext_lazy("base value", "No buyers any more")),
        (Cause.UNREACHABLE, pgettext_lazy("base value", "Became unreachable")),
        (Side.OPENING, pgettext_lazy("base value", "Opening")),
        (Side.CLOSING, pgettext_lazy("base value", "Closing")),
        (Side.BEYOND_REACH, pgettext_lazy("base value", "Beyond reach at the closing")),
        (Side.FEWER_CONTACTS, pgettext_lazy("base value", "Lost a contact")),
    ]
)


def _read(_op: str, raw: Any) -> dict[str, Any]:
    """{"month": as 2026-01, "cause": codes}."""
    if not isinstance(raw, Mapping):
        raise ValueFault(gettext("Name the month and the cause."))
    causes = raw.get("cause")
    return {
        "month": f"{read_month(raw.get('month')):%Y-%m}",
        "cause": read_choices([causes] if isinstance(causes, str) else causes, PARTS),
    }


def _moved(_op: str, value: Any, _ctx: Context) -> Condition:
    found = moved_customers(month=read_month(value["month"]), parts=value["cause"])
    return Q(pk__in=[]) if found is None else Q(pk__in=found)


register(
    Field(
        "base_move",
        _("In the balance of the base"),
        Group.VALUE,
        Type.RELATION,
        _moved,
        watches=("segmentation_standing", "customers_contactpoint"),
        ops=("some",),
        keys=(key("month", _("Month")), key("cause", _("Cause"), choices=PARTS)),
        has_days=False,
        value=_read,
        hint=_("Why the base value of a month changed, as the page of the base value shows it."),
    )
)
