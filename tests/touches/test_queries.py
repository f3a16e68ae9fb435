"""Contact pressure and the worklist against the database."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.errors import Forbidden
from segmentation.models import PurchaseStatistics, XMark
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.touches import MessageTouchFactory, StandingFactory, TaskFactory, TouchFactory
from touches import queries
from touches.models import PressureLimit, Task, TaskKind, Touch
from touches.queries.log import day_bounds
from touches.queries.ranking import ranking
from touches.rules.cadence import effective_grade, next_touch_on
from touches.rules.worklist import Candidate, Reason, ReasonKind, ranked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulations")]


def days_ago(noon, days):
    return noon - timedelta(days=days)


def kinds(row):
    return [reason.kind for reason in row.reasons]


def bought(customer, on):
    return PurchaseStatistics.objects.create(
        customer=customer,
        orders=1,
        purchase_days=1,
        first_on=on,
        last_on=on,
        revenue=1,
        margin=1,
        first_margin=1,
        window_orders=1,
        window_revenue=1,
    )


def test_pressed_are_those_with_a_message_in_two_days_or_four_in_thirty(noon):
    yesterday = MessageTouchFactory(at=days_ago(noon, 1)).customer
    weekly = CustomerFactory()
    for days in (3, 9, 16, 23):
        MessageTouchFactory(customer=weekly, channel="sms", at=days_ago(noon, days))
    long_ago = MessageTouchFactory(at=days_ago(noon, 3)).customer
    called = TouchFactory(at=days_ago(noon, 1)).customer
    everybody = [yesterday.pk, weekly.pk, long_ago.pk, called.pk]
    assert queries.pressed(everybody, noon) == {yesterday.pk, weekly.pk}


def test_without_limits_nobody_is_pressed(noon):
    customer = MessageTouchFactory(at=noon).customer
    PressureLimit.objects.all().delete()
    assert queries.pressed([customer.pk], noon) == set()


def test_the_day_holds_own_due_tasks_and_overdue_touches_one_row_per_customer(farmer, today, noon):
    customer = StandingFactory(customer__owner=farmer, value_at_risk=Decimal("512.25")).customer
    TouchFactory(customer=customer, at=days_ago(noon, 20))
    TaskFactory(customer=customer, kind=TaskKind.WIN_BACK, due_on=today)
    TaskFactory(customer=customer, kind=TaskKind.MANUAL, due_on=today + timedelta(days=1))
    day = queries.day_of(viewer=farmer, person=farmer, as_of=today)
    assert [row.customer for row in day.rows] == [customer]
    assert kinds(day.rows[0]) == [ReasonKind.WIN_BACK, ReasonKind.CADENCE]
    assert day.rows[0].reasons[1].due_on == today - timedelta(days=6)
    assert (day.everything, day.left, day.value_at_risk) == (1, 1, Decimal("512.25"))


def test_somebody_elses_customers_are_not_in_the_day(farmer, today):
    TaskFactory(customer__owner=UserFactory())
    assert queries.worklist(farmer, today) == []


def test_a_task_follows_the_customer_to_the_new_owner(farmer, today):
    former = UserFactory()
    task = TaskFactory(customer__owner=farmer, owner=former)
    assert [row.customer for row in queries.worklist(farmer, today)] == [task.customer]
    assert queries.worklist(former, today) == []


def test_of_the_pool_come_due_tasks_of_nobody_and_of_the_person_but_not_anothers(farmer, today):
    nobodys = TaskFactory(customer__owner=None, owner=None)
    mine = TaskFactory(customer__owner=None, owner=farmer)
    anothers = TaskFactory(customer__owner=None, owner=UserFactory())
    TaskFactory(customer=anothers.customer, owner=None)
    found = {row.customer for row in queries.worklist(farmer, today)}
    assert found == {nobodys.customer, mine.customer}


def test_of_the_pool_come_the_leaving_but_no_regular_touches(farmer, today, noon):
    leaving = StandingFactory(lifecycle="lapsed", value_at_risk=900).customer
    touched = StandingFactory(lifecycle="lapsed", value_at_risk=900).customer
    TouchFactory(customer=touched, at=days_ago(noon, 3))
    regular = StandingFactory().customer
    TouchFactory(customer=regular, at=days_ago(noon, 300))
    rows = queries.worklist(farmer, today)
    assert [(row.customer, kinds(row)) for row in rows] == [(leaving, [ReasonKind.AT_RISK])]


def test_a_customer_touched_today_is_gone_until_tomorrow(farmer, today, noon):
    task = TaskFactory(customer__owner=farmer)
    TouchFactory(customer=task.customer, by=farmer, at=noon)
    assert queries.worklist(farmer, today) == []
    assert len(queries.worklist(farmer, today + timedelta(days=1))) == 1


def test_the_day_begins_at_midnight_of_the_companys_zone(farmer, today):
    task = TaskFactory(customer__owner=farmer)
    midnight, _end = day_bounds(today)
    TouchFactory(customer=task.customer, by=farmer, at=midnight - timedelta(minutes=1))
    assert len(queries.worklist(farmer, today)) == 1


def test_the_machines_messages_do_not_count_as_touches(farmer, today, noon):
    customer = StandingFactory(customer__owner=farmer).customer
    TouchFactory(customer=customer, at=days_ago(noon, 20))
    MessageTouchFactory(customer=customer, at=noon)
    assert [kinds(row) for row in queries.worklist(farmer, today)] == [[ReasonKind.CADENCE]]


def test_a_customer_nobody_touched_is_due_after_the_last_order(farmer, today):
    for days in (13, 14):
        bought(StandingFactory(customer__owner=farmer).customer, today - timedelta(days=days))
    assert [row.reasons[0].due_on for row in queries.worklist(farmer, today)] == [today]


def test_the_mark_x_has_a_cadence_of_its_own(farmer, manager, today, noon):
    customer = StandingFactory(customer__owner=farmer, grade="D").customer
    XMark.objects.create(customer=customer, set_by=manager, set_at=noon)
    TouchFactory(customer=customer, at=days_ago(noon, 20))
    (row,) = queries.worklist(farmer, today)
    assert (row.ranked.letter, row.ranked.is_x) == ("D", True)


def test_the_filters_narrow_the_rows_and_the_sums_but_not_the_size_of_the_day(farmer, today):
    StandingFactory(customer__owner=farmer, lifecycle="at_risk", value_at_risk=100)
    other = StandingFactory(customer__owner=farmer, grade="B", value_at_risk=50).customer
    TaskFactory(customer=other)
    by_kind = queries.day_of(viewer=farmer, person=farmer, as_of=today, kind="manual")
    by_grade = queries.day_of(viewer=farmer, person=farmer, as_of=today, grade="B")
    for day in (by_kind, by_grade):
        assert [row.customer for row in day.rows] == [other]
        assert (day.everything, day.left, day.value_at_risk) == (2, 1, Decimal(50))


def test_the_pages_of_the_list_join_without_a_gap_or_a_repetition(farmer, today):
    for number in range(7):
        TaskFactory(customer=StandingFactory(customer__owner=farmer, value_at_risk=number % 3).customer)
    whole = queries.worklist(farmer, today)
    after, joined = None, []
    while True:
        day = queries.day_of(viewer=farmer, person=farmer, as_of=today, after=after, limit=3)
        joined += day.rows
        after = day.more
        if after is None:
            break
    assert [row.customer.pk for row in joined] == [row.customer.pk for row in whole]
    assert len(whole) == 7


def test_a_row_tells_phone_last_order_and_last_touch(farmer, today, noon):
    task = TaskFactory(customer__owner=farmer)
    customer = task.customer
    ContactPointFactory(customer=customer, channel="phone", value="+79120000001", status="unreachable")
    ContactPointFactory(customer=customer, channel="phone", value="+79120000002")
    OrderFactory(customer=customer, revenue=0, known_cost=0, status="cancelled", placed_at=noon)
    order = OrderFactory(customer=customer, number="A-7", revenue=Decimal("1490.50"))
    order.lines.create(position=1, name="Coffee", quantity=1, revenue=1490)
    touch = TouchFactory(customer=customer, at=days_ago(noon, 5), outcome="no_answer")
    (row,) = queries.worklist(farmer, today)
    assert row.phone is not None
    assert (row.phone.value, row.email) == ("+79120000002", None)
    assert (row.last_order.number, row.last_order.revenue, row.last_order.names) == (
        "A-7",
        Decimal("1490.50"),
        ("Coffee",),
    )
    assert (row.last_touch.at, row.last_touch.outcome) == (touch.at, "no_answer")


def test_only_those_who_see_the_whole_base_see_another_persons_day(farmer, manager, today):
    TaskFactory(customer__owner=farmer)
    assert len(queries.day_of(viewer=manager, person=farmer, as_of=today).rows) == 1
    with pytest.raises(Forbidden):
        queries.day_of(viewer=UserFactory(), person=farmer, as_of=today)


def test_the_number_of_queries_does_not_grow_with_the_list(farmer, today, django_assert_num_queries):
    for count in (1, 6):
        for _number in range(count):
            task = TaskFactory(customer=StandingFactory(customer__owner=farmer).customer)
            ContactPointFactory(customer=task.customer)
            OrderFactory(customer=task.customer)
        with django_assert_num_queries(2):
            assert queries.worklist(farmer, today)


def _random_base(farmer, manager, today, noon, dice):
    """Own customers in every state, for the two rankings to agree on."""
    for number in range(40):
        customer = CustomerFactory(owner=farmer)
        if dice.random() < 0.85:
            StandingFactory(
                customer=customer,
                grade=dice.choice(["A", "B", "C", "D", ""]),
                lifecycle=dice.choice(["new", "active", "at_risk", "lapsed", "lost"]),
                value_at_risk=dice.choice([0, 0, Decimal("0.37"), 999, 123456]),
            )
            bought(customer, today - timedelta(days=dice.randint(0, 120)))
        if dice.random() < 0.1:
            XMark.objects.create(customer=customer, set_by=manager, set_at=noon)
        for _touch in range(dice.randint(0, 2)):
            TouchFactory(customer=customer, by=farmer, at=days_ago(noon, dice.choice([0, 3, 6, 7, 13, 14, 40])))
        for kind in dice.sample(list(TaskKind.values), dice.randint(0, 2)):
            TaskFactory(customer=customer, kind=kind, due_on=today + timedelta(days=dice.choice([-40, -9, 0, 2])))
        if number % 5 == 0:
            MessageTouchFactory(customer=customer, at=noon)


def _by_the_rules(farmer, today):
    cadence = queries.cadence_of()
    people = []
    for customer in farmer.customers.all():
        standing = getattr(customer, "standing", None)
        touch = Touch.objects.filter(customer=customer, by__isnull=False).order_by("-at").first()
        tasks = Task.objects.filter(customer=customer, state="open")
        grade = effective_grade(standing.grade if standing else "", hasattr(customer, "x_mark"))
        lifecycle = standing.lifecycle if standing else ""
        last_touch = touch.at.astimezone().date() if touch else None
        people.append(
            Candidate(
                customer.pk,
                standing.value_at_risk if standing else Decimal(0),
                grade,
                lifecycle,
                last_touch,
                next_touch_on(
                    cadence.get(grade),
                    last_touch=last_touch,
                    last_order=customer.statistics.last_on if hasattr(customer, "statistics") else None,
                    lifecycle=lifecycle,
                ),
                tuple(Reason(ReasonKind(task.kind), task.due_on, task.pk) for task in tasks),
            )
        )
    return ranked(people, today)


@pytest.mark.parametrize("seed", range(6))
def test_the_statement_ranks_as_the_rules_do(farmer, manager, today, noon, seed):
    _random_base(farmer, manager, today, noon, random.Random(seed))
    expected = _by_the_rules(farmer, today)
    found = ranking(person_id=farmer.pk, as_of=today, kind="", grade="", after=None, customer_id=None, limit=100)
    assert len(expected) > 10
    assert [(row.place.customer_id, float(row.place.score)) for row in found.rows] == [
        (item.customer_id, pytest.approx(-item.place[0], abs=2e-6)) for item in expected
    ]
    assert found.everything == len(expected)
    for row in queries.day_of(viewer=farmer, person=farmer, as_of=date(2026, 3, 16), limit=100).rows:
        (item,) = (item for item in expected if item.customer_id == row.customer.pk)
        assert [(r.kind, r.due_on) for r in row.reasons] == [(r.kind, r.due_on) for r in item.reasons]
