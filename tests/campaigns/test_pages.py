"""Pages of flows, deliveries and the outbox: what they say, and to whom."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.actions import install_win_back
from campaigns.models import Delivery, Enrolment, Flow, MessageTemplate, OutboxMessage
from core.roles import Role
from tests.factories.campaigns import (
    NOON,
    DeliveryFactory,
    EnrolmentFactory,
    FlowFactory,
    HoldoutFactory,
    TemplateFactory,
    reachable,
)
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def flow():
    return install_win_back(language="en", is_active=True)


def addresses(flow):
    message = OutboxMessage.objects.create(channel="email", to="a@x.test", subject="Hi", html="<head></head>hello")
    return [
        reverse("flow_list"),
        reverse("flow_page", args=[flow.code]),
        reverse("flow_settings", args=[flow.code]),
        reverse("template_edit", args=[flow.code, 1, "ru"]),
        reverse("template_frame", args=[flow.code, 1, "ru"]),
        reverse("deliveries"),
        reverse("outbox"),
        reverse("outbox_message", args=[message.pk]),
        reverse("outbox_frame", args=[message.pk]),
    ]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_who_runs_campaigns_sees_every_page(client, flow, role, language):
    client.force_login(UserFactory(role=role, language=language))
    assert [client.get(address).status_code for address in addresses(flow)] == [200] * 9


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_others_see_none_of_them_and_change_nothing(client, flow, role):
    client.force_login(UserFactory(role=role))
    delivery = DeliveryFactory(state="ambiguous")
    assert {client.get(address).status_code for address in addresses(flow)} == {403}
    posts = [
        reverse("flow_toggle", args=[flow.code]),
        reverse("flow_settings", args=[flow.code]),
        reverse("flow_install"),
        reverse("delivery_decide", args=[delivery.pk]),
        reverse("template_edit", args=[flow.code, 1, "ru"]),
    ]
    assert {client.post(address).status_code for address in posts} == {403}
    flow.refresh_from_db()
    assert flow.is_active
    assert Delivery.objects.get().state == "ambiguous"


def test_a_visitor_is_sent_to_the_log_in(client, flow):
    response = client.get(reverse("flow_page", args=[flow.code]))
    assert response.status_code == 302


@pytest.mark.usefixtures("manager")
def test_an_empty_list_offers_the_win_back_paused(client):
    assert "Create the win-back flow" in client.get(reverse("flow_list")).content.decode()
    client.post(reverse("flow_install"))
    flow = Flow.objects.get()
    assert (flow.code, flow.is_active, flow.name) == ("win-back", False, "Win-back")


def test_the_effect_compares_those_who_got_messages_with_those_who_did_not(client, manager, flow):
    treated = EnrolmentFactory.create_batch(4, flow=flow)
    HoldoutFactory.create_batch(4, flow=flow)
    for enrolment in [*treated[:3], Enrolment.objects.filter(is_holdout=True).first()]:
        OrderFactory(customer=enrolment.customer, placed_at=NOON + timedelta(days=1))
    # Not counted: before entry, after the end of measuring, cancelled.
    OrderFactory(customer=treated[3].customer, placed_at=NOON - timedelta(days=1))
    OrderFactory(customer=treated[3].customer, placed_at=NOON + timedelta(days=31))
    OrderFactory(
        customer=treated[3].customer, placed_at=NOON + timedelta(days=1), status="cancelled", revenue=0, known_cost=0
    )
    response = client.get(reverse("flow_page", args=[flow.code]))
    effect = response.context["effect"]
    assert (effect.treated.ordered, effect.treated.entered) == (3, 4)
    assert (effect.holdout.ordered, effect.holdout.entered) == (1, 4)
    assert effect.share.value == pytest.approx(0.5)
    # Each order brought 1,000 - 600.
    assert effect.treated.mean_margin == 300
    assert effect.margin.value == pytest.approx(200)
    text = response.content.decode()
    assert "+50" in text
    assert "Too early to tell" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 5), ("group=inside", 2), ("group=holdout", 2), ("group=treated&ordered=1", 1), ("group=inside&step=2", 1)],
)
def test_every_number_opens_its_rows(client, manager, flow, query, count):
    EnrolmentFactory(flow=flow)
    EnrolmentFactory(flow=flow, next_position=2)
    ordered = EnrolmentFactory(flow=flow, state="left", exit_reason="ordered")
    OrderFactory(customer=ordered.customer, placed_at=NOON + timedelta(days=1))
    HoldoutFactory.create_batch(2, flow=flow)
    response = client.get(reverse("flow_page", args=[flow.code]) + f"?{query}")
    assert response.context["page"].paginator.count == count


def test_the_funnel_tells_what_became_of_each_steps_messages(client, manager, flow):
    first = flow.steps.get(position=1)
    for state, held_back in [("sent", ""), ("sent", ""), ("held_back", "no_consent"), ("failed", "")]:
        enrolment = EnrolmentFactory(flow=flow, next_position=2)
        DeliveryFactory(customer=enrolment.customer, enrolment=enrolment, step=first, state=state, held_back=held_back)
    EnrolmentFactory(flow=flow)
    row, _previews = client.get(reverse("flow_page", args=[flow.code])).context["steps"][0]
    assert (row.waiting, row.taken, row.sent, row.failed) == (1, 4, 2, 1)
    assert [(code, number) for code, _label, number in row.held_back] == [("no_consent", 1)]


def test_the_flows_page_asks_a_constant_number_of_queries(client, manager, flow, django_assert_max_num_queries):
    for _ in range(3):
        EnrolmentFactory(flow=flow)
    with django_assert_max_num_queries(14) as few:
        client.get(reverse("flow_page", args=[flow.code]))
    for _ in range(10):
        EnrolmentFactory(flow=flow)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("flow_page", args=[flow.code]))


def test_a_manager_pauses_a_flow_and_starts_it_again(client, manager, flow):
    address = reverse("flow_toggle", args=[flow.code])
    for active in (False, True):
        client.post(address, {"active": "1" if active else "0"})
        flow.refresh_from_db()
        assert flow.is_active is active


def test_a_flow_without_its_template_does_not_start(client, manager):
    flow = FlowFactory(is_active=False)
    response = client.post(reverse("flow_toggle", args=[flow.code]), {"active": "1"})
    assert response.status_code == 409
    assert "hello" in response.content.decode()
    TemplateFactory()
    assert client.post(reverse("flow_toggle", args=[flow.code]), {"active": "1"}).status_code == 302


def settings_of(flow, **changes):
    values = {
        "holdout_percent": 20,
        "entry_limit": 100,
        "pause_days": 90,
        "window_days": 10,
        "wait_1": 1,
        "wait_2": 5,
        "wait_3": 7,
        "note_3": "Call",
    }
    return values | changes


def test_new_waits_hold_for_those_who_are_inside(client, manager, flow):
    enrolment = EnrolmentFactory(flow=flow, next_position=2, due_at=NOON + timedelta(days=5))
    client.post(reverse("flow_settings", args=[flow.code]), settings_of(flow, wait_2=8))
    enrolment.refresh_from_db()
    flow.refresh_from_db()
    assert flow.holdout_percent == 20
    assert [step.wait_days for step in flow.steps.all()] == [1, 8, 7]
    assert enrolment.due_at == NOON + timedelta(days=8)
    assert enrolment.ends_at == NOON + timedelta(days=1 + 8 + 7 + 10)


@pytest.mark.parametrize(
    "wrong", [{"holdout_percent": 51}, {"wait_1": -1}, {"note_3": "{% if %}"}, {"entry_limit": 0}, {"wait_2": ""}]
)
def test_wrong_settings_are_told_and_change_nothing(client, manager, flow, wrong):
    response = client.post(reverse("flow_settings", args=[flow.code]), settings_of(flow, **wrong))
    assert response.status_code == 422
    assert next(iter(wrong)) in response.context["form"].errors
    flow.refresh_from_db()
    assert flow.holdout_percent == 10


def test_a_marketer_rewrites_a_message_and_sees_it(client, flow):
    client.force_login(UserFactory(role=Role.MARKETER))
    address = reverse("template_edit", args=[flow.code, 1, "en"])
    client.post(address, {"subject": "Hello {{ first_name }}", "body": "<p>New text for {{ first_name }}</p>"})
    assert MessageTemplate.objects.get(code="win-back-email", language="en").subject == "Hello {{ first_name }}"
    frame = client.get(reverse("template_frame", args=[flow.code, 1, "en"]))
    assert "New text for Anna" in frame.content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("body", "{{ password }}"), ("subject", "{% if %}"), ("body", ""), ("body", " ")]
)
def test_a_template_that_cannot_be_used_is_not_saved(client, manager, flow, field, value):
    data = {"subject": "s", "body": "<p>b</p>"} | {field: value}
    response = client.post(reverse("template_edit", args=[flow.code, 1, "en"]), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "{{ first_name }}" in MessageTemplate.objects.get(code="win-back-email", language="en").subject


@pytest.mark.parametrize("name", ["template_frame", "outbox_frame"])
def test_a_foreign_letter_is_framed_without_script_or_network(client, manager, flow, name):
    message = OutboxMessage.objects.create(channel="email", to="a@x.test", html="<head></head><script>x</script>")
    arguments = [flow.code, 1, "ru"] if name == "template_frame" else [message.pk]
    response = client.get(reverse(name, args=arguments))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_unclear_messages_come_first_and_a_person_decides(client, manager):
    unclear = DeliveryFactory(customer=reachable(), state="ambiguous", started_at=NOON)
    DeliveryFactory.create_batch(3, state="sent", sent_at=NOON)
    response = client.get(reverse("deliveries"))
    assert next(iter(response.context["page"])) == unclear
    address = reverse("delivery_decide", args=[unclear.pk])
    client.post(address, {"decision": "again"})
    unclear.refresh_from_db()
    assert unclear.state == "due"
    assert client.post(address, {"decision": "sent"}).status_code == 409


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=sent", 1),
        ("channel=sms", 1),
        ("reason=no_consent", 1),
        ("search=FindMe@x.test", 1),
        # Addresses are masked: a part must not spell the rest out.
        ("search=findme", 0),
        ("state=nonsense", 0),
        ("step=x", 3),
    ],
)
def test_deliveries_are_filtered(client, manager, query, count):
    DeliveryFactory(state="sent", sent_at=NOON, address="findme@x.test")
    DeliveryFactory(state="held_back", held_back="no_consent")
    DeliveryFactory(channel="sms")
    response = client.get(reverse("deliveries") + f"?{query}")
    assert response.context["page"].paginator.count == count


def test_the_list_of_deliveries_asks_a_constant_number_of_queries(client, manager, django_assert_max_num_queries):
    DeliveryFactory()
    with django_assert_max_num_queries(8) as few:
        client.get(reverse("deliveries"))
    DeliveryFactory.create_batch(10)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("deliveries"))
