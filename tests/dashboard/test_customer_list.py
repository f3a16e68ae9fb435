"""The list of customers: who sees whom, filters, sorting, pages, saved views."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core.models import SavedView
from core.roles import Role
from customers.models import Customer
from dashboard.queries import customer_list as queries
from dashboard.queries.customer_filters import Filters
from segmentation.models import XMark
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory
from tests.factories.core import IntegrationFactory, ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.dashboard import buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(ManagerFactory())
    return client


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(f"{reverse('customer_list')}?{query}").context["page"]
    return [customer.name for customer in page.rows]


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR])
def test_the_list_opens_for_everybody_who_logs_in(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("customer_list")).status_code == 200


def test_an_integration_may_not_open_it(client: Client) -> None:
    client.force_login(IntegrationFactory())
    assert client.get(reverse("customer_list")).status_code == 403


def test_who_is_not_logged_in_is_sent_to_the_log_in(client: Client) -> None:
    response = client.get(reverse("customer_list"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_a_farmer_sees_own_customers_and_the_pool(client: Client) -> None:
    farmer = UserFactory()
    buyer(name="own", owner=farmer)
    CustomerFactory(name="pool")
    buyer(name="foreign", owner=UserFactory())
    client.force_login(farmer)
    assert names(client) == ["own", "pool"]


def test_those_with_most_at_risk_come_first_and_those_without_orders_last(manager: Client) -> None:
    CustomerFactory(name="no orders")
    buyer(name="little", value_at_risk=10)
    buyer(name="much", value_at_risk=900)
    assert names(manager) == ["much", "little", "no orders"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("grade=A", ["anna"]),
        ("grade=A&grade=B", ["anna", "boris"]),
        ("grade=X", ["boris"]),
        ("stage=lapsed", ["boris"]),
        ("method=bg_nbd", ["boris"]),
        ("kind=company", ["vera"]),
        ("owner=pool", ["anna", "vera"]),
        ("risk=1", ["anna"]),
        ("channel=yandex", ["anna"]),
        ("won_month=2026-03", ["anna"]),
        ("ordered_from=2026-05-01&ordered_to=2026-05-31", ["boris"]),
        ("q=ann", ["anna"]),
        ("q=ann&grade=B", []),
    ],
)
def test_each_filter_of_the_address_narrows_the_list(manager: Client, query: str, expected: list[str]) -> None:
    anna = buyer(name="anna", value_at_risk=300)
    boris = buyer(name="boris", grade="B", lifecycle="lapsed", method="bg_nbd", value_at_risk=0, owner=UserFactory())
    CustomerFactory(name="vera", kind="company")
    AcquisitionFactory(customer=anna, channel=ChannelFactory(code="yandex"), won_on=date(2026, 3, 31))
    OrderFactory(customer=boris, placed_on=date(2026, 5, 31))
    OrderFactory(customer=anna, placed_on=date(2026, 5, 10), status="cancelled", revenue=0, known_cost=0)
    XMark.objects.create(customer=boris, set_by=UserFactory(), set_at="2026-01-01T00:00Z")
    assert names(manager, query) == expected


def test_a_filter_that_makes_no_sense_is_named_and_left_out(manager: Client) -> None:
    buyer(name="anna")
    response = manager.get(reverse("customer_list"), {"won_month": "soon", "grade": "A"})
    assert [row.customer.name for row, _cells in response.context["rows"]] == ["anna"]
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=99999999999", "sort=owner__password", "owner=0"])
def test_nonsense_in_the_address_does_no_harm(manager: Client, query: str) -> None:
    buyer(name="anna")
    assert manager.get(f"{reverse('customer_list')}?{query}").status_code == 200


@pytest.mark.parametrize("sort", [*queries.SORTS, *(f"-{key}" for key in queries.SORTS)])
def test_it_sorts_by_every_key_and_loses_nobody(manager: Client, sort: str) -> None:
    CustomerFactory(name="no orders")
    buyer(name="anna", orders=5)
    buyer(name="boris", orders=7)
    assert sorted(names(manager, f"sort={sort}")) == ["anna", "boris", "no orders"]


def test_pages_hold_every_customer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ROWS", 2)
    user = ManagerFactory()
    expected = {buyer(value_at_risk=5).pk for _ in range(3)} | {CustomerFactory().pk for _ in range(4)}
    pages = [queries.customer_page(user=user, filters=Filters(), sort="-risk", number=number) for number in range(1, 5)]
    seen = [customer.pk for page in pages for customer in page.rows]
    assert (len(seen), set(seen)) == (7, expected)
    assert [page.has_next() for page in pages] == [True, True, True, False]


def test_counting_stops_where_nobody_pages_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 4)
    monkeypatch.setattr(queries, "ROWS", 2)
    for _ in range(6):
        CustomerFactory()
    page = queries.customer_page(user=ManagerFactory(), filters=Filters(), sort="added", number=2)
    assert (page.total, page.is_capped, page.has_next()) == (5, True, False)


def test_the_number_of_queries_does_not_grow_with_the_rows(manager: Client, django_assert_num_queries) -> None:
    buyer(name="one", phone="+79120000001", owner=UserFactory())
    address = reverse("customer_list")
    manager.get(address)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        manager.get(address)
    for number in range(2, 8):
        buyer(name=f"n{number}", phone=f"+7912000000{number}", owner=UserFactory())
    with django_assert_num_queries(len(few)):
        manager.get(address)
    assert len(few) <= 10


def test_hostile_names_are_shown_as_text(manager: Client) -> None:
    buyer(name='<script>alert("x")</script>')
    html = manager.get(reverse("customer_list")).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_htmx_gets_only_the_results_and_a_tidy_address(manager: Client) -> None:
    buyer(name="anna")
    response = manager.get(
        reverse("customer_list"), {"q": "", "grade": "A", "page": "1"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == f"{reverse('customer_list')}?grade=A"


def test_suggestions_are_scoped_and_need_two_letters(client: Client) -> None:
    farmer = UserFactory()
    buyer(name="Anna own", owner=farmer)
    buyer(name="Anna foreign", owner=UserFactory())
    client.force_login(farmer)
    address = reverse("customer_suggestions")
    assert [row.customer.name for row in client.get(address, {"q": "ann"}).context["rows"]] == ["Anna own"]
    assert client.get(address, {"q": "a"}).context["rows"] == []


def test_columns_that_were_chosen_stay(manager: Client) -> None:
    buyer(name="anna", city="Kazan")
    manager.post(reverse("customer_columns"), {"column": ["city", "password"], "query": "grade=A"})
    response = manager.get(reverse("customer_list"))
    assert [column.key for column in response.context["columns"]] == ["city"]
    assert "Kazan" in response.content.decode()


def test_a_view_is_saved_shown_and_removed_by_its_owner_only(manager: Client, django_user_model) -> None:
    manager.post(reverse("customer_view_save"), {"name": "Best", "query": "grade=A"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Best", "grade=A")
    assert "?grade=A" in manager.get(reverse("customer_list")).content.decode()
    stranger = Client()
    stranger.force_login(ManagerFactory())
    stranger.post(reverse("customer_view_forget", args=[view.pk]))
    assert SavedView.objects.exists()
    manager.post(reverse("customer_view_forget", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_an_empty_base_says_what_to_do(manager: Client) -> None:
    assert reverse("customer_new") in manager.get(reverse("customer_list")).content.decode()
    assert not Customer.objects.exists()
