"""Translations without gettext's programs: extract, update, check and compile, one catalogue per app.

Messages in the code are English; Russian lives in `locale/<app>/ru/LC_MESSAGES/django.po`. What stands in
`templates/` outside the folder of an app (error pages, log-in pages) belongs to `core`.
"""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LANGUAGE = "ru"
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: ru\\n"\n'
    '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && '
    '(n%100<10 || n%100>=20) ? 1 : 2);\\n"\n\n'
)
# Which arguments of a call are the message, its plural and its context ("c").
Arguments = tuple[int | tuple[int, str], ...] | None
KEYWORDS: dict[str, Arguments] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATE_KEYWORDS = KEYWORDS | {"_": None}
TEMPLATE_SUFFIXES = {".html", ".txt", ".mjml"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@dataclass(frozen=True)
class Project:
    """Where the code is, and the names of its apps."""

    root: Path
    apps: tuple[str, ...]

    def catalogue_path(self, app: str) -> Path:
        """The app's file of translations."""
        return self.root / "locale" / app / LANGUAGE / "LC_MESSAGES" / "django.po"

    def python_files(self, app: str) -> list[Path]:
        """The app's Python files, migrations left out."""
        return sorted(p for p in (self.root / app).rglob("*.py") if "migrations" not in p.parts)

    def template_files(self, app: str) -> list[Path]:
        """Templates whose messages belong to the app."""
        templates = self.root / "templates"
        own = []
        for path in sorted(p for p in templates.rglob("*") if p.suffix in TEMPLATE_SUFFIXES):
            folder = path.relative_to(templates).parts[0]
            if (folder if folder in self.apps else "core") == app:
                own.append(path)
        return own


def imported_names(source: str) -> dict[str, Arguments]:
    """The translation functions that a module imports, under the names it gives them."""
    names: dict[str, Arguments] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {a.asname or a.name: KEYWORDS[a.name] for a in node.names if a.name in KEYWORDS}
    return names


def extracted(project: Project, app: str) -> Catalog:
    """Every message of the app's code and templates, untranslated."""
    catalog = Catalog(locale=LANGUAGE)
    for path in project.python_files(app):
        source = path.read_text(encoding="utf-8")
        _add(catalog, source, imported_names(source))
    for path in project.template_files(app):
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # The page's indentation is not Python's.
        _add(catalog, "\n".join(line.strip() for line in calls.splitlines()), TEMPLATE_KEYWORDS)
    return catalog


def _add(catalog: Catalog, source: str, keywords: dict[str, Arguments]) -> None:
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords):
        if message:
            catalog.add(message, context=context)


def stored(project: Project, app: str) -> Catalog:
    """The app's translations as they stand in its file; empty where there is none."""
    path = project.catalogue_path(app)
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update(project: Project, app: str) -> int:
    """Bring the app's file in line with its code, keeping translations; returns how many are still missing.

    A translation no longer used is kept as an obsolete entry, and comes back when its message does.
    """
    catalog = stored(project, app)
    for key, message in list(catalog.obsolete.items()):
        if catalog.get(*_id_and_context(key)) is None:
            catalog[message.id] = message
    catalog.obsolete.clear()
    catalog.update(extracted(project, app), no_fuzzy_matching=True)
    if len(catalog) or catalog.obsolete:
        write(project.catalogue_path(app), catalog)
    return sum(1 for message in catalog if message.id and not _is_translated(message))


def _id_and_context(key: str | tuple[str, str]) -> tuple[str, str | None]:
    return (key[0], key[1]) if isinstance(key, tuple) else (key, None)


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue sorted and without line numbers or dates, so that a diff shows only words."""
    body = io.BytesIO()
    write_po(body, catalog, width=110, no_location=True, omit_header=True, sort_output=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + body.getvalue().decode().strip() + "\n", encoding="utf-8")


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    expected = 3 if message.pluralizable else 1
    return len(strings) == expected and all(strings)


def problems(project: Project) -> Iterator[str]:
    """Sentences, one for each message that is missing, fuzzy, unused, broken or translated in two ways."""
    seen: dict[tuple, tuple[str, object]] = {}
    for app in project.apps:
        catalog = stored(project, app)
        used = {(m.id, m.context): m for m in extracted(project, app) if m.id}
        for (_id, context), wanted in used.items():
            message = catalog.get(wanted.id, context)
            if message is None or not _is_translated(message) or message.pluralizable != wanted.pluralizable:
                yield f"{app}: no translation of {wanted.id!r}"
                continue
            yield from _faults(app, message)
            first_app, first = seen.setdefault((_id, context), (app, message.string))
            if first != message.string:
                yield f"{app}: {wanted.id!r} is {message.string!r} here and {first!r} in {first_app}"
        for message in catalog:
            if message.id and (message.id, message.context) not in used:
                yield f"{app}: {message.id!r} is no longer used; run `make messages`"


def _faults(app: str, message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield f"{app}: the translation of {message.id!r} is marked fuzzy"
    originals = message.id if isinstance(message.id, list | tuple) else (message.id,)
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    allowed = [sorted(PLACEHOLDER.findall(text)) for text in originals]
    for text in map(str, strings):
        if sorted(PLACEHOLDER.findall(text)) not in allowed:
            yield f"{app}: {text!r} has other placeholders than {message.id!r}"


def compile_catalogues(root: Path) -> int:
    """Compile each .po under `locale/` whose .mo is missing or older; returns how many were compiled."""
    compiled = 0
    for path in sorted((root / "locale").glob("*/*/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parts[-3])
        draft = target.with_suffix(".new")
        with draft.open("wb") as file:
            write_mo(file, catalog)
        draft.replace(target)
        compiled += 1
    return compiled


if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parent.parent)
