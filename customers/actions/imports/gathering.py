"""Columns of contacts, consents, tags and addresses become the lists that the API takes."""

import re
from typing import Any

MESSENGERS = ("telegram", "whatsapp")
_BETWEEN = re.compile(r"\s*[;\n]\s*")
_BETWEEN_TAGS = re.compile(r"\s*[;,\n]\s*")


def gather(payload: dict[str, Any]) -> None:
    """Change the object of a row, or of the customer within it, in place."""
    person = payload.get("customer", payload)
    if not isinstance(person, dict):
        return
    _gather_contacts(person)
    _gather_consents(person)
    if isinstance(person.get("tags"), str):
        person["tags"] = [tag for tag in _BETWEEN_TAGS.split(person["tags"]) if tag]
    for name, several in (("address", "addresses"), ("person", "people")):
        if name in person:
            person[several] = [person.pop(name)]


def _gather_contacts(person: dict[str, Any]) -> None:
    contacts = [{"channel": name, "value": person.pop(name)} for name in MESSENGERS if name in person]
    for name in ("phone", "email"):
        told = person.get(name, "")
        if ";" in told or "\n" in told:
            first, *others = [part for part in _BETWEEN.split(told) if part] or [""]
            person[name] = first
            contacts += [{"channel": name, "value": other} for other in others]
    if contacts:
        person["contacts"] = contacts


def _gather_consents(person: dict[str, Any]) -> None:
    told = person.pop("consent", None)
    if not told:
        return
    about = {name: told.pop(name) for name in ("at", "proof", "text_version") if name in told}
    if told:
        person["consents"] = [{"channel": channel, "action": action, **about} for channel, action in told.items()]
