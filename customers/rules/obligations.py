"""Promises: what a source tells of one, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.naming import read_name
from customers.rules.records import Company, Named

KINDS = ("delivery", "documents", "service", "other")
# What a person or a source says became of a promise. Whether it was kept late follows from its days.
OUTCOMES = ("kept", "broken", "cancelled")
OBLIGATION_FIELDS = frozenset(
    ("source", "external_id", "customer", "order", "kind", "what", "due_on", "owner", "state", "closed_on", "note")
)
ORDER_FIELDS = frozenset(("source", "external_id"))


@dataclass(frozen=True, slots=True)
class ObligationData:
    """One promise as a source tells it.

    It is known by source and external id, or, without an id, new each time. It is about an order (source,
    external id), or about a customer. `state` is open or an outcome, "" if nothing is told of it; `owner` is a
    person's e-mail.
    """

    source: str
    kind: str
    due_on: date
    external_id: str = ""
    named: Named | None = None
    order: tuple[str, str] | None = None
    what: str = ""
    owner: str = ""
    state: str = ""
    closed_on: date | None = None
    note: str = ""


def state_after(outcome: str, due_on: date, closed_on: date) -> str:
    """The state of a promise closed with an outcome: what is kept after its day was kept late."""
    return "late" if outcome == "kept" and closed_on > due_on else outcome


def outcome_of(state: str) -> str:
    """What was said to lead to a state."""
    return "kept" if state == "late" else state


def read_obligation(data: Any, company: Company, now: datetime) -> ObligationData:
    """The promise that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(OBLIGATION_FIELDS)
    source = fields.text("source", 50, required=True)
    today = now.astimezone(company.zone).date()
    order = _order(fields.inner("order"), source) if fields.data.get("order") is not None else None
    named = read_name(fields.inner("customer"), source) if order is None or fields.data.get("customer") else None
    due_on = _due_on(fields)
    state = fields.choice("state", ("open", *OUTCOMES), "")
    closed_on = fields.day("closed_on")
    if state not in OUTCOMES and closed_on is not None:
        fields.fail("closed_on", "closed_while_open")
    if closed_on is not None and closed_on > today:
        fields.fail("closed_on", "day_to_come")
    obligation = ObligationData(
        source=source,
        external_id=fields.text("external_id", 200),
        named=named,
        order=order,
        kind=_kind(fields),
        what=fields.text("what", 300),
        due_on=due_on or today,
        owner=fields.address("owner", "email"),
        state=state,
        closed_on=closed_on or today if state in OUTCOMES else None,
        note=fields.text("note", 500),
    )
    if faults:
        raise Faulty(faults)
    return obligation


def _kind(fields: Fields) -> str:
    kind = fields.choice("kind", KINDS, "")
    if not kind:
        fields.fail("kind", "required")
    return kind


def _due_on(fields: Fields) -> date | None:
    before = len(fields.faults)
    due_on = fields.day("due_on")
    if due_on is None and len(fields.faults) == before:
        fields.fail("due_on", "required")
    return due_on


def _order(fields: Fields, source: str) -> tuple[str, str]:
    fields.only(ORDER_FIELDS)
    return fields.text("source", 50) or source, fields.text("external_id", 200, required=fields.is_object)
