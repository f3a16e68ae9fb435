"""A whole import taken back, with the base as it was before; and what must stay when somebody has built on it."""

from datetime import date, timedelta

import pytest

from core.errors import Conflict
from core.models import Change, ChangeSet
from customers.actions import imports, record_orders
from customers.actions.editing import change_customer
from customers.models import Consent, Customer, CustomField, Order, Product, StaleMark, Tag
from tests.customers import payloads
from tests.customers.imports import NOW, base, brought, order_rows, undone
from tests.factories.acquisition import ChannelFactory
from tests.factories.core import ManagerFactory
from tests.factories.customers import CustomerFactory
from tests.factories.touches import TouchFactory

pytestmark = pytest.mark.django_db

LINES = {
    "source": "shop",
    "fields": {
        "external_id": "id",
        "placed_at": "date",
        "customer.email": "mail",
        "customer.name": "name",
        "customer.consent.email": "agrees",
        "line.sku": "sku",
        "line.category": "category",
        "line.quantity": "n",
        "line.price": "price",
    },
}
LINE_ROWS = """id,date,mail,name,agrees,sku,category,n,price
A,2026-01-05,anna@shop.test,Anna,yes,TEA,Drinks,2,10
A,2026-01-05,anna@shop.test,Anna,yes,CUP,Dishes,1,5
B,2026-01-06,boris@shop.test,Boris,no,TEA,Drinks,{n},10
C,2026-01-07,{third}@shop.test,,,POT,Dishes,1,50
"""
PEOPLE = {
    "source": "crm",
    "fields": {
        "external_id": "id",
        "name": "name",
        "phone": "phones",
        "tags": "tags",
        "custom.size": "size",
        "tax_number": "inn",
        "birthday": "born",
        "address.line": "street",
        "address.city": "city",
        "person.name": "contact",
        "owner": "owner",
        "consent.email": "agrees",
        "consent.text_version": "version",
        "email": "mail",
    },
}
PEOPLE_HEADER = "id,name,phones,tags,size,inn,born,street,city,contact,owner,agrees,version,mail"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def by():
    return ManagerFactory()


def lines(by, **told):
    return brought(LINE_ROWS.format(**told), LINES, "order_lines", by=by)


def test_two_imports_that_overlap_are_taken_back_and_the_base_is_as_before(by, read, now):
    record_orders(orders=[read(payloads.order(n)) for n in range(3)], now=now)
    CustomerFactory(name="Old")
    before = base()
    first = lines(by, n=1, third="clara")
    between = base()
    second = lines(by, n=7, third="dina")
    assert second.report["updated"] == 2
    assert base() != between
    second = undone(second)
    assert second.state == "undone"
    assert not second.report["undone"]["kept"]
    assert base() == between
    first = undone(first)
    assert not first.report["undone"]["kept"]
    assert base() == before


def test_imports_of_orders_over_orders_pushed_by_the_api_leave_these_as_they_were(by, read, now):
    told = payloads.order("x", source="till", external_id="5", placed_at="2026-01-31", lines=[])
    told |= {"total": "12.5", "customer": {"external_id": "c5"}}
    record_orders(orders=[read(told)], now=now)
    before = base()
    job = brought(order_rows(range(60), cards=20), by=by)
    assert (job.report["created"], job.report["updated"]) == (59, 1)
    job = undone(job)
    assert base() == before
    assert job.report["undone"]["rows"]["customers_order"] == 60


def test_customers_with_everything_on_their_cards_are_taken_back(by):
    CustomField.objects.create(code="size", name="Size", kind="number")
    Tag.objects.create(name="Old")
    CustomerFactory(name="Somebody")
    before = base()
    rows = [
        PEOPLE_HEADER,
        "1,Anna,8 912 000-00-01; 8 912 000-00-02,VIP;old,42,7707083893,01.02.1990,Мира 1,Тверь,Пётр,"
        f"{by.email},да,v1,a@x.test",
        "2,Boris,8 912 000-00-03,vip,,,,,,,,,,",
    ]
    first = brought("\n".join(rows), PEOPLE, "customers", by=by)
    assert first.report["created"] == 2, first.report
    anna = Customer.objects.get(name="Anna")
    assert (anna.birthday, anna.tax_number, anna.owner, anna.custom) == (
        date(1990, 2, 1),
        "7707083893",
        by,
        {"size": 42},
    )
    assert {tag.tag.name for tag in anna.tags.all()} == {"VIP", "Old"}
    assert anna.contact_points.filter(channel="phone").count() == 2
    assert (anna.addresses.get().line, anna.people.get().name) == ("Мира 1", "Пётр")
    assert Consent.objects.get().text_version == "v1"
    between = base()
    second = brought(
        "\n".join([PEOPLE_HEADER, "1,Anna,,new,43,,,Мира 2,Тверь,Олег,,нет,v2,a@x.test"]), PEOPLE, "customers", by=by
    )
    assert second.report["updated"] == 1
    assert base() != between
    undone(second)
    assert base() == between
    undone(first)
    assert base() == before


def test_products_inquiries_and_spend_are_taken_back(by):
    ChannelFactory(code="ads")
    Product.objects.create(sku="TEA", name="Tea")
    before = base()
    products = {"fields": {"sku": "sku", "name": "name", "category": "group", "cost": "cost"}}
    jobs = [brought("sku,name,group,cost\nTEA,Green tea,Drinks,5\nPOT,Pot,Dishes,7", products, "products", by=by)]
    assert (jobs[0].report["created"], jobs[0].report["updated"]) == (1, 1)
    inquiries = {"source": "calls", "fields": {"external_id": "id", "at": "at", "phone": "phone", "channel": "from"}}
    inquiries["constants"] = {"kind": "call", "is_answered": "да"}
    jobs.append(brought("id,at,phone,from\n1,2026-01-05 12:00,8 912 000 00 01,ads\n", inquiries, "inquiries", by=by))
    assert jobs[1].report["created"] == 1, jobs[1].report
    spend = {"fields": {"channel": "c", "month": "m", "amount": "sum"}, "constants": {"kind": "advertising"}}
    jobs.append(brought("c;m;sum\nads;01.2026;1 000,50\nads;2026-02;7\nnone;2026-02;7", spend, "spend", by=by))
    assert (jobs[2].report["created"], jobs[2].report["reasons"]) == (2, {"unknown_channel": 1})
    for job in reversed(jobs):
        assert not undone(job).report["undone"]["kept"]
    assert base() == before


def test_what_others_have_built_on_stays_and_is_told(by):
    job = brought(order_rows(range(6), cards=3), by=by)
    touched, edited, untouched = Customer.objects.order_by("name")
    TouchFactory(customer=touched)
    change_customer(customer_id=edited.pk, name="Changed by hand", at=NOW)
    job = undone(job)
    assert set(Customer.objects.values_list("pk", flat=True)) == {touched.pk, edited.pk}
    assert not Order.objects.exists()
    kept = {(row["table"], row["reason"]): row["count"] for row in job.report["undone"]["kept"]}
    assert kept["customers_customer", "used"] == 1
    assert kept["customers_customer", "changed"] == 1
    assert not Customer.objects.filter(pk=untouched.pk).exists()
    assert touched.contact_points.exists()
    assert touched.external_refs.exists()


def test_the_first_of_two_overlapping_imports_goes_as_far_as_the_second_does_not_need_it(by):
    first = brought(order_rows(range(10), cards=5), by=by)
    second = brought(order_rows(range(5), cards=5, amount="7"), by=by)
    assert second.report["updated"] == 5
    first = undone(first)
    assert Order.objects.count() == 5, "those that the second changed stay"
    assert Customer.objects.count() == 5
    kept = {(row["table"], row["reason"]): row["count"] for row in first.report["undone"]["kept"]}
    assert kept["customers_order", "changed"] == 5


def test_an_order_that_a_later_import_changed_keeps_the_lines_of_that_import(by, read, now):
    told = payloads.order("x", source="shop", external_id="B", customer={"email": "boris@shop.test"})
    record_orders(orders=[read(told)], now=now)
    first = lines(by, n=2, third="clara")
    second = lines(by, n=3, third="clara")
    assert (first.report["updated"], second.report["updated"]) == (1, 1)
    stands = list(Order.objects.get(external_id="B").lines.values())
    first = undone(first)
    assert list(Order.objects.get(external_id="B").lines.values()) == stands
    assert set(Order.objects.values_list("external_id", flat=True)) == {"B"}
    kept = {(row["table"], row["reason"]): row["count"] for row in first.report["undone"]["kept"]}
    assert kept["customers_order", "changed"] == 1
    assert kept["customers_orderline", "whole_stays"] == 2


def test_statistics_of_whoever_is_left_are_computed_again(by, read, now):
    told = payloads.order("x", customer={"external_id": "c1"}, source="till")
    record_orders(orders=[read(told)], now=now)
    job = brought(order_rows(range(4), cards=4), by=by)
    StaleMark.objects.all().delete()
    undone(job)
    assert StaleMark.objects.filter(customer=Customer.objects.get()).exists()


def test_an_import_is_undone_once(by):
    job = undone(brought(order_rows(range(3)), by=by))
    with pytest.raises(Conflict):
        imports.undo_import(job=job, by=by, at=NOW)


def test_a_dry_run_leaves_nothing_to_undo(by):
    job = brought(order_rows(range(3)), by=by, dry_run=True)
    with pytest.raises(Conflict):
        imports.undo_import(job=job, by=by, at=NOW)


def test_an_undo_that_was_cut_short_is_begun_again(by, monkeypatch):
    job = brought(order_rows(range(3)), by=by)
    imports.undo_import(job=job, by=by, at=NOW)
    monkeypatch.setattr("customers.actions.imports.running.take_back", _dies)
    with pytest.raises(SystemExit):
        imports.run_due(now=NOW)
    monkeypatch.undo()
    assert Order.objects.count() == 3
    assert imports.run_due(now=NOW + timedelta(hours=1)) == 1
    job.refresh_from_db()
    assert job.state == "undone"
    assert not Order.objects.exists()
    assert ChangeSet.objects.get(kind="undo").undoes == job.change_set


def _dies(**_told):
    raise SystemExit


def test_the_journal_names_who_brought_the_file(by):
    brought(order_rows(range(3)), by=by)
    brought(order_rows(range(3), amount="8"), by=by)
    change = Change.objects.filter(table_name="customers_order", operation="U").first()
    assert (change.actor, change.origin) == (by, "import")
