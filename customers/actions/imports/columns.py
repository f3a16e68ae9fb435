"""From a row's cells to the object that the API would have been sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.actions.imports.mapping import Mapping
from customers.rules.faults import Fault, Faulty
from customers.rules.moments import read_moment
from customers.rules.numbers import read_number
from customers.rules.records import Company

NUMBERS = frozenset(
    ("total", "discount", "returned", "cost", "rate", "quantity", "price", "amount", "returned_quantity")
) | {"returned_amount"}
MOMENTS = frozenset(("placed_at", "updated_at", "fulfilled_at", "at"))
IDENTITY = frozenset(("customer.external_id", "customer.phone", "customer.email"))
MESSENGERS = ("telegram", "whatsapp")
YES = frozenset(("1", "yes", "y", "true", "granted", "да", "истина", "+"))
NO = frozenset(("0", "no", "n", "false", "withdrawn", "нет", "ложь", "-"))


@dataclass(frozen=True, slots=True)
class Target:
    """One field: where it goes in the object, from which cells, what reads their text, and what stands for
    empty cells."""

    name: str
    path: tuple[str, ...]
    key: str
    places: tuple[int, ...]
    read: Callable[[str, list[str]], Any]
    constant: Any = None


class Columns:
    """The columns of one file, by the mapping. Raises InvalidInput where the file lacks one."""

    def __init__(self, mapping: Mapping, header: Sequence[str], company: Company) -> None:
        self.mapping = mapping
        self.company = company
        self.header = list(header)
        places = _places(mapping, self.header)
        names = dict.fromkeys([*mapping.fields, *mapping.constants])
        targets = [self._target(name, mapping.fields.get(name, ()), places) for name in names]
        self.of_lines = [target for target in targets if target.path == ("line",)]
        self.of_header = [target for target in targets if target.path != ("line",)]
        self.id_places = [places[_folded(name)] for name in mapping.order_id]
        self.identity = [place for t in targets if t.name in IDENTITY for place in t.places]
        self.width = 1 + max([*self.id_places, *(place for t in targets for place in t.places)], default=-1)

    def _target(self, name: str, columns: tuple[str, ...], places: dict[str, int]) -> Target:
        *path, key = name.split(".")
        cells = tuple(places[_folded(column)] for column in columns)
        constant = self.mapping.constants.get(name)
        return Target(name, tuple(path), key, cells, self._reader(name), constant)

    def _reader(self, name: str) -> Callable[[str, list[str]], Any]:
        key = name.rsplit(".", 1)[-1]
        if key in NUMBERS:
            return self._number
        if key in MOMENTS:
            return self._moment
        if key == "version":
            return _whole
        return _consent if "consent" in name.split(".") else _text

    def order_key(self, cells: Sequence[str]) -> str:
        """What the order's id is made of; rows with the same key belong together."""
        return "-".join(cells[place] for place in self.id_places if place < len(cells))

    def identity_of(self, cells: Sequence[str]) -> list[str]:
        """The cells that tell who the customer is."""
        return [cells[place] for place in self.identity]

    def name_of(self, field: str) -> str:
        """The column (or columns) from which a field was read."""
        by_id = self.mapping.order_id if field == "external_id" else ()
        return " + ".join(self.mapping.fields.get(field, by_id))

    def header_of(self, cells: Sequence[str], external_id: str) -> dict[str, Any]:
        """The order without its lines. Raises Faulty."""
        payload = self._payload(cells, self.of_header)
        _gather_contacts(payload)
        return {**payload, "source": self.mapping.source, "external_id": external_id}

    def line_of(self, cells: Sequence[str]) -> dict[str, Any]:
        """One line of an order. Raises Faulty."""
        return self._payload(cells, self.of_lines).get("line", {})

    def customer_of(self, cells: Sequence[str]) -> dict[str, Any]:
        """A customer of a file of customers. Raises Faulty."""
        payload = self._payload(cells, self.of_header)
        _gather_contacts(payload)
        return {**payload, "source": self.mapping.source}

    def _payload(self, cells: Sequence[str], targets: list[Target]) -> dict[str, Any]:
        if len(cells) < self.width:
            raise Faulty([Fault("", "columns_missing", {"found": len(cells), "needed": self.width})])
        payload: dict[str, Any] = {}
        faults: list[Fault] = []
        for target in targets:
            told = [cells[place] for place in target.places if cells[place]]
            if not told:
                if target.constant is not None:
                    _put(payload, target.path, target.key, target.constant)
                continue
            try:
                _put(payload, target.path, target.key, target.read(target.name, told))
            except Faulty as refusal:
                faults += refusal.faults
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


def _places(mapping: Mapping, header: list[str]) -> dict[str, int]:
    places = {_folded(name): place for place, name in reversed(list(enumerate(header)))}
    missing = [name for name in mapping.needed if _folded(name) not in places]
    if missing:
        raise InvalidInput(
            _("The file has no column %(missing)s. It has: %(header)s.")
            % {"missing": ", ".join(missing), "header": ", ".join(header)}
        )
    return places


def _folded(name: str) -> str:
    return name.strip().casefold()


def _put(payload: dict[str, Any], path: tuple[str, ...], key: str, value: Any) -> None:
    for part in path:
        payload = payload.setdefault(part, {})
    payload[key] = value


def _text(_name: str, told: list[str]) -> str:
    """Several columns, such as first and last name, are joined."""
    return " ".join(told)


def _whole(target: str, told: list[str]) -> int:
    text = told[0]
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise Faulty([Fault(target, "not_integer")])
    return int(text)


def _consent(target: str, told: list[str]) -> str:
    text = told[0]
    word = text.casefold()
    if word not in YES | NO:
        choices = ", ".join(sorted(YES | NO))
        raise Faulty([Fault(target, "unknown_choice", {"value": text[:50], "choices": choices})])
    return "granted" if word in YES else "withdrawn"


def _gather_contacts(payload: dict[str, Any]) -> None:
    """Columns of messengers and consents become the lists that the API takes."""
    person = payload.get("customer", payload)
    contacts = [{"channel": name, "value": person.pop(name)} for name in MESSENGERS if name in person]
    if contacts:
        person["contacts"] = contacts
    consents = person.pop("consent", None)
    if consents:
        at = consents.pop("at", None)
        person["consents"] = [{"channel": channel, "action": action, "at": at} for channel, action in consents.items()]
