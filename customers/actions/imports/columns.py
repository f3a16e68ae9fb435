"""From a row's cells to the object that the API would have been sent."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.actions.faults import fault_text
from customers.actions.imports.kinds import ImportKind, Target
from customers.actions.imports.mapping import Mapping, unique_header
from customers.rules.custom_fields import NO, YES
from customers.rules.faults import Fault, Faulty
from customers.rules.moments import read_moment
from customers.rules.numbers import read_number
from customers.rules.records import Company

IDENTITY = frozenset(("customer.external_id", "customer.phone", "customer.email"))
GRANTED = YES | {"granted"}
WITHDRAWN = NO | {"withdrawn"}
Read = Callable[[str, list[str]], Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One field: where it goes in the object, from which cells, what reads their text, and what stands for
    empty cells."""

    name: str
    path: tuple[str, ...]
    key: str
    cells: tuple[int, ...]
    read: Read | None
    constant: Any = None
    is_plain: bool = False


class Columns:
    """The columns of one file, by the mapping. Raises InvalidInput where the file lacks one."""

    def __init__(self, mapping: Mapping, header: Sequence[str], company: Company, kind: ImportKind) -> None:
        self.mapping = mapping
        self.company = company
        self.kind = kind
        self.header = unique_header(header)
        known = kind.known
        places = _places(mapping, self.header)
        names = dict.fromkeys([*mapping.fields, *mapping.constants])
        found = [self._place(known[name], mapping.fields.get(name, ()), places) for name in names]
        self.of_lines = [place for place in found if place.path == ("line",)]
        self.of_header = [place for place in found if place.path != ("line",)]
        self.id_cells = [places[_folded(name)] for name in mapping.order_id]
        self.single_id = self.id_cells[0] if len(self.id_cells) == 1 else None
        self.identity = [cell for place in found if place.name in IDENTITY for cell in place.cells]
        self.width = 1 + max([*self.id_cells, *(cell for place in found for cell in place.cells)], default=-1)

    def _place(self, target: Target, columns: tuple[str, ...], places: dict[str, int]) -> Place:
        path, key = _path(target.name)
        cells = tuple(places[_folded(column)] for column in columns)
        constant = self.mapping.constants.get(target.name)
        read = self._reader(target)
        if isinstance(constant, str) and read is not None:
            constant = _read_constant(target, read, constant)
        is_plain = read is None and len(cells) == 1
        return Place(target.name, path, key, cells, read, constant, is_plain)

    def _reader(self, target: Target) -> Read | None:
        """None: the text as it stands."""
        readers: dict[str, Read] = {
            "number": self._number,
            "date": self._moment,
            "whole": _whole,
            "yes_no": _yes_no,
            "consent": _consent,
        }
        if target.kind == "choice" and target.choices:
            return _Choice(target)
        return readers.get(target.kind)

    def order_key(self, cells: Sequence[str]) -> str:
        """What the order's id is made of; rows with the same key belong together."""
        if self.single_id is not None and self.single_id < len(cells):
            return cells[self.single_id]
        return "-".join([cells[place] for place in self.id_cells if place < len(cells)])

    def identity_of(self, cells: Sequence[str]) -> list[str]:
        """The cells that tell who the customer is."""
        return [cells[place] for place in self.identity]

    def name_of(self, field: str) -> str:
        """The column (or columns) from which a field was read."""
        by_id = self.mapping.order_id if field == "external_id" else ()
        named = self.mapping.fields.get(field) or by_id or self.mapping.fields.get(field.partition(".")[0], ())
        return " + ".join(named)

    def object_of(self, cells: Sequence[str], external_id: str = "") -> dict[str, Any]:
        """The object without its lines. Raises Faulty."""
        payload = self._payload(cells, self.of_header)
        if self.kind.needs_source:
            payload["source"] = self.mapping.source
        if self.kind.level:
            payload["external_id"] = external_id
        return payload

    def line_of(self, cells: Sequence[str]) -> dict[str, Any]:
        """One line of an order. Raises Faulty."""
        return self._payload(cells, self.of_lines).get("line", {})

    def read_apart(self, cells: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """(field, value) of everything that can be read, each by itself."""
        for place in (*self.of_header, *self.of_lines):
            with contextlib.suppress(Faulty, IndexError):
                value = self._value(place, cells)
                if value is not None:
                    yield place.name, value

    @staticmethod
    def _value(place: Place, cells: Sequence[str]) -> Any:
        """None where nothing is told."""
        told = [cells[cell] for cell in place.cells if cells[cell]]
        if not told:
            return place.constant
        return " ".join(told) if place.read is None else place.read(place.name, told)

    def _payload(self, cells: Sequence[str], places: list[Place]) -> dict[str, Any]:
        if len(cells) < self.width:
            raise Faulty([Fault("", "columns_missing", {"found": len(cells), "needed": self.width})])
        payload: dict[str, Any] = {}
        faults: list[Fault] = []
        for place in places:
            # One column into one field of text is by far the most frequent, and there are millions of cells.
            value = cells[place.cells[0]] if place.is_plain else None
            if not value:
                try:
                    value = self._value(place, cells)
                except Faulty as refusal:
                    faults += refusal.faults
                    continue
                if value is None:
                    continue
            inner = payload
            for part in place.path:
                inner = inner.setdefault(part, {})
            inner[place.key] = value
        if faults:
            raise Faulty(faults)
        return payload

    def _number(self, name: str, told: list[str]) -> Decimal:
        """Several columns add up."""
        numbers = [read_number(cell, name, self.mapping.decimal) for cell in told]
        return sum(numbers[1:], numbers[0])

    def _moment(self, name: str, told: list[str]) -> datetime:
        """A date and a time may stand in two columns."""
        return read_moment(" ".join(told), name, self.company.zone, self.mapping.date_format)


class _Choice:
    """A choice by its code, or by its name in the reader's language; an unknown word stays, to be refused."""

    def __init__(self, target: Target) -> None:
        self.codes = {code.casefold(): code for code, _label in target.choices}
        self.codes |= {str(label).casefold(): code for code, label in reversed(target.choices)}

    def __call__(self, _name: str, told: list[str]) -> str:
        text = " ".join(told)
        return self.codes.get(text.casefold(), text)


def _path(name: str) -> tuple[tuple[str, ...], str]:
    """Own fields may have a dot in no code; "custom.size" is the key "size" of "custom"."""
    *path, key = name.split(".")
    return tuple(path), key


def _read_constant(target: Target, read: Read, text: str) -> Any:
    try:
        return read(target.name, [text])
    except Faulty as refusal:
        reasons = " ".join(fault_text(fault) for fault in refusal.faults)
        raise InvalidInput(
            _("The value of “%(field)s” for every row: %(reason)s") % {"field": target.label, "reason": reasons}
        ) from refusal


def _places(mapping: Mapping, header: list[str]) -> dict[str, int]:
    places = {_folded(name): place for place, name in reversed(list(enumerate(header)))}
    missing = [name for name in mapping.needed if _folded(name) not in places]
    if missing:
        raise InvalidInput(
            _("The file has no column %(missing)s. It has: %(header)s.")
            % {"missing": ", ".join(missing), "header": ", ".join(header)[:2000]}
        )
    return places


def _folded(name: str) -> str:
    return name.strip().casefold()


def _whole(target: str, told: list[str]) -> int:
    text = told[0]
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise Faulty([Fault(target, "not_integer")])
    return int(text)


def _yes_no(target: str, told: list[str]) -> bool:
    word = told[0].casefold()
    if word not in YES | NO:
        raise Faulty([Fault(target, "not_yes_no", {"value": word[:50]})])
    return word in YES


def _consent(target: str, told: list[str]) -> str:
    word = told[0].casefold()
    if word not in GRANTED | WITHDRAWN:
        choices = ", ".join(sorted(GRANTED | WITHDRAWN))
        raise Faulty([Fault(target, "unknown_choice", {"value": told[0][:50], "choices": choices})])
    return "granted" if word in GRANTED else "withdrawn"
