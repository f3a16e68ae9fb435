"""Timeline events as lines to read: an icon, what happened, the details."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.badges import STAGES
from core.formats import masked_text, money_text
from customers.models import ContactChannel, EventKind, TimelineEvent
from touches.models import Outcome, TouchChannel

Names = Mapping[int, str]


@dataclass(frozen=True)
class Look:
    icon: str
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """One event as it stands on the card."""

    look: Look
    title: str | Promise
    details: str
    note: str
    at: datetime


LOOKS = {
    EventKind.CUSTOMER_CREATED: Look(icon="user-plus"),
    EventKind.ORDER_PLACED: Look(icon="shopping-cart", tone="good"),
    EventKind.ORDER_CONFIRMED: Look(icon="check"),
    EventKind.ORDER_FULFILLED: Look(icon="package"),
    EventKind.ORDER_CANCELLED: Look(icon="x", tone="bad"),
    EventKind.ORDER_RETURNED: Look(icon="arrow-back-up", tone="alarm"),
    EventKind.CONTACT_ADDED: Look(icon="address-book"),
    EventKind.CONSENT_GRANTED: Look(icon="circle-check"),
    EventKind.CONSENT_WITHDRAWN: Look(icon="ban", tone="alarm"),
    EventKind.GRADE_CHANGED: Look(icon="star", tone="calm"),
    EventKind.LIFECYCLE_CHANGED: Look(icon="activity", tone="calm"),
    EventKind.TOUCH: Look(icon="phone", tone="accent"),
    EventKind.MESSAGE_SENT: Look(icon="send", tone="accent"),
    EventKind.FLOW_ENTERED: Look(icon="route"),
    EventKind.FLOW_LEFT: Look(icon="route-off"),
    EventKind.PROMO_REDEEMED: Look(icon="ticket", tone="good"),
    EventKind.NPS_ANSWERED: Look(icon="mood-smile", tone="calm"),
    EventKind.OWNER_CHANGED: Look(icon="user-share"),
}
PLAIN = Look(icon="info-circle")


def line_of(event: TimelineEvent, names: Names) -> Line:
    """The event in words. What its data lacks is left out: they were written by many versions."""
    tell = TELLERS.get(event.kind)
    details = tell(event.data, names) if tell else ""
    note = str(event.data.get("note") or event.data.get("comment") or "")
    return Line(LOOKS.get(event.kind, PLAIN), event.get_kind_display(), details, note, event.at)


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _amount(value: Any) -> str:
    try:
        return money_text(Decimal(str(value))) if value is not None else ""
    except InvalidOperation:
        return ""


def _order(data: dict[str, Any], _names: Names) -> str:
    number = f"№ {data['number']}" if data.get("number") else ""
    return _joined(number, _amount(data.get("returned", data.get("revenue"))))


def _address(data: dict[str, Any], _names: Names) -> str:
    return masked_text(str(data.get("value", "")), str(data.get("channel", "")))


def _consent(data: dict[str, Any], _names: Names) -> str:
    return _joined(_label(ContactChannel, data.get("channel")), data.get("source"))


def _grade(data: dict[str, Any], _names: Names) -> str:
    return f"{data.get('old') or '—'} → {data.get('new', '')}"


def _stage(data: dict[str, Any], _names: Names) -> str:
    words = [STAGES[key].word if key in STAGES else "—" for key in (data.get("old"), data.get("new"))]
    return f"{words[0]} → {words[1]}"


def _touch(data: dict[str, Any], _names: Names) -> str:
    return _joined(_label(TouchChannel, data.get("channel")), _label(Outcome, data.get("outcome")), data.get("by"))


def _message(data: dict[str, Any], _names: Names) -> str:
    return _joined(_label(TouchChannel, data.get("channel")), data.get("subject"))


def _flow(data: dict[str, Any], _names: Names) -> str:
    return str(data.get("name") or data.get("flow") or "")


def _code(data: dict[str, Any], _names: Names) -> str:
    return str(data.get("code", ""))


def _score(data: dict[str, Any], _names: Names) -> str:
    return _("%(score)s of 10") % {"score": data["score"]} if "score" in data else ""


def _owner(data: dict[str, Any], names: Names) -> str:
    before, after = (names.get(data.get(key), _("pool")) for key in ("from", "to"))
    return f"{before} → {after}"


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value or "")


TELLERS: dict[str, Callable[[dict[str, Any], Names], str]] = {
    EventKind.ORDER_PLACED: _order,
    EventKind.ORDER_CONFIRMED: _order,
    EventKind.ORDER_FULFILLED: _order,
    EventKind.ORDER_CANCELLED: _order,
    EventKind.ORDER_RETURNED: _order,
    EventKind.CONTACT_ADDED: _address,
    EventKind.CONSENT_GRANTED: _consent,
    EventKind.CONSENT_WITHDRAWN: _consent,
    EventKind.GRADE_CHANGED: _grade,
    EventKind.LIFECYCLE_CHANGED: _stage,
    EventKind.TOUCH: _touch,
    EventKind.MESSAGE_SENT: _message,
    EventKind.FLOW_ENTERED: _flow,
    EventKind.FLOW_LEFT: _flow,
    EventKind.PROMO_REDEEMED: _code,
    EventKind.NPS_ANSWERED: _score,
    EventKind.OWNER_CHANGED: _owner,
}
