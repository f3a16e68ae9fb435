"""Merging two cards: what moves, what stays, who wins."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import CheckConstraint, UniqueConstraint

from campaigns.models import Delivery, Enrolment
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.models import Change
from customers.actions.merging import merge
from customers.actions.repointing import referring
from customers.models import (
    CandidateState,
    Consent,
    ContactPoint,
    Customer,
    DuplicateCandidate,
    EventKind,
    MergedCustomer,
    Order,
    StaleMark,
    TimelineEvent,
)
from customers.queries import consented
from customers.queries.duplicates import present_id
from segmentation.models import Standing, XMark
from tests.factories.campaigns import DeliveryFactory, EnrolmentFactory, FlowFactory, HoldoutFactory
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.loyalty import OfferFactory, PromoCodeFactory
from tests.factories.touches import StandingFactory, TaskFactory, TouchFactory
from touches.models import Task, Touch

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
EARLY, LATE = AT - timedelta(days=20), AT - timedelta(days=10)


@pytest.fixture
def manager():
    return ManagerFactory()


@pytest.fixture
def pair():
    return CustomerFactory(name="Anna"), CustomerFactory(name="Anna P.")


def merged(pair, by, **chosen):
    keep, gone = pair
    return merge(keep_id=keep.pk, merge_id=gone.pk, chosen=chosen, by=by, at=AT)


def test_everything_moves_to_the_card_that_stays(pair, manager):
    keep, gone = pair
    rows = [OrderFactory(customer=gone), TouchFactory(customer=gone), TaskFactory(customer=gone)]
    rows += [ContactPointFactory(customer=gone), DeliveryFactory(customer=gone), PromoCodeFactory(customer=gone)]
    merged(pair, manager)
    for row in rows:
        row.refresh_from_db()
        assert row.customer_id == keep.pk
    assert not Customer.objects.filter(pk=gone.pk).exists()
    assert StaleMark.objects.filter(customer=keep).exists()


def test_blanks_are_filled_and_chosen_fields_are_taken(manager):
    keep = CustomerFactory(name="Anna", city="", custom={"size": "M", "club": True}, birthday=date(1990, 5, 1))
    gone = CustomerFactory(name="Anna Petrova", city="Kazan", custom={"size": "L", "shop": "1"}, language="ru")
    merge(keep_id=keep.pk, merge_id=gone.pk, chosen={"name": "merge", "custom.size": "merge"}, by=manager, at=AT)
    keep.refresh_from_db()
    assert (keep.name, keep.city, keep.language, keep.birthday) == ("Anna Petrova", "Kazan", "ru", date(1990, 5, 1))
    assert keep.custom == {"size": "L", "club": True, "shop": "1"}


def test_the_card_is_as_old_as_the_older_one(pair, manager):
    Customer.objects.filter(pk=pair[1].pk).update(created_at=EARLY)
    merged(pair, manager)
    assert Customer.objects.get().created_at == EARLY


@pytest.mark.parametrize("chosen", [{"name": "left"}, {"password": "keep"}, {"custom.unknown": "merge"}])
def test_a_choice_that_is_none_is_refused(pair, manager, chosen):
    with pytest.raises(InvalidInput):
        merge(keep_id=pair[0].pk, merge_id=pair[1].pk, chosen=chosen, by=manager, at=AT)
    assert Customer.objects.count() == 2


def test_an_address_that_both_have_is_kept_once(pair, manager):
    for card in pair:
        ContactPointFactory(customer=card, value="anna@shop.test")
    merged(pair, manager)
    assert [point.customer_id for point in ContactPoint.objects.all()] == [pair[0].pk]


def test_a_passage_through_a_flow_that_gives_way_leaves_its_deliveries_to_the_other(pair, manager):
    flow = FlowFactory()
    ours = EnrolmentFactory(flow=flow, customer=pair[0], round=2)
    theirs = EnrolmentFactory(flow=flow, customer=pair[1], round=1)
    delivery = DeliveryFactory(customer=pair[1], enrolment=theirs)
    merged(pair, manager)
    assert list(Enrolment.objects.values_list("pk", flat=True)) == [ours.pk]
    assert Delivery.objects.get(pk=delivery.pk).enrolment_id == ours.pk


def test_a_holdout_stays_one_beside_a_finished_passage(pair, manager):
    flow = FlowFactory()
    HoldoutFactory(flow=flow, customer=pair[0], round=2)
    EnrolmentFactory(flow=flow, customer=pair[1], round=1, state="finished", ended_at=AT, due_at=None)
    merged(pair, manager)
    assert sorted(Enrolment.objects.values_list("state", flat=True)) == ["finished", "holdout"]


def test_one_open_code_of_an_offer_is_left(pair, manager):
    offer = OfferFactory()
    codes = [PromoCodeFactory(offer=offer, customer=card) for card in pair]
    merged(pair, manager)
    assert list(pair[0].promo_codes.values_list("pk", flat=True)) == [codes[0].pk]


def test_a_mark_of_the_other_card_comes_along_unless_there_is_one(pair, manager):
    XMark.objects.create(customer=pair[1], set_by=manager, set_at=AT)
    merged(pair, manager)
    assert [mark.customer_id for mark in XMark.objects.all()] == [pair[0].pk]


def test_computed_rows_of_the_card_that_went_are_gone(pair, manager):
    for card in pair:
        StandingFactory(customer=card)
    merged(pair, manager)
    assert [standing.customer_id for standing in Standing.objects.all()] == [pair[0].pk]


@pytest.mark.parametrize(
    ("ours", "theirs", "allowed"),
    [
        ([("granted", LATE)], [("withdrawn", EARLY)], False),
        ([("withdrawn", EARLY)], [("granted", LATE)], False),
        ([("granted", EARLY)], [("withdrawn", LATE)], False),
        ([("withdrawn", EARLY), ("granted", LATE)], [], True),
        ([("granted", EARLY)], [("withdrawn", EARLY), ("granted", LATE)], True),
        ([], [("granted", EARLY)], True),
    ],
)
def test_every_consent_stays_and_a_withdrawal_wins_over_a_contradiction(pair, manager, ours, theirs, allowed):
    for card, words in zip(pair, (ours, theirs), strict=True):
        for action, at in words:
            ConsentFactory(customer=card, action=action, at=at)
    merged(pair, manager)
    assert consented([pair[0].pk], "email") == ({pair[0].pk} if allowed else set())
    assert Consent.objects.exclude(source="merge").count() == len(ours + theirs)


def test_the_timeline_tells_of_the_merge(pair, manager):
    merged(pair, manager)
    event = TimelineEvent.objects.get(kind=EventKind.MERGED)
    assert event.customer_id == pair[0].pk
    assert (event.data["card"], event.data["name"], event.data["by"]) == (pair[1].pk, "Anna P.", manager.pk)


def test_old_numbers_lead_to_the_card_through_two_merges(pair, manager):
    keep, gone = pair
    third = CustomerFactory()
    merge(keep_id=gone.pk, merge_id=third.pk, chosen={}, by=manager, at=AT)
    merged(pair, manager)
    assert [present_id(card.pk) for card in (keep, gone, third)] == [keep.pk] * 3
    assert MergedCustomer.objects.count() == 2


def test_a_judgement_that_two_cards_differ_is_carried_over(pair, manager):
    keep, gone = pair
    other = CustomerFactory()
    judged = {"state": CandidateState.DIFFERENT, "decided_by": manager, "decided_at": AT}
    DuplicateCandidate.objects.create(first=gone, second=other, score=80, found_at=AT, **judged)
    DuplicateCandidate.objects.create(first=keep, second=other, score=70, found_at=AT)
    DuplicateCandidate.objects.create(first=keep, second=gone, score=90, found_at=AT)
    merged(pair, manager)
    left = DuplicateCandidate.objects.get()
    assert (left.first_id, left.second_id, left.state) == (keep.pk, other.pk, "different")


def test_a_farmer_merges_only_own_cards():
    farmer = UserFactory()
    mine, too = CustomerFactory(owner=farmer), CustomerFactory(owner=farmer)
    foreign, pool = CustomerFactory(owner=UserFactory()), CustomerFactory()
    with pytest.raises(NotFound):
        merge(keep_id=mine.pk, merge_id=foreign.pk, chosen={}, by=farmer, at=AT)
    with pytest.raises(Forbidden):
        merge(keep_id=mine.pk, merge_id=pool.pk, chosen={}, by=farmer, at=AT)
    merge(keep_id=mine.pk, merge_id=too.pk, chosen={}, by=farmer, at=AT)
    assert Customer.objects.filter(owner=farmer).count() == 1


def test_a_card_merged_meanwhile_or_erased_or_the_same_is_refused_in_words(pair, manager):
    keep, gone = pair
    with pytest.raises(InvalidInput):
        merge(keep_id=keep.pk, merge_id=keep.pk, chosen={}, by=manager, at=AT)
    merged(pair, manager)
    with pytest.raises(Conflict):
        merged(pair, manager)
    with pytest.raises(NotFound):
        merge(keep_id=keep.pk, merge_id=gone.pk + 1000, chosen={}, by=manager, at=AT)
    erased = CustomerFactory(erased_at=AT)
    with pytest.raises(Conflict):
        merge(keep_id=keep.pk, merge_id=erased.pk, chosen={}, by=manager, at=AT)


def test_the_journal_says_who_did_it_and_what_went(pair, manager):
    made = merged(pair, manager)
    gone = Change.objects.get(table_name="customers_customer", operation="D")
    assert (gone.change_set, gone.row_id, gone.before["name"]) == (made, pair[1].pk, "Anna P.")
    assert made.by == manager


def test_no_uniqueness_of_rows_of_a_customer_is_one_that_the_merge_cannot_see():
    unseen = [
        f"{model.__name__}: {constraint.name}"
        for model in referring(Customer)
        for constraint in model._meta.constraints
        if not isinstance(constraint, CheckConstraint) and not _is_seen(constraint)
    ]
    assert unseen == []
    assert {Order, Touch, Task, Delivery} <= set(referring(Customer))


def _is_seen(constraint):
    return isinstance(constraint, UniqueConstraint) and constraint.fields and constraint.nulls_distinct is not False
