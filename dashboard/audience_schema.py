"""What the builder in the browser must know of the fields: labels, operators, values to choose from."""

from collections.abc import Collection
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import User
from segmentation.audiences.registry import MOST_CHOICES, REMOVED, Choices, Field, Group, Key, Type, all_fields
from segmentation.audiences.tree import Node, leaves
from segmentation.audiences.values import in_json

Json = dict[str, Any]
Pairs = list[tuple[str, str]]
# Values by the field, or field and key, that they stand at.
Chosen = dict[str, set[str]]


def schema(tree: Node | None, user: User) -> Json:
    """Fields by group. Long tables bring only the labels of the values that the tree has."""
    chosen = _chosen(tree)
    return {
        "groups": [{"code": str(code), "label": str(label)} for code, label in Group.choices],
        "fields": [_field(each, chosen, user) for each in all_fields()],
        "ops": {f"{kind}.{op}": label for kind, ops in _op_labels().items() for op, label in ops.items()},
        "months": [str(MONTHS[number]) for number in range(1, 13)],
    }


def _field(field: Field, chosen: Chosen, user: User) -> Json:
    return {
        "code": field.code,
        "label": str(field.label),
        "group": str(field.group),
        "type": str(field.type),
        "ops": list(field.operators),
        "unit": field.unit,
        "hint": str(field.hint),
        "hasDays": field.has_days,
        "monthOfYear": field.code == "birthday",
        **_choices(field.choices, field.code, chosen, user),
        "keys": [_key(field, each, chosen, user) for each in field.keys],
    }


def _key(field: Field, key: Key, chosen: Chosen, user: User) -> Json:
    told = {"code": key.code, "label": str(key.label), "isRange": key.is_range}
    return told | _choices(key.choices, f"{field.code}.{key.code}", chosen, user)


def _choices(choices: Choices | None, place: str, chosen: Chosen, user: User) -> Json:
    if choices is None:
        return {}
    known = [] if choices.is_long else choices.find("", MOST_CHOICES)
    listed = {value for value, _label in known}
    kept = chosen.get(place, set())
    missing = sorted(kept - listed)
    if missing:
        names = choices.names(missing)
        known = known + [(value, names.get(value) or f"{value} {REMOVED}") for value in missing]
    seen = seen_choices(choices, known, user, kept)
    return {"choices": seen, "isLong": choices.is_long or len(listed) >= MOST_CHOICES}


def _chosen(tree: Node | None) -> Chosen:
    """What the tree asks for."""
    found: Chosen = {}
    for leaf in leaves(tree) if tree is not None else ():
        value = in_json(leaf.op, leaf.value)
        if leaf.field.type == Type.CHOICE:
            found.setdefault(leaf.field.code, set()).update(value)
        elif isinstance(value, dict):
            for key in leaf.field.keys:
                if key.choices is not None and key.code in value:
                    found.setdefault(f"{leaf.field.code}.{key.code}", set()).update(value[key.code])
    return found


def choices_at(place: str) -> Choices | None:
    """The choices of a field ("tag") or of a key of a relation ("bought.product"), None for no such place."""
    for field in all_fields():
        if field.code == place:
            return field.choices
        for key in field.keys:
            if f"{field.code}.{key.code}" == place:
                return key.choices
    return None


def seen_choices(choices: Choices, found: Pairs, user: User, kept: Collection[str] = ()) -> Pairs:
    """Those of the values found whose names the user may read. The values `kept` in a tree stay, without the name."""
    if choices.seen is None:
        return found
    seen = choices.seen(user, [value for value, _label in found])
    return [(value, name if value in seen else value) for value, name in found if value in seen or value in kept]


def _op_labels() -> dict[str, dict[str, str]]:
    numbers = {
        "ge": _("at least"),
        "le": _("at most"),
        "gt": _("more than"),
        "lt": _("less than"),
        "eq": _("exactly"),
        "between": _("between"),
    }
    return {
        Type.CHOICE: {"in": pgettext("operator", "is one of"), "not_in": pgettext("operator", "is none of")},
        Type.NUMBER: numbers,
        Type.MONEY: numbers,
        Type.DATE: {
            "last_days": _("in the last … days"),
            "more_than_days_ago": _("… or more days ago"),
            "next_days": _("in the next … days"),
            "after": _("after the day"),
            "before": _("before the day"),
            "on": _("on the day"),
            "between": _("between two days"),
            "month": _("in the month"),
            "empty": _("is known or not"),
        },
        Type.BOOL: {"is": pgettext("operator", "is")},
        Type.TEXT: {"contains": _("contains"), "is": pgettext("operator", "is")},
        Type.RELATION: {"some": _("yes"), "none": _("no, never"), "at_least": _("at least … times")},
    }
