"""Who moved between two days, in customers and in money; grades by category; what opens them as a list."""

from datetime import date, timedelta

import pytest

from core.periods import month_start
from customers.models import Customer, OrderLine, Product, ProductCategory
from customers.models.customer import CustomerQuerySet
from segmentation import actions
from segmentation.actions.category_grades import Regraded
from segmentation.audiences.compiling import condition
from segmentation.audiences.registry import Context
from segmentation.audiences.tree import TreeFaultError, read_tree
from segmentation.models import (
    BaseBalance,
    BookEntry,
    CategoryGrade,
    CategoryGradeChange,
    CategoryMeasure,
    GradeChange,
    GradeReport,
    Lifecycle,
    LifecycleChange,
    Policy,
    Standing,
)
from segmentation.queries.grades import preview
from segmentation.queries.grades_migration import default_days, money_days, move_rows, moves_from, total_rows
from segmentation.rules.moves import grade_way, stage_way
from tests.factories.customers import CustomerFactory
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, conclude

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 31)


def audience_of(tree: dict) -> CustomerQuerySet:
    return Customer.objects.filter(condition(read_tree(tree), Context(AS_OF)))


def stood(*, now: str, worth: int = 0, changes: tuple = ()) -> Customer:
    """A customer who stands at a grade now, after (day, old, new) in the history; "" is nowhere."""
    customer = CustomerFactory()
    if now:
        Standing.objects.create(
            customer=customer,
            as_of=AS_OF,
            grade=now,
            grade_since=AS_OF,
            lifecycle="active",
            lifecycle_since=AS_OF,
            expected_gap_days=1,
            realised=0,
            predicted_12=worth,
        )
    policy = Policy.objects.filter(kind="person").earliest("effective_from")
    GradeChange.objects.bulk_create(
        GradeChange(
            customer=customer,
            on=day,
            old=old,
            new=new,
            orders=1,
            average_check=1,
            count_threshold=1,
            check_threshold=1,
            policy=policy,
        )
        for day, old, new in changes
    )
    return customer


def close(month: date, *, by_customer: dict) -> None:
    """The closing of a month, as the book keeps it."""
    BaseBalance.objects.create(
        month=month,
        as_of=MAY,
        is_closed=True,
        opening=0,
        closing=0,
        customers=0,
        unreachable_customers=0,
        unreachable_value=0,
        lost_contacts=0,
        lost_contacts_customers=0,
    )
    BookEntry.objects.bulk_create(
        BookEntry(
            month=month, customer_id=customer.pk, value=value, contacts=1, is_reachable=True, lifecycle=Lifecycle.ACTIVE
        )
        for customer, value in by_customer.items()
    )


@pytest.fixture
def company():
    """Six customers with a history that is counted by hand below."""
    april, may, june = date(2026, 4, 1), date(2026, 5, 10), AS_OF
    people = {
        "steady": stood(now="A", worth=500, changes=((april, "", "A"),)),
        "risen": stood(now="A", worth=300, changes=((april, "", "D"), (june, "D", "A"))),
        "wavering": stood(now="B", worth=200, changes=((april, "", "B"), (may, "B", "C"), (june, "C", "B"))),
        "fallen": stood(now="D", worth=10, changes=((may, "", "A"), (june, "A", "D"))),
        "new": stood(now="C", worth=70, changes=((june, "", "C"),)),
        "gone": stood(now="", changes=((april, "", "D"), (june, "D", ""))),
    }
    CustomerFactory()
    close(
        date(2026, 5, 1),
        by_customer={people["steady"]: 450, people["risen"]: 100, people["wavering"]: 210, people["fallen"]: 90},
    )
    return people


def cells(first: date, last: date, **scope) -> dict:
    moves = moves_from("grade", move_rows("grade", first, last, as_of=AS_OF, **scope))
    return {(m.before, m.after): (m.customers, int(m.value_before), int(m.value_after)) for m in moves}


def test_the_matrix_and_its_money_by_hand(company):
    assert cells(MAY, AS_OF) == {
        ("A", "A"): (1, 450, 500),
        ("D", "A"): (1, 100, 300),
        ("C", "B"): (1, 210, 200),
        ("A", "D"): (1, 90, 10),
        ("", "C"): (1, 0, 70),
        ("D", ""): (1, 0, 0),
    }
    assert money_days(MAY, AS_OF, as_of=AS_OF) == money_days(MAY, AS_OF + timedelta(days=9), as_of=AS_OF)
    assert (money_days(MAY, AS_OF, as_of=AS_OF).first, default_days(AS_OF)) == (MAY, (MAY, AS_OF))


def test_between_two_past_days_the_money_is_of_the_closings(company):
    """By 30 April nothing was closed; the last day is the evening of 31 May, before the changes of June."""
    assert cells(date(2026, 4, 30), MAY) == {
        ("A", "A"): (1, 0, 450),
        ("D", "D"): (2, 0, 100),
        ("B", "C"): (1, 0, 210),
        ("", "A"): (1, 0, 90),
    }
    days = money_days(date(2026, 4, 30), MAY, as_of=AS_OF)
    assert (days.first, days.last) == (None, MAY)


def test_a_part_of_the_base(company):
    within = Customer.objects.filter(pk__in=[company["risen"].pk, company["gone"].pk])
    assert cells(MAY, AS_OF, within=within) == {("D", "A"): (1, 100, 300), ("D", ""): (1, 0, 0)}
    assert total_rows(within=within) == [["A", 1, 0, 0, 30_000, 0]]


def test_every_cell_opens_as_many_customers_as_it_counts(company):
    days = {"from_on": MAY.isoformat(), "to_on": AS_OF.isoformat()}
    for (before, after), (customers, _then, _now) in cells(MAY, AS_OF).items():
        leaf = {"field": "moved", "op": "some", "value": days | {"from": [before], "to": [after]}}
        assert audience_of(leaf).count() == customers
    every = {"field": "moved", "op": "some", "value": days | {end: [*"ABCD", ""] for end in ("from", "to")}}
    assert audience_of(every).count() == 6


def test_grade_on_a_day(company):
    def on(day: date, *grades: str) -> set:
        leaf = {"field": "grade_at", "op": "some", "value": {"on": day.isoformat(), "grade": list(grades)}}
        return set(audience_of(leaf).values_list("pk", flat=True))

    assert on(MAY, "A") == {company["steady"].pk, company["fallen"].pk}
    assert on(date(2026, 5, 9), "B") == {company["wavering"].pk}
    assert company["new"].pk in on(MAY, "")


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"from_on": "2026-05-31", "to_on": "2026-05-31", "from": ["A"], "to": ["B"]},
        {"from_on": "yesterday", "to_on": "2026-06-01", "from": ["A"], "to": ["B"]},
        {"from_on": "2026-05-31", "to_on": "2026-06-01", "from": ["Z"], "to": ["B"]},
        {"from_on": "2026-05-31", "to_on": "2026-06-01", "from": ["A"]},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(value):
    with pytest.raises(TreeFaultError):
        audience_of({"field": "moved", "op": "some", "value": value})


def test_stages_move_too():
    customer = stood(now="A")
    LifecycleChange.objects.create(
        customer=customer, on=AS_OF, old="at_risk", new="active", days_since_order=0, expected_gap_days=9
    )
    (move,) = moves_from("lifecycle", move_rows("lifecycle", MAY, AS_OF, as_of=AS_OF))
    assert (move.before, move.after, move.way) == ("at_risk", "active", "up")
    ends = {"from": ["at_risk"], "to": ["active"], "from_on": MAY.isoformat(), "to_on": AS_OF.isoformat()}
    assert list(audience_of({"field": "stage_moved", "op": "some", "value": ends})) == [customer]


def test_ways():
    assert [grade_way(*pair) for pair in ("DA", "AB", "BC", "AA")] == ["up", "down", "across", "same"]
    assert (grade_way("", "D"), grade_way("A", "")) == ("came", "gone")
    assert (stage_way("lost", "active"), stage_way("new", "lapsed"), stage_way("new", "active")) == (
        "up",
        "down",
        "across",
    )


def test_the_night_keeps_totals_and_moves(company):
    for _twice in range(2):
        actions.report_grades(as_of=AS_OF)
    report = GradeReport.objects.get()
    assert sorted(report.moves["grade"]) == sorted(move_rows("grade", MAY, AS_OF, as_of=AS_OF))
    assert sum(row[1] for row in report.parts) == 5
    assert (report.moves_from, report.moves["money"]) == (MAY, ["2026-05-31", "2026-06-01"])
    assert month_start(report.on) == date(2026, 6, 1)


# Grades by category.


def bought(customer: Customer, category: ProductCategory, *, revenue: int) -> None:
    """A line of the category in each of the customer's orders."""
    product, _made = Product.objects.get_or_create(sku=f"of {category}", defaults={"category": category})
    for placed in customer.orders.all():
        OrderLine.objects.create(order=placed, position=1, product=product, quantity=1, revenue=revenue)


@pytest.fixture
def tea():
    return ProductCategory.objects.create(name="Tea")


@pytest.fixture
def drinkers(tea):
    """Often for little, seldom for much, before the window only, and somebody who buys no tea at all."""
    often, seldom, long_ago = buyer_of([10, 20, 30]), buyer_of([10]), buyer_of([500])
    for customer, revenue in ((often, 100), (seldom, 900), (long_ago, 900)):
        bought(customer, tea, revenue=revenue)
    return often, seldom, long_ago, buyer_of([5, 6, 7, 8])


def tea_policy(tea: ProductCategory, **fields) -> Policy:
    fixed = {"count_mode": "fixed", "count_value": 3, "check_mode": "fixed", "check_value": 500}
    return Policy.objects.create(kind="person", category=tea, **{"effective_from": AS_OF, **fixed, **fields})


def test_without_a_category_policy_the_night_looks_once_and_no_more(drinkers, django_assert_num_queries):
    conclude()
    with django_assert_num_queries(2):
        actions.regrade_categories(as_of=AS_OF)
    assert not CategoryMeasure.objects.exists()


def test_a_category_policy_grades_by_the_orders_of_the_category(drinkers, tea):
    often, seldom, long_ago, other = drinkers
    seen = preview(policy := tea_policy(tea), as_of=AS_OF)
    conclude()
    done = actions.regrade_categories(as_of=AS_OF)
    assert done == Regraded(2, 2, 0)
    assert dict(CategoryGrade.objects.values_list("customer_id", "grade")) == {often.pk: "C", seldom.pk: "B"}
    change = CategoryGradeChange.objects.get(customer=seldom)
    assert (change.old, change.new, change.orders, change.average_check, change.policy) == ("", "B", 1, 900, policy)
    assert {(cell.before, cell.after): cell.customers for cell in seen.cells} == {}
    assert Standing.objects.filter(customer__in=[long_ago, other]).count() == 2
    asked = {"field": "category_grade", "op": "some", "value": {"category": [str(tea.pk)], "grade": ["B"]}}
    assert list(audience_of(asked)) == [seldom]


def test_the_preview_of_a_category_policy_says_what_the_night_then_does(drinkers, tea):
    conclude()
    tea_policy(tea)
    actions.regrade_categories(as_of=AS_OF)
    new = Policy(kind="person", category=tea, effective_from=AS_OF, count_mode="median", check_mode="median")
    seen = preview(new, as_of=AS_OF)
    Policy.objects.of_categories().delete()
    new.save()
    actions.regrade_categories(as_of=AS_OF)
    grades = dict(CategoryGrade.objects.values_list("customer_id", "grade"))
    assert {mover.customer_id: mover.after for mover in seen.movers}.items() <= grades.items()
    assert sum(cell.customers for cell in seen.cells) == len(grades) == 2


def test_a_second_night_changes_nothing_and_an_empty_window_keeps_the_grade(drinkers, tea):
    tea_policy(tea)
    for later in (0, 0, 600):
        day = AS_OF + timedelta(days=later)
        conclude(as_of=day, now=NIGHT + timedelta(days=later))
        done = actions.regrade_categories(as_of=day)
    assert (done.changed, CategoryGradeChange.objects.count()) == (0, 2)
    assert set(CategoryGrade.objects.values_list("grade", "orders", "since")) == {("C", 0, AS_OF), ("B", 0, AS_OF)}


def test_the_end_of_a_category_policy_takes_its_grades_away(drinkers, tea):
    tea_policy(tea)
    conclude()
    actions.regrade_categories(as_of=AS_OF)
    tomorrow = AS_OF + timedelta(days=1)
    tea_policy(tea, effective_from=tomorrow, is_end=True)
    done = actions.regrade_categories(as_of=tomorrow)
    assert (done.removed, CategoryGrade.objects.count(), CategoryGradeChange.objects.count()) == (2, 0, 2)
