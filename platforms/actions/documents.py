"""Order documents in a file that 1C uploaded."""

import re
from typing import Any

from customers.models import Order
from platforms.models import CatalogueItem, InboundMessage
from platforms.queries.exchange import content, members
from platforms.rules.commerceml.export import OURS
from platforms.rules.commerceml.orders import order_of
from platforms.rules.commerceml.xml import records
from platforms.rules.contract import Context, Told, Unreadable

DOCUMENT = frozenset({"Документ"})
# 1C can send more in portions; all of a file goes in at once or not at all.
MAX_DOCUMENTS = 5000
_OUR_ORDER = re.compile(OURS + r"([0-9]{1,18})")


def tell_of_file(message: InboundMessage, ctx: Context) -> Told:
    """The orders of the message's file."""
    if message.file is None:
        raise Unreadable("file_unknown", name=message.topic)
    told = Told()
    for member in members(message.file):
        for document in records(content(message.file, member), DOCUMENT):
            order_of(document, ctx, told, message.received_at)
            if len(told.orders) > MAX_DOCUMENTS:
                raise Unreadable("too_many", field="Документ", limit=MAX_DOCUMENTS)
    _name_goods(message.connection_id, told.orders)
    _name_ours(told.orders)
    return told


def _name_goods(connection_id: int, orders: list[dict[str, Any]]) -> None:
    """Codes of the catalogue in place of 1C's own ids of goods."""
    lines = [line for order in orders for line in order.get("lines", ())]
    ids = {line["sku"].partition("#")[0] for line in lines if line["sku"]}
    items = CatalogueItem.objects.filter(connection_id=connection_id, external_id__in=ids)
    codes = dict(items.values_list("external_id", "sku"))
    for line in lines:
        line["sku"] = codes.get(line["sku"].partition("#")[0], line["sku"])


def _name_ours(orders: list[dict[str, Any]]) -> None:
    """Orders that 1C got from here come back as changes of the same orders, of the same customers."""
    ours = {int(found[1]): data for data in orders if (found := _OUR_ORDER.fullmatch(data["external_id"]))}
    for order in Order.objects.filter(pk__in=ours):
        ours[order.pk].update(
            source=order.source,
            external_id=order.external_id,
            number=order.number,
            placed_at=order.placed_at.isoformat(),
            promo_code=order.promo_code,
            channel=order.channel_code,
            customer=None,
        )
