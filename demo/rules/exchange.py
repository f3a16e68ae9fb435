"""What the invented company's Mango Office says of a call."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

FIRST_ENTRY = 2_034_127_600
INCOMING, OUTGOING = 1, 2
ANSWERED, MISSED = 1, 0
# The key of the exchange's API: it comes with each message, and is no secret.
API_KEY = "zerno-vpbx"


@dataclass(frozen=True)
class Rung:
    """A call: how many days before the end of the story and at which hour, whether a caller has bought before, who
    took it (an extension, empty where nobody did), and how many seconds they talked."""

    days_ago: int
    hour: float
    line: str = ""
    extension: str = ""
    seconds: int = 0
    is_incoming: bool = True
    is_forged: bool = False


# The missed one of three days ago is called back by the next.
CALLS = (
    Rung(24, 10.4, "yandex_direct", "101", 312),
    Rung(21, 15.1, "", "102", 95),
    Rung(17, 13.2, "yandex_direct"),
    Rung(12, 11.7, "vk_ads", "103", 201),
    Rung(9, 16.9, "", "101", 148),
    Rung(7, 3.3, "", "101", 40, is_forged=True),
    Rung(3, 12.8, "yandex_direct"),
    Rung(3, 14.2, "", "102", 187, is_incoming=False),
    Rung(2, 17.5, "", "104", 260),
)


def summary(*, number: int, call: Rung, at: datetime, phone: str, line: str) -> dict[str, Any]:
    """One call as the event "summary" carries it."""
    stranger = {"extension": "", "number": phone.lstrip("+")}
    colleague = {"extension": call.extension, "number": f"sip:{call.extension}@zerno.mangosip.ru"}
    caller, called = (stranger, colleague) if call.is_incoming else (colleague, stranger)
    begun = int(at.timestamp())
    talked = begun + 9 if call.extension else 0
    ended = (talked or begun + 31) + call.seconds
    return {
        "entry_id": str(FIRST_ENTRY + number),
        "call_direction": INCOMING if call.is_incoming else OUTGOING,
        "from": caller,
        "to": called,
        "line_number": line.lstrip("+"),
        "create_time": begun,
        "forward_time": begun + 2,
        "talk_time": talked,
        "end_time": ended,
        "entry_result": ANSWERED if call.extension else MISSED,
        "disconnect_reason": 1110,
    }


def ended_at(call: Rung, at: datetime) -> datetime:
    """When the exchange tells of the call: at its end."""
    return at + timedelta(seconds=40 + call.seconds)


def signed(payload: dict[str, Any], salt: str) -> bytes:
    """The form with the call and its signature, as Mango makes it."""
    told = json.dumps(payload, ensure_ascii=False)
    sign = hashlib.sha256(f"{API_KEY}{told}{salt}".encode()).hexdigest()
    return urlencode({"vpbx_api_key": API_KEY, "sign": sign, "json": told}).encode()
