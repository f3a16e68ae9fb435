"""The fields that a condition may speak of.

A new field is one call in a module of `segmentation/audiences/fields/` (imported by its `__init__`), or of
`<app>/audience_fields.py` for an app above segmentation (imported by `ready` of its AppConfig):

    register(columns.choice("grade", _("Grade"), Group.VALUE, column="standing__grade",
                            choices=fixed(Grade.choices), watches=("segmentation_standing",)))
    register(columns.money("realised", _("Realised LTV"), Group.VALUE, column="standing__realised", watches=(...)))
    register(columns.number("orders", ..., column="statistics__orders", is_whole=True, watches=(...)))
    register(columns.day("last_on", ..., column="statistics__last_on", watches=(...)))
    register(columns.yes_no("x", ..., condition=lambda ctx: Q(x_mark__isnull=False), watches=(...)))
    register(columns.text("city", ..., column="city", watches=("customers_customer",)))
    register(relation("touched", ..., rows=lambda ctx: Touch.objects.all(), day="at", is_moment=True, watches=(...),
                      keys=(key("outcome", _("Outcome"), column="outcome", choices=fixed(Outcome.choices)),)))

`columns` and `relations` are the modules beside this one. What they do not cover is a `Field` with its own `compile`
(and `value`, where the values are of no type here: see `Field`). A reference to rows of a table takes
`table(Model, "name")` as its choices, and `long_table` where the table is long.

A column is reached from the customer by one-to-one relations only (`standing__grade`); everything with many rows is
a relation, compiled to EXISTS. A compiled condition may be unknown (NULL) for somebody: that counts as not met, and
`not` of it as met; `compiling` sees to that, no field has to.

`watches` names the database tables whose rows decide the condition: a change of theirs, by a trigger, has the
customer looked at again (see `segmentation/audiences/bell.py`; a table that has no bell yet needs one).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import User
from segmentation.audiences.lookups import Condition

__all__ = [
    "Choices",
    "Condition",
    "Context",
    "Field",
    "Group",
    "Key",
    "Text",
    "Type",
    "all_fields",
    "field_of",
    "fixed",
    "is_id",
    "long_table",
    "register",
    "register_family",
    "table",
]
Text = str | Promise
MOST_CHOICES = 300


class Group(TextChoices):
    """Under which heading the builder offers a field."""

    WHO = "who", pgettext_lazy("group of conditions", "Who they are")
    VALUE = "value", pgettext_lazy("group of conditions", "Grade, stage and value")
    PURCHASES = "purchases", pgettext_lazy("group of conditions", "Purchases")
    ORIGIN = "origin", pgettext_lazy("group of conditions", "Where they came from")
    CONTACT = "contact", pgettext_lazy("group of conditions", "Contacts and consents")
    WORK = "work", pgettext_lazy("group of conditions", "Touches and tasks")
    MESSAGES = "messages", pgettext_lazy("group of conditions", "Messages and answers")
    EVENTS = "events", pgettext_lazy("group of conditions", "What happened")
    OWN = "own", pgettext_lazy("group of conditions", "Own fields")


class Type(StrEnum):
    """What kind of value a field has: it decides the operators and how a value is read."""

    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    BOOL = "bool"
    TEXT = "text"
    RELATION = "relation"


OPS: dict[Type, tuple[str, ...]] = {
    Type.CHOICE: ("in", "not_in"),
    Type.NUMBER: ("ge", "le", "gt", "lt", "eq", "between"),
    Type.MONEY: ("ge", "le", "gt", "lt", "eq", "between"),
    Type.DATE: (
        "last_days", "more_than_days_ago", "next_days", "after", "before", "on", "between", "month", "empty",
    ),
    Type.BOOL: ("is",),
    Type.TEXT: ("contains", "is"),
    Type.RELATION: ("some", "none", "at_least"),
}  # fmt: skip
# What such a condition says today it need not say tomorrow, though nothing was written.
TIMED_OPS = frozenset({"last_days", "more_than_days_ago", "next_days"})


@dataclass(frozen=True)
class Context:
    """On which day, for whom, and about whom a tree is asked.

    as_of: the day in the company's time zone. user_id: who "me" is. customer_ids: only these are asked about, so
    that a condition need not read the rows of others; None stands for everybody.
    """

    as_of: date
    user_id: int | None = None
    customer_ids: Sequence[int] | None = None


@dataclass(frozen=True)
class Choices:
    """Values to choose from, as (value, label); all values are text.

    `find(text, limit)` lists those whose label holds the text; `names(values)` gives the labels of some; `accepts`
    tells whether a text can be a value at all (of a table: digits, whether or not the row is still there). `seen`
    leaves those whose labels a person may read, where not everybody may read all.
    """

    find: Callable[[str, int], list[tuple[str, str]]]
    names: Callable[[Collection[str]], dict[str, str]]
    accepts: Callable[[str], bool]
    is_long: bool = False
    seen: Callable[[User, Collection[str]], Collection[str]] | None = None


def fixed(pairs: Iterable[tuple[str, Text]]) -> Choices:
    """Choices that the code knows, such as those of a TextChoices."""
    known = [(str(value), label) for value, label in pairs]
    codes = {value for value, _label in known}

    def find(text: str, limit: int) -> list[tuple[str, str]]:
        found = [(value, str(label)) for value, label in known if text.casefold() in str(label).casefold()]
        return found[:limit]

    def names(values: Collection[str]) -> dict[str, str]:
        return {value: str(label) for value, label in known if value in values}

    return Choices(find, names, codes.__contains__)


def table(
    model: type[Model],
    label: str,
    *,
    value: str = "pk",
    extra: Sequence[tuple[str, Text]] = (),
    only: Mapping[str, Any] | None = None,
) -> Choices:
    """Rows of a table, by the column of their label; `extra` are further values before them, such as the pool.

    only: what the rows must be to be offered.
    """
    return _of_table(model, label, value, extra, only or {}, is_long=False)


def long_table(model: type[Model], label: str, *, value: str = "pk") -> Choices:
    """Rows of a table that is too long to be listed: they are looked for by what was typed."""
    return _of_table(model, label, value, (), {}, is_long=True)


def _of_table(
    model: type[Model],
    label: str,
    value: str,
    extra: Sequence[tuple[str, Text]],
    only: Mapping[str, Any],
    *,
    is_long: bool,
) -> Choices:
    specials = dict(extra)

    def find(text: str, limit: int) -> list[tuple[str, str]]:
        rows = model._default_manager.filter(**only).order_by(label)
        if text:
            rows = rows.filter(**{f"{label}__icontains": text})
        head = [(code, str(name)) for code, name in specials.items() if text.casefold() in str(name).casefold()]
        return head + [(str(key), str(name) or str(key)) for key, name in rows.values_list(value, label)[:limit]]

    def names(values: Collection[str]) -> dict[str, str]:
        keys = [each for each in values if each not in specials]
        rows = model._default_manager.filter(**{f"{value}__in": keys}).values_list(value, label) if keys else ()
        known = {str(key): str(name) or str(key) for key, name in rows}
        return known | {code: str(text) for code, text in specials.items() if code in values}

    return Choices(find, names, lambda text: text in specials or value != "pk" or is_id(text), is_long)


def is_id(text: str) -> bool:
    """Whether a text can be the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 19


@dataclass(frozen=True)
class Key:
    """One narrowing key of a relation: {"outcome": ["refused"]}.

    column: of the relation's rows, compared by `lookup`. With choices the value is a list of them; without, it is a
    text (`contains`), or [lowest, highest] where `is_range`, whole numbers.
    """

    code: str
    label: Text
    column: str
    choices: Choices | None = None
    is_range: bool = False
    # Where a plain comparison of the column will not do.
    where: Callable[[Any], Q] | None = None


@dataclass(frozen=True)
class Field:
    """One thing to ask about a customer.

    compile: (op, value as parsed, context) to a condition on Customer. unit: "", "days", "share" (0 to 1, shown in
    percent). keys: of a relation. has_days: whether a relation's rows may be narrowed by from, to and last_days.
    value: reads a raw value where the type's own reading will not do; raises ValueError with the words for people.
    tell: the words of (op, value), where those of the type will not do. is_timed: its meaning hangs on the day for
    every operator.
    """

    code: str
    label: Text
    group: Group
    type: Type
    # The fields of the database are made anew each time they are asked for: equal all the same.
    compile: Callable[[str, Any, Context], Condition] = field(compare=False)
    watches: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()
    choices: Choices | None = field(default=None, compare=False)
    unit: str = ""
    is_whole: bool = False
    keys: tuple[Key, ...] = ()
    has_days: bool = True
    value: Callable[[str, Any], Any] | None = None
    tell: Callable[[str, Any], str] | None = None
    is_timed: bool = False
    hint: Text = ""
    operators: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "operators", self.ops or OPS[self.type])

    def key(self, code: str) -> Key | None:
        """The narrowing key of a relation, None for no such key."""
        return next((each for each in self.keys if each.code == code), None)

    def hangs_on_day(self, op: str, value: Any) -> bool:
        """Whether the condition may change its mind by the day alone."""
        narrowed = isinstance(value, Mapping) and "last_days" in value
        return self.is_timed or op in TIMED_OPS or narrowed


# Fields whose codes begin so are found in the database, such as own.<code>: prefix -> (one, all).
Family = tuple[Callable[[str], Field | None], Callable[[], list[Field]]]
_FIELDS: dict[str, Field] = {}
_FAMILIES: dict[str, Family] = {}


def register(each: Field) -> Field:
    """Add a field. Raises ValueError for a code that is taken."""
    if each.code in _FIELDS:
        raise ValueError(f"two audience fields are called {each.code}")
    _FIELDS[each.code] = each
    return each


def register_family(prefix: str, one: Callable[[str], Field | None], every: Callable[[], list[Field]]) -> None:
    """Add fields that the database knows: `one` gives that of a whole code or None, `every` lists them."""
    _FAMILIES[prefix] = (one, every)


def field_of(code: str) -> Field | None:
    """The field of a code, None where there is none."""
    found = _FIELDS.get(code)
    if found is None and "." in code:
        family = _FAMILIES.get(code.split(".", 1)[0])
        return family[0](code) if family else None
    return found


def all_fields() -> list[Field]:
    """Every field, by group in the order of the groups."""
    found = [*_FIELDS.values(), *(each for _one, every in _FAMILIES.values() for each in every())]
    order = list(Group)
    return sorted(found, key=lambda each: order.index(each.group))


# The label of a chosen row that is there no more.
REMOVED = _("(removed)")
