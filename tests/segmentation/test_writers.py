"""Whatever the writers of the program do to a base, each step leaves marks enough: after the tick a full recompute
finds nothing to write.

Histories are random: orders placed, late, backdated, corrected, moved to another customer, cancelled, returned in part
and in whole; cards merged, parted again, erased, turned from a person into a company; costs of service; margins of
categories; policies. HISTORIES=1000 runs so many of them.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from core.models import User
from customers.actions import record_order, record_service_cost
from customers.actions.editing import change_customer
from customers.actions.erasure import erase_person
from customers.actions.merging import merge, undo_merge
from customers.models import Customer, Order, ProductCategory, ServiceCost
from customers.rules.records import CustomerData, LineData, OrderData
from segmentation.actions import add_policy, recompute_statistics, refresh_stale
from segmentation.actions.statistics import Recomputed
from segmentation.models import Policy, PurchaseStatistics
from segmentation.queries.policies import policies_in_force
from tests.factories.core import ManagerFactory
from tests.factories.segmentation import AS_OF, NIGHT

pytestmark = pytest.mark.django_db
HISTORIES = int(os.environ.get("HISTORIES", "6"))

who = st.integers(0, 3)
which = st.integers(0, 20)
rubles = st.integers(1, 30)
# Few distinct days, so that some share a day; some lie before the window, some after the day itself.
days = st.one_of(st.integers(-2, 4), st.integers(363, 367), st.integers(700, 702))
line_kind = st.sampled_from(["cost", "no cost", "category"])
steps = st.one_of(
    st.tuples(st.just("place"), who, days, rubles, line_kind),
    st.tuples(st.just("place"), who, days, rubles, line_kind),
    st.tuples(st.just("correct"), which, rubles, line_kind),
    st.tuples(st.just("backdate"), which, days),
    st.tuples(st.just("move"), which, who),
    st.tuples(st.just("cancel"), which, st.sampled_from(["cancelled", "returned", "fulfilled"])),
    st.tuples(st.just("return_part"), which, rubles),
    st.tuples(st.just("serve"), who, rubles),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("part"), which),
    st.tuples(st.just("erase"), who),
    st.tuples(st.just("turn"), who, st.sampled_from(["person", "company"])),
    st.tuples(st.just("margin"), st.sampled_from(["0.10", "0.50"])),
    st.tuples(st.just("policy"), st.sampled_from(["person", "company"]), st.sampled_from(["0.2000", "0.6000"])),
)
histories = st.lists(steps, min_size=3, max_size=9)


@dataclass
class Told:
    """What the shop says of one order."""

    number: int
    customer: int
    days_ago: int
    amount: int
    kind: str
    status: str = "fulfilled"
    returned: int = 0
    version: int = 1


@dataclass
class Company:
    """A shop with four customers, whom only its writers change."""

    by: User
    orders: list[Told] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)

    def do(self, name: str, *arguments) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(*arguments)
        except DomainError:
            # Cards that are merged or erased already, a policy of the day that is there: nothing was written.
            pass

    def place(self, who, days_ago, amount, kind) -> None:
        self.orders.append(Told(len(self.orders), who, days_ago, amount, kind))
        self.tell(self.orders[-1])

    def change(self, which, **values) -> None:
        if self.orders:
            order = self.orders[which % len(self.orders)]
            for name, value in values.items():
                setattr(order, name, value)
            order.version += 1
            self.tell(order)

    def correct(self, which, amount, kind) -> None:
        self.change(which, amount=amount, kind=kind, returned=0)

    def backdate(self, which, days_ago) -> None:
        self.change(which, days_ago=days_ago)

    def move(self, which, who) -> None:
        self.change(which, customer=who)

    def cancel(self, which, status) -> None:
        self.change(which, status=status)

    def return_part(self, which, amount) -> None:
        if self.orders:
            self.change(which, returned=min(amount, self.orders[which % len(self.orders)].amount))

    def tell(self, order: Told) -> None:
        line = LineData(
            quantity=Decimal(1),
            amount=Decimal(order.amount),
            sku=f"sku-{order.kind}",
            name="Goods",
            category="Tea" if order.kind == "category" else "",
            cost=Decimal(order.amount) / 2 if order.kind == "cost" else None,
            returned_amount=Decimal(order.returned),
        )
        day = AS_OF - timedelta(days=order.days_ago)
        record_order(
            order=OrderData(
                source="shop",
                external_id=f"o-{order.number}",
                placed_at=datetime.combine(day, time(9), tzinfo=UTC),
                customer=CustomerData(source="shop", external_id=f"c-{order.customer}", name=f"C {order.customer}"),
                currency="RUB",
                status=order.status,
                version=order.version,
                lines=(line,),
            ),
            now=NIGHT,
        )

    def serve(self, who, amount) -> None:
        if customer := self.card(who):
            record_service_cost(customer_id=customer, kind="sms", amount=Decimal(amount), at=NIGHT)

    def merge(self, one, other) -> None:
        cards = self.card(one), self.card(other)
        if all(cards) and one != other:
            self.merges.append(merge(keep_id=cards[0], merge_id=cards[1], chosen={}, by=self.by, at=NIGHT).pk)

    def part(self, which) -> None:
        if self.merges:
            undo_merge(change_set_id=self.merges[which % len(self.merges)], by=self.by, at=NIGHT)

    def erase(self, who) -> None:
        if customer := self.card(who):
            erase_person(customer_id=customer, by=self.by, at=NIGHT)

    def turn(self, who, kind) -> None:
        if customer := self.card(who):
            change_customer(customer_id=customer, at=NIGHT, kind=kind)

    def margin(self, rate) -> None:
        ProductCategory.objects.update_or_create(name="Tea", defaults={"margin_rate": rate})

    def policy(self, kind, rate) -> None:
        policy = Policy(kind=kind, effective_from=AS_OF, margin_rate=Decimal(rate), window_days=30)
        add_policy(policy=policy, by=self.by, today=AS_OF)

    def card(self, who) -> int | None:
        known = Customer.objects.filter(external_refs__source="shop", external_refs__external_id=f"c-{who}")
        return known.values_list("pk", flat=True).first()


def by_hand() -> dict[int, tuple]:
    """Orders, purchase days, revenue, margin, orders of the window of each customer, order by order."""
    policies = policies_in_force(AS_OF)
    found = {}
    for customer in Customer.objects.all():
        orders = list(Order.objects.counted().filter(customer=customer, placed_on__lte=AS_OF))
        if not orders:
            continue
        policy = policies[customer.kind]
        cost = sum(each.uncosted_revenue for each in orders) * (1 - policy.margin_rate)
        goods = sum(each.revenue - each.known_cost for each in orders)
        service = sum(each.amount for each in ServiceCost.objects.filter(customer=customer))
        first = AS_OF - timedelta(days=policy.window_days - 1)
        found[customer.pk] = (
            len(orders),
            len({each.placed_on for each in orders}),
            sum(each.revenue for each in orders),
            goods - cost - service,
            sum(each.placed_on >= first for each in orders),
        )
    return found


def written() -> dict[int, tuple]:
    numbers = ("orders", "purchase_days", "revenue", "margin", "window_orders")
    return {row[0]: row[1:] for row in PurchaseStatistics.objects.values_list("customer_id", *numbers)}


PARTED = [
    ("place", 0, 1, 10, "cost"),
    ("place", 1, 1, 10, "category"),
    ("merge", 0, 1),
    ("place", 1, 2, 7, "cost"),
    ("part", 0),
    ("erase", 0),
    ("place", 0, 3, 9, "no cost"),
    ("turn", 1, "company"),
    ("move", 0, 1),
]
RESTATED = [("place", 0, 1, 10, "no cost"), ("margin", "0.50"), ("policy", "person", "0.6000"), ("serve", 0, 3)]


@settings(
    max_examples=HISTORIES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(histories)
@example(PARTED)
@example(RESTATED)
def test_after_each_step_the_tick_leaves_nothing_to_a_full_recompute(history):
    with transaction.atomic():
        company = Company(ManagerFactory())
        for name, *arguments in history:
            company.do(name, *arguments)
            while refresh_stale(now=NIGHT):
                pass
            places = versions()
            assert recompute_statistics(as_of=AS_OF) == Recomputed(written=0, removed=0), name
            assert versions() == places
        assert written() == by_hand()
        transaction.set_rollback(True)


def versions() -> list[tuple[int, str, str]]:
    """Where each row lies and who wrote it last: a row that was written again has moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, ctid::text, xmin::text FROM segmentation_purchasestatistics ORDER BY customer_id"
        )
        return cursor.fetchall()
