"""What may be in a file: each kind of row with its fields, how it is read, and what records it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import User
from customers.actions.faults import fault_text
from customers.rules.faults import Fault
from customers.rules.records import Company

Text = str | Promise
# Why a row that is right in itself was left alone: the import was not asked for such rows.
SKIPPED = frozenset(("known_already", "not_known_yet"))


@dataclass(frozen=True)
class Target:
    """A field that a column can go into. `kind`: text, number, whole, date, choice, yes_no or consent.

    `words` are what its column is usually called, in lower case, for guessing.
    """

    name: str
    label: Text
    kind: str = "text"
    required: bool = False
    help: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    words: tuple[str, ...] = ()
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """How rows are to be recorded: `mode` both, create or update; `key` what they are known by ("" for all
    that tells it); `by` who brought the file."""

    now: datetime
    mode: str = "both"
    key: str = ""
    by: User | None = None


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one object: created, updated, unchanged, outdated or refused (`faults` says why).

    `customer_id` and `is_new_customer`: whose it is, where it is a customer's.
    """

    fate: str
    customer_id: int | None = None
    is_new_customer: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def is_skipped(self) -> bool:
        return any(fault.code in SKIPPED for fault in self.faults)


Reader = Callable[[dict[str, Any]], Any]
Recorder = Callable[[Sequence[Any], Telling], list[RowResult]]


@dataclass(frozen=True)
class ImportKind:
    """A kind of file.

    `fields` gives the targets (own fields of the company among them). `reader` gives, once a file, what makes of a
    row's object that which `record` takes, and raises Faulty; `record` writes a portion within the open transaction.
    `level` is "order" or "line" where rows carry an id of their own made of columns (`order.id`); a "line"
    file tells one object in several rows. `identity` names what the customer of an object is known by, so
    that a dry run counts each of them once. `keys` are what rows can be known by.
    """

    code: str
    label: Text
    about: Text
    fields: Callable[[], Sequence[Target]]
    reader: Callable[[Company, datetime], Reader]
    record: Recorder
    keys: tuple[tuple[str, Text], ...] = ()
    level: str = ""
    needs_source: bool = True
    # The sentence for a fault of a row.
    words: Callable[[Fault], str] = fault_text
    identity: Callable[[Any], list[str]] = field(default=lambda _data: [])
    # Names that a mapping may use beside the targets.
    also: Callable[[], Sequence[Target]] = field(default=lambda: ())

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(self.fields())

    @property
    def known(self) -> dict[str, Target]:
        """Every field that a mapping may name."""
        return {target.name: target for target in (*self.also(), *self.fields())}


def record_by_mode(
    rows: Sequence[Any],
    mode: str,
    known: Sequence[bool],
    record: Callable[[list[Any]], list[RowResult]],
) -> list[RowResult]:
    """Record the rows that the mode asks for, knowing of each whether it is there already; the others are skipped."""
    skipped = [skip_by_mode(mode, is_known=is_known) for is_known in known]
    done = iter(record([row for row, reason in zip(rows, skipped, strict=True) if not reason]))
    return [RowResult("refused", faults=(Fault("", reason),)) if reason else next(done) for reason in skipped]


def skip_by_mode(mode: str, *, is_known: bool) -> str:
    """Why a row is left alone under the mode, or nothing."""
    if mode == "create" and is_known:
        return "known_already"
    return "not_known_yet" if mode == "update" and not is_known else ""


KINDS: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Make a kind of file known; apps above do so when they are ready."""
    KINDS[kind.code] = kind


def kind_of(code: str) -> ImportKind:
    """The kind of this code. Raises InvalidInput."""
    if code not in KINDS:
        raise InvalidInput(
            _("There is no kind of file %(kind)s. Known: %(known)s.") % {"kind": code, "known": ", ".join(KINDS)},
            field="kind",
        )
    return KINDS[code]
