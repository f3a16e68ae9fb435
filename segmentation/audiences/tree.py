"""Trees of conditions: JSON in, frozen nodes or precise faults out.

    {"all": [...]}, {"any": [...]}, {"not": {...}}, {"field": CODE, "op": OPERATOR, "value": VALUE}

{"all": []} at the root is everybody. What is wrong is told by its place, such as `all.1.not.value`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from segmentation.audiences.registry import Field, field_of
from segmentation.audiences.values import ValueFault, in_json, read_value

MOST_DEPTH = 6
MOST_LEAVES = 60
MOST_BYTES = 20_000
# Lists and objects within each other: far more than a tree of the depth above has.
MOST_NESTING = 40
# Half a character, and NUL: JSON can say them, and PostgreSQL cannot keep them.
NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Leaf:
    """One condition; `value` is as the field compiles it."""

    field: Field
    op: str
    value: Any


@dataclass(frozen=True)
class All:
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Any_:
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    node: "Node"


Node = Leaf | All | Any_ | Not
EVERYBODY = All(())
GROUPS = ("all", "any")


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of the tree."""

    path: str
    text: str


class TreeFaultError(InvalidInput):
    """A tree that cannot be used, with everything that is wrong in it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{f.path}: {f.text}" if f.path else f.text for f in faults), field="tree")
        self.faults = faults


def read_text(text: str) -> Node:
    """The tree of a JSON text. Raises TreeFaultError."""
    return read_tree(parsed(text))


def parsed(text: str) -> Any:
    """What a JSON text says, whatever that is. Raises TreeFaultError for what cannot be kept and written out again."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise TreeFaultError([Fault("", _("The conditions are longer than 20 kB. Divide them into two audiences."))])
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TreeFaultError([Fault("", _("The conditions are not JSON."))]) from error
    if not _is_plain(raw):
        raise TreeFaultError([Fault("", _("The conditions are not JSON."))])
    return raw


def _is_plain(raw: Any, depth: int = 0) -> bool:
    """Neither a text that the database refuses, nor a number that JSON has no word for, nor depth without end."""
    if depth > MOST_NESTING:
        return False
    match raw:
        case str():
            return NO_TEXT.search(raw) is None
        case float():
            return isfinite(raw)
        case list():
            return all(_is_plain(each, depth + 1) for each in raw)
        case dict():
            return all(_is_plain(key) and _is_plain(value, depth + 1) for key, value in raw.items())
    return True


def read_tree(raw: Any) -> Node:
    """The tree of parsed JSON. Raises TreeFaultError with every fault found."""
    reader = _Reader()
    node = reader.node(raw, (), 1)
    if reader.leaves > MOST_LEAVES:
        reader.faults.append(Fault("", _("At most %(most)s conditions fit.") % {"most": MOST_LEAVES}))
    if reader.faults or node is None:
        raise TreeFaultError(reader.faults)
    if len(json.dumps(as_json(node), ensure_ascii=False).encode()) > MOST_BYTES:
        raise TreeFaultError([Fault("", _("The conditions are longer than 20 kB. Divide them into two audiences."))])
    return node


class _Reader:
    """Walks the JSON once, gathering what is wrong."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.leaves = 0

    def _fault(self, path: tuple[str, ...], text: str) -> None:
        self.faults.append(Fault(".".join(path), text))

    def node(self, raw: Any, path: tuple[str, ...], depth: int) -> Node | None:
        if depth > MOST_DEPTH + 1:
            self._fault(path, _("Groups may stand %(most)s deep at most.") % {"most": MOST_DEPTH})
        elif not isinstance(raw, dict):
            self._fault(path, _("A condition or a group is expected: all, any, not, or field with op and value."))
        elif "field" in raw:
            return self._leaf(raw, path)
        elif set(raw) == {"not"}:
            inner = self.node(raw["not"], (*path, "not"), depth + 1)
            return inner and Not(inner)
        elif len(raw) == 1 and (name := next(iter(raw))) in GROUPS:
            return self._group(name, raw[name], path, depth)
        else:
            self._fault(path, _("A condition or a group is expected: all, any, not, or field with op and value."))
        return None

    def _group(self, name: str, raw: Any, path: tuple[str, ...], depth: int) -> Node | None:
        here = (*path, name)
        if not isinstance(raw, list):
            self._fault(here, _("A list of conditions is expected."))
            return None
        if not raw and (path or name != "all"):
            self._fault(path, _("The group is empty: add a condition to it or remove it."))
            return None
        if len(raw) > MOST_LEAVES:
            self._fault(here, _("At most %(most)s conditions fit.") % {"most": MOST_LEAVES})
            return None
        nodes = [self.node(each, (*here, str(number)), depth + 1) for number, each in enumerate(raw)]
        whole = tuple(each for each in nodes if each is not None)
        if len(whole) < len(nodes):
            return None
        return All(whole) if name == "all" else Any_(whole)

    def _leaf(self, raw: dict[str, Any], path: tuple[str, ...]) -> Leaf | None:
        self.leaves += 1
        code, op = raw["field"], raw.get("op")
        field = field_of(code) if isinstance(code, str) else None
        if field is None:
            self._fault((*path, "field"), _("There is no field “%(code)s”.") % {"code": str(code)[:50]})
            return None
        if strange := set(raw) - {"field", "op", "value"}:
            self._fault(path, _("A condition has no “%(key)s”.") % {"key": str(min(strange, key=str))[:50]})
            return None
        if not isinstance(op, str) or op not in field.operators:
            text = _("“%(field)s” takes one of: %(ops)s.")
            self._fault((*path, "op"), text % {"field": field.label, "ops": ", ".join(field.operators)})
            return None
        try:
            return Leaf(field, op, read_value(field, op, raw.get("value")))
        except ValueFault as fault:
            self._fault((*path, "value", *([fault.where] if fault.where else [])), fault.text)
            return None


def as_json(node: Node) -> dict[str, Any]:
    """The tree as it is kept and sent; reading it gives the same tree."""
    match node:
        case All(nodes):
            return {"all": [as_json(each) for each in nodes]}
        case Any_(nodes):
            return {"any": [as_json(each) for each in nodes]}
        case Not(inner):
            return {"not": as_json(inner)}
    return {"field": node.field.code, "op": node.op, "value": in_json(node.op, node.value)}


def leaves(node: Node) -> Iterator[Leaf]:
    """Every condition of the tree."""
    match node:
        case All(nodes) | Any_(nodes):
            for each in nodes:
                yield from leaves(each)
        case Not(inner):
            yield from leaves(inner)
        case Leaf():
            yield node


def is_timed(node: Node) -> bool:
    """Whether membership may change by the day alone."""
    return any(leaf.field.hangs_on_day(leaf.op, leaf.value) for leaf in leaves(node))


def watched_tables(node: Node) -> list[str]:
    """Tables whose changes may change who belongs."""
    return sorted({table for leaf in leaves(node) for table in leaf.field.watches})
