"""What can be told to other programs: the types of events, and which facts of an event are told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EventType:
    """One type: the timeline's kinds that it stands for, and the facts of theirs that are told."""

    name: str
    kinds: tuple[str, ...]
    facts: tuple[str, ...] = ()


ORDER = ("order",)
TYPES = (
    EventType("customer.created", ("customer_created",), ("sources",)),
    EventType("customer.merged", ("merged",), ("card", "score")),
    EventType("customer.graded", ("grade_changed",), ("old", "new")),
    EventType("customer.lifecycle_changed", ("lifecycle_changed",), ("old", "new")),
    EventType("customer.owner_changed", ("owner_changed",), ("from", "to")),
    EventType("consent.changed", ("consent_granted", "consent_withdrawn"), ("channel", "source")),
    EventType("order.recorded", ("order_placed",), ORDER),
    EventType("order.changed", ("order_confirmed", "order_fulfilled", "order_cancelled", "order_returned"), ORDER),
    EventType("inquiry.recorded", ("inquiry",), ("inquiry", "kind", "is_answered", "line")),
    EventType("message.bounced", ("message_bounced",), ("channel", "message", "reason")),
    EventType("nps.answered", ("nps_answered",), ("response", "score")),
    EventType("obligation.broken", ("obligation_broken",), ("obligation", "order", "due_on")),
)
TEST = "webhook.test"
BY_NAME = {each.name: each for each in TYPES}
BY_KIND = {kind: each for each in TYPES for kind in each.kinds}


def kinds_of(names: Iterable[str]) -> list[str]:
    """The timeline's kinds behind types of events. Raises KeyError for an unknown type."""
    return sorted({kind for name in names for kind in BY_NAME[name].kinds})


def facts_behind(names: Iterable[str]) -> list[str]:
    """The facts that may be told of types of events."""
    return sorted({fact for name in names for fact in BY_NAME[name].facts})


def type_of(kind: str) -> str:
    """The type that an event of the timeline is told as; the test event has a kind of its own."""
    return BY_KIND[kind].name if kind in BY_KIND else TEST


def facts_of(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an event's own data: figures, ids and states, never addresses or words of people."""
    told = BY_KIND[kind].facts if kind in BY_KIND else ()
    return {"event": kind, **{name: data[name] for name in told if name in data}}
