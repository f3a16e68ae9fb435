"""Orders of this base, told again: as the readers of `customers` would have got them."""

from collections.abc import Iterable
from decimal import Decimal

from customers.models import Order, OrderLine
from customers.rules.records import CustomerData, LineData, OrderData

# More decimals than money has, so that the sum in the base currency comes back to the unit.
EXACT = Decimal("0.000000000001")


def retold(source: str, external_ids: Iterable[str]) -> dict[str, OrderData]:
    """The known orders of a source by external id, in their own currency, without a version.

    The customer is left unsaid: recorded again, an order stays with whom it is with. Of a cancelled order without
    lines the sum is gone, and zero.
    """
    orders = Order.objects.filter(source=source, external_id__in=list(external_ids))
    return {order.external_id: _retold(order) for order in orders.prefetch_related("lines__product")}


def _retold(order: Order) -> OrderData:
    lines = tuple(_line(line, order.rate) for line in order.lines.all())
    return OrderData(
        source=order.source,
        external_id=order.external_id,
        placed_at=order.placed_at,
        customer=CustomerData(source=order.source),
        currency=order.currency,
        rate=order.rate,
        status=order.status,
        number=order.number,
        fulfilled_at=order.fulfilled_at,
        total=None if lines else _told(order.revenue + order.returned, order.rate),
        discount=Decimal(0) if lines else _told(order.discount, order.rate),
        returned=Decimal(0) if lines else _told(order.returned, order.rate),
        cost=None if lines or not order.known_cost else _told(order.known_cost, order.rate),
        promo_code=order.promo_code,
        channel_code=order.channel_code,
        lines=lines,
    )


def _line(line: OrderLine, rate: Decimal) -> LineData:
    return LineData(
        quantity=line.quantity,
        amount=_told(line.revenue, rate),
        sku=line.product.sku if line.product else "",
        name=line.name,
        discount=_told(line.discount, rate),
        cost=None if line.cost is None else _told(line.cost, rate),
        returned_quantity=line.returned_quantity,
        returned_amount=_told(line.returned_amount, rate),
    )


def _told(amount: Decimal, rate: Decimal) -> Decimal:
    return (amount / rate).quantize(EXACT)


def versions(source: str, external_ids: Iterable[str]) -> dict[str, int]:
    """The versions of the known orders of a source."""
    found = Order.objects.filter(source=source, external_id__in=list(external_ids))
    return dict(found.values_list("external_id", "version"))
