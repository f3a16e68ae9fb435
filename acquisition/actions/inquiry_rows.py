"""The rows of inquiries, read and written many at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from acquisition.models import Inquiry
from acquisition.rules.inquiries import InquiryData, was_answered
from core.periods import company_day
from customers.actions.rows import Writes, insert_rows, update_rows

# A row by its columns, as they stand in the database.
Row = dict[str, Any]

COLUMNS = (
    "kind",
    "at",
    "happened_on",
    "channel_id",
    "channel_code",
    "is_answered",
    "name",
    "phone",
    "email",
    "contact_captured",
    "line",
    "duration_seconds",
    "answered_by_id",
    "customer_id",
    "next_step",
    "next_step_on",
    "order_id",
    "is_spam",
    "note",
)
NULLABLE = ("channel_id", "duration_seconds", "answered_by_id", "customer_id", "next_step_on", "order_id")
_TYPES = {
    "at": "timestamptz",
    "happened_on": "date",
    "next_step_on": "date",
    "is_answered": "boolean",
    "contact_captured": "boolean",
    "is_spam": "boolean",
    "duration_seconds": "integer",
    **dict.fromkeys(("channel_id", "answered_by_id", "customer_id", "order_id"), "bigint"),
}
_STORED = f"""
    SELECT i.source, i.external_id, i.id, {", ".join(f"i.{column}" for column in COLUMNS)}
    FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN acquisition_inquiry i ON i.source = k.a AND i.external_id = k.b AND i.external_id <> ''"""  # noqa: S608
_UPDATE = f"""
    UPDATE acquisition_inquiry i
    SET {", ".join(f"{column} = v.{column}" for column in COLUMNS)}, updated_at = v.updated_at
    FROM (VALUES %s) v(id, {", ".join(COLUMNS)}, updated_at) WHERE i.id = v.id"""  # noqa: S608
_TEMPLATE = "({})".format(", ".join(["%s", *(f"%s::{_TYPES.get(c, 'text')}" for c in COLUMNS), "%s::timestamptz"]))
# Told afresh each time; the rest stays as it was where a later telling is silent.
_ALWAYS_TOLD = ("kind", "at", "happened_on")


def row_of(data: InquiryData, names: Mapping[str, Any], stored: Row | None) -> Row:
    """The row to keep: what is told over what is stored. `names`: ids of what the inquiry names."""
    told = _told(data) | dict(names)
    row: Row = dict(stored) if stored else dict.fromkeys(COLUMNS, "") | dict.fromkeys(NULLABLE)
    row |= {name: value for name, value in told.items() if name in _ALWAYS_TOLD or value not in (None, "")}
    row["is_spam"] = bool(row["is_spam"])
    if data.is_answered is None and not (stored and stored["is_answered"]):
        row["is_answered"] = was_answered(row["kind"], row["duration_seconds"], row["answered_by_id"] is not None)
    return row


def _told(data: InquiryData) -> Row:
    return {
        "kind": data.kind,
        "at": data.at,
        "happened_on": company_day(data.at),
        "channel_code": data.channel_code,
        "is_answered": data.is_answered,
        "name": data.name,
        "phone": data.phone,
        "email": data.email,
        "line": data.line,
        "duration_seconds": data.duration_seconds,
        "next_step": data.next_step,
        "next_step_on": data.next_step_on,
        "is_spam": data.is_spam,
        "note": data.note,
    }


def stored_inquiries(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """What is known of inquiries, by source and external id."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [list(column) for column in zip(*keys, strict=True)])
        return {
            (source, external_id): dict(zip(("id", *COLUMNS), row, strict=True))
            for source, external_id, *row in cursor.fetchall()
        }


def insert_inquiries(rows: Sequence[tuple[tuple[str, str], Row]], now: datetime, into: Writes) -> None:
    """Add inquiries, each with its source and external id."""
    columns = ("id", "source", "external_id", *COLUMNS, "created_at", "updated_at")
    values = [(row["id"], *key, *(row[column] for column in COLUMNS), now, now) for key, row in rows]
    insert_rows(Inquiry, columns, values, NULLABLE, into)


def update_inquiries(rows: Sequence[Row], now: datetime) -> None:
    """Write over inquiries that are known."""
    update_rows(_UPDATE, [(row["id"], *(row[column] for column in COLUMNS), now) for row in rows], _TEMPLATE)
