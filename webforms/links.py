"""What proves something to us when it comes back: who a visitor is, and when a form was shown."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.core import signing

VISITOR_SALT = "webforms.visitor"
STAMP_SALT = "webforms.stamp"
VISITOR_FOR = timedelta(days=400)
MAX_TOKEN = 300
# A customer by number, or whoever an inquiry turned out to be of: a form's answer must not tell whether the
# person who filled it in was known before.
Subject = tuple[Literal["c", "i"], int]


def visitor_token(customer_id: int) -> str:
    """For `?fc=` in a link of a message, and for sites that know who has logged in."""
    return signing.dumps(["c", customer_id], salt=VISITOR_SALT)


def inquirer_token(inquiry_id: int) -> str:
    """For whoever has just sent a form."""
    return signing.dumps(["i", inquiry_id], salt=VISITOR_SALT)


def read_visitor(token: Any) -> Subject | None:
    """Whom a token means; None for one that is not ours, or too old."""
    found = _load(token, VISITOR_SALT, VISITOR_FOR)
    if isinstance(found, list) and len(found) == 2 and found[0] in ("c", "i") and isinstance(found[1], int):
        return found[0], found[1]
    return None


@dataclass(frozen=True, slots=True)
class Stamp:
    """One showing of a form."""

    form_id: int
    nonce: str
    made_at: datetime
    is_test: bool


def make_stamp(form_id: int, *, now: datetime, is_test: bool = False) -> str:
    """A signed note of when a form was shown; sent back, it makes a double click one submission."""
    return signing.dumps([form_id, secrets.token_hex(8), int(now.timestamp() * 1000), is_test], salt=STAMP_SALT)


def read_stamp(text: Any, form_id: int, *, now: datetime, max_age: timedelta) -> Stamp | None:
    """The stamp of a form; None for another form's, a forged or an old one."""
    found = _load(text, STAMP_SALT, None)
    if not isinstance(found, list) or len(found) != 4 or found[0] != form_id:
        return None
    stamp = Stamp(found[0], found[1], datetime.fromtimestamp(found[2] / 1000, UTC), bool(found[3]))
    return stamp if now - stamp.made_at <= max_age else None


def _load(text: Any, salt: str, max_age: timedelta | None) -> Any:
    if not isinstance(text, str) or len(text) > MAX_TOKEN:
        return None
    try:
        return signing.loads(text, salt=salt, max_age=max_age)
    except signing.BadSignature:
        return None
