"""Reading a decoded JSON object field by field, gathering every mistake instead of stopping at the first."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from customers.rules.contacts import normalise_contact
from customers.rules.faults import Fault, Faulty
from customers.rules.moments import to_moment
from customers.rules.numbers import MAX_AMOUNT, to_number, within
from customers.rules.records import Company
from customers.rules.text import clean_text

T = TypeVar("T")
MAX_INTEGER = 2**63 - 1


class Fields:
    """One object of the input. Missing, null and "" mean "not told"; the readers then give the default."""

    __slots__ = ("company", "data", "faults", "is_object", "path")

    def __init__(self, data: Any, company: Company, faults: list[Fault], path: str = "") -> None:
        self.company = company
        self.faults = faults
        self.path = path
        self.is_object = isinstance(data, dict)
        self.data: dict[str, Any] = data if self.is_object else {}
        if not self.is_object:
            self.fail("", "not_object")

    def fail(self, name: str, code: str, **params: Any) -> None:
        """Note a mistake of a field."""
        self.faults.append(Fault((self.path + name).rstrip("."), code, params))

    def only(self, known: frozenset[str]) -> None:
        """Note fields that nobody reads: most often a misspelt name, and data silently lost."""
        if self.data.keys() <= known:
            return
        for name in self.data.keys() - known:
            self.fail(str(name)[:50], "unknown_field")

    def _read(self, value: Any, reader: Callable[[Any], T], default: T) -> T:
        try:
            return reader(value)
        except Faulty as refusal:
            self._note(refusal)
            return default

    def _note(self, refusal: Faulty) -> None:
        self.faults += [Fault(self.path + fault.field, fault.code, fault.params) for fault in refusal.faults]

    def text(self, name: str, limit: int, *, required: bool = False) -> str:
        value = self.data.get(name)
        if value is None or value == "":
            if required:
                self.fail(name, "required")
            return ""
        if type(value) is str and len(value) <= limit and value.isprintable():
            value = value.strip()
        else:
            value = self._read(value, lambda given: clean_text(given, name, limit), "-")
        if required and not value:
            self.fail(name, "required")
        return value

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.data.get(name)
        if value is None or value == "":
            return default
        if value not in choices:
            self.fail(name, "unknown_choice", value=str(value)[:50], choices=", ".join(choices))
        return value

    def number(self, name: str, default: T, maximum: Decimal = MAX_AMOUNT) -> Decimal | T:
        value = self.data.get(name)
        if value is None or value == "":
            return default
        try:
            return within(to_number(value, name), name, maximum)
        except Faulty as refusal:
            self._note(refusal)
            return default

    def integer(self, name: str) -> int | None:
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_INTEGER:
            self.fail(name, "not_integer")
            return None
        return value

    def moment(self, name: str) -> datetime | None:
        value = self.data.get(name)
        if value is None or value == "":
            return None
        return self._read(value, lambda given: to_moment(given, name, self.company.zone), None)

    def day(self, name: str) -> date | None:
        """A day; of a moment, its day in the company's zone."""
        moment = self.moment(name)
        return moment and moment.astimezone(self.company.zone).date()

    def yes_no(self, name: str) -> bool | None:
        value = self.data.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, bool):
            self.fail(name, "not_yes_no", value=str(value)[:50])
            return None
        return value

    def address(self, name: str, channel: str, *, required: bool = False) -> str:
        """A normalised address on a channel; "" where none, or none that is one, is told."""
        raw = self.text(name, 254, required=required)
        value = normalise_contact(channel, raw, self.company.region) if raw else ""
        if value is None:
            self.fail(name, f"bad_{channel}", value=raw[:60])
        return value or ""

    def items(self, name: str, limit: int) -> Iterator["Fields"]:
        given = self.data.get(name)
        if given is None:
            return
        if not isinstance(given, list):
            self.fail(name, "not_list")
            return
        if len(given) > limit:
            self.fail(name, "too_many", limit=limit, count=len(given))
            return
        for index, item in enumerate(given):
            yield Fields(item, self.company, self.faults, f"{self.path}{name}.{index}.")

    def inner(self, name: str) -> "Fields":
        """A nested object; absent counts as empty."""
        given = self.data.get(name)
        return Fields({} if given is None else given, self.company, self.faults, f"{self.path}{name}.")
