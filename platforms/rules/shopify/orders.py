"""An order of Shopify's REST Admin API, which its webhooks carry. Sums are in the shop's currency."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from platforms.rules.building import Item, currency_fields, sums
from platforms.rules.contract import SKIP, Context, Told
from platforms.rules.picking import ZERO, identifier, inner, iso, moment, number, rows, text
from platforms.rules.shopify.customers import buyer_of
from platforms.rules.shopify.refunds import Returned, returned_of


def order_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the order to what is told."""
    # Examples and old versions of the API put the order into an envelope.
    payload = inner(payload, "order") or payload
    status = ctx.status(status_of(payload))
    if payload.get("test") is True:
        told.ignored = "test_order"
        return
    if status == SKIP:
        told.ignored = "status_skipped"
        return
    total = number(payload, "total_price")
    returned = returned_of(payload, total)
    order = {
        "source": ctx.source,
        "external_id": identifier(payload),
        "number": text(payload, "name", "order_number", limit=100),
        "status": status,
        "placed_at": iso(moment(payload, "processed_at", ctx) or moment(payload, "created_at", ctx)),
        "updated_at": iso(moment(payload, "updated_at", ctx)),
        "fulfilled_at": _fulfilled_at(payload, ctx) if status == "fulfilled" else None,
        "promo_code": next((text(used, "code", limit=50) for used in rows(payload, "discount_codes")), ""),
        "channel": _channel(payload),
        "customer": buyer_of(payload, ctx, told),
        **currency_fields(text(payload, "currency"), ctx),
        **sums(list(_items(payload, ctx, returned)), total, ctx, returned=returned.amount),
    }
    told.orders.append(order)


def status_of(payload: dict[str, Any]) -> str:
    """One word for an order's state, which Shopify tells by three fields."""
    financial, fulfilment = text(payload, "financial_status"), text(payload, "fulfillment_status")
    if text(payload, "cancelled_at"):
        return "cancelled"
    if financial in ("voided", "refunded"):
        return financial
    return fulfilment if fulfilment in ("fulfilled", "partial") else financial


def _items(payload: dict[str, Any], ctx: Context, returned: Returned) -> Iterator[Item]:
    adds_tax = payload.get("taxes_included") is not True
    for line in rows(payload, "line_items"):
        quantity = number(line, "quantity")
        discount = _discount(line)
        back = returned.lines.get(text(line, "id"), (ZERO, ZERO))
        yield Item(
            amount=number(line, "price") * quantity - discount + (_tax(line) if adds_tax else ZERO),
            quantity=quantity,
            name=text(line, "name", "title"),
            sku=text(line, "sku", limit=100) or _own_code(line, ctx),
            discount=discount,
            returned_quantity=min(back[0], quantity),
            returned_amount=back[1],
        )
    for line in rows(payload, "shipping_lines"):
        discount = _discount(line)
        amount = number(line, "price") - discount + (_tax(line) if adds_tax else ZERO)
        yield Item(amount=amount, name=text(line, "title") or ctx.words.shipping, discount=discount)


def _discount(line: dict[str, Any]) -> Decimal:
    """A line's part of all discounts; before they were allocated, its own one."""
    allocated = rows(line, "discount_allocations")
    if allocated:
        return sum((number(part, "amount") for part in allocated), ZERO)
    if text(line, "discounted_price"):
        return number(line, "price") - number(line, "discounted_price")
    return number(line, "total_discount")


def _tax(line: dict[str, Any]) -> Decimal:
    return sum((number(tax, "price") for tax in rows(line, "tax_lines")), ZERO)


def _own_code(line: dict[str, Any], ctx: Context) -> str:
    known = text(line, "variant_id", "product_id")
    return f"{ctx.source}-{known}"[:100] if known else ""


def _fulfilled_at(payload: dict[str, Any], ctx: Context) -> str | None:
    sent = [each for each in rows(payload, "fulfillments") if each.get("status") == "success"]
    return iso(max(filter(None, (moment(each, "created_at", ctx) for each in sent)), default=None))


def _channel(payload: dict[str, Any]) -> str:
    try:
        query = urlsplit(text(payload, "landing_site", limit=2000)).query
    except ValueError:
        return ""
    return parse_qs(query[:2000]).get("utm_source", [""])[0][:50]
