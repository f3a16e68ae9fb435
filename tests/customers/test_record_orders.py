"""Recording orders: what is written, what is overwritten, what is left alone."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.errors import Conflict, InvalidInput
from customers.actions import Fate, record_orders
from customers.models import (
    Customer,
    EventKind,
    Order,
    Product,
    ProductCategory,
    StaleMark,
    TimelineEvent,
)
from tests.customers import payloads
from tests.factories.customers import ProductFactory

pytestmark = pytest.mark.django_db


def kinds():
    return list(TimelineEvent.objects.order_by("id").values_list("kind", flat=True))


def test_an_order_is_written_with_its_customer_lines_event_and_stale_mark(record, now):
    result = record(status="confirmed", channel="yandex", promo_code="TEA5")
    order = Order.objects.get()
    assert (result.fate, result.order_id, result.customer_id) == (Fate.CREATED, order.pk, order.customer_id)
    assert (order.revenue, order.discount, order.uncosted_revenue) == (
        Decimal("116.50"),
        5,
        Decimal("116.50"),
    )
    assert (order.placed_on.isoformat(), order.channel_code, order.promo_code) == (
        "2026-01-15",
        "yandex",
        "TEA5",
    )
    assert list(order.lines.values_list("position", "product__sku", "revenue")) == [
        (1, "TEA", 21),
        (2, "POT", 95.5),
    ]
    assert order.customer.name == "Анна Петрова"
    assert set(order.customer.contact_points.values_list("value", flat=True)) == {
        "+79123456789",
        "anna@shop.test",
    }
    assert kinds() == [EventKind.CUSTOMER_CREATED, EventKind.ORDER_PLACED]
    assert list(StaleMark.objects.values_list("customer_id", "at")) == [(order.customer_id, now)]


def test_the_day_of_an_order_is_the_companys(record):
    record(placed_at="2026-01-15T22:30:00Z")
    assert Order.objects.get().placed_on.isoformat() == "2026-01-16"


def test_the_same_order_twice_is_one_order_and_one_event(record):
    first, second = record(), record()
    assert (second.fate, second.order_id) == (Fate.UNCHANGED, first.order_id)
    assert (Order.objects.count(), Customer.objects.count(), len(kinds())) == (1, 1, 2)
    assert StaleMark.objects.count() == 1


def test_the_same_id_from_another_source_is_another_order(record):
    record()
    assert record(source="till").fate == Fate.CREATED


def test_a_newer_version_overwrites_the_order_and_its_lines(record):
    record(version=1)
    result = record(version=2, status="fulfilled", lines=[{"sku": "CUP", "quantity": 1, "price": 40}])
    order = Order.objects.get()
    assert result.fate == Fate.UPDATED
    assert (order.version, order.revenue, order.status) == (2, 40, "fulfilled")
    assert [line.product.sku for line in order.lines.all()] == ["CUP"]


def test_an_older_version_changes_nothing(record):
    record(version=5, status="fulfilled")
    before = Order.objects.values().get()
    assert record(version=4, status="new").fate == Fate.OUTDATED
    assert Order.objects.values().get() == before


def test_the_time_of_change_orders_tellings_that_have_no_version(record):
    record(updated_at="2026-01-16T12:00:00Z", status="fulfilled")
    assert record(updated_at="2026-01-16T11:59:59Z", status="new").fate == Fate.OUTDATED


def test_unchanged_content_under_a_newer_version_still_makes_the_one_between_outdated(record):
    record(version=1)
    assert record(version=3).fate == Fate.UNCHANGED
    assert record(version=2, status="cancelled").fate == Fate.OUTDATED
    assert Order.objects.get().status == "new"


def test_one_version_with_two_contents_is_a_conflict(record):
    record(version=1)
    with pytest.raises(Conflict) as refusal:
        record(version=1, status="cancelled")
    assert (refusal.value.code, refusal.value.field) == ("same_version", "version")


def test_a_change_without_a_version_does_not_overwrite_an_order_that_has_one(record):
    record(version=1)
    with pytest.raises(Conflict) as refusal:
        record(status="cancelled")
    assert refusal.value.code == "no_version"
    assert Order.objects.get().status == "new"


def test_without_versions_the_last_telling_wins(record):
    record()
    assert record(status="cancelled").fate == Fate.UPDATED
    assert Order.objects.get().revenue == 0


def test_a_cancelled_order_brings_nothing_and_says_so_on_the_timeline(record):
    record(version=1)
    record(version=2, status="cancelled", updated_at="2026-01-17T10:00:00Z")
    order = Order.objects.get()
    assert (order.revenue, order.known_cost, order.uncosted_revenue) == (0, 0, 0)
    event = TimelineEvent.objects.get(kind=EventKind.ORDER_CANCELLED)
    assert event.at == datetime(2026, 1, 17, 10, tzinfo=UTC)
    assert event.data == {"order": order.pk, "number": "A-1", "revenue": "0.00"}


def test_goods_that_came_back_lower_revenue_and_stand_on_the_timeline(record):
    record()
    record(lines=[{"sku": "TEA", "quantity": 2, "price": "10.50", "returned_quantity": 1}])
    order = Order.objects.get()
    assert (order.revenue, order.returned) == (Decimal("10.50"), Decimal("10.50"))
    assert TimelineEvent.objects.get(kind=EventKind.ORDER_RETURNED).data["returned"] == "10.50"


def test_history_that_arrives_fulfilled_is_fulfilled_on_its_day_without_an_event_of_its_own(record):
    record(status="fulfilled")
    order = Order.objects.get()
    assert order.fulfilled_at == order.placed_at
    assert EventKind.ORDER_FULFILLED not in kinds()


def test_an_order_fulfilled_later_keeps_the_time_of_the_first_telling(record, now):
    record(version=1)
    record(version=2, status="fulfilled")
    record(version=3, status="fulfilled", number="7")
    assert Order.objects.get().fulfilled_at == now
    assert kinds().count(EventKind.ORDER_FULFILLED) == 1


def test_products_are_made_from_lines_with_their_category(record):
    ProductCategory.objects.create(name="Drinks", margin_rate=Decimal("0.4"))
    record(
        lines=[
            {"sku": "TEA", "name": "Tea", "category": "Drinks", "quantity": 1, "price": 100},
            {"sku": "MUG", "category": "Dishes", "quantity": 1, "price": 50},
            {"name": "Delivery", "quantity": 1, "price": 30},
        ]
    )
    assert list(Product.objects.order_by("sku").values_list("sku", "name", "category__name")) == [
        ("MUG", "", "Dishes"),
        ("TEA", "Tea", "Drinks"),
    ]
    order = Order.objects.get()
    assert (order.known_cost, order.uncosted_revenue) == (60, 80)


def test_a_known_product_gives_its_cost_and_keeps_its_name(record):
    ProductFactory(sku="TEA", name="Our tea", cost=Decimal("4"))
    record()
    assert Product.objects.get(sku="TEA").name == "Our tea"
    assert Order.objects.get().known_cost == 8


def test_a_cost_beyond_what_can_be_kept_refuses_the_order(record):
    ProductFactory(sku="TEA", cost=Decimal(10**12))
    with pytest.raises(InvalidInput) as refusal:
        record(lines=[{"sku": "TEA", "quantity": 10**9, "amount": 1}])
    assert (refusal.value.field, refusal.value.code) == ("lines.0.quantity", "cost_too_large")
    assert not Order.objects.exists()


def test_the_good_orders_of_a_batch_go_in_beside_refused_ones(read, now):
    orders = [
        read(payloads.order(1)),
        read(payloads.order(2, discount="500")),
        read(payloads.order(1, status="cancelled")),
        read(payloads.order(3)),
    ]
    results = record_orders(orders=orders, now=now)
    assert [result.fate for result in results] == ["created", "refused", "refused", "created"]
    assert [fault.code for result in results for fault in result.faults] == [
        "discount_too_large",
        "duplicate_in_batch",
    ]
    assert set(Order.objects.values_list("external_id", flat=True)) == {"A-1", "A-3"}


def test_an_empty_batch_is_nothing(now):
    assert record_orders(orders=[], now=now) == []


def test_a_batch_writes_what_single_orders_write(read, now):
    """One path for one row and for many; the batch is large enough for COPY."""
    several = [
        read(payloads.order(i, status="fulfilled", lines=[{"sku": f"S{i % 7}", "price": i}])) for i in range(1, 60)
    ]
    record_orders(orders=several[:50], now=now)
    for order in several[50:]:
        record_orders(orders=[order], now=now)
    columns = (
        "status",
        "currency",
        "rate",
        "discount",
        "known_cost",
        "fulfilled_at",
        "promo_code",
        "channel_code",
    )
    assert Order.objects.values(*columns).distinct().count() == 1
    assert list(Order.objects.order_by("id").values_list("revenue", flat=True)) == list(range(1, 60))
    assert {order.lines.count() for order in Order.objects.all()} == {1}


def test_the_number_of_queries_does_not_grow_with_the_batch(read, now, django_assert_max_num_queries):
    for size in (1, 30):
        orders = [read(payloads.order(f"{size}-{i}")) for i in range(size)]
        with django_assert_max_num_queries(22):
            record_orders(orders=orders, now=now)


@pytest.mark.parametrize("size", [1, 60])
def test_names_that_look_like_code_are_kept_as_they_are(read, now, size):
    name = "100% %s %(x)s 'a' \"b\" \\N \\. ; DROP TABLE x; -- ,"
    told = [payloads.order(i, customer={"external_id": f"c{i}", "name": name}, number="\\N") for i in range(size)]
    record_orders(orders=[read(order) for order in told], now=now)
    assert set(Customer.objects.values_list("name", flat=True)) == {name}
    assert set(Order.objects.values_list("number", flat=True)) == {"\\N"}
