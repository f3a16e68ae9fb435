"""Timeline events as lines to read: an icon, what happened, the details."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisition.models import InquiryKind
from core.badges import STAGES
from core.formats import exact_date_text, masked_text, money_text
from customers.models import ContactChannel, EventKind, ObligationKind, TimelineEvent
from dashboard.queries.timeline import Entry
from touches.models import Outcome, TouchChannel

Names = Mapping[int, str]
STEPS_SHOWN = 30


@dataclass(frozen=True)
class Look:
    icon: str
    tone: str = ""


@dataclass(frozen=True)
class Step:
    """One page of a visit: what was done, and with what."""

    did: str
    what: str


@dataclass(frozen=True)
class Line:
    """One entry as it stands on the card; `steps` of a visit tell page by page, the first one first."""

    look: Look
    title: str | Promise
    details: str
    note: str
    at: datetime
    steps: tuple[Step, ...] = ()
    more_steps: int = 0


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
    EventKind.MERGED: Look(icon="copy"),
    EventKind.INQUIRY: Look(icon="phone-incoming", tone="accent"),
    EventKind.MESSAGE_BOUNCED: Look(icon="mail-off", tone="bad"),
    EventKind.OBLIGATION_MADE: Look(icon="clock-check"),
    EventKind.OBLIGATION_KEPT: Look(icon="check", tone="good"),
    EventKind.OBLIGATION_BROKEN: Look(icon="x", tone="bad"),
    EventKind.ERASED: Look(icon="shield-lock", tone="alarm"),
}
VISIT = Look(icon="world")
PLAIN = Look(icon="info-circle")


def line_of(entry: Entry, names: Names) -> Line:
    """The entry in words. What its data lacks is left out: they were written by many versions."""
    if entry.is_visit:
        return visit_line(entry.events)
    event = entry.events[0]
    tell = TELLERS.get(event.kind)
    details = tell(event.data, names) if tell else ""
    note = str(event.data.get("note") or event.data.get("comment") or "")
    return Line(LOOKS.get(event.kind, PLAIN), event.get_kind_display(), details, note, event.at)


def visit_line(events: Sequence[TimelineEvent]) -> Line:
    """One visit to the site: what was looked at, and the pages below."""
    kinds = Counter(event.kind for event in events)
    pages = kinds[EventKind.PAGE_VIEWED]
    goods = kinds[EventKind.PRODUCT_VIEWED]
    details = _joined(
        ngettext("%(count)d page", "%(count)d pages", pages) % {"count": pages} if pages else "",
        ngettext("%(count)d product", "%(count)d products", goods) % {"count": goods} if goods else "",
        _("cart") if kinds[EventKind.CART_CHANGED] else "",
        _("search") if kinds[EventKind.SEARCHED] else "",
        _text(events[0].data.get("site")),
    )
    steps = tuple(Step(str(event.get_kind_display()), _seen(event.data)) for event in reversed(events))
    more = max(len(steps) - STEPS_SHOWN, 0)
    return Line(VISIT, _("Visit to the site"), details, "", events[0].at, steps[:STEPS_SHOWN], more)


def _seen(data: dict[str, Any]) -> str:
    """What a page was about: its product or title, what was looked for, the sum of the cart, else its address."""
    told = [_text(data.get(key)) for key in ("name", "query", "title")]
    total = _amount(data["total"]) if data.get("total") is not None else ""
    address = urlsplit(_text(data.get("url"))).path if isinstance(data.get("url"), str) else ""
    return next((text for text in (*told, total, address) if text), "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


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


def _merged(data: dict[str, Any], names: Names) -> str:
    return _joined(f"№ {data.get('card', '')}", data.get("name"), names.get(data.get("by"), _("by itself")))


def _inquiry(data: dict[str, Any], _names: Names) -> str:
    answered = {True: _("answered"), False: _("missed")}.get(data.get("is_answered"), "")  # type: ignore[arg-type]
    return _joined(_label(InquiryKind, data.get("kind")), answered, data.get("line"))


def _bounce(data: dict[str, Any], _names: Names) -> str:
    return _label(TouchChannel, data.get("channel"))


def _promise(data: dict[str, Any], _names: Names) -> str:
    late = _("late") if data.get("late") is True else ""
    due = _text(data.get("due_on"))
    return _joined(_label(ObligationKind, data.get("kind")), _text(data.get("what")), _due(due), late)


def _due(day: str) -> str:
    try:
        return _("due %(day)s") % {"day": exact_date_text(date.fromisoformat(day))}
    except ValueError:
        return ""


def _by(data: dict[str, Any], names: Names) -> str:
    by = data.get("by")
    return names.get(by, "") if isinstance(by, int) else ""


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
    EventKind.MERGED: _merged,
    EventKind.INQUIRY: _inquiry,
    EventKind.MESSAGE_BOUNCED: _bounce,
    EventKind.OBLIGATION_MADE: _promise,
    EventKind.OBLIGATION_KEPT: _promise,
    EventKind.OBLIGATION_BROKEN: _promise,
    EventKind.ERASED: _by,
}
