"""Goods and prices of 1C's catalogue, written in portions."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from core.money import exponent
from customers.actions.products_push import record_products
from customers.rules.numbers import to_minor
from customers.rules.products import ProductData
from platforms.models import CatalogueItem, Connection, InboundFile
from platforms.rules.commerceml.catalogue import Goods, goods_in

PORTION = 500


def import_catalogue(
    *, connection: Connection, mark: InboundFile, pieces: Iterable[bytes], now: datetime, has_time: Callable[[], bool]
) -> bool:
    """Take the next portions of a catalogue file while there is time. Returns whether the file is done.

    Each portion is a transaction that also moves the mark's `done`: cut short, it goes on from there.
    Raises Unreadable.
    """
    price_type = connection.settings.get("price_type", "")
    told = goods_in(pieces, currency=settings.CURRENCY, price_type=price_type)
    portions = _portions(itertools.islice(told, mark.done, None))
    for portion in portions:
        with transaction.atomic():
            here = InboundFile.objects.filter(pk=mark.pk, done=mark.done)
            mark.done += len(portion)
            # Another call about the same file may be at work.
            if not here.update(done=mark.done):
                return False
            _write(connection, portion, now)
        if not has_time():
            return False
    mark.finished_at = now
    mark.save(update_fields=["finished_at"])
    return True


def _portions(goods: Iterator[Goods]) -> Iterator[list[Goods]]:
    while portion := list(itertools.islice(goods, PORTION)):
        yield portion


def _write(connection: Connection, portion: Sequence[Goods], now: datetime) -> None:
    codes = _codes(connection, portion)
    told: dict[str, ProductData] = {}
    for each in portion:
        sku = codes.get(each.external_id)
        if sku is not None:
            told[sku] = _merged(told.get(sku), each, sku)
    record_products(products=list(told.values()), now=now)


def _merged(before: ProductData | None, goods: Goods, sku: str) -> ProductData:
    """What a portion tells of one product: goods by name, offers by price only."""
    price = None if goods.price is None else to_minor(goods.price, exponent())
    is_active = goods.is_active if goods.name else None
    if before is None:
        return ProductData(sku=sku, name=goods.name, category=goods.category, price=price, is_active=is_active)
    return replace(
        before,
        name=goods.name or before.name,
        category=goods.category or before.category,
        price=before.price if price is None else price,
        is_active=before.is_active if is_active is None else is_active,
    )


def _codes(connection: Connection, portion: Sequence[Goods]) -> dict[str, str]:
    """The code of each product: as told, as told before, or its id. An offer of unknown goods has none."""
    ids = [each.external_id for each in portion]
    items = CatalogueItem.objects.filter(connection=connection, external_id__in=ids)
    codes = dict(items.values_list("external_id", "sku"))
    for each in portion:
        # An offer's own article may be that of one variety, and is not asked.
        if each.name:
            codes[each.external_id] = each.sku or codes.get(each.external_id) or each.external_id
    CatalogueItem.objects.bulk_create(
        [CatalogueItem(connection=connection, external_id=id_, sku=sku) for id_, sku in sorted(codes.items())],
        update_conflicts=True,
        unique_fields=["connection", "external_id"],
        update_fields=["sku"],
    )
    return codes
