"""The web shop that pushes its orders, and 1C that has not been heard of yet."""

from datetime import UTC, datetime, timedelta

from customers.models import ContactPoint, Customer, CustomerKind
from demo.actions.accounts import person
from demo.actions.story import Story
from demo.rules.shop import RATES, basket, order_payload, signed
from platforms.actions import change_settings, connect, process, receive
from platforms.models import Connection, InboundMessage, Platform
from platforms.rules.contract import Incoming

OPENED_DAYS_AGO = 30
ABROAD, FORGED = "abroad", "forged"
# What came so many days ago: the shop's status of an order, or what was wrong with the message.
SENT = (
    ("processing", 26),
    ("completed", 19),
    ("processing", 11),
    (ABROAD, 8),
    (FORGED, 6),
    ("on-hold", 4),
    ("processing", 2),
)
ANSWERED_IN = timedelta(seconds=1)


def connect_platforms(story: Story) -> None:
    """Make both connections, and let the shop send: orders, one of them in another currency, and one forged."""
    by = person("admin")
    shop = connect(platform=Platform.WOOCOMMERCE, name="Магазин на zerno.example", source="woo", by=by)
    books = connect(platform=Platform.COMMERCEML, name="1С: Управление торговлей", source="1c", by=by)
    opened = story.moment_of_end - timedelta(days=OPENED_DAYS_AGO)
    Connection.objects.filter(pk__in=[shop.pk, books.pk]).update(created_at=opened)
    for number, ((what, days_ago), buyer) in enumerate(zip(SENT, _buyers(len(SENT)), strict=False)):
        at = story.moment_of_end - timedelta(days=days_ago, hours=4 + number, minutes=13 * number)
        if what == ABROAD:
            _push_abroad(shop, number, at, buyer)
        elif what == FORGED:
            _push(shop, number, at, "processing", buyer, secret="guessed")  # noqa: S106
        else:
            _push(shop, number, at, what, buyer)


def _buyers(count: int) -> list[dict[str, str]]:
    """People who have bought before, as the shop names them."""
    people = Customer.objects.filter(kind=CustomerKind.PERSON, standing__isnull=False).order_by("-pk")
    points = ContactPoint.objects.filter(channel="phone", customer__in=people[: count * 3]).order_by("-customer", "pk")
    found = {point.customer_id: point for point in points.select_related("customer")}
    return [_billing(point) for point in list(found.values())[:count]]


def _billing(point: ContactPoint) -> dict[str, str]:
    first, _space, last = point.customer.name.partition(" ")
    return {"first_name": first, "last_name": last, "city": point.customer.city, "country": "RU", "phone": point.value}


def _push(
    shop: Connection,
    number: int,
    at: datetime,
    status: str,
    buyer: dict[str, str],
    *,
    currency: str = "RUB",
    secret: str = "",
) -> InboundMessage | None:
    """Send one order; it is worked on at once, as by the page that takes it. None where it was refused."""
    placed = (at - timedelta(seconds=40)).astimezone(UTC)
    payload = order_payload(
        number=number, at=placed, status=status, buyer=buyer, items=basket(number), currency=currency
    )
    body, signature = signed(payload, secret or shop.secret)
    headers = {
        "content-type": "application/json",
        "user-agent": "WooCommerce/9.8.1 Hookshot (WordPress/6.8)",
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-delivery-id": str(3100 + number),
        "x-wc-webhook-signature": signature,
    }
    receipt = receive(connection=shop, incoming=Incoming(headers, {}, body), has_secret=False, now=at)
    if not receipt.is_due or receipt.message_id is None:
        return None
    return process(message_id=receipt.message_id, now=at + ANSWERED_IN)


def _push_abroad(shop: Connection, number: int, at: datetime, buyer: dict[str, str]) -> None:
    """An order in tenge fails; the administrator says what a tenge costs, and it goes in."""
    message = _push(shop, number, at, "processing", buyer, currency="KZT")
    mended = at + timedelta(hours=2)
    change_settings(
        connection=shop,
        name=shop.name,
        api_url="",
        statuses=shop.settings["statuses"],
        rates={"KZT": str(RATES["KZT"])},
        price_type="",
        now=mended,
    )
    if message is not None:
        process(message_id=message.pk, now=mended)
