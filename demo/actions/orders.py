"""Writing orders with their lines, and what the timeline says about them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from core.money import exponent
from customers.models import EventKind, Order, OrderLine, TimelineEvent
from demo.actions.copying import NULL, copy_columns
from demo.actions.story import Story
from demo.rules.baskets import Lines, Totals, draw_lines, plain_totals, totals_of
from demo.rules.campaigns import told_by
from demo.rules.channels import CODES
from demo.rules.fates import CANCELLED, DAY, STATUSES, Fates, draw_fates
from demo.rules.purchases import Purchases

CHUNK = 100_000
LATER_CHANNELS = ("", "", "", "seo", "yandex_direct", "recommendations")
UNKNOWN_CHANNEL = "avito"
UNKNOWN_SHARE = 0.01
CANCELLED_AFTER = 3600
RETURNED_AFTER = DAY
CODE_PERCENT = 10


@dataclass(frozen=True)
class _Chunk:
    """Orders in a row; `ids` are their ids."""

    ids: NDArray[np.int64]
    purchases: Purchases
    fates: Fates
    totals: Totals


def write_orders(
    story: Story,
    *,
    products: Sequence[int],
    lean: bool,
    promo_codes: dict[int, str],
    progress: Callable[[int], None],
) -> Fates:
    """COPY all orders in chunks, in order of time; ids are 1, 2, 3 … Returns the fates of all of them.

    `products` are ids in the catalogue's order; `promo_codes` are named by orders (ids).
    Without lines and timeline if `lean`.
    """
    fates: list[Fates] = []
    minor = 10 ** exponent()
    written_lines = 0
    for start in range(0, len(story.purchases), CHUNK):
        part = story.purchases.part(start, start + CHUNK)
        ids = np.arange(start + 1, start + len(part) + 1)
        rng = story.stream("orders", start)
        fate = draw_fates(rng, part, story.end)
        fate.discount[story.names_code[start : start + CHUNK]] = CODE_PERCENT
        if lean:
            chunk = _Chunk(ids, part, fate, plain_totals(rng, story.traits, part, fate, minor))
        else:
            lines = draw_lines(rng, story.traits, part, fate, minor)
            chunk = _Chunk(ids, part, fate, totals_of(lines, fate))
            _write_lines(lines, ids, written_lines, products)
            written_lines += len(lines.order)
            for kind, chosen, moments in _happenings(chunk):
                _write_events(story, chunk, kind, chosen, moments, minor)
        _write_chunk(story, chunk, _channels(rng, story, chunk), promo_codes)
        fates.append(fate)
        progress(start + len(part))
    return Fates.joined(fates)


def _channels(rng: np.random.Generator, story: Story, chunk: _Chunk) -> list[str]:
    """The first order names the channel that won the customer; later ones often none or another."""
    names = np.array([*CODES, *LATER_CHANNELS, UNKNOWN_CHANNEL], dtype=object)
    count = len(chunk.ids)
    is_first = story.first[chunk.purchases.customer] == chunk.ids - 1
    later = len(CODES) + rng.integers(0, len(LATER_CHANNELS), count)
    unknown = rng.random(count) < UNKNOWN_SHARE
    won_by = np.where(unknown, len(names) - 1, story.traits.channel[chunk.purchases.customer])
    told: list[str] = names[np.where(is_first, won_by, later)].tolist()
    months = story.calendar.months_of_year()
    for place in np.flatnonzero(is_first & ~unknown).tolist():
        month = int(months[chunk.purchases.day[place]])
        told[place] = told_by(told[place], int(chunk.purchases.customer[place]), month)
    return told


def _write_chunk(story: Story, chunk: _Chunk, channels: list[str], promo_codes: dict[int, str]) -> None:
    fates, totals = chunk.fates, chunk.totals
    ids = chunk.ids.tolist()
    placed = story.clock.texts(chunk.purchases.moment)
    fulfilled = story.clock.texts(fates.fulfilled)
    copy_columns(
        Order,
        len(ids),
        id=ids,
        customer_id=chunk.purchases.customer + 1,
        source=["marketplace" if channel == "marketplace" else "shop" for channel in channels],
        external_id=ids,
        number=[number_of(order) for order in ids],
        version="1",
        content_digest="",
        status=np.array(STATUSES, dtype=object)[fates.status],
        placed_at=placed,
        placed_on=story.clock.days[chunk.purchases.day],
        fulfilled_at=fulfilled,
        currency=settings.CURRENCY,
        rate="1",
        revenue=totals.revenue,
        discount=totals.discount,
        returned=totals.returned,
        known_cost=totals.known_cost,
        uncosted_revenue=totals.uncosted_revenue,
        promo_code=[promo_codes.get(order, "") for order in ids],
        channel_code=channels,
        created_at=placed,
        updated_at=np.where(fates.fulfilled < 0, placed, fulfilled),
    )


def number_of(order: int) -> str:
    """The number that the invented shop gives to an order."""
    return f"ZP-{order:06d}"


def _write_lines(lines: Lines, ids: NDArray[np.int64], before: int, products: Sequence[int]) -> None:
    count = len(lines.order)
    copy_columns(
        OrderLine,
        count,
        id=range(before + 1, before + count + 1),
        order_id=ids[lines.order],
        position=lines.position,
        product_id=np.array(products)[lines.item],
        name="",
        quantity=lines.quantity,
        revenue=lines.revenue,
        discount=lines.discount,
        cost=[NULL if cost < 0 else cost for cost in lines.cost.tolist()],
        returned_quantity=lines.returned_quantity,
        returned_amount=lines.returned_amount,
    )


def _happenings(chunk: _Chunk) -> Iterator[tuple[EventKind, NDArray[np.bool_], NDArray[np.int64]]]:
    """Kinds of events, to which orders of the chunk they happened, and when."""
    status, placed, arrived = chunk.fates.status, chunk.purchases.moment, chunk.fates.fulfilled
    yield EventKind.ORDER_PLACED, np.full(len(placed), fill_value=True), placed
    yield EventKind.ORDER_FULFILLED, arrived >= 0, arrived
    yield EventKind.ORDER_CANCELLED, status == CANCELLED, placed + CANCELLED_AFTER
    yield EventKind.ORDER_RETURNED, (chunk.totals.returned > 0) & (arrived >= 0), arrived + RETURNED_AFTER


def _write_events(
    story: Story,
    chunk: _Chunk,
    kind: EventKind,
    chosen: NDArray[np.bool_],
    moments: NDArray[np.int64],
    minor: int,
) -> None:
    orders = chunk.ids[chosen].tolist()
    revenues = (chunk.totals.revenue[chosen] / minor).tolist()
    data = [
        f'{{"order": {order}, "number": "{number_of(order)}", "revenue": "{revenue:.{exponent()}f}"}}'
        for order, revenue in zip(orders, revenues, strict=True)
    ]
    copy_columns(
        TimelineEvent,
        len(orders),
        customer_id=chunk.purchases.customer[chosen] + 1,
        kind=kind.value,
        at=story.clock.texts(moments[chosen]),
        data=data,
    )
