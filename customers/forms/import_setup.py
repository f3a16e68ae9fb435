"""The second step of an import: how the file is written, and what its columns mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.actions.imports.kinds import ImportKind, Target
from customers.models import ImportMode

ENCODINGS = (
    ("utf-8-sig", "UTF-8"),
    ("cp1251", "Windows-1251"),
    ("utf-16", "UTF-16"),
    ("cp866", "DOS (CP866)"),
    ("koi8-r", "KOI8-R"),
    ("mac-cyrillic", "Mac Cyrillic"),
    ("cp1252", "Windows-1252"),
    ("latin-1", "ISO 8859-1"),
)
SEPARATORS = (
    ("comma", pgettext_lazy("separator", "comma ,")),
    ("semicolon", pgettext_lazy("separator", "semicolon ;")),
    ("tab", pgettext_lazy("separator", "tab")),
    ("pipe", pgettext_lazy("separator", "bar |")),
    ("spaces", pgettext_lazy("separator", "spaces")),
)
BY_ITSELF = ("auto", _("as each cell shows"))
DECIMALS = (BY_ITSELF, (",", _("a comma: 1 234,50")), (".", _("a dot: 1,234.50")))
DATES = (
    BY_ITSELF,
    ("%d.%m.%Y", "31.01.2026"),
    ("%d.%m.%Y %H:%M", "31.01.2026 18:30"),
    ("%d.%m.%Y %H:%M:%S", "31.01.2026 18:30:00"),
    ("%d.%m.%y", "31.01.26"),
    ("%d/%m/%Y", "31/01/2026"),
    ("%d/%m/%Y %H:%M", "31/01/2026 18:30"),
    ("%m/%d/%Y", "01/31/2026"),
    ("%m/%d/%Y %H:%M", "01/31/2026 18:30"),
    ("%m/%d/%y", "01/31/26"),
    ("%d-%m-%Y", "31-01-2026"),
    ("%Y-%m-%d", "2026-01-31"),
    ("%Y-%m-%d %H:%M:%S", "2026-01-31 18:30:00"),
    ("%Y/%m/%d", "2026/01/31"),
)
# Browsers and the server both choke on more; a base has no such table.
MOST_COLUMNS = 500


class SetupForm(forms.Form):
    """Everything but the columns themselves, which `Meaning` holds."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    separator = forms.ChoiceField(label=_("Separator"), choices=SEPARATORS, required=False)
    skip_rows = forms.IntegerField(label=_("Rows above the header"), min_value=0, max_value=1000, required=False)
    has_header = forms.ChoiceField(
        label=_("First row"),
        choices=[("1", _("names the columns")), ("0", _("is data already"))],
        required=False,
    )
    decimal = forms.ChoiceField(label=_("Fractions after"), choices=DECIMALS, required=False)
    date_format = forms.ChoiceField(label=_("Dates"), required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=50,
        required=False,
        help_text=_("The shop, till or program that the ids come from. Ids of two sources are never mixed up."),
    )
    mode = forms.ChoiceField(label=_("Rows"), choices=ImportMode.choices, required=False)
    key = forms.ChoiceField(label=_("Known by"), required=False)

    def __init__(self, *args: Any, kind: ImportKind, sheets: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.data.get("date_format") if self.is_bound else self.initial.get("date_format")
        self.fields["date_format"].choices = _with_own(DATES, own)
        self.fields["sheet"].choices = [(name, name) for name in sheets]
        self.fields["key"].choices = [("", _("all that tells it")), *kind.keys]
        absent = {
            "sheet": len(sheets) < 2,
            "encoding": bool(sheets),
            "separator": bool(sheets),
            "source": not kind.needs_source,
            "key": len(kind.keys) < 2,
        }
        for name in [name for name, is_absent in absent.items() if is_absent]:
            del self.fields[name]

    @property
    def of_file(self) -> list[forms.BoundField]:
        """How the file is cut into cells: another answer brings other columns."""
        return self._present("sheet", "encoding", "separator", "skip_rows", "has_header")

    @property
    def of_cells(self) -> list[forms.BoundField]:
        """How cells are read."""
        return self._present("decimal", "date_format")

    @property
    def of_rows(self) -> list[forms.BoundField]:
        """What is done with the rows."""
        return self._present("source", "mode", "key")

    def _present(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def told(self, name: str) -> Any:
        """What was chosen, "" where that makes no sense; what is offered, before anything was chosen."""
        if name not in self.fields:
            return ""
        if not self.is_bound:
            return self.initial.get(name) or ""
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    def file_settings(self) -> dict[str, Any]:
        """The part of a mapping that says how the file is written."""
        names = ("sheet", "encoding", "separator", "skip_rows", "decimal", "date_format")
        settings = {name: self.told(name) for name in names if self.told(name)}
        return settings if self.told("has_header") != "0" else {**settings, "header": False}


@dataclass(frozen=True)
class Meaning:
    """What the columns mean: the field of each place, and the fields that have one value in all rows."""

    columns: dict[int, str]
    constants: list[tuple[str, str]]

    @classmethod
    def of_data(cls, data: Any, kind: ImportKind) -> "Meaning":
        """As it was chosen on the page; names that the kind does not know are left out."""
        known = kind.known
        places = {place: data.get(f"c{place}", "") for place in range(MOST_COLUMNS)}
        pairs = zip(data.getlist("constant"), data.getlist("constant_value"), strict=False)
        return cls(
            {place: name for place, name in places.items() if name in known},
            [(name, value.strip()[:300]) for name, value in pairs if name in known],
        )

    @classmethod
    def of_mapping(cls, mapping: Mapping[str, Any], header: Sequence[str]) -> "Meaning":
        """As a mapping tells it for a file with this header; columns that the file lacks are left out."""
        places = {name.casefold(): place for place, name in reversed(list(enumerate(header)))}
        fields = dict(mapping.get("fields", {}))
        if ids := mapping.get("order", {}).get("id"):
            fields["external_id"] = ids
        columns = {}
        for target, names in fields.items():
            for name in [names] if isinstance(names, str) else names:
                if name.strip().casefold() in places:
                    columns[places[name.strip().casefold()]] = target
        return cls(columns, [(name, str(value)) for name, value in mapping.get("constants", {}).items()])

    def fields(self, header: Sequence[str]) -> dict[str, list[str]]:
        """The columns of each field, in the order of the file."""
        fields: dict[str, list[str]] = {}
        for place, target in sorted(self.columns.items()):
            if place < len(header):
                fields.setdefault(target, []).append(header[place])
        return fields

    def told_constants(self) -> dict[str, str]:
        return {name: value for name, value in self.constants if value}


@dataclass(frozen=True)
class ConstantLine:
    """One line of the constants: its fields to choose from, its value, the values to choose from."""

    options: SafeString
    value: str
    choices: Sequence[tuple[str, Any]]


def constant_lines(kind: ImportKind, constants: Iterable[tuple[str, str]]) -> Iterator[ConstantLine]:
    """A line for each constant, and an empty one."""
    options = TargetOptions(kind.targets, _("— choose a field —"))
    known = kind.known
    for name, value in [*constants, ("", "")]:
        choices = known[name].choices if name in known else ()
        yield ConstantLine(options.with_chosen(name), value, choices)


class TargetOptions:
    """The options of a select of fields, in their groups; drawn once, as a file may have hundreds of columns."""

    def __init__(self, targets: Iterable[Target], nothing: Any) -> None:
        groups: dict[str, list[Target]] = {}
        for target in targets:
            groups.setdefault(str(target.group), []).append(target)
        drawn = [format_html('<option value="">{}</option>', nothing)]
        for name, members in groups.items():
            options = format_html_join("", '<option value="{}">{}</option>', ((t.name, _name(t)) for t in members))
            drawn.append(format_html('<optgroup label="{}">{}</optgroup>', name, options) if name else options)
        self._drawn = "".join(drawn)

    def with_chosen(self, name: str) -> SafeString:
        """The options with one of them chosen."""
        mark = format_html('value="{}"', name)
        return mark_safe(self._drawn.replace(mark, f"{mark} selected", 1))


def _name(target: Target) -> str:
    return f"{target.label} *" if target.required else str(target.label)


def _with_own(choices: Sequence[tuple[str, Any]], own: str | None) -> Sequence[tuple[str, Any]]:
    """A form of dates that a mapping from elsewhere names stays to be chosen."""
    return choices if not own or own in dict(choices) else [*choices, (own, own)]
