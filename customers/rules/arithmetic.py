"""What an order brought, in integer minor units of the base currency.

revenue = sums after discounts - returns; a cancelled or wholly returned order brings nothing.
cost of a line: its own -> its product's x quantity -> its category's margin -> not known, and then the
line's revenue is counted apart, for the policy's margin.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from customers.rules.faults import Fault, Faulty
from customers.rules.numbers import MAX_AMOUNT, to_minor
from customers.rules.records import DEAD, LineData, OrderData

# A thousand lines of it still fit into 64 bits.
MAX_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class ProductCost:
    """What is known of a product's cost: of one piece in minor units, or the margin of its category."""

    unit_cost: int | None = None
    margin_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line in minor units. `revenue` is after discounts and before returns, as `cost` is."""

    sku: str
    name: str
    category: str
    quantity: Decimal
    revenue: int
    discount: int
    cost: int | None
    returned_quantity: Decimal
    returned_amount: int

    @property
    def kept(self) -> int:
        """Revenue that was not given back."""
        return self.revenue - self.returned_amount

    def kept_part(self, of_all: int) -> int:
        """What falls on the goods that the customer kept: by quantity where it is told, else by money."""
        if self.returned_quantity:
            return _part(of_all, self.quantity - self.returned_quantity, self.quantity)
        return _part(of_all, self.kept, self.revenue) if self.returned_amount else of_all


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """An order in minor units; `revenue` is net of returns, and zero for a dead order."""

    revenue: int
    discount: int
    returned: int
    lines: tuple[PricedLine, ...]
    is_dead: bool
    own_cost: int | None = None


def price_order(order: OrderData, exponent: int) -> PricedOrder:
    """The sums of an order. Raises Faulty where discounts, returns or the total contradict the lines."""
    is_dead = order.status in DEAD
    if not order.lines:
        return _price_total(order, exponent, is_dead)
    lines = [_price_line(line, index, order.rate, exponent) for index, line in enumerate(order.lines)]
    if order.discount:
        lines = _spread_discount(lines, _in_base(order.discount, order.rate, exponent, "discount"))
    _check_total(order, lines, exponent)
    if order.returned:
        lines = _spread_returned(lines, _in_base(order.returned, order.rate, exponent, "returned"))
    net = sum(line.revenue for line in lines)
    returned = sum(line.returned_amount for line in lines)
    return PricedOrder(
        revenue=0 if is_dead else net - returned,
        discount=sum(line.discount for line in lines),
        returned=net if order.status == "returned" else returned,
        lines=tuple(lines),
        is_dead=is_dead,
    )


def _price_total(order: OrderData, exponent: int, is_dead: bool) -> PricedOrder:
    if order.total is None:
        raise Faulty([Fault("total", "lines_or_total")])
    net = _in_base(order.total, order.rate, exponent, "total")
    returned = _in_base(order.returned, order.rate, exponent, "returned")
    if returned > net:
        raise Faulty([Fault("returned", "returned_too_large")])
    cost = None if order.cost is None else _in_base(order.cost, order.rate, exponent, "cost")
    return PricedOrder(
        revenue=0 if is_dead else net - returned,
        discount=_in_base(order.discount, order.rate, exponent, "discount"),
        returned=net if order.status == "returned" else returned,
        lines=(),
        is_dead=is_dead,
        own_cost=None if cost is None else _part(cost, net - returned, net),
    )


def _price_line(line: LineData, index: int, rate: Decimal, exponent: int) -> PricedLine:
    path = f"lines.{index}"
    revenue = _in_base(line.amount, rate, exponent, f"{path}.amount")
    return PricedLine(
        sku=line.sku,
        name=line.name,
        category=line.category,
        quantity=line.quantity,
        revenue=revenue,
        discount=_in_base(line.discount, rate, exponent, f"{path}.discount"),
        cost=None if line.cost is None else _in_base(line.cost, rate, exponent, f"{path}.cost"),
        returned_quantity=line.returned_quantity,
        returned_amount=_returned_amount(line, revenue, rate, exponent, path),
    )


def _returned_amount(line: LineData, revenue: int, rate: Decimal, exponent: int, path: str) -> int:
    if line.returned_quantity > line.quantity:
        raise Faulty([Fault(f"{path}.returned_quantity", "returned_too_large")])
    if line.returned_amount is None:
        if not line.returned_quantity:
            return 0
        return _part(revenue, line.returned_quantity, line.quantity)
    returned = _in_base(line.returned_amount, rate, exponent, f"{path}.returned_amount")
    if returned > revenue:
        raise Faulty([Fault(f"{path}.returned_amount", "returned_too_large")])
    return returned


def _spread_discount(lines: list[PricedLine], discount: int) -> list[PricedLine]:
    # What has come back already keeps its price: the discount lies on the rest.
    if discount > sum(line.kept for line in lines):
        raise Faulty([Fault("discount", "discount_too_large")])
    shares = allocate(discount, [line.kept for line in lines])
    return [
        replace(line, revenue=line.revenue - share, discount=line.discount + share)
        for line, share in zip(lines, shares, strict=True)
    ]


def _spread_returned(lines: list[PricedLine], returned: int) -> list[PricedLine]:
    if returned > sum(line.kept for line in lines):
        raise Faulty([Fault("returned", "returned_too_large")])
    shares = allocate(returned, [line.kept for line in lines])
    return [
        replace(line, returned_amount=line.returned_amount + share) for line, share in zip(lines, shares, strict=True)
    ]


def _check_total(order: OrderData, lines: list[PricedLine], exponent: int) -> None:
    if order.total is None:
        return
    told = _in_base(order.total, order.rate, exponent, "total")
    net = sum(line.revenue for line in lines)
    # Each line may have been rounded once on its way.
    if abs(told - net) > len(lines):
        unit = Decimal(1).scaleb(-exponent)
        params = {"total": str(told * unit), "lines": str(net * unit)}
        raise Faulty([Fault("total", "total_mismatch", params)])


def allocate(total: int, weights: list[int]) -> list[int]:
    """Split an integer in proportion to weights, to the unit, by largest remainder.

    No share exceeds its weight while `total` does not exceed their sum.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def cost_order(priced: PricedOrder, costs: Mapping[str, ProductCost]) -> tuple[int, int]:
    """(known_cost, uncosted_revenue) of what was kept, in minor units. `costs` by product code."""
    if priced.is_dead:
        return 0, 0
    if not priced.lines:
        return (0, priced.revenue) if priced.own_cost is None else (priced.own_cost, 0)
    known = uncosted = 0
    for index, line in enumerate(priced.lines):
        cost = _line_cost(line, costs.get(line.sku))
        if cost is None:
            uncosted += line.kept
        elif cost > MAX_MINOR:
            raise Faulty([Fault(f"lines.{index}.quantity", "cost_too_large", {"sku": line.sku})])
        else:
            known += cost
    return known, uncosted


def _line_cost(line: PricedLine, product: ProductCost | None) -> int | None:
    if line.cost is not None:
        return line.kept_part(line.cost)
    if product is None:
        return None
    if product.unit_cost is not None:
        return line.kept_part(_rounded(product.unit_cost * line.quantity))
    if product.margin_rate is not None:
        return _rounded(line.kept * (1 - product.margin_rate))
    return None


def _in_base(amount: Decimal, rate: Decimal, exponent: int, field: str) -> int:
    in_base = amount if rate == 1 else amount * rate
    if in_base > MAX_AMOUNT:
        raise Faulty([Fault(field, "too_large", {"maximum": format(MAX_AMOUNT, "f")})])
    return to_minor(in_base, exponent)


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _part(of_all: int, kept: Decimal | int, whole: Decimal | int) -> int:
    return _rounded(Decimal(of_all) * kept / whole) if whole else of_all
