"""Pointing everything that refers to one row to another, whatever app it lies in.

What refers to a row is asked of the models themselves, so that an app above, or one that is added later, is served
without this module knowing it. Runs within a change set: each step is written to the journal and can be undone.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet, UniqueConstraint

from core.journal import drop, move

# The fields that together are unique, and the rows to which that applies.
Uniqueness = tuple[tuple[str, ...], Q]


def repoint(*, model: type[Model], old: int, new: int) -> None:
    """Let rows that refer to `old` refer to `new`.

    Rows that are computed from `old` go. Of two rows that may not stand beside each other, that of `new` stays,
    and takes over what refers to the other one.
    """
    for child, key in _references(model):
        if getattr(child, "is_derived", False):
            drop(model=child, ids=_ids(child._base_manager.filter(**{key.attname: old})))
    for child, key in _references(model):
        if not getattr(child, "is_derived", False):
            _make_way(child, key, old, new)
            move(model=child, key=key.column, old=old, new=new)


def referring(model: type[Model]) -> list[type[Model]]:
    """Models with rows of their own (nothing computed) that refer to the model."""
    return [child for child, _key in _references(model) if not getattr(child, "is_derived", False)]


def _references(model: type[Model]) -> list[tuple[type[Model], ForeignKey]]:
    return [
        (child, each)
        for child in apps.get_models(include_auto_created=True)
        for each in child._meta.concrete_fields
        if isinstance(each, ForeignKey) and each.related_model is model and not child._meta.proxy
    ]


def _make_way(child: type[Model], key: ForeignKey, old: int, new: int) -> None:
    for theirs, ours in _clashes(child, key, old, new):
        repoint(model=child, old=theirs, new=ours)
        drop(model=child, ids=[theirs])


def _clashes(child: type[Model], key: ForeignKey, old: int, new: int) -> Iterator[tuple[int, int]]:
    for fields, condition in _uniqueness(child, key):
        rest = [each.attname for each in child._meta.concrete_fields if each.name in fields and each is not key]
        ours = _by_values(child._base_manager.filter(condition, **{key.attname: new}), rest)
        theirs = _by_values(child._base_manager.filter(condition, **{key.attname: old}), rest)
        yield from ((pk, ours[values]) for values, pk in theirs.items() if values in ours)


def _by_values(rows: QuerySet, columns: list[str]) -> dict[tuple[object, ...], int]:
    """Keys of rows by their values; an empty value is equal to nothing."""
    found = rows.values_list("pk", *columns)
    return {tuple(values): pk for pk, *values in found if None not in values}


def _uniqueness(child: type[Model], key: ForeignKey) -> Iterator[Uniqueness]:
    if key.unique:
        yield (key.name,), Q()
    for fields in child._meta.unique_together:
        if key.name in fields:
            yield tuple(fields), Q()
    for constraint in child._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and key.name in constraint.fields:
            yield tuple(constraint.fields), constraint.condition or Q()


def _ids(rows: QuerySet) -> list[int]:
    return list(rows.values_list("pk", flat=True))
