"""Input of pages from people who mean harm, or do not care: nothing breaks, and what is kept is shown escaped."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import SavedView
from core.roles import Role
from customers.models import Customer
from tests.factories.company import Company, company
from tests.factories.naughty import NAUGHTY, NUMBERS, ODD, OWN, survives
from touches.models import Task, Touch

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return company()


@pytest.fixture
def manager(client: Client, firm: Company) -> Client:
    client.force_login(firm.people[Role.MANAGER])
    return client


PERIOD = ("first", "last")
PART = ("grade", "owner", "channel", "category")
FILE = ("table", "format")
# For pages of figures, which take longer and read all they are asked by one form.
FEW = ("9" * 5000, "²", "2999-12", "0001-01-01", "%s%n\u202e")
# Every parameter that a page reads from its address.
ASKED = {
    "customer_list": (
        "q",
        "grade",
        "stage",
        "owner",
        "channel",
        "kind",
        "method",
        "ordered_from",
        "ordered_to",
        "won_month",
        "risk",
        "sort",
        "page",
        "tag",
        "where",
        "audience",
    ),
    "customer_suggestions": ("q",),
    "worklist": ("owner", "kind", "grade", "after"),
    "done_today": ("owner",),
    "deliveries": ("state", "channel", "flow", "reason", "search", "step", "page"),
    "outbox": ("channel", "page"),
    "nps_answers": ("month", "grade", "kind", "page"),
    "cac": (*PERIOD, "channel", "model", "measure", *FILE),
    "old_new": (*PERIOD, *FILE),
    "ltv": (*PERIOD, *PART, "year", *FILE),
    "ltv_backtest": FILE,
    "overview": FILE,
    "base_value": (*PERIOD, *PART, *FILE),
    "grades": ("since", "until", "of", *PART, *FILE),
    "policy_preview": ("kind", "category", "is_end", "window_days", "count_value", "effective_from", *FILE),
    "cohorts": (*PERIOD, "dimension", "value", "by", "measure", *FILE),
    "leaks": (*PERIOD, "owner", "channel", *FILE),
    "leaving": (*PERIOD, *PART, *FILE),
    "potential": FILE,
    "capability_options": ("capability",),
    "inquiries": ("first", "last", "state", "kind", "channel", "person", "line", "hour", "known", "taken", "page"),
    "inquiry_who": ("phone",),
    "audience_new": ("example", "q", "grade", "owner", "won_month", "where", "audience"),
    "audience_choices": ("at", "q"),
    "spend": ("month",),
    "policies": ("kind", "category"),
    "customer_assign": ("id", "q", "owner", "count"),
    "account_login": ("next",),
}


def test_no_address_breaks_a_page(manager, firm):
    numbers = ["-1", "1e9", "9" * 19, "9" * 5000, "²", "\0"]
    values = [*numbers, *ODD, "9999-12", "0001-01", "9999-12-31", "0000-00"]
    # All parameters of a page at once, and each alone with what is likeliest to break it.
    requests = [
        ("get", reverse(name), dict.fromkeys(parameters, value))
        for name, parameters in ASKED.items()
        for value in (FEW if "format" in parameters else values)
    ]
    requests += [
        ("get", reverse(name), {parameter: value})
        for name, parameters in ASKED.items()
        for parameter in parameters
        if parameter not in (*PERIOD, *PART, *FILE)
        for value in ("9" * 19, "a\0b", "9999-12-31")
    ]
    card = firm.own[Role.MANAGER].customer.pk
    for value in values:
        requests += [
            ("get", reverse("customer_timeline", args=[card]), {"show": value, "after": value}),
            ("get", reverse("customer_timeline", args=[card]), {"after": f"{value},1"}),
            ("get", reverse("customer_timeline", args=[card]), {"after": f"2026-01-01T00:00:00+00:00,{value}"}),
            ("get", reverse("customer_orders", args=[card]), {"start": value}),
            ("get", reverse("touch_log", args=[card]), {"channel": value, "place": value}),
            ("get", reverse("flow_page", args=[firm.flow.code]), {"group": value, "step": value, "page": value}),
            ("get", f"/n/{firm.tokens['nps_answer']}/", {"score": value, "done": value}),
            ("get", reverse("why", args=[firm.tokens["why"]]), {"reason": value}),
            ("get", reverse("channel_spend", args=[firm.ids["channel"]]), {"month": value}),
            ("get", reverse("capability", args=[firm.ids["capability"]]), dict.fromkeys(FILE, value)),
            ("get", reverse("need_add", args=[card]), {"capability": value, "potential": value, "asked_on": value}),
        ]
    survives(manager, requests)


def test_no_search_breaks_the_search(manager):
    survives(manager, [("get", reverse("customer_suggestions"), {"q": text}) for text in NAUGHTY])


def test_no_number_in_an_address_breaks_a_page(manager):
    paths = (
        "customers/{}/",
        "customers/{}/timeline/",
        "tasks/{}/close/",
        "deliveries/{}/decide/",
        "outbox/{}/",
        "touches/{}/take-back/",
        "channels/{}/",
        "settings/people/{}/",
        "flows/win-back/steps/{}/ru/",
        "flows/{}/",
        "u/{}/",
        "n/{}/",
        "customers/{}/take/",
        "customers/views/{}/forget/",
        "audiences/{}/",
        "audiences/{}/freeze/",
        "audiences/1/versions/{}/",
        "potential/{}/",
        "potential/candidates/{}/dismiss/",
        "policies/{}/withdraw/",
        "inquiries/{}/",
        "inquiries/{}/take/",
        "channels/campaigns/{}/",
        "spend/parts/{}/clear/",
        "leaving/reasons/{}/",
        "competitors/{}/",
        "why/{}/",
        "in/{}/",
    )
    numbers = ["0", "9" * 10, "9" * 19, "9" * 40, "9" * 5000, "%00", "1%00", "%0d%0a", "1-e-1-%C3%A9", "é"]
    requests = [(method, "/" + path.format(n), {}) for path in paths for n in numbers for method in ("get", "post")]
    survives(manager, requests)


def test_no_form_breaks_on_naughty_text(manager, firm):
    card = firm.own[Role.MANAGER].customer.pk
    task, flow = firm.own[Role.MANAGER].ids["task"], firm.flow.code
    requests: list[tuple[str, str, Any]] = []
    for text in [*OWN, *NUMBERS]:
        requests += [
            ("post", reverse("customer_edit", args=[card]), {"kind": "person", "name": text, "city": text}),
            (
                "post",
                reverse("customer_edit", args=[card]),
                {"kind": text, "name": "a", "language": text, "time_zone": text},
            ),
            ("post", reverse("customer_contacts", args=[card]), {"channel": "email", "value": text}),
            ("post", reverse("customer_contacts", args=[card]), {"channel": "telegram", "value": text}),
            (
                "post",
                reverse("customer_consent", args=[card]),
                {"channel": "email", "action": "granted", "source": text},
            ),
            ("post", reverse("x_mark", args=[card]), {"capability": text, "potential": text}),
            ("post", reverse("touch_log", args=[card]), {"channel": "call", "outcome": "reached", "note": text}),
            (
                "post",
                reverse("touch_log", args=[card]),
                {"channel": text, "outcome": "call_back", "call_back_on": text, "tasks": text, "contact": text},
            ),
            ("post", reverse("task_create", args=[card]), {"due_on": "2099-01-01", "note": text}),
            ("post", reverse("task_move", args=[task]), {"due_on": text}),
            ("post", reverse("task_close", args=[task]), {"state": text}),
            ("post", reverse("customer_view_save"), {"name": text, "query": text}),
            ("post", reverse("customer_columns"), {"column": text, "query": text}),
            ("post", reverse("customer_view_forget", args=[1]), {"query": text}),
            ("post", reverse("set_preferences"), {"next": text, "language": text, "theme": text}),
            (
                "post",
                reverse("delivery_decide", args=[firm.foreign.ids["delivery"]]),
                {"decision": "sent", "next": text},
            ),
            ("post", reverse("channel_open"), {"code": text, "name": text, "kind": "paid"}),
            ("post", reverse("channel", args=[firm.ids["channel"]]), {"name": text, "kind": text}),
            (
                "post",
                reverse("spend_cell"),
                {"channel": firm.ids["channel"], "month": "2026-01", "kind": "tools", "amount": text},
            ),
            ("post", reverse("spend_cell"), {"channel": text, "month": text, "kind": text}),
            ("post", reverse("spend_copy"), {"month": text}),
            ("post", reverse("customer_assign"), {"new_owner": text, "id": text, "count": text}),
            (
                "post",
                reverse("flow_settings", args=[flow]),
                dict.fromkeys(("holdout_percent", "entry_limit", "pause_days", "window_days", "wait_1"), text),
            ),
            ("post", reverse("template_edit", args=[flow, 1, "ru"]), {"subject": text, "body": text}),
            ("get", reverse("template_frame", args=[flow, 1, "ru"]), {}),
            (
                "post",
                reverse("policies"),
                dict.fromkeys(("kind", "window_days", "count_rule", "effective_from", "note"), text),
            ),
            ("post", reverse("cadence"), {"saves": "cadence", "days_A": text, "channel_A": text}),
            ("post", reverse("cadence"), {"saves": "pressure", "messages_0": text, "days_0": text}),
            ("post", reverse("cadence"), {"saves": text}),
            ("post", f"/n/{firm.tokens['nps_answer']}/", {"score": "5", "comment": text}),
            ("post", f"/u/{firm.tokens['unsubscribe']}/", {"List-Unsubscribe": text}),
        ]
    survives(manager, requests)


def test_no_settings_form_breaks_on_naughty_text(client, firm):
    client.force_login(firm.people[Role.ADMINISTRATOR])
    requests: list[tuple[str, str, Any]] = []
    for number, text in enumerate(OWN):
        requests += [
            ("post", reverse("token_list"), {"name": text, "scopes": ["orders:read"]}),
            ("post", reverse("people"), {"name": text, "email": f"n{number}@ferma.test", "role": "farmer"}),
            ("post", reverse("people"), {"name": "A", "email": text, "role": text}),
        ]
    survives(client, requests)
    assert client.get(reverse("token_list")).status_code == 200


def test_no_log_in_breaks_on_naughty_text(client):
    requests = [("post", reverse("account_login"), {"login": t, "password": t, "next": t}) for t in OWN]
    requests += [("post", reverse("account_reset_password"), {"email": t}) for t in OWN]
    survives(client, requests)


def test_text_is_kept_as_it_was_and_shown_escaped(client, firm):
    farmer = firm.people[Role.FARMER]
    client.force_login(farmer)
    customer = firm.own[Role.FARMER].customer
    danger = "<script>alert('x')</script> \"><img src=x onerror=alert(1)> {{ 7|add:7 }} =1+1 👩‍👩‍👧"
    edit = {"kind": "person", "name": danger, "city": danger, "language": "", "time_zone": ""}
    client.post(reverse("customer_edit", args=[customer.pk]), edit)
    client.post(reverse("task_create", args=[customer.pk]), {"note": danger, "due_on": "2099-01-01"})
    client.post(reverse("touch_log", args=[customer.pk]), {"channel": "call", "outcome": "reached", "note": danger})
    client.post(reverse("customer_view_save"), {"name": danger[:60], "query": "q=1"})
    client.post(f"/n/{firm.tokens['nps_answer']}/", {"score": "2", "comment": danger})

    assert Customer.objects.get(pk=customer.pk).name == danger
    assert Task.objects.filter(note=danger).exists()
    assert Touch.objects.filter(note=danger).exists()
    assert SavedView.objects.filter(name=danger[:60]).exists()
    pages = [
        reverse("customer_card", args=[customer.pk]),
        reverse("customer_messages", args=[customer.pk]),
        reverse("customer_edit", args=[customer.pk]),
        reverse("customer_tasks", args=[customer.pk]),
        reverse("customer_list"),
        reverse("customer_suggestions") + "?q=script",
        reverse("worklist"),
        reverse("done_today"),
        reverse("nps_answers"),
    ]
    for page in pages:
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown, page
        assert "<img src=x" not in shown, page
        assert "alert('x')" in unescape(shown), page


def test_htmx_headers_are_input_too(manager, firm):
    card = firm.own[Role.MANAGER].customer.pk
    manager.raise_request_exception = False
    for address in ("http://[", "\0", "é", "http://x/?owner=%00&kind=\0&grade=zz", "javascript:1", "?" + "a=1&" * 3000):
        headers = {"HX-Request": "true", "HX-Current-URL": address, "HX-Target": address, "HX-Trigger": address}
        for data in ({"channel": "call", "outcome": "reached", "place": "worklist"},):
            response = manager.post(reverse("touch_log", args=[card]), data, headers=headers)
            assert response.status_code < 500, (ascii(address)[:40], response.exc_info)
        assert manager.get(reverse("worklist"), headers=headers).status_code == 200
