# ruff: noqa: E501
"""Input from people who mean harm, or do not care: nothing breaks, what is kept is kept as it was, and is shown escaped."""

import json
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.models import SavedView, Scope
from core.roles import Role
from core.tokens import issue_token
from customers.models import Customer, Order
from tests.factories.company import Company, company
from tests.factories.core import IntegrationFactory, ManagerFactory
from touches.models import Task, Touch

pytestmark = pytest.mark.django_db

# The project keeps its own few; the whole of the well-known list is used where it is at hand.
OWN = [
    "",
    " ",
    "\0",
    "a\0b",
    "\x1b[31mred",
    "line\r\nSet-Cookie: a=b",
    "\u202egnp.exe",
    "\ufeff\u200b",
    "ÅÍÎÏ˝ÓÔÒÚÆ☃",
    "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
    "👩‍👩‍👧‍👦" * 20,
    "Z͑ͫA̴̵̜L̠G̡O" * 40,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE customers_customer; --",
    "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}",
    "%s%n%x%00%0d%0a",
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "NaN",
    "-1e999",
    "9" * 400,
    "²③٣",
    "%",
    "_",
    "\\",
    "null",
    "http://[",
    "a" * 5000,
]
LIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "naughty_strings.json"
NAUGHTY = OWN + (json.loads(LIST.read_text(encoding="utf-8")) if LIST.exists() else [])
# Those of them that reading a number, a date or a word of a list could stumble over.
ODD = ["a\0b", "line\r\nSet-Cookie: a=b", "%s%n%x%00%0d%0a", "http://[", "NaN", "-1e999", "\u202egnp.exe", "a" * 5000]
NUMBERS = ["-1", "0", "1e9", "9" * 9, "9" * 19, "9" * 40, "9" * 5000, "²", "٣", "\0", "1\0", "", "1.5", "0x10"]


@pytest.fixture
def firm() -> Company:
    return company()


@pytest.fixture
def manager(client: Client, firm: Company) -> Client:
    client.force_login(firm.people[Role.MANAGER])
    return client


def api(scopes: list[str] | None = None) -> Client:
    by = ManagerFactory()
    _row, secret = issue_token(
        user=IntegrationFactory(), name="shop", scopes=list(scopes or Scope.values), created_by=by
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def survives(client: Client, requests: list[tuple[str, str, Any]]) -> None:
    """Fail with the requests that the program failed at, and the errors."""
    client.raise_request_exception = False
    broken = []
    for method, url, data in requests:
        # A savepoint of its own, as each request has in life: a failed statement must not fail the next ones.
        with transaction.atomic():
            response = getattr(client, method)(url, data)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if response.status_code >= 500:
            broken.append(
                f"{method} {url} {ascii(data)[:90]}: {ascii(response.exc_info and response.exc_info[1])[:200]}"
            )
    assert not broken, "\n".join(broken)


# Every parameter that a page reads from its address.
ASKED = {
    "customer_list": ("q", "grade", "stage", "owner", "channel", "kind", "method", "ordered_from", "ordered_to",
                      "won_month", "risk", "sort", "page"),
    "customer_suggestions": ("q",),
    "worklist": ("owner", "kind", "grade", "after"),
    "done_today": ("owner",),
    "deliveries": ("state", "channel", "flow", "reason", "search", "step", "page"),
    "outbox": ("channel", "page"),
    "nps_answers": ("month", "grade", "kind", "page"),
    "cac": ("months", "measure"),
    "ltv": ("by", "year"),
    "spend": ("month",),
    "policies": ("kind",),
    "customer_assign": ("id", "q", "owner", "count"),
    "account_login": ("next",),
}  # fmt: skip


def test_no_address_breaks_a_page(manager, firm):
    values = [*NUMBERS, *ODD, "1970-01-01", "9999-12", "0001-01", "9999-12-31", "0000-00"]
    requests = [
        ("get", reverse(name), {parameter: value})
        for name, parameters in ASKED.items()
        for parameter in parameters
        for value in values
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
        ]
    survives(manager, requests)


def test_no_search_breaks_the_search(manager):
    survives(manager, [("get", reverse("customer_suggestions"), {"q": text}) for text in NAUGHTY])


def test_no_number_in_an_address_breaks_a_page(manager):
    paths = ("customers/{}/", "customers/{}/timeline/", "tasks/{}/close/", "deliveries/{}/decide/", "outbox/{}/",
             "touches/{}/take-back/", "channels/{}/", "settings/people/{}/", "flows/win-back/steps/{}/ru/",
             "flows/{}/", "u/{}/", "n/{}/", "customers/{}/take/", "customers/views/{}/forget/")  # fmt: skip
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
            ("post", reverse("customer_edit", args=[card]), {"kind": text, "name": "a", "language": text, "time_zone": text}),
            ("post", reverse("customer_contact_add", args=[card]), {"channel": "email", "value": text}),
            ("post", reverse("customer_contact_add", args=[card]), {"channel": "telegram", "value": text}),
            ("post", reverse("customer_consent", args=[card]), {"channel": "email", "action": "granted", "source": text}),
            ("post", reverse("x_mark", args=[card]), {"capability": text, "potential": text}),
            ("post", reverse("touch_log", args=[card]), {"channel": "call", "outcome": "reached", "note": text}),
            ("post", reverse("touch_log", args=[card]), {"channel": text, "outcome": "call_back", "call_back_on": text, "tasks": text, "contact": text}),
            ("post", reverse("task_create", args=[card]), {"due_on": "2099-01-01", "note": text}),
            ("post", reverse("task_move", args=[task]), {"due_on": text}),
            ("post", reverse("task_close", args=[task]), {"state": text}),
            ("post", reverse("customer_view_save"), {"name": text, "query": text}),
            ("post", reverse("customer_columns"), {"column": text, "query": text}),
            ("post", reverse("customer_view_forget", args=[1]), {"query": text}),
            ("post", reverse("set_preferences"), {"next": text, "language": text, "theme": text}),
            ("post", reverse("delivery_decide", args=[firm.foreign.ids["delivery"]]), {"decision": "sent", "next": text}),
            ("post", reverse("channel_open"), {"code": text, "name": text, "kind": "paid"}),
            ("post", reverse("channel", args=[firm.ids["channel"]]), {"name": text, "kind": text}),
            ("post", reverse("spend_cell"), {"channel": firm.ids["channel"], "month": "2026-01", "kind": "tools", "amount": text}),
            ("post", reverse("spend_cell"), {"channel": text, "month": text, "kind": text}),
            ("post", reverse("spend_copy"), {"month": text}),
            ("post", reverse("customer_assign"), {"new_owner": text, "id": text, "count": text}),
            ("post", reverse("flow_settings", args=[flow]), dict.fromkeys(("holdout_percent", "entry_limit", "pause_days", "window_days", "wait_1"), text)),
            ("post", reverse("template_edit", args=[flow, 1, "ru"]), {"subject": text, "body": text}),
            ("get", reverse("template_frame", args=[flow, 1, "ru"]), {}),
            ("post", reverse("policies"), dict.fromkeys(("kind", "window_days", "count_rule", "effective_from", "note"), text)),
            ("post", reverse("cadence"), {"saves": "cadence", "days_A": text, "channel_A": text}),
            ("post", reverse("cadence"), {"saves": "pressure", "messages_0": text, "days_0": text}),
            ("post", reverse("cadence"), {"saves": text}),
            ("post", f"/n/{firm.tokens['nps_answer']}/", {"score": "5", "comment": text}),
            ("post", f"/u/{firm.tokens['unsubscribe']}/", {"List-Unsubscribe": text}),
        ]  # fmt: skip
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


ORDER = {
    "source": "shop",
    "external_id": "1",
    "placed_at": "2026-01-05T10:00:00+03:00",
    "customer": {"external_id": "c1"},
    "total": "100",
}


def test_the_api_keeps_naughty_text_or_refuses_it_in_words():
    client = api()
    client.raise_request_exception = False
    wrong = []
    for number, text in enumerate([*NAUGHTY, "\ud800", "\udfff x"]):
        order = ORDER | {
            "external_id": f"n{number}",
            "promo_code": text[:50],
            "channel": text[:50],
            "customer": {"external_id": f"c{number}", "name": text[:300]},
        }
        bodies: dict[str, Any] = {"orders/": order}
        if number < len(OWN) or text not in NAUGHTY:
            bodies |= {
            "orders/bulk/": {"orders": [ORDER | {"source": text, "external_id": text, "status": text}, text, None, 1]},
            "customers/": {"source": text, "external_id": text, "name": text, "kind": text, "phone": text, "email": text},
            "channels/": {"code": text, "name": text, "kind": text},
            "spend/": {"channel": text, "month": text, "kind": text, "amount": text},
            "spend/bulk/": [{"channel": text, "month": text, "kind": text, "amount": text}, text],
            "nps/responses/": {"order_source": text, "order_external_id": text, "score": text, "comment": text, text: text},
        }  # fmt: skip
        for path, body in bodies.items():
            response = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
            if response.status_code >= 500:
                error = ascii(response.exc_info and response.exc_info[1])[:200]
                wrong.append(f"{path} {ascii(text)[:60]}: {error}")
        kept = Order.objects.filter(external_id=f"n{number}").select_related("customer").first()
        if kept is not None and text.isprintable() and len(text) <= 50:
            assert kept.customer.name == text.strip()
            assert kept.promo_code == text.strip()
    assert not wrong, "\n".join(wrong)
    assert Order.objects.count() > 20


def test_the_api_refuses_bodies_that_are_no_bodies():
    client = api()
    client.raise_request_exception = False
    bodies = [b"", b"{", b"null", b"[]", b"1", b'"text"', b"\xff\xfe", b"{" * 100_000, b"[" * 100_000,
              b'{"a": NaN}', b'{"total": 1e999999999}', b'{"total": ' + b"9" * 10_000 + b"}", b"\0",
              b'{"source": {"a": [1]}, "lines": [[]], "customer": 5}', b'{"lines": {}, "customer": []}',
              b'{"version": 1e400, "status": {}, "currency": [], "rate": {}}', b'{"orders": {}}', b'{"orders": [[[]]]}']  # fmt: skip
    wrong = []
    for path in ("orders/", "orders/bulk/", "customers/", "channels/", "spend/", "spend/bulk/", "nps/responses/"):
        for body in bodies:
            response = client.post(f"/api/v1/{path}", body, content_type="application/json")
            if response.status_code not in (400, 200 if path == "spend/bulk/" else 400, 207):
                wrong.append(f"{path} {body[:40]!r}: {response.status_code} {response.exc_info}")
        for kind in ("text/plain", "multipart/form-data; boundary=x", "application/xml", "x", ""):
            response = client.post(f"/api/v1/{path}", b"{}", content_type=kind)
            if response.status_code != 415:
                wrong.append(f"{path} as {kind}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_address_breaks_the_api():
    client = api()
    asked = {
        "orders/": ("customer", "status", "source", "external_id", "placed_from", "placed_to", "updated_since"),
        "customers/": ("source", "external_id", "phone", "email", "updated_since"),
        "spend/": ("channel", "kind", "month_from", "month_to"),
        "channels/": (),
        "nps/responses/": ("customer", "answered_from", "answered_before", "kind"),
    }
    values = [*NUMBERS, *ODD, "1e50", "1e400", "NaN", "-Infinity", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00Z"]
    requests = [
        ("get", f"/api/v1/{path}", {name: value})
        for path, names in asked.items()
        for name in (*names, "cursor", "page_size", "limit", "format", "ordering")
        for value in [*values, "cj0xJnA9", "cD0yMDI2", "bz05OTk5OTk5OTk5", "cD1hYmM%3D"]
    ]
    survives(client, requests)


def test_a_token_works_in_its_header_only():
    by = ManagerFactory()
    _row, secret = issue_token(user=IntegrationFactory(), name="x", scopes=["orders:read"], created_by=by)
    client = Client()
    for url in (f"?token={secret}", f"?access_token={secret}", f"?Authorization=Bearer+{secret}"):
        assert client.get(f"/api/v1/orders/{url}").status_code == 401
    for header in (
        secret,
        f"Token {secret}",
        f"Basic {secret}",
        "Bearer",
        "Bearer a b",
        "Bearer \xff",
        f"Bearer {secret}x",
    ):
        assert client.get("/api/v1/orders/", headers={"Authorization": header}).status_code == 401
    client.cookies["token"] = secret
    assert client.get("/api/v1/orders/").status_code == 401


def test_an_answer_that_tells_back_odd_characters_is_kept_under_its_key():
    client = api()
    for number, text in enumerate(["\0", "\ud800", "a\0b"]):
        rows = [ORDER | {"external_id": f"good{number}"}, ORDER | {"source": text, "external_id": text, "status": text}]
        body = json.dumps({"orders": rows})
        how = {"content_type": "application/json", "headers": {"Idempotency-Key": f"k{number}"}}
        first = client.post("/api/v1/orders/bulk/", body, **how)
        again = client.post("/api/v1/orders/bulk/", body, **how)
        assert [row["fate"] for row in first.json()["results"]] == ["created", "refused"]
        assert (again.status_code, again.json()) == (207, first.json())
        assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("offset", ["+23:59", "-16:00"])
def test_a_moment_that_no_clock_shows_refuses_its_row_and_no_other(offset):
    rows = [ORDER, ORDER | {"external_id": "2", "placed_at": f"2026-01-05T10:00:00{offset}"}]
    answer = api().post("/api/v1/orders/bulk/", json.dumps({"orders": rows}), content_type="application/json").json()
    assert [row["fate"] for row in answer["results"]] == ["created", "refused"]
    assert answer["results"][1]["errors"][0]["attr"] == "placed_at"


def test_an_idempotency_key_out_of_order_is_refused_in_words():
    client = api()
    client.raise_request_exception = False
    body = json.dumps(ORDER)
    for key in ("", " " * 300, "k" * 201, "ключ", "a\x7f", "a\tb"):
        headers = {"Idempotency-Key": key}
        response = client.post("/api/v1/orders/", body, content_type="application/json", headers=headers)
        assert response.status_code == 400, ascii(key)
    headers = {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/orders/", body, content_type="application/json", headers=headers)
    other = client.post("/api/v1/customers/", body, content_type="application/json", headers=headers)
    changed = client.post(
        "/api/v1/orders/", body.replace("100", "200"), content_type="application/json", headers=headers
    )
    again = client.post("/api/v1/orders/", body, content_type="application/json", headers=headers)
    assert (first.status_code, other.status_code, changed.status_code, again.status_code) == (201, 422, 422, 201)
    assert again.json() == first.json()
    somebody = api()
    assert somebody.post("/api/v1/orders/", body, content_type="application/json", headers=headers).status_code == 200


def test_forms_want_their_csrf_token(firm):
    client = Client(enforce_csrf_checks=True)
    client.force_login(firm.people[Role.ADMINISTRATOR])
    card = firm.own[Role.FARMER].customer.pk
    refused = [
        reverse("customer_edit", args=[card]),
        reverse("touch_log", args=[card]),
        reverse("customer_assign"),
        reverse("people"),
        reverse("token_list"),
        reverse("set_preferences"),
        reverse("flow_toggle", args=[firm.flow.code]),
        reverse("account_logout"),
        reverse("account_login"),
    ]
    assert [client.post(url, {}).status_code for url in refused] == [403] * len(refused)
    # The signed link is the permission.
    assert client.post(f"/u/{firm.tokens['unsubscribe']}/").status_code == 200


OUTSIDE = ["//evil.test", "https://evil.test/", "http:evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)",
           "https:///evil.test", "//evil.test/%2f..", "\x00//evil.test", "\thttps://evil.test", "http://testserver@evil.test"]  # fmt: skip


def test_nobody_is_sent_outside(firm):
    client = Client()
    client.force_login(firm.people[Role.MANAGER])
    delivery = reverse("delivery_decide", args=[firm.own[Role.FARMER].ids["delivery"]])
    for target in OUTSIDE:
        answers = [
            client.post(reverse("set_preferences"), {"next": target, "theme": "dark"}),
            client.post(reverse("customer_columns"), {"query": target}),
            client.post(delivery, {"decision": "sent", "next": target}),
            client.get(reverse("account_login"), {"next": target}),
            Client().post(reverse("account_login"), {"next": target, "login": "a@b.test", "password": "x"}),
        ]
        for answer in answers:
            assert "evil.test" not in answer.get("Location", "").split("?")[0], target
        assert 'href="javascript:' not in answers[-1].content.decode()
        # The page that a refusal leads back to.
        refused = client.post(
            reverse("task_close", args=[firm.own[Role.FARMER].ids["task"]]), {}, headers={"Referer": target}
        )
        assert refused.status_code == 400
        assert "evil.test" not in refused.content.decode()


def test_a_foreign_host_is_refused(client):
    for host in ("evil.test", "testserver.evil.test", "testserver:80@evil.test", "a b", "[::1"):
        assert client.get(reverse("account_login"), headers={"Host": host}).status_code == 400
        assert (
            client.post(reverse("account_reset_password"), {"email": "a@b.test"}, headers={"Host": host}).status_code
            == 400
        )
    # Not believed: no proxy is told of.
    answer = client.get("/", headers={"X-Forwarded-Host": "evil.test"})
    assert "evil.test" not in answer["Location"]


def test_htmx_headers_are_input_too(manager, firm):
    card = firm.own[Role.MANAGER].customer.pk
    manager.raise_request_exception = False
    for address in ("http://[", "\0", "é", "http://x/?owner=%00&kind=\0&grade=zz", "javascript:1", "?" + "a=1&" * 3000):
        headers = {"HX-Request": "true", "HX-Current-URL": address, "HX-Target": address, "HX-Trigger": address}
        for data in ({"channel": "call", "outcome": "reached", "place": "worklist"},):
            response = manager.post(reverse("touch_log", args=[card]), data, headers=headers)
            assert response.status_code < 500, (ascii(address)[:40], response.exc_info)
        assert manager.get(reverse("worklist"), headers=headers).status_code == 200


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_every_answer_carries_the_security_headers(firm):
    client = Client()
    client.force_login(firm.people[Role.MANAGER])
    client.raise_request_exception = False
    addresses = {
        "/": 302,
        reverse("customer_list"): 200,
        reverse("customer_suggestions"): 200,
        reverse("people"): 403,
        "/nowhere/": 404,
        reverse("customer_columns"): 405,
        "/api/v1/orders/": 401,
        "/api/v1/docs/": 200,
        "/api/v1/nothing/": 404,
        f"/n/{firm.tokens['nps_answer']}/": 200,
        reverse("outbox_frame", args=[firm.ids["outbox"]]): 200,
        "/admin/": 302,
    }
    for address, status in addresses.items():
        response = client.get(address)
        assert response.status_code == status, address
        policy = response["Content-Security-Policy"]
        assert "'unsafe-eval'" not in policy
        assert "script-src 'self'" in policy or "default-src 'none'" in policy, address
        assert "frame-ancestors" in policy, address
        assert response["X-Frame-Options"] in ("DENY", "SAMEORIGIN"), address
        assert response["Referrer-Policy"] in ("same-origin", "no-referrer"), address
        assert "camera=()" in response["Permissions-Policy"], address
        assert {name: response[name] for name in HEADERS} == HEADERS, address
    assert client.get("/", headers={"Host": "evil.test"})["Content-Security-Policy"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, firm, settings):
    user = firm.people[Role.FARMER]
    logged = client.post(reverse("account_login"), {"login": user.email, "password": "correct-horse-battery"})
    assert logged.status_code == 302
    session = logged.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    chosen = client.post(reverse("set_preferences"), {"theme": "dark", "language": "en"})
    for cookie in chosen.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_guessing_a_password_is_slowed_down_whatever_address_it_claims_to_come_from(firm):
    user = firm.people[Role.FARMER]
    client = Client()
    for number in range(12):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        client.post(reverse("account_login"), {"login": user.email, "password": "wrong"}, headers=headers)
    right = client.post(reverse("account_login"), {"login": user.email, "password": "correct-horse-battery"})
    assert right.status_code != 302


def test_nobody_signs_up(client):
    body = {"email": "me@evil.test", "password1": "a-long-enough-1", "password2": "a-long-enough-1"}
    page = client.get(reverse("account_signup"))
    assert 'name="password1"' not in page.content.decode()
    client.post(reverse("account_signup"), body)
    assert not client.session.get("_auth_user_id")


def test_resetting_tells_nobody_who_has_an_account(firm, mailoutbox):
    known = Client().post(reverse("account_reset_password"), {"email": firm.people[Role.FARMER].email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@evil.test"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_revoked_token_stops_in_the_middle_of_its_work():
    client = api(["orders:read"])
    assert client.get("/api/v1/orders/").status_code == 200
    from core.models import ApiToken

    ApiToken.objects.update(revoked_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert client.get("/api/v1/orders/").status_code == 401
