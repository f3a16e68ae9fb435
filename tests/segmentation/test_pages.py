"""Rules, nights and the X: who may, and what they see."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Night, NightStep
from core.periods import company_day
from core.roles import Role
from segmentation.models import Need, Policy, XMark
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.segmentation import AS_OF, buyer_of, conclude, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def farmer(client):
    user = UserFactory(language="en")
    client.force_login(user)
    return user


def in_force() -> Policy:
    return Policy.objects.filter(kind="person").earliest("effective_from")


def filled(**changes) -> dict:
    policy = in_force()
    names = [
        "kind",
        "window_days",
        "count_mode",
        "count_value",
        "check_mode",
        "check_value",
        "hysteresis",
        "at_risk_ratio",
        "lapsed_ratio",
        "lost_ratio",
        "margin_rate",
        "discount_rate",
    ]
    tomorrow = company_day(timezone.now()) + timedelta(days=1)
    return {name: getattr(policy, name) for name in names} | {"effective_from": tomorrow} | changes


def test_a_manager_sees_the_thresholds_in_force(client, manager):
    today = company_day(timezone.now())
    customer = buyer_of([])
    for _twice in range(2):
        order(customer, (AS_OF - today).days, revenue=1234)
    conclude(as_of=today, now=timezone.now())
    page = client.get(reverse("policies")).content.decode()
    assert "≥ 3" in page
    assert "1,234" in page
    assert "more than the median of the buyers" in page


def test_before_the_first_night_the_page_says_so(client, manager):
    assert "Nobody of this kind has bought" in client.get(reverse("policies")).content.decode()


def test_new_rules_begin_on_their_day(client, manager):
    answer = client.post(reverse("policies"), filled(count_mode="fixed", count_value="4"))
    assert answer.status_code == 302
    policy = Policy.objects.get(count_mode="fixed")
    assert (policy.count_value, policy.created_by) == (4, manager)
    page = client.get(reverse("policies")).content.decode()
    assert "Rules to come" in page
    assert "4 and more" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effective_from": date(2020, 1, 1)}, "effective_from"),
        ({"count_value": "1.5"}, "count_value"),
        ({"count_mode": "fixed", "count_value": "0"}, "count_value"),
        ({"check_value": "0"}, "check_value"),
        ({"check_mode": "fixed", "check_value": "-5"}, "check_value"),
        ({"hysteresis": "1"}, "hysteresis"),
        ({"margin_rate": "1.2"}, "margin_rate"),
        ({"window_days": "0"}, "window_days"),
        ({"kind": "alien"}, "kind"),
        ({"lapsed_ratio": "1"}, "__all__"),
        ({"discount_rate": "much"}, "discount_rate"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_the_reason(client, manager, changes, field):
    answer = client.post(reverse("policies"), filled(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Policy.objects.count() == 2


def test_two_rules_of_a_kind_cannot_begin_on_one_day(client, manager):
    client.post(reverse("policies"), filled())
    answer = client.post(reverse("policies"), filled())
    assert answer.status_code == 422
    assert Policy.objects.count() == 3


@pytest.mark.parametrize("name", ["policies", "nights"])
def test_a_farmer_may_not_open_the_pages_of_managers(client, farmer, name):
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["policies", "nights"])
def test_strangers_are_sent_to_log_in(client, name):
    assert client.get(reverse(name)).status_code == 302


def test_nights_show_each_step_with_its_result_or_error(client, manager):
    now = timezone.now()
    for day, state in ((date(2026, 5, 31), "done"), (date(2026, 6, 1), "failed")):
        night = Night.objects.create(date=day, state=state, started_at=now, finished_at=now)
        NightStep.objects.create(
            night=night, position=1, name="statistics", state="done", seconds=1.5, result={"written": 7, "removed": 0}
        )
        NightStep.objects.create(night=night, position=2, name="fit", state="done", result={"fitted": False})
        NightStep.objects.create(night=night, position=3, name="standings", state="failed", error="ValueError: no")
    page = client.get(reverse("nights")).content.decode()
    assert "rows written: 7" in page
    assert "ValueError: no" in page
    assert "fresh enough" in page
    assert "Earlier nights" in page


def test_nights_take_as_many_queries_for_one_as_for_many(client, manager, django_assert_max_num_queries):
    for day in range(1, 29):
        night = Night.objects.create(date=date(2026, 5, day), state="done", started_at=timezone.now())
        NightStep.objects.create(night=night, position=1, name="fit", state="done", seconds=1)
    with django_assert_max_num_queries(6):
        client.get(reverse("nights"))


def test_before_the_first_night_the_page_tells_when_it_comes(client, manager):
    assert "No night yet" in client.get(reverse("nights")).content.decode()


def test_a_farmer_marks_an_own_customer_with_an_x_changes_and_clears_it(client, farmer):
    customer = CustomerFactory(owner=farmer)
    url = reverse("x_mark", args=[customer.pk])
    for potential in ("50000", "70000"):
        client.post(url, {"capability": "delivery abroad", "potential": potential})
    mark = XMark.objects.get()
    need = Need.objects.get()
    assert (mark.customer, mark.set_by) == (customer, farmer)
    assert (need.customer, need.capability.name, need.potential) == (customer, "delivery abroad", 70_000)
    client.post(url, {"clear": "1"})
    assert not XMark.objects.exists()
    assert not Need.objects.exists()


def test_the_mark_outlives_the_night(client, farmer):
    customer = buyer_of([5])
    client.post(reverse("x_mark", args=[customer.pk]), {"capability": "credit", "potential": "1000"})
    conclude()
    assert XMark.objects.get().customer == customer


@pytest.mark.parametrize(
    "body", [{}, {"capability": " ", "potential": "5"}, {"capability": "x", "potential": "-5"}, {"potential": "much"}]
)
def test_a_mark_needs_what_is_missing_and_a_potential(client, farmer, body):
    customer = CustomerFactory()
    assert client.post(reverse("x_mark", args=[customer.pk]), body).status_code == 302
    assert not XMark.objects.exists()


def test_somebody_elses_customer_does_not_exist(client, farmer):
    customer = CustomerFactory(owner=UserFactory())
    body = {"capability": "credit", "potential": "1000"}
    assert client.post(reverse("x_mark", args=[customer.pk]), body).status_code == 404
    assert not XMark.objects.exists()


def test_a_marketer_may_not_mark(client):
    client.force_login(UserFactory(role=Role.MARKETER))
    assert client.post(reverse("x_mark", args=[CustomerFactory().pk]), {}).status_code == 403


def test_reading_an_address_of_the_mark_changes_nothing(client, farmer):
    assert client.get(reverse("x_mark", args=[CustomerFactory().pk])).status_code == 405
