"""A tree as people read it: one sentence in the reader's language."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.formats import exact_date_text, money_text, month_text, number_text, percent_text
from core.models import User
from segmentation.audiences.registry import REMOVED, Choices, Field, Type
from segmentation.audiences.tree import All, Any_, Leaf, Node, Not

MOST_NAMED = 6


def told(node: Node, reader: User | None = None) -> str:
    """The whole tree as a sentence. reader: what this person may not read goes unnamed; None reads all."""
    if node == All(()):
        return str(_("Every customer"))
    return _told(node, reader, is_inside=False)


def _told(node: Node, reader: User | None, *, is_inside: bool) -> str:
    match node:
        case Leaf():
            return leaf_told(node, reader)
        case Not(inner):
            return _("not (%(what)s)") % {"what": _told(inner, reader, is_inside=False)}
        case All(nodes) | Any_(nodes):
            joint = pgettext("conditions", " and ") if isinstance(node, All) else pgettext("conditions", " or ")
            text = joint.join(_told(each, reader, is_inside=True) for each in nodes)
            return f"({text})" if is_inside and len(nodes) > 1 else text
    raise TypeError(node)


def leaf_told(leaf: Leaf, reader: User | None = None) -> str:
    """One condition: what is asked, and how."""
    return f"{leaf.field.label}: {_value_told(leaf.field, leaf.op, leaf.value, reader)}"


def _value_told(field: Field, op: str, value: Any, reader: User | None) -> str:
    if field.tell is not None:
        return field.tell(op, value)
    match field.type:
        case Type.CHOICE:
            names = _named(field.choices, value, reader)
            return names if op == "in" else _("not %(what)s") % {"what": names}
        case Type.NUMBER | Type.MONEY:
            return _compared(op, value, lambda each: _amount(field, each))
        case Type.DATE:
            return _date_told(op, value)
        case Type.BOOL:
            return str(_("yes") if value else _("no"))
        case Type.TEXT:
            pattern = _("contains “%(text)s”") if op == "contains" else _("“%(text)s”")
            return pattern % {"text": value}
    return _rows_told(field, op, value)


def _amount(field: Field, value: Any) -> str:
    if field.type == Type.MONEY:
        return money_text(value)
    return percent_text(value) if field.unit == "share" else number_text(value)


def _compared(op: str, value: Any, write: Any) -> str:
    if op == "between":
        return _("from %(first)s to %(last)s") % {"first": write(value[0]), "last": write(value[1])}
    pattern = {
        "eq": _("exactly %(value)s"),
        "lt": _("less than %(value)s"),
        "le": _("at most %(value)s"),
        "gt": _("more than %(value)s"),
        "ge": _("at least %(value)s"),
    }[op]
    return pattern % {"value": write(value)}


def _date_told(op: str, value: Any) -> str:
    match op:
        case "last_days":
            return _last_days(value)
        case "more_than_days_ago":
            text = ngettext("%(days)s or more days ago", "%(days)s or more days ago", value)
            return text % {"days": number_text(value)}
        case "next_days":
            text = ngettext("in the next %(days)s day", "in the next %(days)s days", value)
            return text % {"days": number_text(value)}
        case "month" if isinstance(value, int):
            return str(MONTHS[value])
        case "month":
            return month_text(value)
        case "empty":
            return str(_("not known") if value else _("known"))
        case "between":
            return _("from %(first)s to %(last)s") % {"first": _day(value[0]), "last": _day(value[1])}
    pattern = {"on": _("on %(day)s"), "before": _("before %(day)s"), "after": _("after %(day)s")}[op]
    return pattern % {"day": _day(value)}


def _last_days(days: int) -> str:
    return ngettext("in the last %(days)s day", "in the last %(days)s days", days) % {"days": number_text(days)}


def _day(value: date) -> str:
    return exact_date_text(value)


def _named(choices: Choices | None, values: Collection[str], reader: User | None = None) -> str:
    names = choices.names(values) if choices else {each: each for each in values}
    if choices and choices.seen and reader is not None:
        seen = choices.seen(reader, values)
        names = {each: name if each in seen else _("somebody else's") for each, name in names.items()}
    shown = [str(names.get(each) or _removed(each)) for each in list(values)[:MOST_NAMED]]
    if more := len(values) - len(shown):
        shown.append(_("%(count)s more") % {"count": more})
    return pgettext("choices", " or ").join(shown)


def _removed(value: str) -> str:
    return f"{value} {REMOVED}" if value else str(_("not known"))


def _rows_told(field: Field, op: str, value: Mapping[str, Any]) -> str:
    if op == "at_least":
        head = ngettext("at least %(count)s time", "at least %(count)s times", value["count"])
        parts = [head % {"count": number_text(value["count"])}]
    else:
        parts = [str(_("yes") if op == "some" else _("no"))]
    for each in field.keys:
        if each.code in value:
            parts.append(f"{each.label} — {_key_told(each.choices, value[each.code])}")
    if "last_days" in value:
        parts.append(_last_days(value["last_days"]))
    if "from" in value:
        parts.append(_("from %(day)s") % {"day": _day(value["from"])})
    if "to" in value:
        parts.append(_("until %(day)s") % {"day": _day(value["to"])})
    return ", ".join(parts)


def _key_told(choices: Choices | None, value: Any) -> str:
    if choices is not None:
        return _named(choices, value)
    if isinstance(value, list):
        return _("from %(first)s to %(last)s") % {"first": number_text(value[0]), "last": number_text(value[1])}
    return _("contains “%(text)s”") % {"text": value}
