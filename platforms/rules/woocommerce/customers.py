"""Customers of WooCommerce, and the buyer of an order, who may be a guest."""

from typing import Any

from platforms.rules.contract import Context, Told
from platforms.rules.picking import contacts, full_name, identifier, inner, text


def customer_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the customer to what is told."""
    billing = inner(payload, "billing")
    person = _person(payload, billing, ctx, told)
    told.customers.append({"source": ctx.source, "external_id": identifier(payload), **person})


def buyer_of(order: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    """The customer of an order. A guest has no id and is known by phone and e-mail."""
    id_ = text(order, "customer_id", limit=200)
    person = _person({}, inner(order, "billing"), ctx, told)
    return {"external_id": "" if id_ == "0" else id_, **person}


def _person(account: dict[str, Any], billing: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    name = full_name(text(billing, "first_name"), text(billing, "last_name"))
    company = text(billing, "company")
    return {
        "name": name or full_name(text(account, "first_name"), text(account, "last_name")) or company,
        "kind": "company" if company and not name else "",
        "city": text(billing, "city", limit=200),
        "contacts": contacts(
            ctx,
            told.notes,
            phones=[(text(billing, "phone"), text(billing, "country"))],
            emails=[text(billing, "email"), text(account, "email")],
        ),
    }
