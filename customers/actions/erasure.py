"""Erasing a person: what is personal goes from every table and from the journal, orders and money stay."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, NotFound
from core.models import User
from customers.actions.locks import identity_keys, lock_identities
from customers.actions.timeline import add_event
from customers.models import Customer, ErasedIdentity, EventKind, MergedCustomer
from customers.queries.personal import Identity, PersonalModel, identity_of, personal_models
from customers.rules.records import ContactData, CustomerData

# Rows that were dropped by a merge carry no customer of their own in the journal.
_OF_PERSON = """table_name = %(table)s AND (
    customer_id = ANY(%(ids)s) OR row_id = ANY(%(rows)s)
    OR change_set_id = ANY(%(sets)s) AND before->>%(key)s = ANY(%(texts)s))"""
_FORGET_ROWS = f"DELETE FROM core_change WHERE {_OF_PERSON}"  # noqa: S608
_BLANK_DELETED = f"UPDATE core_change SET before = before || %(blank)s::jsonb WHERE operation = 'D' AND {_OF_PERSON}"  # noqa: S608
_STRIP_CHANGED = f"""
    UPDATE core_change SET before = before - %(columns)s::text[], after = after - %(columns)s::text[]
    WHERE operation <> 'D' AND {_OF_PERSON}"""  # noqa: S608
_FORGET_EMPTY = f"DELETE FROM core_change WHERE operation = 'U' AND before = '{{}}' AND after = '{{}}' AND {_OF_PERSON}"  # noqa: S608


@transaction.atomic
def erase_person(*, customer_id: int, by: User, at: datetime) -> Counter[str]:
    """Erase everything personal of a customer; returns how many rows of each table changed. It cannot be undone.

    Money, dates and grades stay, so that every figure does. Hashes of the addresses and of the ids elsewhere stay
    too: what comes in under them later brings nothing personal back. Raises NotFound, Conflict (erased already).
    """
    lock_identities(_keys(identity_of(customer_id)))
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    if customer.erased_at is not None:
        raise Conflict(_("The personal data of this customer has been erased already."))
    identity = identity_of(customer_id)
    sets = list(MergedCustomer.objects.filter(customer=customer_id).values_list("change_set_id", flat=True))
    erased: Counter[str] = Counter()
    for personal in personal_models():
        rows = _erase_rows(personal, identity)
        if rows:
            erased[personal.model._meta.db_table] = len(rows)
        _erase_journal(personal, identity, rows, sets)
    Customer.objects.filter(pk=customer_id).update(erased_at=at, updated_at=at)
    ErasedIdentity.objects.bulk_create(
        ErasedIdentity(customer_id=customer_id, digest=digest, at=at) for digest in identity.digests
    )
    add_event(customer_id=customer_id, kind=EventKind.ERASED, at=at, data={"by": by.pk})
    return erased


def _keys(identity: Identity) -> list[str]:
    people = [CustomerData(source=source, external_id=external_id) for source, external_id in identity.refs]
    people += [CustomerData(source="", contacts=(ContactData(*contact),)) for contact in identity.contacts]
    return sorted({key for person in people for key in identity_keys(person)})


def _erase_rows(personal: PersonalModel, identity: Identity) -> list[int]:
    """Keys of the rows that were erased, or of those whose columns were."""
    if not personal.whole and not personal.columns:
        return []
    rows = personal.rows(identity.ids, identity.words)
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return []
    reached = personal.model._default_manager.filter(pk__in=keys)
    if personal.whole:
        reached.delete()
    else:
        reached.update(**personal.columns)
    return [key for key in keys if isinstance(key, int)]


def _erase_journal(personal: PersonalModel, identity: Identity, rows: list[int], sets: list[int]) -> None:
    if not personal.whole and not personal.columns:
        return
    meta = personal.model._meta
    columns = {
        field.column: personal.columns[field.name] for field in meta.concrete_fields if field.name in personal.columns
    }
    values: dict[str, Any] = {
        "table": meta.db_table,
        "ids": list(identity.ids),
        "texts": [str(pk) for pk in identity.ids],
        "key": "id" if personal.model is Customer else "customer_id",
        "rows": rows,
        "sets": sets,
        "columns": list(columns),
        "blank": json.dumps({name: _plain(value) for name, value in columns.items()}, cls=DjangoJSONEncoder),
    }
    statements = (_FORGET_ROWS,) if personal.whole else (_BLANK_DELETED, _STRIP_CHANGED, _FORGET_EMPTY)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


def _plain(value: Any) -> Any:
    """As `to_jsonb` writes it: bytes as PostgreSQL's text of them."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return value.isoformat() if isinstance(value, date) else value
