"""Who enters and leaves a watched audience is found, whatever changes and whoever looks at the same time."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from core.journal import undo
from customers.actions.merging import merge
from customers.models import Consent, ContactPoint, Customer, Order, Tag
from segmentation.actions import follow_changes, follow_time, freeze, membership, watch
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.tree import read_tree
from segmentation.models import Audience, AudienceChange, AudienceDue, AudienceMember, Standing
from tests.factories.audiences import AT_RISK, audience, watched
from tests.factories.core import ManagerFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.touches import StandingFactory, TaskFactory, TouchFactory
from tests.segmentation.test_refresh import in_a_thread
from touches.models import Task, Touch

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
TODAY = date(2026, 3, 10)


def members(each: Audience) -> set[int]:
    return set(AudienceMember.objects.filter(audience=each).values_list("customer", flat=True))


def is_(code, op, value):
    return {"field": code, "op": op, "value": value}


@pytest.mark.django_db
def test_whoever_belongs_when_the_watch_begins_is_written_down_and_nobody_is_marked_before():
    one = StandingFactory(lifecycle="at_risk").customer
    StandingFactory(lifecycle="active")
    assert not AudienceDue.objects.exists()
    each = watched()
    assert members(each) == {one.pk}
    assert list(AudienceChange.objects.values_list("customer", "entered")) == [(one.pk, True)]


@pytest.mark.django_db
def test_a_change_marks_its_customer_and_the_tick_writes_the_difference_only():
    customer, other = CustomerFactory(), StandingFactory(lifecycle="at_risk").customer
    each = watched()
    AudienceChange.objects.all().delete()
    StandingFactory(customer=customer, lifecycle="at_risk")
    assert set(AudienceDue.objects.values_list("customer", flat=True)) == {customer.pk}
    moved = follow_changes(now=NOW)
    assert (moved.entered, moved.left) == (1, 0)
    Standing.objects.filter(customer=customer).update(lifecycle="active")
    moved = follow_changes(now=NOW)
    assert (moved.entered, moved.left) == (0, 1)
    assert members(each) == {other.pk}
    changes = AudienceChange.objects.order_by("pk").values_list("customer", "entered")
    assert list(changes) == [(customer.pk, True), (customer.pk, False)]
    assert follow_changes(now=NOW) == membership.Moved()


@pytest.mark.django_db
def test_a_table_that_no_watched_audience_asks_about_marks_nobody():
    watched()
    customer = CustomerFactory()
    ConsentFactory(customer=customer)
    OrderFactory(customer=customer)
    assert not AudienceDue.objects.exists()


@pytest.mark.django_db
def test_random_changes_and_then_a_tick_give_what_the_whole_base_gives():
    dice = random.Random(3)
    people = [CustomerFactory() for _ in range(12)]
    tags = [Tag.objects.create(name="one"), Tag.objects.create(name="two")]
    trees = [
        {"any": [is_("lifecycle", "in", ["at_risk"]), {"not": is_("has_email", "is", True)}]},
        {"all": [is_("bought", "none", {"last_days": 30}), is_("consent", "in", ["email"])]},
        {"all": [is_("tag", "in", [tags[0].pk]), {"not": is_("task_open", "is", True)}]},
        {"any": [is_("touched", "some", {"last_days": 3}), is_("city", "is", "Omsk")]},
        is_("bought", "at_least", {"count": 2}),
    ]
    audiences = [watched(tree, name=str(number)) for number, tree in enumerate(trees)]
    manager = ManagerFactory()
    for step in range(80):
        _change(dice, dice.choice(people), tags)
        if step % 4 == 0:
            follow_changes(now=NOW)
            for each in audiences:
                whole = customers_of(read_tree(each.tree), manager, TODAY)
                assert members(each) == set(whole.values_list("pk", flat=True)), each.tree
    assert AudienceChange.objects.filter(entered=False).count() > 2
    for each in audiences:
        _story_is_whole(each)


def _change(dice: random.Random, customer: Customer, tags: list[Tag]) -> None:
    match dice.randrange(11):
        case 0:
            stage = dice.choice(["at_risk", "active"])
            if not Standing.objects.filter(customer=customer).update(lifecycle=stage):
                StandingFactory(customer=customer, lifecycle=stage)
        case 1:
            ContactPointFactory(customer=customer)
        case 2:
            ContactPoint.objects.filter(customer=customer).update(status=dice.choice(["valid", "bounced"]))
        case 3:
            ContactPoint.objects.filter(customer=customer).delete()
        case 4:
            count = Consent.objects.filter(customer=customer).count()
            action = dice.choice(["granted", "withdrawn"])
            ConsentFactory(customer=customer, action=action, at=NOW + timedelta(minutes=count))
        case 5 | 6:
            OrderFactory(customer=customer, placed_on=TODAY - timedelta(days=dice.randrange(60)))
        case 7:
            Order.objects.filter(customer=customer).update(
                status="cancelled", revenue=0, known_cost=0, uncosted_revenue=0
            )
        case 8:
            if not customer.tags.filter(tag=tags[0]).delete()[0]:
                customer.tags.create(tag=tags[0])
        case 9:
            state = Task.objects.filter(customer=customer, state="open").update(state="done", closed_at=NOW)
            if not state:
                TaskFactory(customer=customer)
        case 10:
            if not Touch.objects.filter(customer=customer).delete()[0]:
                TouchFactory(customer=customer, at=NOW)
            Customer.objects.filter(pk=customer.pk).update(city=dice.choice(["Omsk", "Tver"]))


def _story_is_whole(each: Audience) -> None:
    """Entries and exits of a customer take turns, and end with where they are."""
    inside: dict[int, bool] = {}
    for customer, entered in (
        AudienceChange.objects.filter(audience=each).order_by("pk").values_list("customer", "entered")
    ):
        assert inside.get(customer, False) is not entered
        inside[customer] = entered
    assert {customer for customer, entered in inside.items() if entered} == members(each)


@pytest.mark.django_db
def test_the_passing_of_days_alone_is_found_by_the_night():
    customer = CustomerFactory()
    OrderFactory(customer=customer, placed_on=TODAY)
    each = watched(is_("bought", "none", {"last_days": 30}), at=NOW)
    assert members(each) == set()
    follow_time(as_of=TODAY + timedelta(days=29), now=NOW + timedelta(days=29))
    assert members(each) == set()
    moved = follow_time(as_of=TODAY + timedelta(days=30), now=NOW + timedelta(days=30))
    assert (moved.entered, members(each)) == (1, {customer.pk})


@pytest.mark.django_db
def test_a_mark_without_a_customer_stands_for_the_whole_base():
    each = watched()
    one = StandingFactory(lifecycle="active").customer
    AudienceDue.objects.all().delete()
    Standing.objects.filter(customer=one).update(lifecycle="at_risk")
    AudienceDue.objects.all().delete()
    AudienceDue.objects.create(customer=None)
    assert follow_changes(now=NOW).entered == 1
    assert members(each) == {one.pk}


@pytest.mark.django_db
def test_a_tree_whose_field_is_gone_keeps_its_members_and_breaks_no_tick():
    one = StandingFactory(lifecycle="at_risk").customer
    each, sound = watched(), watched(name="Sound")
    Audience.objects.filter(pk=each.pk).update(tree=is_("own.gone", "is", "x"))
    Standing.objects.filter(customer=one).update(lifecycle="lost")
    assert follow_changes(now=NOW).left == 1
    assert (members(each), members(sound)) == ({one.pk}, set())


@pytest.mark.django_db
def test_a_merge_moves_a_place_in_a_fixed_list_and_its_undo_gives_it_back():
    manager = ManagerFactory()
    keep, gone = CustomerFactory(), StandingFactory(lifecycle="at_risk").customer
    fixed = freeze(audience_id=audience(by=manager).pk, name="List", by=manager, at=NOW)
    assert members(fixed) == {gone.pk}
    made = merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=NOW)
    assert members(fixed) == {keep.pk}
    undo(made=made, by=manager, at=NOW)
    assert members(fixed) == {gone.pk}


@pytest.mark.django_db
def test_a_watch_that_ends_forgets_its_members_and_keeps_the_story():
    StandingFactory(lifecycle="at_risk")
    each = watched()
    watch(audience_id=each.pk, at=NOW, is_watched=False)
    assert members(each) == set()
    assert AudienceChange.objects.count() == 1
    StandingFactory(lifecycle="at_risk")
    assert not AudienceDue.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_write_each_difference_once():
    people = [CustomerFactory() for _ in range(6)]
    each = watched(AT_RISK)
    for customer in people:
        StandingFactory(customer=customer, lifecycle="at_risk")
        Standing.objects.filter(customer=customer).update(expected_gap_days=31)
    threads = [in_a_thread(lambda: follow_changes(now=NOW, limit=7)) for _ in range(3)]
    for thread in threads:
        thread.join()
    follow_changes(now=NOW)
    assert members(each) == {customer.pk for customer in people}
    assert AudienceChange.objects.count() == len(people)
    assert not AudienceDue.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_tick_that_dies_gives_its_marks_back(monkeypatch):
    each = watched()
    customer = StandingFactory(lifecycle="at_risk").customer
    whole = membership._write

    def die(*arguments):
        whole(*arguments)
        raise DatabaseError("the server is gone")

    monkeypatch.setattr(membership, "_write", die)
    with pytest.raises(DatabaseError), transaction.atomic():
        follow_changes(now=NOW)
    assert members(each) == set()
    assert AudienceDue.objects.filter(customer=customer).exists()
    monkeypatch.setattr(membership, "_write", whole)
    follow_changes(now=NOW)
    assert members(each) == {customer.pk}
