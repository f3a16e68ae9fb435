"""Where a customer stood on a day, and between what two days they moved, from the histories of grade and stage."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.formats import exact_date_text
from customers.models import ProductCategory
from segmentation.audiences.registry import Choices, Condition, Context, Field, Group, Type, fixed, register, table
from segmentation.audiences.relations import key, relation
from segmentation.audiences.values import ValueFault, read_choices, read_day
from segmentation.models import CategoryGrade, Grade, GradeChange, Lifecycle, LifecycleChange

# Before the first order, or without any left.
NOWHERE = ("", _("Nowhere: no order yet, or none left"))
STANDING = ("segmentation_standing",)


def _mapping(raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise ValueFault(str(_("Name the days and the grades or stages.")))
    return raw


def _stood(changes: type[Model], column: str, day: date, codes: list[str]) -> Q:
    """Stood at one of the codes on the evening of the day: where the first change after it began, or else now."""
    later = changes._default_manager.filter(on__gt=day)
    first = later.order_by("customer_id", "on").distinct("customer_id").values("pk")
    since = changes._default_manager.filter(pk__in=first, old__in=codes).values("customer_id")
    now = Q(**{f"standing__{column}__in": [code for code in codes if code]})
    if "" in codes:
        now |= Q(standing__isnull=True) | Q(**{f"standing__{column}": ""})
    return Q(pk__in=since) | (now & ~Q(Exists(later.filter(customer=OuterRef("pk")))))


def _told(day: date, codes: list[str], choices: Choices) -> str:
    names = choices.names(codes)
    stood = pgettext("choices", " or ").join(names[each] for each in codes)
    return str(_("on %(day)s: %(grades)s")) % {"day": exact_date_text(day), "grades": stood}


def _moved(code: str, label: Any, changes: type[Model], column: str, choices: Choices) -> Field:
    def read(_op: str, raw: Any) -> dict[str, Any]:
        given = _mapping(raw)
        first, last = read_day(given.get("from_on")), read_day(given.get("to_on"))
        if last <= first:
            raise ValueFault(str(_("The second day comes after the first.")), "to_on")
        ends = {name: read_choices(given.get(name), choices) for name in ("from", "to")}
        return {"from_on": first, "to_on": last, **ends}

    def compile_moved(_op: str, value: Mapping[str, Any], _ctx: Context) -> Condition:
        first = _stood(changes, column, value["from_on"], value["from"])
        last = _stood(changes, column, value["to_on"], value["to"])
        if "" not in value["from"] or "" not in value["to"]:
            return first & last
        # Nowhere on both days is most of who never bought: they did not move.
        letters = [each for each in column_codes if each]
        stood = _stood(changes, column, value["from_on"], letters) | _stood(changes, column, value["to_on"], letters)
        return first & last & stood

    def tell(_op: str, value: Mapping[str, Any]) -> str:
        ends = (("from_on", "from"), ("to_on", "to"))
        return ", ".join(_told(value[day], value[codes], choices) for day, codes in ends)

    column_codes = list(Grade.values) if column == "grade" else list(Lifecycle.values)
    return Field(
        code,
        label,
        Group.VALUE,
        Type.RELATION,
        compile_moved,
        watches=STANDING,
        ops=("some",),
        keys=(
            key("from_on", _("On the evening of")),
            key("from", _("Stood at"), choices=choices),
            key("to_on", _("And on the evening of")),
            key("to", _("Stood at"), choices=choices),
        ),
        has_days=False,
        value=read,
        tell=tell,
        hint=_("From the history of changes, as the page of grades shows it."),
    )


def _was(code: str, label: Any, changes: type[Model], column: str, choices: Choices) -> Field:
    def read(_op: str, raw: Any) -> dict[str, Any]:
        given = _mapping(raw)
        return {"on": read_day(given.get("on")), column: read_choices(given.get(column), choices)}

    def compile_was(_op: str, value: Mapping[str, Any], _ctx: Context) -> Condition:
        return _stood(changes, column, value["on"], value[column])

    return Field(
        code,
        label,
        Group.VALUE,
        Type.RELATION,
        compile_was,
        watches=STANDING,
        ops=("some",),
        keys=(key("on", _("On the evening of")), key(column, _("Stood at"), choices=choices)),
        has_days=False,
        value=read,
        tell=lambda _op, value: _told(value["on"], value[column], choices),
    )


GRADES = fixed([*Grade.choices, NOWHERE])
STAGES = fixed([*Lifecycle.choices, NOWHERE])

register(_was("grade_at", _("Grade on a day"), GradeChange, "grade", GRADES))
register(_moved("moved", _("Grade on two days"), GradeChange, "grade", GRADES))
register(_was("lifecycle_at", _("Stage on a day"), LifecycleChange, "lifecycle", STAGES))
register(_moved("stage_moved", _("Stage on two days"), LifecycleChange, "lifecycle", STAGES))
register(
    relation(
        "category_grade",
        _("Grade in a category of products"),
        Group.VALUE,
        rows=lambda _ctx: CategoryGrade.objects.all(),
        keys=(
            key("category", _("Category"), column="category", choices=table(ProductCategory, "name")),
            key("grade", _("Grade"), column="grade", choices=fixed(Grade.choices)),
        ),
        watches=("segmentation_standing",),
        hint=_("Where the grading rules have a category of their own; the night computes it."),
    )
)
