"""What Shopify gave back: inside an order, and as a message of its own."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from platforms.rules.contract import Context, Refunded, Told, Unreadable
from platforms.rules.picking import ZERO, identifier, inner, moment, number, rows, text


@dataclass(frozen=True, slots=True)
class Returned:
    """The money given back in all, and (pieces, money) by id of the line."""

    amount: Decimal
    lines: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


def returned_of(payload: dict[str, Any], total: Decimal) -> Returned:
    """What came back of an order.

    Goods taken off an unpaid order are refunds too, without a payment: then the present total tells.
    """
    refunds = rows(payload, "refunds")
    paid_back = sum((_paid_back(refund) for refund in refunds), ZERO)
    taken_off = total - number(payload, "current_total_price", total)
    adds_tax = payload.get("taxes_included") is not True
    lines: dict[str, tuple[Decimal, Decimal]] = {}
    for line in (line for refund in refunds for line in rows(refund, "refund_line_items")):
        key = text(line, "line_item_id") or text(inner(line, "line_item"), "id")
        money = number(line, "subtotal") + (number(line, "total_tax") if adds_tax else ZERO)
        before = lines.get(key, (ZERO, ZERO))
        lines[key] = (before[0] + number(line, "quantity"), before[1] + money)
    return Returned(min(max(paid_back, taken_off, ZERO), total), lines)


def refund_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add a refund that came by itself; the order's own message, which follows, tells it again."""
    at = moment(payload, "processed_at", ctx) or moment(payload, "created_at", ctx)
    if at is None:
        raise Unreadable("wrong_kind", field="created_at", expected="moment")
    pieces: dict[str, Decimal] = {}
    for line in rows(payload, "refund_line_items"):
        sku = text(inner(line, "line_item"), "sku", limit=100)
        if sku:
            pieces[sku] = pieces.get(sku, ZERO) + number(line, "quantity")
    amount = _paid_back(payload)
    if not amount:
        told.ignored = "nothing_paid_back"
        return
    told.refunded.append(Refunded(identifier(payload, "order_id"), at, amount, pieces))


def _paid_back(refund: dict[str, Any]) -> Decimal:
    good = [t for t in rows(refund, "transactions") if t.get("kind") == "refund" and t.get("status") == "success"]
    return sum((number(each, "amount") for each in good), ZERO)
