"""A merge taken back: the base is what it was, table by table; what came since stays and is said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from core.errors import Conflict, NotFound
from core.journal import acting
from core.models import ChangeSet
from core.periods import company_day
from core.roles import Role
from customers.actions import add_event
from customers.actions.duplicates import look_at_due
from customers.actions.merging import merge, undo_merge
from customers.models import (
    CandidateState,
    Customer,
    CustomerTag,
    DuplicateCandidate,
    EventKind,
    ExternalRef,
    Obligation,
    Order,
    ServiceCost,
    Tag,
)
from customers.queries import consented
from customers.queries.duplicates import present_id
from segmentation.actions import recompute_statistics, refresh_stale
from segmentation.actions.standings import conclude_customers
from segmentation.models import XMark
from tests.factories.campaigns import DeliveryFactory
from tests.factories.company import belongings, company
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.loyalty import PromoCodeFactory
from tests.factories.touches import TouchFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
# The journal tells of the merge and of its undoing; a mark says only that something is to be computed.
JOURNAL = {"core_change", "core_changeset", "customers_duplicatedue", "django_session", "customers_stalemark"}


def contents() -> dict[str, list[str]]:
    """Every row of every table but the journal's, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - JOURNAL):
            # A pair that is found anew is another row with the same content.
            without = " - 'id'" if table == "customers_duplicatecandidate" else ""
            cursor.execute(f'SELECT (to_jsonb(t){without})::text FROM "{table}" t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def difference(before, after):
    return {
        table: {"gone": set(before[table]) - set(after[table]), "new": set(after[table]) - set(before[table])}
        for table in before
        if before[table] != after[table]
    }


def furnish(customer, other, by):
    """What the small company's customers lack, with everything that two cards can clash over."""
    label = Tag.objects.get_or_create(name="wholesale")[0]
    CustomerTag.objects.create(customer=customer, tag=label, by=by)
    ExternalRef.objects.create(customer=customer, source=f"shop-{customer.pk}", external_id="1")
    ContactPointFactory(customer=customer, value="shared@shop.test")
    ConsentFactory(customer=customer, action="granted" if customer.pk < other.pk else "withdrawn")
    person = customer.people.create(name=f"Buyer of {customer}", role="buyer")
    ContactPointFactory(customer=customer, channel="telegram", value=f"buyer{customer.pk}", person=person)
    customer.addresses.create(line="Lenina, 1", city="Kazan")
    order = customer.orders.first()
    Obligation.objects.create(customer=customer, order=order, kind="delivery", due_on=date(2026, 4, 1))
    ServiceCost.objects.create(customer=customer, kind="sms", amount=3, at=AT)
    XMark.objects.get_or_create(customer=customer, defaults={"set_by": by, "set_at": AT})
    add_event(customer_id=customer.pk, kind=EventKind.SEARCHED, at=AT, data={"text": "seeds"})
    DeliveryFactory(customer=customer, enrolment=customer.enrolments.first())


@pytest.fixture
def base():
    """Two pairs of cards with one of everything each, and others around them."""
    firm = company()
    manager = firm.people[Role.MANAGER]
    shared = {"flow": firm.flow, "channel": None, "offer": firm.own[Role.FARMER].customer.promo_codes.first().offer}
    pairs = []
    for name in ("Anna", "Boris"):
        cards = [belongings(f"{name}{i}", firm.people[Role.FARMER], **shared).customer for i in "xy"]
        for card, other in zip(cards, reversed(cards), strict=True):
            furnish(card, other, manager)
        pairs.append(cards)
    first, third = sorted((pairs[0][0], firm.pool.customer), key=lambda card: card.pk)
    judged = {"state": CandidateState.DIFFERENT, "decided_by": manager, "decided_at": AT}
    DuplicateCandidate.objects.create(first=first, second=third, score=77, found_at=AT, **judged)
    acting(user_id=manager.pk, origin="web")
    compute()
    return manager, pairs


def compute():
    now = datetime.now(tz=UTC)
    ids = list(Customer.objects.values_list("pk", flat=True))
    recompute_statistics(as_of=company_day(now), customer_ids=ids)
    conclude_customers(as_of=company_day(now), now=now, customer_ids=ids)
    refresh_stale(now=now)
    look_at_due(now=AT)


def test_two_merges_undone_leave_every_table_as_it_was(base):
    manager, pairs = base
    before = contents()
    made = [
        merge(keep_id=keep.pk, merge_id=gone.pk, chosen={"name": "merge"}, by=manager, at=AT) for keep, gone in pairs
    ]
    assert len([table for table in before if contents()[table] != before[table]]) > 20
    for each in reversed(made):
        parted = undo_merge(change_set_id=each.pk, by=manager, at=AT)
        assert (parted.added, parted.changed) == ({}, 0)
    assert difference(before, contents()) == {}


def test_with_statistics_and_likenesses_computed_in_between_they_too_come_back(base):
    manager, pairs = base
    before = contents()
    made = [merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=AT) for keep, gone in pairs]
    compute()
    for each in made:
        undo_merge(change_set_id=each.pk, by=manager, at=AT)
    compute()
    told = {"customers_timelineevent", "segmentation_gradechange", "segmentation_lifecyclechange"}
    # What the ticks concluded meanwhile is history of that day; nothing else is left of it.
    assert set(difference(before, contents())) <= told


def test_a_chain_is_undone_from_its_end(base):
    manager, pairs = base
    (first, second), (third, _other) = pairs
    before = contents()
    inner = merge(keep_id=second.pk, merge_id=third.pk, chosen={}, by=manager, at=AT)
    outer = merge(keep_id=first.pk, merge_id=second.pk, chosen={}, by=manager, at=AT)
    with pytest.raises(Conflict):
        undo_merge(change_set_id=inner.pk, by=manager, at=AT)
    undo_merge(change_set_id=outer.pk, by=manager, at=AT)
    assert present_id(third.pk) == second.pk
    undo_merge(change_set_id=inner.pk, by=manager, at=AT)
    assert difference(before, contents()) == {}


def test_a_second_merge_into_the_same_card_stays_when_the_first_is_undone(base):
    manager, pairs = base
    (keep, gone), (other, _last) = pairs
    first = merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=AT)
    merge(keep_id=keep.pk, merge_id=other.pk, chosen={}, by=manager, at=AT)
    undo_merge(change_set_id=first.pk, by=manager, at=AT)
    assert Order.objects.filter(customer=gone).count() == 1
    assert Order.objects.filter(customer=keep).count() == 2
    assert present_id(other.pk) == keep.pk


def test_what_came_since_stays_with_the_card_and_is_said():
    manager = ManagerFactory()
    keep, gone = CustomerFactory(), CustomerFactory()
    moved = OrderFactory(customer=gone)
    made = merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=AT)
    later = [OrderFactory(customer=keep), TouchFactory(customer=keep), PromoCodeFactory(customer=keep)]
    Order.objects.filter(pk=moved.pk).update(status="new")
    parted = undo_merge(change_set_id=made.pk, by=manager, at=AT)
    assert sorted(parted.added.values()) == [1, 1, 1]
    for row in later:
        row.refresh_from_db()
        assert row.customer_id == keep.pk
    moved.refresh_from_db()
    assert (moved.customer_id, moved.status) == (gone.pk, "new")


def test_a_field_changed_since_stays_as_it_was_changed():
    manager = ManagerFactory()
    keep, gone = CustomerFactory(name="Anna", city=""), CustomerFactory(name="Anna P.", city="Kazan")
    made = merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=AT)
    Customer.objects.filter(pk=keep.pk).update(city="Moscow")
    parted = undo_merge(change_set_id=made.pk, by=manager, at=AT)
    assert parted.changed == 1
    assert sorted(Customer.objects.values_list("name", "city")) == [("Anna", "Moscow"), ("Anna P.", "Kazan")]


def test_a_withdrawal_made_for_the_merge_goes_with_it():
    manager = ManagerFactory()
    keep, gone = CustomerFactory(), CustomerFactory()
    ConsentFactory(customer=keep, at=AT - timedelta(days=1))
    ConsentFactory(customer=gone, action="withdrawn", at=AT - timedelta(days=9))
    made = merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=manager, at=AT)
    assert consented([keep.pk], "email") == set()
    assert undo_merge(change_set_id=made.pk, by=manager, at=AT).added == {}
    assert consented([keep.pk, gone.pk], "email") == {keep.pk}


def test_a_merge_is_undone_once_and_only_by_who_sees_the_card():
    farmer = UserFactory()
    keep, gone = (CustomerFactory(owner=farmer) for _ in range(2))
    made = merge(keep_id=keep.pk, merge_id=gone.pk, chosen={}, by=farmer, at=AT)
    with pytest.raises(NotFound):
        undo_merge(change_set_id=made.pk, by=UserFactory(), at=AT)
    undo_merge(change_set_id=made.pk, by=farmer, at=AT)
    with pytest.raises(Conflict):
        undo_merge(change_set_id=made.pk, by=farmer, at=AT)
    assert ChangeSet.objects.count() == 2
    with pytest.raises(NotFound):
        undo_merge(change_set_id=made.pk + 100, by=ManagerFactory(), at=AT)
