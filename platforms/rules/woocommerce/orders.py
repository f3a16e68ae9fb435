"""An order of WooCommerce's REST API v2 and v3, which its webhooks carry."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from platforms.rules.building import Item, currency_fields, sums
from platforms.rules.contract import SKIP, Context, Told
from platforms.rules.picking import ZERO, identifier, iso, moment, number, rows, text
from platforms.rules.woocommerce.customers import buyer_of

# Written by WooCommerce's order attribution; the source of the last visit before the order.
UTM_SOURCE = "_wc_order_attribution_utm_source"


def order_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the order to what is told."""
    status = ctx.status(text(payload, "status"))
    if status == SKIP:
        told.ignored = "status_skipped"
        return
    items = list(_items(payload, ctx))
    # Refunds come with negative totals.
    returned = sum((abs(number(refund, "total")) for refund in rows(payload, "refunds")), ZERO)
    order = {
        "source": ctx.source,
        "external_id": identifier(payload),
        "number": text(payload, "number", limit=100),
        "status": status,
        "placed_at": _when(payload, "date_created", ctx),
        "updated_at": _when(payload, "date_modified", ctx),
        "fulfilled_at": _when(payload, "date_completed", ctx) if status == "fulfilled" else None,
        "promo_code": next((text(coupon, "code", limit=50) for coupon in rows(payload, "coupon_lines")), ""),
        "channel": _channel(payload),
        "customer": buyer_of(payload, ctx, told),
        **currency_fields(text(payload, "currency"), ctx),
        **sums(items, number(payload, "total"), ctx, returned=returned),
    }
    told.orders.append(order)


def _items(payload: dict[str, Any], ctx: Context) -> Iterator[Item]:
    for line in rows(payload, "line_items"):
        paid = number(line, "total") + number(line, "total_tax")
        before = number(line, "subtotal") + number(line, "subtotal_tax")
        yield Item(
            amount=paid,
            quantity=number(line, "quantity"),
            name=unescape(text(line, "name")),
            sku=text(line, "sku", limit=100) or _own_code(line, ctx),
            discount=before - paid,
        )
    for kind, name in (("shipping_lines", ctx.words.shipping), ("fee_lines", ctx.words.fee)):
        for line in rows(payload, kind):
            title = unescape(text(line, "method_title", "name")) or name
            yield Item(amount=number(line, "total") + number(line, "total_tax"), name=title)


def _own_code(line: dict[str, Any], ctx: Context) -> str:
    """A shop that gives its goods no codes still has ids for them."""
    ids = (text(line, "variation_id"), text(line, "product_id"))
    return next((f"{ctx.source}-{known}"[:100] for known in ids if known not in ("", "0")), "")


def _when(payload: dict[str, Any], name: str, ctx: Context) -> str | None:
    # The _gmt fields are in UTC and do not say so; the others are by the shop's clock.
    in_utc = moment(payload, f"{name}_gmt", ctx, is_utc=True)
    return iso(in_utc or moment(payload, name, ctx))


def _channel(payload: dict[str, Any]) -> str:
    meta = [row for row in rows(payload, "meta_data") if row.get("key") == UTM_SOURCE]
    return next((text(row, "value", limit=50) for row in meta), "")
