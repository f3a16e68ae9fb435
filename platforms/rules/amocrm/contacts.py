"""Contacts and companies of amoCRM; phones and e-mails are fields with the codes PHONE and EMAIL."""

from typing import Any

from platforms.rules.contract import Context, Told
from platforms.rules.picking import contacts, full_name, rows, text, whole_number


def contact_of(row: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the contact, or the company, to what is told."""
    is_company = text(row, "type") == "company"
    # The two are numbered apart.
    id_ = ("company-" if is_company else "") + whole_number(row, "id")
    kind = "company" if is_company else ""
    told.customers.append({"source": ctx.source, "external_id": id_, "kind": kind, **person_of(row, ctx, told)})


def person_of(row: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    """Name and addresses."""
    return {
        "name": text(row, "name") or full_name(text(row, "last_name"), text(row, "first_name")),
        "contacts": contacts(
            ctx,
            told.notes,
            phones=[(raw, "") for raw in _values(row, "PHONE")],
            emails=_values(row, "EMAIL"),
        ),
    }


def _values(row: dict[str, Any], code: str) -> list[str]:
    fields = rows(row, "custom_fields") + rows(row, "custom_fields_values")
    matching = [each for each in fields if text(each, "code", "field_code") == code]
    return [text(value, "value") for each in matching for value in rows(each, "values")]
