"""What a visitor filled in, checked and normalised."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.rules.contacts import normalise_contact
from customers.rules.faults import Fault, Faulty
from customers.rules.records import ContactData
from customers.rules.text import clean_text

LIMITS = {"name": 300, "phone": 50, "email": 254, "message": 3000}
CONTACTS = ("phone", "email")
# Nobody fills in a form so quickly, and a page left open for longer is loaded again.
TOO_FAST = timedelta(seconds=2)
TOO_OLD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Submission:
    """The answers; empty where a field was not filled in."""

    name: str
    contacts: tuple[ContactData, ...]
    message: str
    consents: bool


def read_submission(
    told: Mapping[str, object], *, fields: Collection[str], required: Collection[str], region: str
) -> Submission:
    """Check what was filled in. Raises Faulty with every mistake; of fields that are not shown nothing is read."""
    faults: list[Fault] = []
    values = {name: _text(told, name, faults) for name in LIMITS if name in fields}
    bad = {fault.field for fault in faults}
    faults += [Fault(name, "required") for name in required if not values.get(name) and name not in bad]
    contacts = tuple(_contacts(values, region, faults))
    if not contacts and not faults:
        faults.append(Fault(next(name for name in CONTACTS if name in fields), "contact_needed"))
    if faults:
        raise Faulty(faults)
    agreed = told.get("consent") in ("on", "true", "1", True)
    return Submission(values.get("name", ""), contacts, values.get("message", ""), agreed)


def is_machine(*, trap: object, made_at: datetime, now: datetime) -> bool:
    """Whether a program filled it in: the field that people do not see is filled, or it was too quick."""
    return bool(trap) or now - made_at < TOO_FAST


def _text(told: Mapping[str, object], name: str, faults: list[Fault]) -> str:
    value = told.get(name)
    if value is None or value == "":
        return ""
    try:
        return clean_text(value, name, LIMITS[name])
    except Faulty as refusal:
        faults.extend(refusal.faults)
        return ""


def _contacts(values: Mapping[str, str], region: str, faults: list[Fault]) -> list[ContactData]:
    found = []
    for channel in CONTACTS:
        raw = values.get(channel)
        if raw:
            value = normalise_contact(channel, raw, region)
            if value is None:
                faults.append(Fault(channel, f"bad_{channel}", {"value": raw[:60]}))
            else:
                found.append(ContactData(channel, value))
    return found
