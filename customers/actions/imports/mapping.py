"""A mapping says what the columns of a file mean. It is a TOML or JSON file, or the name of a preset."""

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.rules.contacts import CHANNELS
from customers.rules.reading import CUSTOMER_FIELDS, LINE_FIELDS, ORDER_FIELDS

PRESETS = Path(__file__).resolve().parents[2] / "presets"
LEVELS = ("order", "line")
SEPARATORS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "spaces": " "}
DECIMALS = ("auto", ",", ".")

CONSENT_TARGETS = frozenset({f"consent.{channel}" for channel in CHANNELS} | {"consent.at"})
_PLAIN_CUSTOMER = CUSTOMER_FIELDS - {"contacts", "consents"}
CUSTOMER_TARGETS = _PLAIN_CUSTOMER | {"telegram", "whatsapp"} | CONSENT_TARGETS
ORDER_TARGETS = (
    (ORDER_FIELDS - {"customer", "lines", "source", "external_id"})
    | {f"customer.{name}" for name in _PLAIN_CUSTOMER | {"telegram", "whatsapp"}}
    | {f"customer.{name}" for name in CONSENT_TARGETS}
    | {f"line.{name}" for name in LINE_FIELDS}
)


@dataclass(frozen=True)
class Mapping:
    """Columns to fields, and how the file is written. Unnamed columns are left alone."""

    source: str
    level: str = "order"
    separator: str = ""
    encoding: str = "auto"
    decimal: str = "auto"
    date_format: str = "auto"
    sheet: str = ""
    skip_rows: int = 0
    columns: tuple[str, ...] = ()
    order_id: tuple[str, ...] = ()
    number_repeats: bool = False
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)

    @property
    def needed(self) -> list[str]:
        """Every column that the mapping names."""
        named = [*self.order_id, *(column for columns in self.fields.values() for column in columns)]
        return list(dict.fromkeys(named))


def load_mapping(name: str, *, of_orders: bool) -> Mapping:
    """The mapping of a preset's name or a file's path. Raises InvalidInput that says what is wrong."""
    path = PRESETS / f"{name}.toml" if name.isidentifier() else Path(name)
    if not path.is_file():
        presets = ", ".join(sorted(preset.stem for preset in PRESETS.glob("*.toml")))
        raise InvalidInput(
            _("There is no mapping %(name)s: give a file, or a preset of: %(presets)s.")
            % {"name": name, "presets": presets}
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, OSError) as error:
        raise InvalidInput(
            _("The mapping %(name)s cannot be read: %(error)s") % {"name": name, "error": error}
        ) from error
    return parse_mapping(told, of_orders=of_orders)


def parse_mapping(told: dict[str, Any], *, of_orders: bool) -> Mapping:
    """A checked mapping. Raises InvalidInput."""
    _only(told, {"source", "level", "file", "order", "fields", "constants"}, "")
    file, order, given = (told.get(name, {}) for name in ("file", "order", "fields"))
    _only(file, {"separator", "encoding", "decimal", "date_format", "sheet", "skip_rows", "columns"}, "file.")
    _only(order, {"id", "number_repeats"}, "order.")
    targets = ORDER_TARGETS if of_orders else CUSTOMER_TARGETS
    _only(given, targets, "fields.")
    _only(told.get("constants", {}), targets, "constants.")
    separator = file.get("separator", "auto")
    mapping = Mapping(
        source=str(told.get("source", "")),
        level=_one_of("level", told.get("level", "order"), LEVELS),
        separator=separator if len(separator) == 1 else SEPARATORS[_one_of("separator", separator, SEPARATORS)],
        encoding=str(file.get("encoding", "auto")),
        decimal=_one_of("decimal", file.get("decimal", "auto"), DECIMALS),
        date_format=str(file.get("date_format", "auto")),
        sheet=str(file.get("sheet", "")),
        skip_rows=int(file.get("skip_rows", 0)),
        columns=tuple(file.get("columns", ())),
        order_id=_columns("order.id", order["id"]) if "id" in order else (),
        number_repeats=bool(order.get("number_repeats", False)),
        fields={name: _columns(name, columns) for name, columns in given.items()},
        constants=told.get("constants", {}),
    )
    _check(mapping, of_orders)
    return mapping


def _check(mapping: Mapping, of_orders: bool) -> None:
    if not mapping.source:
        raise InvalidInput(_("The mapping does not name the `source`."), field="source")
    if of_orders and not mapping.order_id:
        raise InvalidInput(_("The mapping does not say which columns make the order's id (`order.id`)."))
    if mapping.number_repeats and mapping.level == "line":
        raise InvalidInput(_("`number_repeats` makes no sense where the lines of an order repeat its id."))


def _columns(name: str, given: Any) -> tuple[str, ...]:
    columns = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise InvalidInput(_("%(name)s must be the name of a column, or a list of names.") % {"name": name})
    return columns


def _only(told: Any, known: Any, where: str) -> None:
    if not isinstance(told, dict):
        raise InvalidInput(_("%(name)s must be a table of names and values.") % {"name": where.rstrip(".")})
    for name in told:
        if name not in known:
            raise InvalidInput(
                _("The mapping names %(name)s, which is not known here. Known: %(known)s.")
                % {"name": where + name, "known": ", ".join(sorted(known))}
            )


def _one_of(name: str, given: Any, known: Any) -> str:
    if given not in known:
        raise InvalidInput(
            _("%(name)s is “%(given)s”, but must be one of: %(known)s.")
            % {"name": name, "given": given, "known": " ".join(known)}
        )
    return given
