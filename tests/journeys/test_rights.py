"""Who may do what: every address of the program × every role and token × own and somebody else's object.

The declaration is ROUTES of `tests.journeys.routes`. An address that is not in it fails a test here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from core.models import Scope, User
from core.roles import Role
from core.tokens import issue_token
from tests.factories.company import PEOPLE, SECRET, Belongings, Company, company
from tests.factories.core import IntegrationFactory
from tests.journeys.routes import BEHIND_THE_DOOR, ROUTES, UNKNOWN_API_ADDRESS, Api, F, G, Mine, Open, Page

pytestmark = pytest.mark.django_db

# What an action answers when it lets one in: the empty body is then refused by the form, or it is done.
LET_IN = {200, 201, 204, 207, 302, 400, 409, 410, 422}


def routes() -> Iterator[tuple[str, str]]:
    """Name and address pattern of every route."""

    def walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            address = prefix + str(each.pattern)
            if isinstance(each, URLPattern):
                yield f"{namespace}{each.name}", address
            else:
                inner = f"{each.namespace}:" if each.namespace else namespace
                yield from walk(each.url_patterns, address, inner)

    return walk(get_resolver().url_patterns, "", "")


def test_every_route_is_declared_and_no_two_share_an_address():
    found = list(routes())
    undeclared = [
        f"{name} {address}"
        for name, address in found
        if name not in ROUTES and not name.startswith(BEHIND_THE_DOOR) and address != UNKNOWN_API_ADDRESS
    ]
    assert undeclared == []
    assert set(ROUTES) - {name for name, _address in found} == set()
    # Of two routes with one address the second is never reached.
    assert [address for address, count in Counter(address for _name, address in found).items() if count > 1] == []


@dataclass
class Actor:
    """Somebody who asks: nobody, a person of a role, or a token with a scope."""

    name: str
    client: Client
    user: User | None = None
    role: str = ""
    scopes: tuple[str, ...] = ()
    is_token: bool = False

    def may(self, roles: tuple[Role, ...]) -> bool:
        return self.role == Role.ADMINISTRATOR or self.role in roles


@pytest.fixture
def firm() -> Company:
    firm = company()
    manager = firm.people[G]
    firm.ids["token"] = issue_token(user=manager, name="x", scopes=[], created_by=manager)[0].pk
    return firm


@pytest.fixture
def people(firm) -> list[Actor]:
    return [Actor("anonymous", Client()), *(logged_in(firm.people[role]) for role in PEOPLE)]


@pytest.fixture
def integrations(firm) -> list[Actor]:
    user, by = IntegrationFactory(), firm.people[Role.ADMINISTRATOR]
    return [with_token(user, by, scopes) for scopes in [(), *((scope,) for scope in Scope.values)]]


def logged_in(user: User) -> Actor:
    client = Client()
    client.force_login(user)
    return Actor(user.role, client, user, user.role)


def with_token(user: User, by: User, scopes: tuple[str, ...]) -> Actor:
    _row, secret = issue_token(user=user, name="test", scopes=list(scopes), created_by=by)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    return Actor(f"token({','.join(scopes)})", client, user, scopes=scopes, is_token=True)


def arguments(name: str, of: str, firm: Company, whose: Belongings) -> list[Any]:
    """What the address of a route needs."""
    if name in firm.tokens:
        return [firm.tokens[name]]
    if of == "flow":
        return [firm.flow.code]
    if of == "audience_version":
        return [firm.ids["audience"], 1]
    if of == "template":
        return [firm.flow.code, 1, "ru"]
    if of.startswith("card_"):
        return [whose.customer.pk, whose.ids[of]]
    if name == "account_reset_password_from_key":
        return ["a", "b-c"]
    if of:
        return [whose.ids.get(of) or firm.ids.get(of) or firm.foreign.ids[of]]
    return []


def expected(page: Page, method: str, actor: Actor, whose: str) -> set[int]:
    """The statuses that are right."""
    roles = page.get if method == "GET" else page.post
    allowed = roles if roles is not None else (page.get if page.get is not None else page.post)
    if actor.user is None or actor.is_token:
        return {302}
    if not actor.may(allowed):
        return {403}
    if roles is None:
        return {405}
    if page.hides and whose == "foreign" and page.of in OF_CUSTOMERS and not actor.user.sees_whole_base:
        return {404}
    if method == "GET":
        return {302} if page.of == "" and page is ROUTES["home"] else {200}
    return LET_IN


OF_CARD = {"card_contact", "card_departure", "card_need", "card_person", "card_place", "card_tag"}
OF_CUSTOMERS = {
    *OF_CARD,
    "bulk_edit",
    "candidate",
    "customer",
    "task",
    "touch",
    "delivery",
    "contact",
    "inquiry",
    "merge",
    "promise",
}


@pytest.fixture
def managers_token(firm) -> Actor:
    return with_token(firm.people[G], firm.people[G], tuple(Scope.values))


@pytest.fixture
def reading_changes_nothing(people, integrations, managers_token) -> Iterator[None]:
    """What the test reads leaves the base as it was; what it writes it takes back."""
    before = contents()
    yield
    after = contents()
    assert [table for table, digest in before.items() if after[table] != digest] == []


def ask(actor: Actor, method: str, url: str, **how: Any) -> Any:
    """One request; what a POST does is taken back."""
    with transaction.atomic():
        response = getattr(actor.client, method.lower())(url, **how)
        if method != "GET":
            transaction.set_rollback(True)
    return response


def contents() -> dict[str, str]:
    """A digest of every table, but for what reading may write: sessions, when a token was last used, who read what."""
    skipped = {"django_session", "core_apitoken", "customers_accessentry"}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - skipped):
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.usefixtures("reading_changes_nothing")
def test_pages_open_to_the_roles_declared_and_show_nobody_elses_customers(firm, people, managers_token):
    wrong: list[str] = []
    asked = 0
    pages = [(name, route) for name, route in ROUTES.items() if isinstance(route, Page)]
    for name, page in pages:
        for actor in [*people, managers_token]:
            for whose in owners_for(page, actor):
                for method in ("GET", "POST"):
                    things = {"pool": firm.pool, "foreign": firm.foreign}.get(whose, firm.own[actor.role or F])
                    url = reverse(name, args=arguments(name, page.of, firm, things))
                    response = ask(actor, method, url)
                    asked += 1
                    right = expected(page, method, actor, whose)
                    if response.status_code not in right:
                        wrong.append(f"{actor.name} {method} {whose} {url}: {response.status_code}, not {right}")
                    elif response.status_code == 302 and right == {302} and name != "home" and not is_log_in(response):
                        wrong.append(f"{actor.name} {method} {url}: sent to {response['Location']}")
    print(f"{asked} requests: {len(pages)} pages × roles × own, pool and foreign × GET and POST")
    assert not wrong, "\n".join(wrong)
    assert asked > 1500


def owners_for(page: Page, actor: Actor) -> tuple[str, ...]:
    """Whose objects make a difference for the actor."""
    if page.of not in OF_CUSTOMERS or actor.user is None or actor.is_token or not actor.may(page.get or page.post):
        return ("own",)
    if actor.user.sees_whole_base:
        return ("foreign",)
    # A change of many customers is whose hand made it.
    return ("own", "foreign") if page.of == "bulk_edit" else ("own", "pool", "foreign")


def is_log_in(response: Any) -> bool:
    return response["Location"].startswith(reverse("account_login") + "?next=")


@pytest.mark.usefixtures("reading_changes_nothing")
def test_the_api_wants_a_token_with_the_scope_of_the_call(firm, people, integrations):
    wrong: list[str] = []
    endpoints = [(name, route) for name, route in ROUTES.items() if isinstance(route, Api)]
    for name, endpoint in endpoints:
        url = reverse(name, args=arguments(name, endpoint.of, firm, firm.own[F]))
        for actor in [*people, *integrations]:
            for method, scope in (("GET", endpoint.get), ("POST", endpoint.post), ("PATCH", endpoint.patch)):
                if not actor.is_token:
                    right = {401}
                elif scope is None:
                    right = {405}
                else:
                    right = ({200} if method == "GET" else LET_IN) if scope in actor.scopes else {403}
                how = {"data": "{}", "content_type": "application/json"} if method != "GET" else {}
                response = ask(actor, method, url, **how)
                if response.status_code not in right:
                    wrong.append(f"{actor.name} {method} {url}: {response.status_code}, not {right}")
    assert not wrong, "\n".join(wrong)


def test_a_token_of_a_farmer_sees_what_the_farmer_sees(firm):
    actor = with_token(firm.people[F], firm.people[Role.ADMINISTRATOR], tuple(Scope.values))

    assert actor.client.get(reverse("api_customer", args=[firm.own[F].customer.pk])).status_code == 200
    assert actor.client.get(reverse("api_customer", args=[firm.foreign.customer.pk])).status_code == 404
    assert actor.client.get(reverse("api_order", args=[firm.foreign.ids["order"]])).status_code == 404
    for name, route in ROUTES.items():
        if isinstance(route, Api) and route.get and not route.of:
            answer = actor.client.get(reverse(name)).content.decode()
            assert SECRET not in answer, name
            assert f'"customer":{firm.foreign.customer.pk},' not in answer, name
    pushed = {
        "order_source": "shop",
        "order_external_id": firm.foreign.customer.orders.get().external_id,
        "score": 1,
    }
    refused = actor.client.post(reverse("api_nps_responses"), pushed, content_type="application/json")
    assert refused.status_code == 404


def test_an_unknown_address_of_the_api_answers_404_in_its_shape(people, integrations):
    for actor in [*people, *integrations]:
        response = actor.client.get("/api/v1/nothing/")
        assert response.status_code == 404
        assert response.json()["errors"][0]["code"] == "not_found"


# A link with a key that nobody was sent.
UNKNOWN_KEY = {404}


@pytest.mark.usefixtures("reading_changes_nothing")
def test_open_pages_answer_anybody_and_one_s_own_account_only_oneself(firm, people):
    wrong: list[str] = []
    doors = [(name, route) for name, route in ROUTES.items() if isinstance(route, Open | Mine)]
    # Reading first: who logs out in between reads on as nobody.
    for method in ("GET", "POST"):
        for name, route in doors:
            url = reverse(name, args=arguments(name, "", firm, firm.own[F]))
            for actor in people:
                status = ask(actor, method, url).status_code
                if isinstance(route, Mine) and actor.user is None:
                    fine = status == 302
                elif isinstance(route, Open) and method not in route.methods:
                    fine = status == 405
                else:
                    fine = status in LET_IN | UNKNOWN_KEY | {503 if name == "healthz" else 200}
                if not fine:
                    wrong.append(f"{actor.name} {method} {url}: {status}")
    for key in (f"/n/{firm.tokens['nps_answer']}/?score=2&done=1", f"/u/{firm.tokens['unsubscribe']}/?channel=email"):
        assert people[0].client.get(key).status_code == 200
    assert not wrong, "\n".join(wrong)


def test_the_administration_is_closed_to_everybody_but_administrators(people):
    addresses = [address for name, address in routes() if name.startswith(BEHIND_THE_DOOR)]
    open_to_all = {"admin/login/", "admin/logout/"}
    filled = {re.sub(r"<[^>]+>|\(\?P?<?[^)]*\)", "1", address).strip("^$") for address in addresses} - open_to_all
    assert len(filled) > 50
    wrong = []
    for actor in people:
        for address in sorted(filled):
            for method in ("GET", "POST"):
                response = ask(actor, method, f"/{address}")
                status = response.status_code
                if actor.role == Role.ADMINISTRATOR:
                    # 403 is for what nobody changes by hand.
                    fine = status < 500 and not response.get("Location", "").startswith("/admin/login/")
                else:
                    fine = status in {302, 403, 404} and "/admin/login/" in response.get("Location", "/admin/login/")
                if not fine:
                    wrong.append(f"{actor.name} {method} {address}: {status} {response.get('Location', '')}")
    assert not wrong, "\n".join(wrong)
