"""The doors of the program: forgery, redirects, hosts, headers, cookies, logging in."""

import pytest
from django.test import Client
from django.urls import reverse

from core.roles import Role
from tests.factories.company import Company, company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return company()


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


OUTSIDE = [
    "//evil.test",
    "https://evil.test/",
    "http:evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "javascript:alert(1)",
    "https:///evil.test",
    "//evil.test/%2f..",
    "\x00//evil.test",
    "\thttps://evil.test",
    "http://testserver@evil.test",
]


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
