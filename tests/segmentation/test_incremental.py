"""Whatever happened to orders in whatever order, recomputing the marked customers equals recomputing all."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.models import Order, ServiceCost
from segmentation.actions import recompute_statistics
from segmentation.actions.statistics import Recomputed
from segmentation.models import PurchaseStatistics
from tests.factories.customers import CustomerFactory
from tests.factories.segmentation import AS_OF, NIGHT, order

pytestmark = pytest.mark.django_db

who = st.integers(0, 2)
money = st.integers(0, 30)
# Few distinct days, so that some share a day; some lie before the window, some after the day itself.
days = st.one_of(st.integers(-2, 6), st.integers(362, 368), st.integers(700, 703))
operations = st.lists(
    st.one_of(
        st.tuples(st.just("place"), who, days, money, st.booleans()),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("return a part"), st.integers(0, 20), money),
        st.tuples(st.just("move in time"), st.integers(0, 20), days),
        st.tuples(st.just("move to another"), st.integers(0, 20), who),
        st.tuples(st.just("serve"), who, money),
        st.tuples(st.just("tick")),
    ),
    min_size=1,
    max_size=25,
)


class Shop:
    """Three customers, and the marks that their writers would leave."""

    def __init__(self) -> None:
        for model in (Order, ServiceCost, PurchaseStatistics):
            model.objects.all().delete()
        self.customers = [CustomerFactory(kind=kind) for kind in ("person", "person", "company")]
        self.orders: list[Order] = []
        self.stale: set[int] = set()

    def do(self, name: str, *arguments) -> None:
        getattr(self, name.replace(" ", "_"))(*arguments)

    def place(self, who, days_ago, rubles, costed) -> None:
        costs = {"known_cost": rubles // 2} if costed else {"known_cost": 0, "uncosted_revenue": rubles}
        self.orders.append(order(self.customers[who], days_ago, revenue=rubles, **costs))
        self.stale.add(self.customers[who].pk)

    def cancel(self, which) -> None:
        self.change(which, status="cancelled", revenue=0, known_cost=0, uncosted_revenue=0)

    def return_a_part(self, which, left) -> None:
        if self.orders and self.orders[which % len(self.orders)].status != "cancelled":
            self.change(which, revenue=left, known_cost=left, uncosted_revenue=0)

    def move_in_time(self, which, days_ago) -> None:
        self.change(which, placed_on=AS_OF - timedelta(days=days_ago))

    def move_to_another(self, which, who) -> None:
        self.change(which, customer=self.customers[who])

    def change(self, which, **fields) -> None:
        if not self.orders:
            return
        changed = self.orders[which % len(self.orders)]
        self.stale.add(changed.customer_id)
        for name, value in fields.items():
            setattr(changed, name, value)
        changed.save()
        self.stale.add(changed.customer_id)

    def serve(self, who, rubles) -> None:
        ServiceCost.objects.create(customer=self.customers[who], kind="sms", amount=rubles, at=NIGHT)
        self.stale.add(self.customers[who].pk)

    def tick(self) -> None:
        recompute_statistics(as_of=AS_OF, customer_ids=sorted(self.stale))
        self.stale.clear()


def rows() -> list[tuple]:
    return list(PurchaseStatistics.objects.order_by("customer_id").values_list())


def by_hand() -> list[tuple]:
    """The same numbers, order by order; rubles are whole, so that 70 % of them are whole kopecks."""
    histories = defaultdict(list)
    for each in Order.objects.counted().filter(placed_on__lte=AS_OF).order_by("placed_on"):
        histories[each.customer_id].append(each)
    return [_row(customer_id, history) for customer_id, history in sorted(histories.items())]


def _row(customer_id: int, history: list[Order]) -> tuple:
    service = sum(cost.amount for cost in ServiceCost.objects.filter(customer=customer_id))
    first, last = history[0].placed_on, history[-1].placed_on
    window = [each for each in history if each.placed_on > AS_OF - timedelta(days=365)]
    return (
        customer_id,
        len(history),
        len({each.placed_on for each in history}),
        first,
        last,
        sum(each.revenue for each in history),
        sum(map(_margin, history)) - service,
        sum(_margin(each) for each in history if each.placed_on == first),
        len(window),
        sum(each.revenue for each in window),
    )


def _margin(each: Order):
    return each.revenue - each.known_cost - each.uncosted_revenue * 7 / 10


@settings(max_examples=150)
@given(operations)
def test_incremental_equals_full_equals_by_hand(operations):
    shop = Shop()
    for name, *arguments in operations:
        shop.do(name, *arguments)
    shop.tick()
    incremental = rows()
    assert incremental == by_hand()
    assert recompute_statistics(as_of=AS_OF) == Recomputed(written=0, removed=0)
    assert rows() == incremental
