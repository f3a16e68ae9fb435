"""Which of two tellings of one order is in force, and whether they differ at all."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from customers.rules.arithmetic import PricedLine, PricedOrder
from customers.rules.records import CustomerData, OrderData

_ENCODER = json.JSONEncoder(separators=(",", ":"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Fate(StrEnum):
    """What became of a pushed order or customer."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"
    REFUSED = "refused"


class Clash(StrEnum):
    """Why a telling that differs cannot be put in order of time with the stored one."""

    SAME_VERSION = "same_version"
    NO_VERSION = "no_version"


def version_of(order: OrderData) -> int | None:
    """The version of an order: its number, or the microseconds of `updated_at` since 1970, or None."""
    if order.version is not None or order.updated_at is None:
        return order.version
    return (order.updated_at - _EPOCH) // timedelta(microseconds=1)


def judge(*, stored: int, told: int | None, is_same: bool) -> Fate | Clash:
    """The fate of an order that is already known, by versions and by equality of content.

    Only a strictly newer version overwrites. Equal content is never a mistake, unless its version is
    older. Without versions on either side the last telling wins; an order that has a version is not
    overwritten by a telling without one (0 stands for none).
    """
    if told is not None and told < stored:
        return Fate.OUTDATED
    if is_same:
        return Fate.UNCHANGED
    if told is None:
        return Clash.NO_VERSION if stored else Fate.UPDATED
    return Fate.UPDATED if told > stored else Clash.SAME_VERSION


def digest_of(order: OrderData, priced: PricedOrder) -> str:
    """A digest of everything told about an order except its version: equal content, equal digest."""
    content = [
        order.status,
        order.placed_at.astimezone(UTC).isoformat(),
        order.fulfilled_at and order.fulfilled_at.astimezone(UTC).isoformat(),
        [order.number, order.currency, _plain(order.rate), order.promo_code, order.channel_code],
        [priced.revenue, priced.discount, priced.returned, priced.own_cost],
        [_line_content(line) for line in priced.lines],
        _customer_content(order.customer),
    ]
    return hashlib.sha256(_ENCODER.encode(content).encode()).hexdigest()


def _line_content(line: PricedLine) -> list[object]:
    named = [line.sku, line.name, line.category, _plain(line.quantity)]
    return [
        *named,
        line.revenue,
        line.discount,
        line.cost,
        _plain(line.returned_quantity),
        line.returned_amount,
    ]


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _customer_content(customer: CustomerData) -> list[object]:
    return [
        [customer.source, customer.external_id, customer.kind, customer.name, customer.city],
        [customer.language, customer.time_zone, customer.channel_code],
        [[contact.channel, contact.value] for contact in customer.contacts],
        [[c.channel, c.action, c.at and c.at.astimezone(UTC).isoformat(), c.proof] for c in customer.consents],
    ]
