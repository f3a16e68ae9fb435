"""What the journal has of a customer, and of the settings: newest first, page by page along the key."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model, QuerySet

from core.models import Change
from customers.models import Customer

CHANGES_AT_ONCE = 50
# Tables whose rows have names that say more than their numbers.
NAMED = {
    "acquisition_channel",
    "campaigns_flow",
    "core_user",
    "customers_contactperson",
    "customers_customfield",
    "customers_order",
    "customers_tag",
    "loyalty_offer",
    "market_competitor",
    "market_leavingreason",
    "segmentation_capability",
    "webforms_form",
    "webforms_site",
}
_SETTINGS = """
    SELECT tgrelid::regclass::text FROM pg_trigger
    WHERE tgname = 'journal_update' AND encode(tgargs, 'escape') LIKE '%settings%'"""


def customer_changes(customer_id: int, before: int | None) -> list[Change]:
    """Changes of the customer and of what belongs to them; one more than shown if there are more."""
    return _page(Change.objects.filter(customer_id=customer_id), before)


def settings_changes(table: str, before: int | None) -> list[Change]:
    """Changes of settings, of all tables or of one."""
    tables = [table] if table in settings_tables() else settings_tables()
    return _page(Change.objects.filter(table_name__in=tables), before)


@cache
def settings_tables() -> list[str]:
    """The tables whose every change is journaled as a setting, as their triggers say."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        return sorted(name for (name,) in cursor.fetchall())


@cache
def model_of(table: str) -> type[Model] | None:
    """The model behind a table; None for a table that is no more."""
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def names_in(changes: Sequence[Change]) -> dict[tuple[type[Model], int], str]:
    """Names of what was changed and of what it points to: one query for each kind of thing.

    Customers are left out: those of others must not be named here.
    """
    wanted: dict[type[Model], set[int]] = {}
    for change in changes:
        model = model_of(change.table_name)
        if model and change.row_id and change.table_name in NAMED:
            wanted.setdefault(model, set()).add(change.row_id)
        for field in model._meta.concrete_fields if model else ():
            target = field.related_model if isinstance(field, ForeignKey) else None
            if isinstance(target, type) and target is not Customer:
                wanted.setdefault(target, set()).update(_ids(change, field.attname))
    return {
        (target, pk): str(found)
        for target, ids in wanted.items()
        if ids
        for pk, found in target._default_manager.in_bulk(list(ids)).items()
    }


def _ids(change: Change, column: str) -> set[int]:
    values: list[Any] = [(doc or {}).get(column) for doc in (change.before, change.after)]
    return {value for value in values if isinstance(value, int)}


def _page(changes: QuerySet[Change], before: int | None) -> list[Change]:
    rows = changes.exclude(operation="I", ids__isnull=False).select_related("actor", "change_set__undone_by")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.defer("ids").order_by("-pk")[: CHANGES_AT_ONCE + 1])
