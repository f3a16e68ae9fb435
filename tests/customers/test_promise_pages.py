"""The page of promises, and its buttons."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.periods import company_day
from customers.actions.obligations import make_obligation
from customers.models import Obligation, TimelineEvent
from customers.queries import punctuality
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return company_day(timezone.now())


def promise(customer, due_on, **fields):
    return make_obligation(
        customer_id=customer.pk, kind="delivery", what="The lathe", due_on=due_on, at=timezone.now(), **fields
    )


def test_a_farmer_sees_what_they_answer_for_the_most_overdue_first(client, today):
    farmer = UserFactory()
    late = promise(CustomerFactory(owner=farmer), today - timedelta(days=3))
    later = promise(CustomerFactory(owner=farmer), today - timedelta(days=9))
    promise(CustomerFactory(owner=UserFactory()), today - timedelta(days=20))
    client.force_login(farmer)
    context = client.get(reverse("promises")).context
    assert list(context["page"]) == [later, late]
    assert (context["overdue"], context["people"]) == (2, [])


def test_a_manager_sees_everybodys_and_can_choose_a_person(client, today):
    farmer, other = UserFactory(), UserFactory()
    mine = promise(CustomerFactory(owner=other), today, owner=farmer)
    promise(CustomerFactory(owner=other), today)
    client.force_login(ManagerFactory())
    assert len(client.get(reverse("promises")).context["page"]) == 2
    context = client.get(reverse("promises"), {"person": farmer.pk}).context
    assert list(context["page"]) == [mine]
    assert {(row.person, row.open) for row in context["people"]} == {(farmer, 1), (other, 1)}
    assert client.get(reverse("promises"), {"person": "x", "page": "9" * 30}).status_code == 200


def test_a_promise_is_made_on_the_customers_page(client, today):
    farmer = UserFactory()
    order = OrderFactory(customer=CustomerFactory(owner=farmer))
    client.force_login(farmer)
    address = reverse("customer_promises", args=[order.customer.pk])
    told = {"what": "Papers", "kind": "documents", "due_on": today.isoformat(), "order": order.pk}
    assert client.post(address, told).status_code == 302
    made = Obligation.objects.get()
    assert (made.customer, made.order, made.created_by, made.owner) == (order.customer, order, farmer, None)
    assert TimelineEvent.objects.filter(kind="obligation_made").count() == 1
    assert client.post(address, told | {"due_on": "31.02.2026"}).status_code == 422
    assert client.post(address, told | {"order": OrderFactory().pk}).status_code == 422


@pytest.mark.parametrize(
    ("due", "outcome", "state"), [(0, "kept", "kept"), (-1, "kept", "late"), (5, "broken", "broken")]
)
def test_what_became_of_it_is_one_press(client, today, due, outcome, state):
    farmer = UserFactory()
    made = promise(CustomerFactory(owner=farmer), today + timedelta(days=due))
    client.force_login(farmer)
    answer = client.post(reverse("promise_close", args=[made.pk]), {"outcome": outcome}, headers={"HX-Request": "true"})
    assert "<li" in answer.content.decode()
    made.refresh_from_db()
    assert (made.state, made.closed_on) == (state, today)
    client.post(reverse("promise_reopen", args=[made.pk]))
    made.refresh_from_db()
    assert (made.state, made.closed_on) == ("open", None)


def test_nonsense_is_refused_in_words(client, today):
    farmer = UserFactory()
    made = promise(CustomerFactory(owner=farmer), today)
    client.force_login(farmer)
    assert client.post(reverse("promise_close", args=[made.pk]), {"outcome": "eaten"}).status_code == 400
    client.post(reverse("promise_move", args=[made.pk]), {"due_on": "soon"})
    made.refresh_from_db()
    assert (made.state, made.due_on) == ("open", today)


def test_somebody_elses_promise_is_not_there(client, today):
    made = promise(CustomerFactory(owner=UserFactory()), today)
    client.force_login(UserFactory())
    for name in ("promise_close", "promise_reopen", "promise_move"):
        assert client.post(reverse(name, args=[made.pk]), {"outcome": "kept"}).status_code == 404
    assert client.get(reverse("customer_promises", args=[made.customer_id])).status_code == 404


def test_the_share_kept_in_time_counts_overdue_ones_and_leaves_out_cancelled_ones(client, today):
    customer, manager = CustomerFactory(), ManagerFactory()
    first = today.replace(day=1)
    rows = [("kept", first), ("late", today + timedelta(days=9)), ("broken", today), ("cancelled", today)]
    for state, closed_on in rows:
        Obligation.objects.create(customer=customer, kind="other", due_on=first, state=state, closed_on=closed_on)
    month = punctuality(manager, today)[-1]
    assert (month.in_time, month.judged) == (1, 3)
    assert punctuality(manager, today)[0].share is None
