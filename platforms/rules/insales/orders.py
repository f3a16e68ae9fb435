"""Orders and customers as InSales' API has them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from platforms.rules.building import Item, currency_fields, sums
from platforms.rules.contract import SKIP, Context, Told
from platforms.rules.picking import ZERO, contacts, full_name, identifier, inner, iso, moment, number, rows, text

CURRENCIES = {"RUR": "RUB"}


def order_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the order to what is told."""
    status = ctx.status(status_of(payload, ctx))
    if status == SKIP:
        told.ignored = "status_skipped"
        return
    currency = text(payload, "currency_code")
    order = {
        "source": ctx.source,
        "external_id": identifier(payload),
        "number": text(payload, "number", limit=100),
        "status": status,
        "placed_at": iso(moment(payload, "created_at", ctx)),
        "updated_at": iso(moment(payload, "updated_at", ctx)),
        "fulfilled_at": iso(moment(payload, "delivered_at", ctx)) if status == "fulfilled" else None,
        "promo_code": text(inner(payload, "discount"), "discount_code", limit=50) or text(payload, "coupon", limit=50),
        "customer": _buyer(payload, ctx, told),
        **currency_fields(CURRENCIES.get(currency, currency), ctx),
        **sums(list(_items(payload, ctx)), number(payload, "total_price"), ctx),
    }
    told.orders.append(order)


def status_of(payload: dict[str, Any], ctx: Context) -> str:
    """The shop's own status where the connection's table has it, else the general one."""
    own = text(inner(payload, "custom_status"), "permalink")
    return own if own in ctx.statuses else text(payload, "fulfillment_status")


def customer_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the customer to what is told."""
    told.customers.append({"source": ctx.source, "external_id": identifier(payload), **_person(payload, {}, ctx, told)})


def _items(payload: dict[str, Any], ctx: Context) -> Iterator[Item]:
    for line in rows(payload, "order_lines"):
        quantity = number(line, "quantity")
        full = number(line, "sale_price") * quantity
        paid = number(line, "full_total_price", number(line, "total_price", full))
        yield Item(
            amount=paid,
            quantity=quantity,
            name=text(line, "title", "full_title"),
            sku=text(line, "sku", limit=100) or _own_code(line, ctx),
            discount=max(full - paid, number(line, "discounts_amount")),
        )
    yield Item(amount=_delivery(payload), name=text(payload, "delivery_title") or ctx.words.shipping)


def _delivery(payload: dict[str, Any]) -> Decimal:
    return number(payload, "full_delivery_price", number(payload, "delivery_price", ZERO))


def _own_code(line: dict[str, Any], ctx: Context) -> str:
    known = text(line, "variant_id", "product_id")
    return f"{ctx.source}-{known}"[:100] if known else ""


def _buyer(order: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    client = inner(order, "client")
    person = _person(client, inner(order, "shipping_address"), ctx, told)
    return {"external_id": text(client, "id", limit=200), **person}


def _person(client: dict[str, Any], address: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    name = full_name(text(client, "surname"), text(client, "name"), text(client, "middlename"))
    phones = [(text(each, "phone"), text(each, "country")) for each in (client, address)]
    return {
        "name": name or full_name(text(address, "surname"), text(address, "name"), text(address, "middlename")),
        "kind": "company" if "Juridical" in text(client, "type") else "",
        "city": text(address, "city", limit=200) or text(inner(address, "location"), "city", limit=200),
        "contacts": contacts(ctx, told.notes, phones=phones, emails=[text(client, "email")]),
    }
