"""What is chosen for one file, and what the page shows of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from customers.actions.imports import ImportKind, Shape, kind_of, preview, shape
from customers.actions.imports.mapping import SEPARATORS
from customers.forms.import_setup import MOST_COLUMNS, Meaning, SetupForm, TargetOptions, constant_lines
from customers.models import ImportJob, ImportMode, SavedMapping
from customers.queries.imports import in_words, last_source, saved_mappings
from customers.views.import_preview import PreviewTable, preview_table

SAMPLES = 3
# For the preview alone, until the reader has told them.
ANY_SOURCE = "?"


@dataclass(frozen=True)
class Column:
    """A column of the file with the options of its select."""

    place: int
    name: str
    samples: list[str]
    target: str
    is_guess: bool
    options: SafeString


@dataclass(frozen=True)
class Setup:
    """The form, what the columns mean, and, once the file was looked at, its shape."""

    job: ImportJob
    form: SetupForm
    meaning: Meaning
    header: list[str]
    sheets: list[str]
    found: Shape | None = None
    unreadable: str = ""
    guessed: frozenset[int] = frozenset()

    @classmethod
    def of_job(cls, job: ImportJob, told: dict[str, Any] | None = None) -> "Setup":
        """As it was left, or as a kept mapping tells it, or as it is guessed."""
        told = told or job.mapping
        found, unreadable = _look(job, told.get("file", {}))
        header, sheets = (found.header, found.sheets) if found else ([], [])
        guesses = Meaning.of_mapping({"fields": found.guesses if found else {}}, header)
        is_told = bool(told.get("fields") or told.get("constants"))
        meaning = Meaning.of_mapping(told, header) if is_told else guesses
        form = SetupForm(initial=_initial(job, told, found), kind=kind_of(job.kind), sheets=sheets)
        guessed = frozenset() if is_told else frozenset(guesses.columns)
        return cls(job, form, meaning, header[:MOST_COLUMNS], sheets, found, unreadable, guessed)

    @classmethod
    def of_data(cls, job: ImportJob, data: Any) -> "Setup":
        """As the page tells it; the file is left alone."""
        kind = kind_of(job.kind)
        header, sheets = (_names(data.get(name, "")) for name in ("header", "sheets"))
        form = SetupForm(data, kind=kind, sheets=sheets)
        return cls(job, form, Meaning.of_data(data, kind), header, sheets)

    def looked_at_anew(self) -> "Setup":
        """With the file's shape by the settings chosen. Other columns make void what was chosen for them."""
        told = self.mapping()
        found, unreadable = _look(self.job, told["file"])
        if found is None:
            return replace(self, unreadable=unreadable)
        form = SetupForm(initial=_initial(self.job, told, found), kind=self.kind, sheets=found.sheets)
        shaped = replace(self, form=form, header=found.header[:MOST_COLUMNS], sheets=found.sheets, found=found)
        if len(found.header[:MOST_COLUMNS]) == len(self.header):
            return shaped
        guesses = Meaning.of_mapping({"fields": found.guesses}, found.header)
        return replace(
            shaped, meaning=replace(guesses, constants=self.meaning.constants), guessed=frozenset(guesses.columns)
        )

    @property
    def kind(self) -> ImportKind:
        return kind_of(self.job.kind)

    @property
    def mode(self) -> str:
        mode = self.form.told("mode")
        return mode if mode in ImportMode.values else ImportMode.BOTH

    @property
    def key(self) -> str:
        return self.form.told("key")

    def mapping(self) -> dict[str, Any]:
        """What the engine of imports takes."""
        return {
            "source": self.form.told("source"),
            "file": self.form.file_settings(),
            "fields": self.meaning.fields(self.header),
            "constants": self.meaning.told_constants(),
        }

    def lacks(self) -> list[str]:
        """What has to be told before anything can run."""
        told = {*self.meaning.fields(self.header), *self.meaning.told_constants()}
        lacks = []
        if self.kind.needs_source and not self.form.told("source"):
            lacks.append(_("Name the source: the shop, till or program that the ids come from."))
        lacks += [
            _("Choose the column of “%(field)s”.") % {"field": target.label}
            for target in self.kind.targets
            if target.required and target.name not in told and not _is_told_by_lines(target.name, told)
        ]
        if self.key and self.key not in told:
            label = dict(self.kind.keys).get(self.key, self.key)
            lacks.append(_("Rows are to be known by “%(field)s”, but no column goes there.") % {"field": label})
        return lacks

    def refusal(self) -> str:
        """Why nothing can be started, "" if it can."""
        return self.unreadable or next(iter(self.lacks()), "") or self._preview()[1]

    def answer(self) -> dict[str, Any]:
        """What a change of the mapping changes on the page."""
        lacks = [] if self.unreadable else self.lacks()
        table, refusal = self._preview()
        return {
            "job": self.job,
            "kind": self.kind,
            "lacks": [*lacks, refusal] if refusal and not lacks else lacks,
            "preview": table,
            "may_run": bool(table and table.rows and not lacks),
            "constants": list(constant_lines(self.kind, self.meaning.constants)),
            "oob": True,
        }

    def page(self) -> dict[str, Any]:
        """Everything."""
        saved = list(saved_mappings(self.job.kind))
        return {
            **self.answer(),
            "oob": False,
            "form": self.form,
            "columns": self._columns(),
            "header": json.dumps(self.header, ensure_ascii=False),
            "sheets": json.dumps(self.sheets, ensure_ascii=False),
            "left_out": max(0, len(self.found.header) - MOST_COLUMNS) if self.found else 0,
            "unreadable": self.unreadable,
            "ambiguous": list(_ambiguous(self.found)) if self.found else [],
            "saved": saved,
            "fits": self._fitting(saved),
            "refusal": "",
        }

    def _columns(self) -> list[Column]:
        options = TargetOptions(self.kind.targets, _("— leave out —"))
        rows = self.found.rows_sample if self.found else []
        columns = []
        for place, name in enumerate(self.header):
            target = self.meaning.columns.get(place, "")
            cells = dict.fromkeys(row[place] for row in rows if place < len(row) and row[place])
            samples = list(cells)[:SAMPLES]
            columns.append(Column(place, name, samples, target, place in self.guessed, options.with_chosen(target)))
        return columns

    def _preview(self) -> tuple[PreviewTable | None, str]:
        """The first rows, also while something is still to be told; or why they cannot be read."""
        if self.unreadable or not self.header:
            return None, ""
        mapping = self.mapping()
        mapping["source"] = mapping["source"] or ANY_SOURCE
        if self.kind.level and "external_id" not in mapping["fields"]:
            mapping["order"] = {"id": [self.header[0]]}
        try:
            found = preview(self.job, mapping, now=timezone.now())
        except DomainError as error:
            return None, in_words(str(error.message), self.job)
        lacking = [target.name for target in self.kind.targets if target.required]
        told = mapping["fields"]
        return preview_table(found, self.kind, told, mapping["constants"], lacking), ""

    def _fitting(self, saved: Sequence[SavedMapping]) -> SavedMapping | None:
        """A kept mapping all of whose columns the file has, while nothing was chosen yet."""
        if self.job.mapping.get("fields") or not self.guessed:
            return None
        return next((one for one in saved if _needed(one.mapping) <= set(self.header)), None)


def _look(job: ImportJob, settings: dict[str, Any]) -> tuple[Shape | None, str]:
    try:
        found = shape(job, settings)
    except DomainError as error:
        return None, in_words(str(error.message), job)
    return (found, "") if found.header else (None, str(_("The file is empty: it has not even a header.")))


def _initial(job: ImportJob, told: dict[str, Any], found: Shape | None) -> dict[str, Any]:
    file = told.get("file", {})
    separators = {sign: name for name, sign in SEPARATORS.items() if sign}
    return {
        "sheet": file.get("sheet", ""),
        "encoding": found.encoding if found else file.get("encoding", ""),
        "separator": separators.get(found.separator, "") if found else file.get("separator", ""),
        "skip_rows": file.get("skip_rows", 0),
        "has_header": "1" if file.get("header", True) else "0",
        "decimal": found.decimal if found else "auto",
        "date_format": found.date_format if found else "auto",
        "source": told.get("source") or last_source(job.kind),
        "mode": job.mode,
        "key": job.key,
    }


def _names(text: str) -> list[str]:
    """A list of names that the page carries along."""
    try:
        names = json.loads(text or "[]")
    except ValueError as error:
        raise InvalidInput(_("The page is out of date. Load it again.")) from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput(_("The page is out of date. Load it again."))
    return names[:MOST_COLUMNS]


def _is_told_by_lines(name: str, told: set[str]) -> bool:
    """An order may stand in one row with its only line: the line's sum is the total then."""
    return name == "total" and any(field.startswith("line.") for field in told)


def _needed(mapping: dict[str, Any]) -> set[str]:
    columns = mapping.get("fields", {}).values()
    return {name for listed in columns for name in ([listed] if isinstance(listed, str) else listed)}


def _ambiguous(found: Shape) -> list[str]:
    texts = {
        "decimal": _("%(example)s could be a thousand or a fraction: choose what stands before fractions."),
        "date_format": _("%(example)s could be two different days: choose how dates are written."),
    }
    return [texts[name] % {"example": example} for name, example in found.ambiguous.items()]
