"""The tree of conditions: what it lets through, what it refuses, what it says."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from core.roles import Role
from customers.models import Customer, CustomField, OrderLine, ProductCategory, Tag
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.registry import all_fields
from segmentation.audiences.tree import TreeFaultError, as_json, is_timed, read_text, read_tree, watched_tables
from segmentation.audiences.words import told
from segmentation.models import PurchaseStatistics, Standing, XMark
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory, ProductFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
CITIES = ("Омск", "омск 100%", "Tver", "")


def leaf(code: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": code, "op": op, "value": value}


@dataclass
class Known:
    """Everything that is known of one invented customer, for an evaluator that knows no SQL."""

    pk: int
    kind: str
    city: str
    owner: int | None
    birthday: date | None
    grade: str | None = None
    stage: str | None = None
    p_alive: float | None = None
    next_on: date | None = None
    orders: int | None = None
    revenue: int | None = None
    last_on: date | None = None
    is_x: bool = False
    channel: str | None = None
    tags: set[int] = field(default_factory=set)
    bought: list[tuple[date, int]] = field(default_factory=list)
    has_email: bool = False
    consent: bool = False
    size: int | None = None


class Base:
    """Sixty customers, about half of whom have bought."""

    def __init__(self, dice: random.Random) -> None:
        self.owners = [UserFactory(), UserFactory()]
        self.tags = [Tag.objects.create(name=f"tag {n}") for n in range(3)]
        self.channels = [ChannelFactory(code=f"way-{n}") for n in range(2)]
        self.categories = [ProductCategory.objects.create(name=f"group {n}") for n in range(2)]
        self.products = [ProductFactory(category=each) for each in self.categories]
        CustomField.objects.create(code="size", name="Size", kind="number")
        self.people = [self._customer(dice) for _ in range(60)]

    def _customer(self, dice: random.Random) -> Known:
        owner = dice.choice([None, *self.owners])
        birthday = dice.choice([None, TODAY.replace(year=1990) + timedelta(days=dice.randrange(-20, 20))])
        size = dice.choice([None, 1, 2, 40])
        row = CustomerFactory(
            kind=dice.choice(["person", "company"]),
            city=dice.choice(CITIES),
            owner=owner,
            birthday=birthday,
            custom={} if size is None else {"size": size},
        )
        known = Known(row.pk, row.kind, row.city, owner and owner.pk, birthday, size=size)
        self._contacts(dice, row, known)
        if dice.random() < 0.6:
            self._purchases(dice, row, known)
        return known

    def _contacts(self, dice: random.Random, row: Customer, known: Known) -> None:
        for tag in self.tags:
            if dice.random() < 0.3:
                row.tags.create(tag=tag)
                known.tags.add(tag.pk)
        if dice.random() < 0.5:
            status = dice.choice(["valid", "bounced"])
            ContactPointFactory(customer=row, status=status)
            known.has_email = status == "valid"
        for number in range(dice.randrange(3)):
            action = dice.choice(["granted", "withdrawn"])
            ConsentFactory(customer=row, action=action, at=datetime(2025, 1 + number, 1, tzinfo=UTC))
            known.consent = action == "granted"

    def _purchases(self, dice: random.Random, row: Customer, known: Known) -> None:
        for _ in range(dice.randrange(1, 4)):
            day, which = TODAY - timedelta(days=dice.randrange(0, 120)), dice.randrange(2)
            status = dice.choice(["fulfilled", "fulfilled", "cancelled"])
            money = 0 if status == "cancelled" else 100
            order = OrderFactory(customer=row, placed_on=day, status=status, revenue=money, known_cost=0)
            OrderLine.objects.create(order=order, position=1, product=self.products[which], quantity=1, revenue=money)
            if status != "cancelled":
                known.bought.append((day, self.categories[which].pk))
        known.orders, known.revenue = dice.randrange(1, 5), dice.choice([100, 999, 2000])
        known.last_on = TODAY - timedelta(days=dice.randrange(0, 60))
        known.grade, known.stage = dice.choice(["A", "B", "C", ""]), dice.choice(["new", "active", "lost"])
        known.p_alive = dice.choice([None, 0.2, 0.8])
        known.next_on = dice.choice([None, TODAY + timedelta(days=dice.randrange(-10, 10))])
        self._derive(row, known)
        if dice.random() < 0.3:
            known.is_x = True
            XMark.objects.create(customer=row, set_by=self.owners[0], set_at=datetime(2026, 1, 1, tzinfo=UTC))
        channel = dice.choice([None, *self.channels])
        AcquisitionFactory(customer=row, channel=channel, won_on=TODAY)
        known.channel = channel.code if channel else None

    def _derive(self, row: Customer, known: Known) -> None:
        Standing.objects.create(
            customer=row,
            as_of=TODAY,
            grade=known.grade,
            lifecycle=known.stage,
            lifecycle_since=TODAY,
            expected_gap_days=30,
            realised=known.revenue,
            p_alive=known.p_alive,
            next_order_on=known.next_on,
        )
        PurchaseStatistics.objects.create(
            customer=row,
            orders=known.orders,
            purchase_days=known.orders,
            first_on=known.last_on,
            last_on=known.last_on,
            revenue=known.revenue,
            margin=known.revenue,
            first_margin=0,
            window_orders=0,
            window_revenue=0,
        )


def random_leaf(dice: random.Random, base: Base) -> tuple[dict[str, Any], Any]:
    """A condition, and the same as a function of what is known."""
    days, number = dice.randrange(1, 60), dice.choice([1, 2, 3])
    ago = TODAY - timedelta(days=days)
    category, tag = dice.choice(base.categories).pk, dice.choice(base.tags).pk
    check = dice.choice([50, 100, 499])
    grades = dice.sample(["A", "B", "", "X"], dice.randrange(1, 3))
    owner = dice.choice(base.owners).pk
    return dice.choice(
        [
            (leaf("kind", "in", ["company"]), lambda k: k.kind == "company"),
            (leaf("city", "contains", "ОМСК"), lambda k: "омск" in k.city.lower()),
            (leaf("city", "contains", "0%"), lambda k: "0%" in k.city),
            (leaf("owner", "in", [str(owner), "pool"]), lambda k: k.owner in (None, owner)),
            (leaf("owner", "not_in", [str(owner)]), lambda k: k.owner != owner),
            (leaf("birthday", "empty", True), lambda k: k.birthday is None),
            (leaf("birthday", "next_days", 10), lambda k: _congratulated(k.birthday, 10)),
            (leaf("tag", "in", [tag]), lambda k: tag in k.tags),
            (leaf("grade", "in", grades), lambda k: k.grade in set(grades) - {"X"} or ("X" in grades and k.is_x)),
            (leaf("grade", "not_in", ["A"]), lambda k: k.grade != "A"),
            (leaf("lifecycle", "in", ["lost", "new"]), lambda k: k.stage in ("lost", "new")),
            (leaf("x", "is", False), lambda k: not k.is_x),
            (leaf("p_alive", "ge", "0.5"), lambda k: k.p_alive is not None and k.p_alive >= 0.5),
            (leaf("p_alive", "between", [0, 0.5]), lambda k: k.p_alive is not None and k.p_alive <= 0.5),
            (leaf("next_order_on", "empty", False), lambda k: k.next_on is not None),
            (
                leaf("next_order_on", "next_days", days),
                lambda k: k.next_on is not None and 0 <= (k.next_on - TODAY).days < days,
            ),
            (leaf("orders", "gt", number), lambda k: k.orders is not None and k.orders > number),
            (leaf("realised", "lt", "999.50"), lambda k: k.revenue is not None and k.revenue < 999.5),
            (
                leaf("average_check", "ge", str(check)),
                lambda k: k.orders is not None and Decimal(k.revenue) / k.orders >= check,
            ),
            (leaf("last_on", "last_days", days), lambda k: k.last_on is not None and (TODAY - k.last_on).days < days),
            (
                leaf("last_on", "more_than_days_ago", days),
                lambda k: k.last_on is not None and (TODAY - k.last_on).days >= days,
            ),
            (leaf("channel", "in", ["way-0"]), lambda k: k.channel == "way-0"),
            (leaf("channel", "in", ["", "way-1"]), lambda k: k.channel in (None, "way-1")),
            (leaf("bought", "some", {"category": [category]}), lambda k: any(c == category for _d, c in k.bought)),
            (
                leaf("bought", "none", {"category": [category], "last_days": days}),
                lambda k: not any(c == category and d > ago for d, c in k.bought),
            ),
            (leaf("bought", "at_least", {"count": number}), lambda k: len(k.bought) >= number),
            (
                leaf("bought", "at_least", {"count": 2, "from": ago.isoformat()}),
                lambda k: sum(d >= ago for d, _c in k.bought) >= 2,
            ),
            (leaf("has_email", "is", True), lambda k: k.has_email),
            (leaf("consent", "in", ["email"]), lambda k: k.consent),
            (leaf("own.size", "ge", number), lambda k: k.size is not None and k.size >= number),
        ]
    )


def _congratulated(birthday: date | None, days: int) -> bool:
    return birthday is not None and 0 <= (birthday.replace(year=TODAY.year) - TODAY).days < days


def random_tree(dice: random.Random, base: Base, depth: int = 1) -> tuple[dict[str, Any], Any]:
    roll = dice.random()
    if depth > 3 or roll < 0.35:
        return random_leaf(dice, base)
    if roll < 0.55:
        tree, met = random_tree(dice, base, depth + 1)
        return {"not": tree}, lambda k: not met(k)
    parts = [random_tree(dice, base, depth + 1) for _ in range(dice.randrange(1, 4))]
    trees, all_met = [tree for tree, _met in parts], [met for _tree, met in parts]
    if roll < 0.8:
        return {"all": trees}, lambda k: all(met(k) for met in all_met)
    return {"any": trees}, lambda k: any(met(k) for met in all_met)


def test_the_sql_of_random_trees_lets_through_exactly_whom_plain_python_does():
    dice = random.Random(7)
    base, manager = Base(dice), ManagerFactory()
    sizes = set()
    for _ in range(400):
        raw, met = random_tree(dice, base)
        tree = read_tree(raw)
        assert read_tree(as_json(tree)) == tree
        expected = {known.pk for known in base.people if met(known)}
        found = customers_of(tree, manager, TODAY).values_list("pk", flat=True)
        assert sorted(found) == sorted(expected), raw
        sizes.add(len(expected))
    assert len(sizes) > 30


def test_a_tree_is_one_statement_and_the_texts_of_people_are_parameters(django_assert_num_queries):
    manager = ManagerFactory()
    evil = "%'; DROP TABLE customers_customer; --"
    tree = read_tree({"any": [leaf("city", "contains", evil), leaf("grade", "in", ["A"])]})
    with django_assert_num_queries(1):
        assert customers_of(tree, manager, TODAY).count() == 0
    sql, parameters = customers_of(tree, manager, TODAY).query.sql_with_params()
    assert "DROP" not in sql
    assert any("DROP" in str(each) for each in parameters)


def test_whoever_asks_sees_only_customers_whom_they_may_see():
    farmer, other = UserFactory(), UserFactory()
    own, pool = CustomerFactory(owner=farmer), CustomerFactory()
    CustomerFactory(owner=other)
    everybody = read_tree({"all": []})
    assert set(customers_of(everybody, farmer, TODAY)) == {own, pool}
    assert customers_of(everybody, ManagerFactory(), TODAY).count() == 3
    assert customers_of(read_tree(leaf("owner", "in", ["me"])), farmer, TODAY).count() == 1


@pytest.mark.parametrize(
    ("raw", "path", "words"),
    [
        ([], "", "condition or a group"),
        ({"all": [], "any": []}, "", "condition or a group"),
        ({"any": []}, "", "empty"),
        ({"all": [{"any": []}]}, "all.0", "empty"),
        ({"all": {"a": 1}}, "all", "list of conditions"),
        (leaf("password", "in", ["x"]), "field", "no field"),
        (leaf("owner__password", "is", "x"), "field", "no field"),
        (leaf("grade", "exact", ["A"]), "op", "takes one of"),
        (leaf("grade", "in", ["A", "Z"]), "value", "Z"),
        (leaf("grade", "in", "A"), "value", "at least one"),
        (leaf("grade", "in", [["A"]]), "value", "texts or ids"),
        (leaf("owner", "in", ["1 OR 1=1"]), "value", "not one of"),
        (leaf("tag", "in", list(range(501))), "value", "500"),
        (leaf("orders", "ge", 1.5), "value", "whole"),
        (leaf("orders", "ge", True), "value", "number"),
        (leaf("realised", "ge", "NaN"), "value", "too large"),
        (leaf("realised", "ge", "1e999999"), "value", "too large"),
        (leaf("realised", "between", ["5", "1"]), "value", "greater"),
        (leaf("last_on", "on", "2026-02-30"), "value", "2026-01-31"),
        (leaf("last_on", "last_days", 0), "value", "36,500"),
        (leaf("last_on", "month", "2026-13"), "value", "2026-01"),
        (leaf("x", "is", "yes"), "value", "Yes or no"),
        (leaf("city", "contains", "  "), "value", "Enter a text"),
        (leaf("city", "is", "a\0b"), "value", "Enter a text"),
        (leaf("bought", "some", {"colour": ["red"]}), "value.colour", "knows no"),
        (leaf("bought", "at_least", {}), "value.count", "how many"),
        (leaf("bought", "some", {"from": "2026-03-02", "to": "2026-03-01"}), "value.to", "after"),
        ({"all": [leaf("grade", "in", ["A"]), {"not": leaf("grade", "in", [])}]}, "all.1.not.value", "at least one"),
        (leaf("grade", "in", ["A"]) | {"sql": "1"}, "", "sql"),
    ],
)
def test_what_is_wrong_in_a_tree_is_told_with_its_place(raw, path, words):
    with translation.override("en"), pytest.raises(TreeFaultError) as caught:
        read_tree(raw)
    assert [fault.path for fault in caught.value.faults] == [path]
    assert words in caught.value.faults[0].text


def test_a_tree_may_not_grow_without_end():
    deep: dict[str, Any] = leaf("x", "is", True)
    for _ in range(6):
        deep = {"not": deep}
    assert read_tree(deep)
    with pytest.raises(TreeFaultError):
        read_tree({"not": deep})
    assert read_tree({"any": [leaf("x", "is", True)] * 60})
    with pytest.raises(TreeFaultError):
        read_tree({"any": [leaf("x", "is", True)] * 61})
    with pytest.raises(TreeFaultError):
        read_text('{"all": [' + " " * 20_000 + "]}")
    for broken in ("{", "[" * 5000, '"\\ud800"', "NaN"):
        with pytest.raises(TreeFaultError):
            read_text(broken)


def test_every_fault_of_a_tree_is_told_at_once():
    with pytest.raises(TreeFaultError) as caught:
        read_tree({"all": [leaf("grade", "in", []), {"any": [leaf("nothing", "is", 1), leaf("x", "is", True)]}]})
    assert [fault.path for fault in caught.value.faults] == ["all.0.value", "all.1.any.0.field"]


def test_the_tree_reads_as_a_sentence_in_both_languages():
    ChannelFactory(code="ads", name="Ads")
    tree = read_tree(
        {
            "all": [
                leaf("grade", "in", ["A", "B"]),
                {"any": [leaf("last_on", "more_than_days_ago", 90), leaf("channel", "in", ["ads", "gone"])]},
                {"not": leaf("bought", "at_least", {"count": 2, "last_days": 30})},
            ]
        }
    )
    with translation.override("en"):
        assert told(tree) == (
            "Grade: A or B and (Last order: 90 or more days ago or Channel: Ads or gone (removed)) "
            "and not (Bought: at least 2 times, in the last 30 days)"
        )
    with translation.override("ru"):
        assert told(tree).startswith("Сегмент: A или B и (")


def test_a_tree_knows_whether_it_hangs_on_the_day_and_what_may_change_it():
    fixed = read_tree({"all": [leaf("grade", "in", ["A"]), leaf("last_on", "before", "2026-01-01")]})
    timed = read_tree(leaf("bought", "none", {"last_days": 30}))
    assert not is_timed(fixed)
    assert is_timed(timed)
    assert watched_tables(fixed) == [
        "segmentation_purchasestatistics", "segmentation_standing", "segmentation_xmark",
    ]  # fmt: skip
    assert watched_tables(timed) == ["customers_order"]


def test_every_field_has_a_label_in_russian_and_compiles_to_sql():
    """Whoever adds a field adds its words; the first value of each kind goes through the database once."""
    first = {"number": 1, "money": "1", "bool": True, "text": "a", "relation": {}}
    user = UserFactory(role=Role.MANAGER)
    for each in all_fields():
        op = each.operators[0]
        value: Any = first.get(each.type)
        if each.type == "choice":
            value = [next((code for code, _label in (each.choices.find("", 1) if each.choices else [])), "1")]
        elif each.type == "date":
            value = 1
        if each.value is not None and each.type != "date":
            continue
        tree = read_tree(leaf(each.code, op, value))
        assert customers_of(tree, user, TODAY).count() == 0, each.code
        assert told(tree)


def test_the_twenty_ninth_of_february_is_congratulated_in_every_year():
    born = CustomerFactory(birthday=date(2000, 2, 29))
    manager, tree = ManagerFactory(), read_tree(leaf("birthday", "next_days", 1))
    assert list(customers_of(tree, manager, date(2026, 2, 28))) == [born]
    assert not customers_of(tree, manager, date(2024, 2, 28)).exists()
    assert list(customers_of(tree, manager, date(2024, 2, 29))) == [born]


def test_a_day_of_a_moment_is_the_companys():
    customer = CustomerFactory()
    # 23:30 on the 9th in Moscow.
    Customer.objects.update(created_at=datetime(2026, 3, 9, 20, 30, tzinfo=UTC))
    manager = ManagerFactory()
    assert list(customers_of(read_tree(leaf("created_on", "on", "2026-03-09")), manager, TODAY)) == [customer]
    Customer.objects.update(created_at=datetime(2026, 3, 9, 21, 30, tzinfo=UTC))
    assert not customers_of(read_tree(leaf("created_on", "on", "2026-03-09")), manager, TODAY).exists()
