"""Who could be large, and what the product lacks for them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import Conflict, InvalidInput
from core.roles import Role
from customers.models import Customer
from dashboard.queries.potential import potential_report
from dashboard.queries.stated_needs import stated_needs
from segmentation.actions import (
    add_capability,
    change_need,
    dismiss_candidate,
    propose_candidates,
    remove_need,
    set_x_mark,
)
from segmentation.models import Capability, Need, PurchaseStatistics, XCandidate, XMark
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.market import NOW, CandidateFactory, need
from tests.factories.segmentation import measured
from tests.factories.touches import TouchFactory
from touches.actions import move_capability
from touches.models import Task

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def farmer(client):
    user = UserFactory(role=Role.FARMER, language="en")
    client.force_login(user)
    return user


def moved(capability: Capability, state: str) -> int:
    return move_capability(
        capability_id=capability.pk,
        name=capability.name,
        description="",
        state=state,
        expected_on=None,
        today=TODAY,
    )[1]


def test_needs_of_a_customer_add_up_and_so_do_customers_who_ask_for_one_thing(farmer):
    own, other = CustomerFactory(owner=farmer), CustomerFactory(owner=UserFactory())
    need(own, "Own", farmer, capability="Credit", potential=300)
    need(own, "Own", farmer, capability="Own label", potential=500)
    need(other, "Other", farmer, capability="own LABEL", potential=1000)
    assert Capability.objects.count() == 2
    whole = potential_report(ManagerFactory())
    assert (whole.potential, whole.customers, whole.marked) == (1800, 2, 2)
    assert [(row.capability.name, row.customers, row.potential) for row in whole.rows] == [
        ("Own label", 2, 1500),
        ("Credit", 1, 300),
    ]
    mine = potential_report(farmer)
    assert (mine.potential, mine.customers, mine.marked) == (800, 1, 1)
    assert [(row.capability.name, row.potential) for row in mine.rows] == [("Own label", 500), ("Credit", 300)]


def test_what_is_declined_or_ready_is_no_potential_any_more(farmer):
    need(CustomerFactory(owner=farmer), "Own", farmer, capability="Credit", potential=300)
    moved(Capability.objects.get(), "declined")
    assert potential_report(farmer).potential == 0
    assert len(potential_report(farmer).rows) == 1


def test_when_it_is_ready_every_asking_customers_owner_gets_one_task(farmer):
    own, pool = CustomerFactory(owner=farmer), CustomerFactory(owner=None)
    for customer in (own, pool):
        need(customer, "X", farmer, capability="Credit")
    need(CustomerFactory(owner=farmer), "X", farmer, capability="Something else")
    credit = Capability.objects.get(name="Credit")
    assert moved(credit, "shipped") == 2
    credit.refresh_from_db()
    assert (credit.state, credit.shipped_on) == ("shipped", TODAY)
    assert set(Task.objects.values_list("customer", "owner")) == {(own.pk, farmer.pk), (pool.pk, None)}
    assert all("Credit" in note for note in Task.objects.values_list("note", flat=True))
    # Saved once more, and taken back and ready again: nobody is told twice.
    assert moved(credit, "shipped") == 0
    moved(credit, "in_work")
    assert Capability.objects.get(name="Credit").shipped_on is None
    assert moved(credit, "shipped") == 0
    assert Task.objects.count() == 2


def test_the_mark_goes_with_the_last_need(farmer):
    customer = CustomerFactory(owner=farmer)
    first = need(customer, "X", farmer, capability="Credit")
    second = need(customer, "X", farmer, capability="Own label")
    remove_need(need=first)
    assert XMark.objects.exists()
    remove_need(need=second)
    assert not XMark.objects.exists()


def test_a_need_is_one_of_a_capability_and_has_a_potential(farmer):
    customer = CustomerFactory(owner=farmer)
    first, _second = (need(customer, "X", farmer, capability=name) for name in ("Credit", "Own label"))
    told = {"evidence": "", "asked_by": "", "asked_on": TODAY, "by": farmer}
    with pytest.raises(Conflict):
        change_need(need=first, capability="own label", potential=Decimal(5), **told)
    with pytest.raises(InvalidInput):
        change_need(need=first, capability="Credit", potential=Decimal(0), **told)
    with pytest.raises(InvalidInput):
        set_x_mark(customer_id=customer.pk, capability=" ", potential=Decimal(1), by=farmer, at=NOW)
    with pytest.raises(Conflict):
        set_x_mark(
            customer_id=CustomerFactory(erased_at=NOW).pk, capability="x", potential=Decimal(1), by=farmer, at=NOW
        )
    with pytest.raises(Conflict):
        add_capability(name="CREDIT", description="", expected_on=None)


def test_the_form_of_a_need_begins_with_what_was_proposed_and_changes_it_later(client, farmer):
    customer = CustomerFactory(owner=farmer)
    url = reverse("need_add", args=[customer.pk])
    assert "Budget seen" in client.get(url, {"evidence": "Budget seen", "potential": "900"}).content.decode()
    body = {"capability": "Credit", "potential": "900", "evidence": "Budget seen", "asked_on": "2026-05-05"}
    assert client.post(url, body).url == reverse("customer_card", args=[customer.pk])
    found = Need.objects.get()
    assert (found.potential, found.evidence, found.asked_on, found.by) == (900, "Budget seen", date(2026, 5, 5), farmer)
    assert "Credit" in client.get(reverse("customer_card", args=[customer.pk])).content.decode()
    change = reverse("need", args=[customer.pk, found.pk])
    assert client.post(change, body | {"potential": "-1"}).status_code == 422
    client.post(change, body | {"potential": "1200", "asked_by": "The boss"})
    found.refresh_from_db()
    assert (found.potential, found.asked_by) == (1200, "The boss")
    client.post(reverse("need_remove", args=[customer.pk, found.pk]))
    assert not Need.objects.exists()


def test_a_manager_moves_a_capability_on_a_farmer_reads_and_a_stranger_sees_nothing(client, farmer):
    need(CustomerFactory(owner=farmer), "X", farmer, capability="Credit")
    credit = Capability.objects.get()
    url = reverse("capability", args=[credit.pk])
    assert "X evidence" in client.get(url).content.decode()
    body = {"name": "Credit of 45 days", "state": "shipped", "description": "", "expected_on": ""}
    assert client.post(url, body).status_code == 403
    client.force_login(UserFactory(role=Role.FARMER))
    assert client.get(url).status_code == 404
    client.force_login(ManagerFactory(language="en"))
    assert client.post(url, body | {"state": "nonsense"}).status_code == 422
    response = client.post(url, body, follow=True)
    assert "1 task is opened" in response.content.decode()
    assert "Asked for" in response.content.decode()  # what it was before, in the history
    assert Task.objects.count() == 1


def spender(check: int, orders: int, **fields) -> Customer:
    customer = CustomerFactory(kind="company", **fields)
    PurchaseStatistics.objects.create(
        customer=customer,
        orders=orders,
        purchase_days=orders,
        first_on=TODAY - timedelta(days=200),
        last_on=TODAY,
        revenue=check * orders,
        margin=check * orders // 2,
        first_margin=0,
        window_orders=orders,
        window_revenue=check * orders,
    )
    return customer


def test_large_orders_but_few_are_proposed_with_their_numbers():
    measured(count="4.5", on=TODAY)
    for _ in range(60):
        spender(100, 5)
    large = spender(5000, 2)
    spender(5000, 5)
    assert propose_candidates(as_of=TODAY, stated=()) == 1
    found = XCandidate.objects.get()
    # The margin of an order is 2,500; 4.5 − 2 orders are missing to "many".
    assert (found.customer, found.kind, found.potential) == (large, "size", 6250)
    assert found.figures == {"check": 500000, "usual": 10000, "orders": 2, "few": 4.5}
    need(large, "X", ManagerFactory())
    assert propose_candidates(as_of=TODAY, stated=()) == 0


def test_the_share_of_the_wallet_proposes_and_a_dismissed_one_is_not_proposed_again():
    by = ManagerFactory()
    small = spender(100, 5, custom={"wallet": 10000})
    spender(100, 5, custom={"wallet": 2500})
    spender(100, 5, custom={"wallet": "much"})
    spender(100, 5, custom={"wallet": -1})
    assert propose_candidates(as_of=TODAY, stated=()) == 1
    found = XCandidate.objects.get()
    # (10,000 − 500) × 50 % of margin.
    assert (found.customer, found.kind, found.potential) == (small, "wallet", 4750)
    propose_candidates(as_of=TODAY, stated=())
    assert XCandidate.objects.get().pk == found.pk
    dismiss_candidate(customer_id=small.pk, key=found.key, by=by, at=NOW)
    dismiss_candidate(customer_id=small.pk, key=found.key, by=by, at=NOW)
    assert propose_candidates(as_of=TODAY, stated=()) == 0


def test_who_speaks_of_a_missing_capability_in_any_form_of_its_words_is_proposed():
    farmer = UserFactory(role=Role.FARMER)
    asking = CustomerFactory()
    need(asking, "X", farmer, capability="Аренда кофемашин")
    at = datetime(2026, 5, 20, 9, tzinfo=UTC)
    speaking = TouchFactory(at=at, note="Спрашивали об аренде кофемашины.", by=farmer).customer
    TouchFactory(at=at, note="Кофемашина сломалась.", by=farmer)
    TouchFactory(at=at - timedelta(days=400), note="Аренда кофемашин", by=farmer)
    TouchFactory(at=at, note="Аренда кофемашин", by=farmer, customer=asking)
    assert propose_candidates(as_of=TODAY, stated=stated_needs(as_of=TODAY)) == 1
    found = XCandidate.objects.get()
    assert (found.customer, found.capability.name, found.said) == (
        speaking,
        "Аренда кофемашин",
        "Спрашивали об аренде кофемашины.",
    )
    moved(Capability.objects.get(), "shipped")
    assert list(stated_needs(as_of=TODAY)) == []


def test_the_page_proposes_own_customers_and_a_no_is_remembered(client, farmer):
    mine = CandidateFactory(customer=CustomerFactory(owner=farmer, name="Mine"), capability=None)
    other = CandidateFactory(customer=CustomerFactory(owner=UserFactory(), name="Foreign"), capability=None)
    text = client.get(reverse("potential")).content.decode()
    assert "Mine" in text
    assert "delivered on Sundays" in text
    assert "Foreign" not in text
    assert client.post(reverse("candidate_dismiss", args=[other.pk])).status_code == 404
    client.post(reverse("candidate_dismiss", args=[mine.pk]))
    assert "Mine" not in client.get(reverse("potential")).content.decode()


def test_a_manager_adds_a_capability_and_the_empty_page_says_what_to_do(client, farmer):
    assert "Nobody is marked with an X yet" in client.get(reverse("potential")).content.decode()
    assert client.post(reverse("potential"), {"name": "Credit"}).status_code == 403
    client.force_login(ManagerFactory(language="en"))
    client.post(reverse("potential"), {"name": "Credit", "description": "", "expected_on": "2027-01-01"})
    assert Capability.objects.get().expected_on == date(2027, 1, 1)
    assert client.post(reverse("potential"), {"name": "credit"}).status_code == 422


def test_the_page_asks_as_much_for_one_as_for_many(client, farmer, django_assert_max_num_queries):
    for number in range(5):
        need(CustomerFactory(owner=farmer), "X", farmer, capability=f"Credit {number}")
        CandidateFactory(customer=CustomerFactory(owner=farmer), key=f"words:{number}")
    with django_assert_max_num_queries(9):
        client.get(reverse("potential"))


def test_the_candidates_shown_are_taken_out_as_a_file(client, farmer):
    CandidateFactory(customer__owner=farmer, customer__name="Own")
    CandidateFactory(customer__name="Foreign", customer__owner=UserFactory(role=Role.FARMER))
    answer = client.get(reverse("potential"), {"table": "candidates", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0].strip('"') for line in lines] == ["Customer", "Own"]
