"""From a platform's lines and total to the dictionary that `customers.rules.reading.read_order` takes.

The platform's total is the truth: what the lines do not explain becomes a charge of its own or a discount of the
whole order, so that the figures here and there are equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from platforms.rules.contract import Context
from platforms.rules.picking import ZERO


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `amount` is what the customer pays for it: after discounts, with taxes."""

    amount: Decimal
    quantity: Decimal = ZERO
    name: str = ""
    sku: str = ""
    category: str = ""
    discount: Decimal = ZERO
    cost: Decimal | None = None
    returned_quantity: Decimal = ZERO
    returned_amount: Decimal = ZERO

    def as_line(self) -> dict[str, Any]:
        line: dict[str, Any] = {
            "quantity": self.quantity,
            "amount": self.amount,
            "sku": self.sku,
            "name": self.name[:300],
            "category": self.category[:200],
            "discount": max(self.discount, ZERO),
            "cost": self.cost,
        }
        if self.returned_quantity or self.returned_amount:
            line |= {"returned_quantity": self.returned_quantity, "returned_amount": self.returned_amount}
        return line


def sums(
    items: Sequence[Item], total: Decimal, ctx: Context, *, returned: Decimal = ZERO, discount: Decimal = ZERO
) -> dict[str, Any]:
    """The fields of an order that are money. `discount` is the part of the whole order, which the lines do not carry.

    `returned` is everything that was given back, with what the lines carry of it.
    """
    unit = Decimal(1).scaleb(-ctx.company.exponent)
    # A line of a negative sum is a discount by another name.
    discount += -sum((item.amount for item in items if item.amount < 0), ZERO)
    kept = [item for item in items if item.amount >= 0 and (item.quantity or _rounded(item.amount, unit))]
    if not kept:
        return {"total": total, "discount": discount, "returned": min(returned, total)}
    unexplained = total - (sum((item.amount for item in kept), ZERO) - discount)
    if unexplained >= unit:
        kept.append(Item(amount=unexplained, name=ctx.words.other))
    elif unexplained <= -unit:
        discount -= unexplained
    kept = _within(kept, returned)
    left = returned - sum((item.returned_amount for item in kept), ZERO)
    return {
        "lines": [item.as_line() for item in kept],
        "total": total,
        "discount": discount,
        "returned": _rounded(left, unit),
    }


def _within(items: list[Item], returned: Decimal) -> list[Item]:
    """Lines must not have given back more money than the order did: then only the sum is known."""
    if sum((item.returned_amount for item in items), ZERO) <= returned:
        return items
    return [
        Item(item.amount, item.quantity, item.name, item.sku, item.category, item.discount, item.cost) for item in items
    ]


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def currency_fields(code: str, ctx: Context) -> dict[str, Any]:
    """The currency of an order, with the connection's rate where it is not the company's."""
    code = code.upper()
    if not code or code == ctx.company.currency:
        return {}
    return {"currency": code, "rate": ctx.rate(code)}
