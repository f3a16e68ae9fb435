"""Everything known of one person, as a file for them: JSON for programs, a page to read."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, ForeignKey, Model
from django.template.loader import render_to_string

from core.formats import NOTHING, exact_date_text, exact_money_text
from core.models import User
from core.money import MoneyField
from customers.models import Customer
from customers.queries.personal import PersonalModel, identity_of, personal_models


@dataclass(frozen=True)
class Table:
    """Rows of one kind: `names` of the columns in the reader's language, `rows` as text; `raw` as values."""

    key: str
    title: str
    names: list[str]
    rows: list[list[str]]
    raw: list[dict[str, Any]]


def personal_file(customer: Customer, now: datetime) -> bytes:
    """The ZIP: person.json and person.html."""
    tables = [table for personal in personal_models() if (table := _table(personal, customer.pk))]
    told = {"customer": customer.pk, "made_at": now, **{table.key: table.raw for table in tables}}
    page = render_to_string("dashboard/personal_file.html", {"customer": customer, "tables": tables, "now": now})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        archive.writestr("person.html", page)
    return content.getvalue()


def _table(personal: PersonalModel, customer_id: int) -> Table | None:
    if not personal.handed_out or not personal.lookups:
        return None
    identity = identity_of(customer_id)
    rows = list(personal.rows(identity.ids, ()).order_by("pk"))
    fields = [field for field in personal.model._meta.concrete_fields if _is_told(field)]
    if not rows or not fields:
        return None
    return Table(
        key=personal.model._meta.label_lower,
        title=str(personal.model._meta.verbose_name_plural),
        names=[str(field.verbose_name) for field in fields],
        rows=[[_text(row, field) for field in fields] for row in rows],
        raw=[{field.name: _raw(row, field) for field in fields} for row in rows],
    )


def _is_told(field: "Field[Any, Any]") -> bool:
    """Neither who of the company it was, nor the customer over and over, nor what machines keep for themselves."""
    if isinstance(field, ForeignKey):
        return field.related_model not in (User, Customer)
    return field.editable or field.primary_key


def _raw(row: Model, field: "Field[Any, Any]") -> Any:
    value = field.value_from_object(row)
    return f"{len(value)} bytes" if isinstance(value, bytes | memoryview) else value


def _text(row: Model, field: "Field[Any, Any]") -> str:
    value = _raw(row, field)
    if value is None or value == "":
        return NOTHING
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(field, MoneyField):
        return exact_money_text(value)
    if isinstance(value, date):
        return exact_date_text(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
