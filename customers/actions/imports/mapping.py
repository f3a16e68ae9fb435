"""A mapping says what the columns of a file mean. It is a TOML or JSON file, or the name of a preset."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.actions.imports.kinds import ImportKind, kind_of

PRESETS = Path(__file__).resolve().parents[2] / "presets"
LEVELS = ("order", "line")
SEPARATORS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "spaces": " "}
DECIMALS = ("auto", ",", ".")
ENCODINGS = ("auto", "utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r", "mac-cyrillic", "latin-1", "cp1252")
FILE_SETTINGS = {"separator", "encoding", "decimal", "date_format", "sheet", "skip_rows", "columns", "header"}


@dataclass(frozen=True)
class Mapping:
    """Columns to fields, and how the file is written. Unnamed columns are left alone."""

    source: str
    level: str = ""
    separator: str = ""
    encoding: str = "auto"
    decimal: str = "auto"
    date_format: str = "auto"
    sheet: str = ""
    skip_rows: int = 0
    has_header: bool = True
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


def load_mapping(name: str, kind: str) -> Mapping:
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
    return parse_mapping(told, kind_of(kind))


def parse_mapping(told: dict[str, Any], kind: ImportKind) -> Mapping:
    """A checked mapping. Raises InvalidInput."""
    _only(told, {"source", "level", "file", "order", "fields", "constants"}, "")
    order, given = (told.get(name, {}) for name in ("order", "fields"))
    _only(order, {"id", "number_repeats"} if kind.level else set(), "order.")
    known = kind.known
    _only(given, known, "fields.")
    _only(told.get("constants", {}), known, "constants.")
    fields = {name: _columns(name, columns) for name, columns in given.items()}
    # The order's id is told either way: `order.id`, or as any other field.
    ids = fields.pop("external_id", ()) if kind.level else ()
    mapping = Mapping(
        source=str(told.get("source", "")).strip(),
        level=_one_of("level", told.get("level", kind.level), LEVELS if kind.level else (kind.level,)),
        order_id=_columns("order.id", order["id"]) if "id" in order else ids,
        number_repeats=bool(order.get("number_repeats", False)),
        fields=fields,
        constants={name: value for name, value in told.get("constants", {}).items() if value not in (None, "")},
        **_file(told.get("file", {})),
    )
    _check(mapping, kind)
    return mapping


def file_mapping(told: dict[str, Any]) -> Mapping:
    """How a file is written, before its columns are known. Raises InvalidInput."""
    return Mapping(source="", **_file(told))


def _file(file: dict[str, Any]) -> dict[str, Any]:
    _only(file, FILE_SETTINGS, "file.")
    separator = str(file.get("separator", "auto"))
    skipped = file.get("skip_rows", 0)
    if not isinstance(skipped, int) or not 0 <= skipped <= 1000:
        raise InvalidInput(_("%(name)s must be a whole number from 0 to 1000.") % {"name": "file.skip_rows"})
    return {
        "separator": separator if len(separator) == 1 else SEPARATORS[_one_of("separator", separator, SEPARATORS)],
        "encoding": _one_of("encoding", str(file.get("encoding", "auto")).lower(), ENCODINGS),
        "decimal": _one_of("decimal", file.get("decimal", "auto"), DECIMALS),
        "date_format": str(file.get("date_format", "auto")) or "auto",
        "sheet": str(file.get("sheet", "")),
        "skip_rows": skipped,
        "has_header": bool(file.get("header", True)),
        "columns": tuple(map(str, file.get("columns", ()))),
    }


def missing_targets(mapping: Mapping, kind: ImportKind) -> list[str]:
    """Fields that every row of the kind must have and that no column gives."""
    told = {*mapping.fields, *mapping.constants, *(("external_id",) if mapping.order_id else ())}
    missing = [target.name for target in kind.targets if target.required and target.name not in told]
    # An order may stand in one row with its only line: the line's sum is the total then.
    return [name for name in missing if not (name == "total" and any(field.startswith("line.") for field in told))]


def unique_header(cells: Sequence[str]) -> list[str]:
    """Names by which a mapping can tell the columns apart: "Phone", "Phone (2)", and "#3" for an empty one."""
    names: dict[str, int] = {}
    header = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip() or f"#{place}"
        folded = name.casefold()
        names[folded] = names.get(folded, 0) + 1
        header.append(name if names[folded] == 1 else f"{name} ({names[folded]})")
    return header


def _check(mapping: Mapping, kind: ImportKind) -> None:
    if kind.needs_source and not mapping.source:
        raise InvalidInput(_("The mapping does not name the `source`."), field="source")
    if len(mapping.source) > 50:
        raise InvalidInput(_("The name of the source is longer than 50 characters."), field="source")
    if kind.level and not mapping.order_id:
        raise InvalidInput(_("The mapping does not say which columns make the order's id (`order.id`)."))
    if mapping.number_repeats and mapping.level == "line":
        raise InvalidInput(_("`number_repeats` makes no sense where the lines of an order repeat its id."))


def _columns(name: str, given: Any) -> tuple[str, ...]:
    columns = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise InvalidInput(_("%(name)s must be the name of a column, or a list of names.") % {"name": name})
    return columns


def _only(told: Any, known: Iterable[str], where: str) -> None:
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
