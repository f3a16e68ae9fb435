"""My day, the form of a touch, tasks and the cadence as people use them."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.roles import Role
from customers.models import ContactStatus
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.touches import StandingFactory, TaskFactory, TouchFactory
from touches.models import Cadence, PressureLimit, Task, TaskState, Touch
from touches.queries import limits
from touches.queries.day import ROWS
from touches.rules.pressure import Limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulations", "at_noon")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_farmer(client, farmer):
    client.force_login(farmer)
    return client


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager)
    return client


def post_touch(client, customer, **data):
    given = {"channel": "call", "outcome": "reached", "place": "worklist"} | data
    return client.post(reverse("touch_log", args=[customer.pk]), given, headers=HTMX)


def test_my_day_answers_first_and_shows_why_and_what_to_do(as_farmer, farmer):
    task = TaskFactory(customer=StandingFactory(customer__owner=farmer, value_at_risk=5600).customer)
    phone = ContactPointFactory(customer=task.customer, channel="phone", value="+79123450000")
    page = as_farmer.get(reverse("worklist")).content.decode()
    assert "1 customer today" in page
    assert "₽5,600" in page
    assert "Send the offer" in page
    assert "+7 912 ••• •• 00" in page
    assert reverse("contact_open", args=[phone.pk]) in page
    assert "3450000" not in page


def test_my_day_is_closed_to_strangers_and_integrations(client):
    assert client.get(reverse("worklist")).status_code == 302
    client.force_login(UserFactory(role=Role.INTEGRATION))
    assert client.get(reverse("worklist")).status_code == 403


def test_a_farmer_cannot_look_into_anothers_day_but_a_manager_can(client, farmer, manager):
    other = UserFactory()
    task = TaskFactory(customer__owner=other)
    seen = {}
    for user in (farmer, manager):
        client.force_login(user)
        seen[user] = str(task.customer) in client.get(f"/today/?owner={other.pk}").content.decode()
    assert seen == {farmer: False, manager: True}


@pytest.mark.parametrize("query", ["kind=nonsense", "grade=Z", "after=nan:1", "after=1.5", "owner=x", "owner=999999"])
def test_nonsense_in_the_address_narrows_nothing(as_farmer, farmer, query):
    task = TaskFactory(customer__owner=farmer)
    assert str(task.customer) in as_farmer.get(f"/today/?{query}").content.decode()


def test_an_empty_day_says_what_to_do_next(as_farmer, farmer):
    assert "Nobody is due today" in as_farmer.get("/today/").content.decode()
    TouchFactory(by=farmer, customer__owner=farmer, at="2026-03-16T09:00:00+03:00")
    assert "The day is done" in as_farmer.get("/today/").content.decode()


def test_show_more_gives_the_next_rows_only(as_farmer, farmer):
    for _number in range(ROWS + 3):
        TaskFactory(customer__owner=farmer)
    page = as_farmer.get("/today/")
    more = page.context["more"]
    rest = as_farmer.get(f"/today/?after={more}", headers=HTMX | {"HX-Target": "more"})
    assert len(page.context["rows"]) == ROWS
    assert len(rest.context["rows"]) == 3
    assert "<html" not in rest.content.decode()


def test_the_number_of_queries_of_my_day_is_constant_and_at_most_eight(
    as_farmer, farmer, django_assert_max_num_queries
):
    counts = []
    for more in (1, 4):
        for _number in range(more):
            task = TaskFactory(customer=StandingFactory(customer__owner=farmer).customer)
            OrderFactory(customer=task.customer)
            TouchFactory(customer__owner=farmer, by=farmer, at="2026-03-16T09:00:00+03:00")
        with django_assert_max_num_queries(8) as captured:
            as_farmer.get("/today/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_logged_touch_turns_the_row_into_a_done_one_and_moves_the_progress(as_farmer, farmer):
    task = TaskFactory(customer__owner=farmer)
    TaskFactory(customer__owner=farmer)
    answer = post_touch(as_farmer, task.customer, tasks=[task.pk], note="Fine")
    text = answer.content.decode()
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    assert "done 1 of 2" in text
    assert "1 customer today" in text
    assert "Take back" in text
    assert json.loads(answer["HX-Trigger"]) == {"touchLogged": {"customer": task.customer_id}}


def test_the_answer_keeps_to_the_filters_of_the_page_it_came_from(as_farmer, farmer):
    task = TaskFactory(customer__owner=farmer)
    StandingFactory(customer__owner=farmer, lifecycle="at_risk", value_at_risk=7)
    address = {"HX-Current-URL": "http://testserver/today/?kind=at_risk"}
    answer = as_farmer.post(
        reverse("touch_log", args=[task.customer_id]),
        {"channel": "call", "outcome": "reached", "place": "worklist"},
        headers=HTMX | address,
    )
    assert answer.context["day"].left == 1
    assert answer.context["kind"] == "at_risk"


def test_a_row_comes_back_when_its_touch_is_taken_back(as_farmer, farmer):
    task = TaskFactory(customer__owner=farmer)
    post_touch(as_farmer, task.customer, tasks=[task.pk])
    touch = Touch.objects.get()
    answer = as_farmer.post(reverse("touch_take_back", args=[touch.pk]), {"place": "worklist"}, headers=HTMX)
    assert f'id="customer-{task.customer_id}"' in answer.content.decode()
    assert "done 0 of 1" in answer.content.decode()
    assert not Touch.objects.exists()


def test_anothers_touch_cannot_be_taken_back(as_farmer, farmer):
    touch = TouchFactory(customer__owner=farmer, at="2026-03-16T11:59:00+03:00")
    answer = as_farmer.post(reverse("touch_take_back", args=[touch.pk]), headers=HTMX)
    assert answer.status_code == 204
    assert "toast" in json.loads(answer["HX-Trigger"])
    assert Touch.objects.exists()


def test_a_foreign_customer_answers_404_and_the_pool_is_open(as_farmer):
    foreign, free = CustomerFactory(owner=UserFactory()), CustomerFactory(owner=None)
    task = TaskFactory(customer=foreign)
    touch = TouchFactory(customer=foreign)
    for url in (
        reverse("touch_log", args=[foreign.pk]),
        reverse("task_create", args=[foreign.pk]),
        reverse("task_close", args=[task.pk]),
        reverse("task_move", args=[task.pk]),
        reverse("touch_take_back", args=[touch.pk]),
    ):
        assert as_farmer.post(url, {"outcome": "reached", "channel": "call"}).status_code == 404
    assert as_farmer.get(reverse("customer_tasks", args=[foreign.pk])).status_code == 404
    assert post_touch(as_farmer, free).status_code == 200
    assert Touch.objects.filter(customer=free).exists()


def test_the_form_lists_due_tasks_and_hides_unreachable_contacts(as_farmer, farmer):
    task = TaskFactory(customer__owner=farmer, note="Ask <b>now</b>")
    TaskFactory(customer=task.customer, due_on=date(2026, 4, 1), note="Later")
    ContactPointFactory(customer=task.customer, channel="phone", value="+79120000001", status="unreachable")
    form = as_farmer.get(reverse("touch_log", args=[task.customer_id]), headers=HTMX).content.decode()
    assert "Ask &lt;b&gt;now&lt;/b&gt;" in form
    assert "Later" not in form
    assert "+7 912 000-00-01" not in form


def test_a_wrong_contact_chosen_on_the_form_is_marked(as_farmer, farmer):
    point = ContactPointFactory(channel="phone", value="+79120000001", customer__owner=farmer)
    post_touch(as_farmer, point.customer, outcome="wrong_contact", contact=point.pk)
    point.refresh_from_db()
    assert point.status == ContactStatus.UNREACHABLE


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"outcome": "call_back", "call_back_on": ""}, "Choose the day to call back on"),
        ({"outcome": "call_back", "call_back_on": "2020-01-01"}, "Choose the day to call back on"),
        ({"call_back_on": "tomorrow"}, "Enter a valid date"),
        ({"note": "x" * 5001}, "at most 5000 characters"),
    ],
)
def test_a_refused_form_says_what_is_wrong_and_keeps_what_was_written(as_farmer, farmer, data, error):
    answer = post_touch(as_farmer, CustomerFactory(owner=farmer), **{"note": "Kept words"} | data)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert data.get("note", "Kept words") in answer.content.decode()
    assert not Touch.objects.exists()


def test_a_foreign_task_or_contact_on_the_form_is_refused(as_farmer, farmer):
    foreign = TaskFactory(customer__owner=UserFactory())
    answer = post_touch(as_farmer, CustomerFactory(owner=farmer), tasks=[foreign.pk])
    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert foreign.state == TaskState.OPEN


def test_the_form_is_a_page_without_htmx_and_leads_back_to_my_day(as_farmer, farmer):
    customer = CustomerFactory(owner=farmer)
    url = reverse("touch_log", args=[customer.pk])
    assert "<html" in as_farmer.get(url).content.decode()
    answer = as_farmer.post(url, {"channel": "call", "outcome": "reached"})
    assert answer["Location"] == reverse("worklist")
    assert Touch.objects.count() == 1


def test_on_the_card_the_touch_answers_with_a_line_and_an_event(as_farmer, farmer):
    answer = post_touch(as_farmer, CustomerFactory(owner=farmer), place="card")
    assert "touch-logged" in answer.content.decode()
    assert "touchLogged" in json.loads(answer["HX-Trigger"])


def test_a_task_set_on_the_card_belongs_to_the_owner_and_may_be_moved_and_closed(as_manager, farmer):
    customer = CustomerFactory(owner=farmer)
    as_manager.post(
        reverse("task_create", args=[customer.pk]), {"note": "Send a sample", "due_on": "2026-03-18"}, headers=HTMX
    )
    task = Task.objects.get()
    assert (task.owner, task.due_on, task.note) == (farmer, date(2026, 3, 18), "Send a sample")
    as_manager.post(reverse("task_move", args=[task.pk]), {"due_on": "2026-03-20"}, headers=HTMX)
    answer = as_manager.post(reverse("task_close", args=[task.pk]), {"state": "done"}, headers=HTMX)
    task.refresh_from_db()
    assert (task.due_on, task.state) == (date(2026, 3, 20), TaskState.DONE)
    assert json.loads(answer["HX-Trigger"])["taskChanged"] == {"customer": customer.pk}


@pytest.mark.parametrize("data", [{"note": "", "due_on": "2026-03-18"}, {"note": "x", "due_on": "2026-03-15"}])
def test_a_task_without_words_or_in_the_past_is_refused(as_farmer, farmer, data):
    customer = CustomerFactory(owner=farmer)
    answer = as_farmer.post(reverse("task_create", args=[customer.pk]), data, headers=HTMX)
    assert answer.status_code == 422
    assert not Task.objects.exists()


def test_the_cards_list_of_tasks_shows_open_ones_only(as_farmer, farmer):
    task = TaskFactory(customer__owner=farmer)
    TaskFactory(customer=task.customer, note="Old", state="done", closed_at="2026-03-01T10:00:00Z")
    text = as_farmer.get(reverse("customer_tasks", args=[task.customer_id]), headers=HTMX).content.decode()
    assert "Send the offer" in text
    assert "Old" not in text


def test_done_today_lists_the_persons_own_touches(as_farmer, farmer):
    TouchFactory(by=farmer, customer__owner=farmer, at="2026-03-16T09:00:00+03:00", note="Spoke of prices")
    TouchFactory(by=farmer, customer__owner=farmer, at="2026-03-15T09:00:00+03:00", note="Yesterday")
    page = as_farmer.get(reverse("done_today")).content.decode()
    assert "Spoke of prices" in page
    assert "Yesterday" not in page


def cadence_data(**changes):
    days = {"A": 14, "B": 30, "C": 30, "D": 90, "X": 14}
    fields = {f"days_{g}": d for g, d in days.items()} | {f"channel_{g}": "call" for g in days}
    return {"saves": "cadence"} | fields | changes


def test_a_manager_changes_the_cadence_and_the_limits(as_manager):
    as_manager.post(reverse("cadence"), cadence_data(days_A=7, channel_A="meeting", days_D=""))
    as_manager.post(reverse("cadence"), {"saves": "pressure", "messages_0": 2, "days_0": 7})
    assert Cadence.objects.get(grade="A").days_between == 7
    assert Cadence.objects.get(grade="A").channel == "meeting"
    assert not Cadence.objects.filter(grade="D").exists()
    assert limits() == [Limit(2, 7)]


@pytest.mark.parametrize(
    "data",
    [
        cadence_data(days_A=0),
        cadence_data(days_A="often"),
        cadence_data(channel_A="pigeon"),
        {"saves": "pressure", "messages_0": 1, "days_0": ""},
        {"saves": "pressure", "messages_0": 1, "days_0": 0},
        {"saves": "pressure", "messages_0": 1, "days_0": 2, "messages_1": 3, "days_1": 2},
    ],
)
def test_impossible_regulations_are_refused_and_nothing_changes(as_manager, data):
    assert as_manager.post(reverse("cadence"), data).status_code == 422
    assert Cadence.objects.get(grade="A").days_between == 14
    assert PressureLimit.objects.count() == 2


def test_a_farmer_does_not_set_the_cadence(as_farmer):
    assert as_farmer.get(reverse("cadence")).status_code == 403
    assert as_farmer.post(reverse("cadence"), cadence_data(days_A=1)).status_code == 403


def test_a_new_cadence_shows_in_my_day_at_once(as_manager, client, farmer, noon):
    customer = StandingFactory(customer__owner=farmer).customer
    TouchFactory(customer=customer, at=noon - timedelta(days=8))
    as_manager.post(reverse("cadence"), cadence_data(days_A=7))
    client.force_login(farmer)
    assert str(customer) in client.get("/today/").content.decode()
