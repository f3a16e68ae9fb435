"""Changes of one customer, as another system asks for them: only what is named changes, null and "" clear it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.reading import TIME_ZONES
from customers.rules.records import KINDS, LANGUAGES, Company
from customers.rules.text import clean_text

MAX_TAGS = 50
MAX_TAG = 60
TEXTS = {"name": 300, "city": 200, "time_zone": 50, "tax_number": 20}
AMENDED_FIELDS = frozenset((*TEXTS, "kind", "language", "birthday", "custom", "tags", "owner"))


@dataclass(frozen=True, slots=True)
class Amendment:
    """`details` by column. `custom` as it was told, `tags` the whole list, None where they were not told.

    `owner` is a person's e-mail, "" for the pool; it counts only if `changes_owner`.
    """

    details: dict[str, str | date | None] = field(default_factory=dict)
    custom: dict[str, Any] | None = None
    tags: tuple[str, ...] | None = None
    owner: str = ""
    changes_owner: bool = False


def read_amendment(data: Any, company: Company, now: datetime) -> Amendment:
    """The changes that an object asks for. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(AMENDED_FIELDS)
    details: dict[str, str | date | None] = {
        name: fields.text(name, TEXTS[name]) for name in TEXTS if name in fields.data
    }
    if "kind" in fields.data:
        details["kind"] = fields.choice("kind", KINDS, "")
        if not details["kind"]:
            fields.fail("kind", "never_empty")
    if "language" in fields.data:
        details["language"] = fields.choice("language", LANGUAGES, "")
    if "birthday" in fields.data:
        details["birthday"] = _birthday(fields, now)
    if details.get("time_zone") and details["time_zone"] not in TIME_ZONES:
        fields.fail("time_zone", "bad_time_zone", value=details["time_zone"])
    amendment = Amendment(
        details=details,
        custom=_custom(fields),
        tags=_tags(fields),
        owner=fields.address("owner", "email"),
        changes_owner="owner" in fields.data,
    )
    if faults:
        raise Faulty(faults)
    return amendment


def _birthday(fields: Fields, now: datetime) -> date | None:
    birthday = fields.day("birthday")
    if birthday is not None and birthday > now.astimezone(fields.company.zone).date():
        fields.fail("birthday", "day_to_come")
    return birthday


def _custom(fields: Fields) -> dict[str, Any] | None:
    told = fields.data.get("custom")
    if told is not None and not isinstance(told, dict):
        fields.fail("custom", "not_object")
        return None
    return told


def _tags(fields: Fields) -> tuple[str, ...] | None:
    if "tags" not in fields.data:
        return None
    told = fields.data["tags"] or []
    if not isinstance(told, list):
        fields.fail("tags", "not_list")
        return None
    if len(told) > MAX_TAGS:
        fields.fail("tags", "too_many", limit=MAX_TAGS, count=len(told))
        return None
    tags = []
    for index, tag in enumerate(told):
        try:
            clean = clean_text("" if tag is None else tag, f"tags.{index}", MAX_TAG)
        except Faulty as refusal:
            fields.faults += refusal.faults
            continue
        if clean:
            tags.append(clean)
    return tuple(tags)
