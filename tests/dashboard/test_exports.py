"""Taking lists out: who may, what is in the file, and what is written down before it leaves."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.models import User
from core.roles import Role
from customers.models import AccessEntry, AccessLimit
from dashboard.queries.exports import LISTINGS
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.dashboard import buyer
from tests.factories.nps import ResponseFactory

pytestmark = pytest.mark.django_db
REASON = "Letters of thanks"


@pytest.fixture
def manager(client: Client) -> User:
    user = ManagerFactory(may_export=True, language="en")
    client.force_login(user)
    return user


def take(client: Client, what: str, query: str = "", **fields):
    data = {"columns": ["name"], "format": "csv", "reason": REASON} | fields
    return client.post(f"{reverse('export', args=[what])}?{query}", data)


def rows_of(response, separator: str = ",") -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def test_the_file_has_the_chosen_columns_of_the_whole_result_with_the_mark_last(client, manager):
    for number in range(60):
        CustomerFactory(name=f"Anna {number:02d}", city="Perm")
    CustomerFactory(name="Boris")
    response = take(client, "customers", "q=Anna", columns=["name", "city"])
    entry = AccessEntry.objects.get()
    header, *rows = rows_of(response)
    assert header == ["Name", "City", "Mark"]
    assert len(rows) == 60
    assert rows[0] == ["Anna 00", "Perm", entry.mark]
    assert {row[-1] for row in rows} == {entry.mark}
    assert entry.mark in response["Content-Disposition"]


def test_what_leaves_is_written_down(client, manager):
    CustomerFactory(name="Anna")
    CustomerFactory(name="Boris")
    take(client, "customers", "q=Anna", contacts="on")
    entry = AccessEntry.objects.get()
    assert (entry.by, entry.kind, entry.customers, entry.ip) == (manager, "export", 1, "127.0.0.1")
    assert entry.detail["reason"] == REASON
    assert entry.detail["contacts"] is True
    assert entry.detail["filters"] == "q=Anna"
    assert entry.detail["columns"] == ["name", "phones", "emails", "messengers"]


def test_contacts_leave_only_when_asked_for_apart(client, manager):
    customer = CustomerFactory(name="Anna")
    ContactPointFactory(customer=customer, channel="phone", value="+79123456789")
    ContactPointFactory(customer=customer, channel="phone", value="+79123456700")
    ContactPointFactory(customer=customer, value="old@shop.test", status="bounced")
    # A contact is no column to choose.
    assert take(client, "customers", columns=["name", "phones"]).status_code == 422
    assert "+7912" not in str(rows_of(take(client, "customers")))
    header, row = rows_of(take(client, "customers", contacts="on"))
    assert header == ["Name", "Phones", "E-mails", "Messengers", "Mark"]
    assert row[:-1] == ["Anna", "'+79123456789, +79123456700", "", ""]


def test_a_workbook_carries_the_mark_in_rows_name_and_properties(client, manager):
    buyer(name="Анна")
    response = take(
        client, "customers", format="xlsx", columns=[c.key for c in LISTINGS["customers"].columns if not c.is_contact]
    )
    entry = AccessEntry.objects.get()
    data = b"".join(response.streaming_content)
    header, row = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert len(header) == len(row)
    assert row[1] == "Анна"
    assert row[-1] == entry.mark
    assert entry.mark in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert entry.mark in parts.read("docProps/core.xml").decode()


def test_a_farmer_takes_own_customers_and_the_pool_only(client):
    farmer = UserFactory(may_export=True, language="en")
    CustomerFactory(name="Own", owner=farmer)
    CustomerFactory(name="Pool")
    stranger = CustomerFactory(name="Foreign", owner=UserFactory())
    OrderFactory(customer=stranger, number="F-1")
    ResponseFactory(invitation__order=OrderFactory(customer=stranger), comment="Foreign words")
    client.force_login(farmer)
    assert [row[0] for row in rows_of(take(client, "customers"))[1:]] == ["Own", "Pool"]
    assert rows_of(take(client, "orders", columns=["number", "name"]))[1:] == []
    assert rows_of(take(client, "answers", columns=["comment"]))[1:] == []
    assert rows_of(take(client, "customers", f"owner={stranger.owner_id}"))[1:] != [["Foreign"]]
    assert take(client, "deliveries").status_code == 403


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER])
def test_without_the_right_there_is_no_page_and_no_file(client, role):
    client.force_login(UserFactory(role=role, language="en"))
    page = client.get(reverse("export", args=["customers"]))
    assert page.status_code == 403
    assert "an administrator gives it" in page.content.decode()
    assert take(client, "customers").status_code == 403
    assert not AccessEntry.objects.exists()


def test_a_list_without_a_reason_stays_here(client, manager):
    response = take(client, "customers", reason="")
    assert response.status_code == 422
    assert not AccessEntry.objects.exists()


def test_more_than_the_limit_is_refused_on_the_page(client):
    farmer = UserFactory(may_export=True, language="en")
    AccessLimit.objects.update_or_create(role="farmer", kind="export", defaults={"per_day": 1})
    CustomerFactory()
    CustomerFactory()
    client.force_login(farmer)
    response = take(client, "customers")
    assert response.status_code == 422
    assert "your role may take out 1 more today" in response.content.decode()
    assert not AccessEntry.objects.exists()


def test_an_unknown_list_is_not_there(client, manager):
    assert client.get(reverse("export", args=["passwords"])).status_code == 404


def test_orders_are_taken_between_days(client, manager):
    OrderFactory(number="A-1", placed_at=datetime(2026, 1, 10, tzinfo=UTC))
    OrderFactory(number="A-2", placed_at=datetime(2026, 2, 10, tzinfo=UTC))
    response = take(
        client, "orders", "placed_from=2026-02-01&placed_to=2026-02-28", columns=["number", "revenue", "status"]
    )
    assert [row[:-1] for row in rows_of(response)[1:]] == [["A-2", "Fulfilled", "1000.00"]]


def test_names_that_are_formulas_leave_as_text(client, manager):
    CustomerFactory(name="=cmd|' /C calc'!A0")
    assert rows_of(take(client, "customers"))[1][0] == "'=cmd|' /C calc'!A0"


def test_the_languages_of_the_file_are_the_readers(client):
    client.force_login(ManagerFactory(may_export=True, language="ru"))
    buyer(name="Анна", orders=1)
    response = take(client, "customers", columns=["name", "kind", "revenue", "last"])
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert ";" in text.splitlines()[1]
    assert "person" not in text


@pytest.mark.parametrize("what", sorted(LISTINGS))
def test_every_list_can_be_taken_whole(client, manager, what):
    order = OrderFactory()
    ResponseFactory(invitation__order=order, comment="Thanks")
    columns = [column.key for column in LISTINGS[what].columns if not column.is_contact]
    header, *rows = rows_of(take(client, what, columns=columns, contacts="on"))
    assert len(header) == len(LISTINGS[what].columns) + 1
    assert all(len(row) == len(header) for row in rows)
    assert AccessEntry.objects.get().detail["what"] == what


@pytest.mark.parametrize("fields", [{"format": "exe"}, {"columns": ["password"]}, {"columns": []}, {"reason": "x"}])
def test_what_the_form_does_not_offer_is_refused(client, manager, fields):
    assert take(client, "customers", **fields).status_code == 422
    assert not AccessEntry.objects.exists()
