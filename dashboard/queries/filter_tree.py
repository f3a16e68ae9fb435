"""The filters of the customer list as a tree of conditions, so that a list can be kept as an audience."""

from datetime import date, timedelta
from typing import Any

from customers.models import FieldKind
from dashboard.queries.customer_filters import NO_GRADE, Filters
from dashboard.queries.own_conditions import OwnCondition
from segmentation.audiences.tree import as_json

Tree = dict[str, Any]


def tree_of(filters: Filters) -> Tree:
    """JSON of a tree that lets the same customers through. The search (`q`) is no condition and is left out."""
    leaves: list[Tree] = [*_standing(filters), *_origin(filters), *_orders(filters), *_labels(filters)]
    if filters.audience is not None:
        leaves.append(_of_audience(filters))
    if filters.where is not None:
        leaves += _parts(as_json(filters.where))
    return {"all": leaves}


def _is(field: str, op: str, value: Any) -> Tree:
    return {"field": field, "op": op, "value": value}


def _standing(filters: Filters) -> list[Tree]:
    leaves = []
    if filters.grade:
        leaves.append(_is("grade", "in", ["" if each == NO_GRADE else each for each in filters.grade]))
    if filters.stage:
        leaves.append(_is("lifecycle", "in", list(filters.stage)))
    if filters.method:
        leaves.append(_is("method", "in", [filters.method]))
    if filters.risk:
        leaves.append(_is("value_at_risk", "gt", "0"))
    return leaves


def _origin(filters: Filters) -> list[Tree]:
    leaves = []
    if filters.owner:
        leaves.append(_is("owner", "in", [filters.owner]))
    if filters.kind:
        leaves.append(_is("kind", "in", [filters.kind]))
    if filters.channel:
        leaves.append(_is("channel", "in", [filters.channel]))
    if filters.won_month:
        leaves.append(_is("won_on", "month", f"{filters.won_month:%Y-%m}"))
    return leaves


def _orders(filters: Filters) -> list[Tree]:
    days = {"from": filters.ordered_from, "to": filters.ordered_to}
    asked = {key: day.isoformat() for key, day in days.items() if day}
    return [_is("bought", "some", asked)] if asked else []


def _labels(filters: Filters) -> list[Tree]:
    worn = [_is("tag", "in", [tag]) for tag in filters.tag]
    return worn + [_own(condition) for condition in filters.own]


def _own(condition: OwnCondition) -> Tree:
    field = f"own.{condition.code}"
    match condition.operator:
        case "has":
            return _is(field, "contains", condition.value)
        case "from" | "to" if isinstance(condition.value, date):
            after = condition.operator == "from"
            day = condition.value + timedelta(days=-1 if after else 1)
            return _is(field, "after" if after else "before", day.isoformat())
        case "from" | "to":
            return _is(field, "ge" if condition.operator == "from" else "le", str(condition.value))
    return (
        _is(field, "is", condition.value) if condition.kind == FieldKind.YES_NO else _is(field, "in", [condition.value])
    )


def _of_audience(filters: Filters) -> Tree:
    audience = filters.audience
    if audience is None or audience.is_static:
        return _is("list", "in", [str(audience.pk if audience else 0)])
    return dict(audience.tree)


def _parts(tree: Tree) -> list[Tree]:
    return list(tree["all"]) if set(tree) == {"all"} else [tree]
