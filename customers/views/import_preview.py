"""The first rows of a file as a table: a column for each field that is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from customers.actions.imports import ImportKind, Preview, PreviewRow


@dataclass(frozen=True)
class Head:
    name: str
    label: str
    source: str
    help: str


@dataclass(frozen=True)
class Cell:
    text: str
    faults: list[str]


@dataclass(frozen=True)
class Row:
    line: int
    cells: list[Cell]
    faults: list[str]


@dataclass(frozen=True)
class PreviewTable:
    """What the page shows; `wrong` rows have a mistake, `common` ones are those of every row."""

    heads: list[Head]
    rows: list[Row]
    wrong: int
    common: list[str]


def preview_table(
    found: Preview,
    kind: ImportKind,
    fields: Mapping[str, Sequence[str]],
    constants: Mapping[str, str],
    lacking: Sequence[str],
) -> PreviewTable:
    """The preview with its mistakes under the cells. What every row lacks is told above it, not in each."""
    known = kind.known
    places = {name.casefold(): place for place, name in reversed(list(enumerate(found.header)))}
    sources = {name: " + ".join(columns) for name, columns in fields.items()}
    sources |= {name: _("every row") for name in constants if name not in sources}
    heads = [Head(name, str(known[name].label), source, str(known[name].help)) for name, source in sources.items()]
    raw = {name: [places[c.casefold()] for c in columns if c.casefold() in places] for name, columns in fields.items()}
    rows = [_row(row, heads, raw, set(lacking)) for row in found.rows]
    wrong = sum(bool(row.faults or any(cell.faults for cell in row.cells)) for row in rows)
    common = [text for text in rows[0].faults if all(text in row.faults for row in rows)] if len(rows) > 1 else []
    rows = [replace(row, faults=[text for text in row.faults if text not in common]) for row in rows]
    return PreviewTable(heads, rows, wrong, common)


def _row(row: PreviewRow, heads: Sequence[Head], raw: Mapping[str, Sequence[int]], lacking: set[str]) -> Row:
    faults: dict[str, list[str]] = {}
    for name, text in row.faults:
        faults.setdefault(name, []).append(text)
    cells = [Cell(_text(row, head.name, raw), faults.pop(head.name, [])) for head in heads]
    rest = [text for name, texts in faults.items() if name not in lacking for text in texts]
    return Row(row.line, cells, rest)


def _text(row: PreviewRow, name: str, raw: Mapping[str, Sequence[int]]) -> str:
    """What was read, or else what stands in the file."""
    if name in row.values:
        return row.values[name]
    return " ".join(row.cells[place] for place in raw.get(name, ()) if place < len(row.cells))
