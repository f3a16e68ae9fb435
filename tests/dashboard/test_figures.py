"""What the pages of figures share: tables and their files, filters in the address, definitions."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from core.models import User
from core.roles import Role
from customers.models import Customer
from dashboard.definitions import DEFINITIONS
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.kept import kept
from dashboard.figures.tables import Cell, Column, Table, table_file
from dashboard.templatetags.figures import figure_rows, figure_total
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory, ProductFactory, category_of
from tests.factories.nights import NIGHT
from tests.factories.touches import StandingFactory

TODAY = date(2026, 6, 15)
TABLE = Table(
    "channels",
    "Channels",
    [Column("name", "Channel"), Column("cost", "Cost", "money"), Column("share", "Share", "percent")],
    [[Cell("=cmd()"), Cell(Decimal("12.50"), url="/x/"), Cell(None)], [Cell("Site"), Cell(None), Cell(0.25)]],
    total=[Cell("All"), Cell(Decimal("12.50")), Cell(1)],
)


def asked(**query):
    return RequestFactory().get("/", query)


def test_a_table_is_taken_out_as_csv_with_its_total_and_no_formula():
    with translation.override("en"):
        answer = table_file(asked(table="channels", format="csv"), [TABLE])
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows == [["Channel", "Cost", "Share"], ["'=cmd()", "12.50", ""], ["Site", "", "0.25"], ["All", "12.50", "1"]]


def test_a_mean_of_money_has_no_more_digits_in_a_file_than_money_has():
    cells = [Cell("1"), Cell(Decimal(10882) / 3), Cell(Decimal(2) / 3)]
    assert Table("t", "T", TABLE.columns, [cells]).values() == [["1", Decimal("3627.33"), Decimal("0.666667")]]


def test_a_table_is_taken_out_as_xlsx():
    answer = table_file(asked(table="channels", format="xlsx"), [TABLE])
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    assert sheet.to_python()[1:3] == [["'=cmd()", 12.5, ""], ["Site", "", 0.25]]


@pytest.mark.parametrize(
    ("sums", "told"),
    [
        (["62.53", "1234.56"], ["₽63", "₽1,235"]),
        (["62.53", "7"], ["₽62.53", "₽7.00"]),
        (["62", "7"], ["₽62", "₽7"]),
        (["62.53", None], ["₽62.53", "—"]),
    ],
)
def test_the_sums_of_a_column_have_one_precision_down_to_its_total(sums, told):
    cells = [Cell(None if each is None else Decimal(each)) for each in sums]
    columns = [Column("name", "Name"), Column("cost", "Cost", "money")]
    table = Table("t", "T", columns, [[Cell("a"), cells[0]]], total=[Cell("All"), cells[1]])
    with translation.override("en"):
        assert f">{told[0]}</td>" in figure_rows(table)
        assert f">{told[1]}</td>" in figure_total(table)


@pytest.mark.parametrize("query", [{}, {"table": "channels"}, {"table": "others", "format": "csv"}, {"format": "csv"}])
def test_an_address_that_asks_for_no_file_gets_the_page(query):
    assert table_file(asked(**query), [TABLE]) is None


def test_a_column_of_an_unknown_kind_is_a_mistake():
    with pytest.raises(ValueError, match="kind"):
        Column("x", "X", "meney")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, "2025-07", "2026-06"),
        ({"first": "2026-01", "last": "2026-03"}, "2026-01", "2026-03"),
        ({"first": "2026-03", "last": "2026-01"}, "2026-01", "2026-03"),
        ({"first": "1026-03", "last": "\0"}, "2025-07", "2026-06"),
        ({"first": "2001-01"}, "2016-07", "2026-06"),
    ],
)
def test_the_period_is_whole_months_in_order_and_ten_years_at_most(query, first, last):
    filters = FigureFilterForm(query).filters(today=TODAY)
    assert (f"{filters.first:%Y-%m}", f"{filters.last:%Y-%m}") == (first, last)


@pytest.mark.django_db
def test_filters_narrow_the_base_and_a_wrong_value_counts_as_not_asked():
    farmer = UserFactory()
    tea = ProductFactory(category=category_of("Tea"))
    mine, other = CustomerFactory(owner=farmer), CustomerFactory()
    StandingFactory(customer=mine, grade="A")
    AcquisitionFactory(customer=mine, channel=ChannelFactory(code="ads"), won_on=NIGHT)
    OrderFactory(customer=mine).lines.create(position=1, product=tea, quantity=1, revenue=10)
    OrderFactory(customer=other, status="cancelled", revenue=0, known_cost=0).lines.create(
        position=1, product=tea, quantity=1, revenue=10
    )
    for name, value in (("grade", "A"), ("owner", str(farmer.pk)), ("channel", "ads"), ("category", tea.category_id)):
        filters = FigureFilterForm({name: value}).filters(today=TODAY)
        assert filters.is_narrowed
        assert list(filters.narrow(Customer.objects.all())) == [mine], name
        assert len(filters.conditions()) == 1
    pool = FigureFilterForm({"owner": "pool"}).filters(today=TODAY)
    assert list(pool.narrow(Customer.objects.all())) == [other]
    # Who has left still holds customers until they are given to somebody.
    User.objects.filter(pk=farmer.pk).update(is_active=False)
    assert FigureFilterForm({"owner": str(farmer.pk)}).filters(today=TODAY).is_narrowed
    nothing = FigureFilterForm({"grade": "Z", "owner": "x", "channel": "\0", "category": "-1"}).filters(today=TODAY)
    assert not nothing.is_narrowed
    assert nothing.conditions() == []


@pytest.mark.django_db
def test_paper_tells_what_is_asked_for():
    ChannelFactory(code="ads", name="Ads")
    form = FigureFilterForm({"first": "2025-12", "channel": "ads", "grade": "Z", "owner": "pool"})
    form.filters(today=NIGHT)
    with translation.override("en"):
        told = [(label, text.replace("\xa0", " ")) for label, text in form.in_words()]
    assert told[0] == ("From", "December 2025")
    assert told[2:] == [("Owner", "In the pool"), ("Channel", "Ads")]


@pytest.mark.django_db
def test_figures_are_kept_under_their_key():
    counted = []
    assert [kept("a", lambda: counted.append(1) or len(counted)) for _ in range(3)] == [1, 1, 1]
    assert kept("b", lambda: None) is None


@pytest.mark.django_db
def test_a_definition_tells_the_policy_in_force_and_links_to_it_only_for_those_who_set_it(client):
    client.force_login(UserFactory(role=Role.MANAGER, language="en"))
    page = client.get(reverse("definition", args=["lifecycle"])).content.decode()
    assert "1.5 / 2.5 / 5" in page
    assert reverse("policies") in page
    client.force_login(UserFactory(role=Role.FARMER, language="en"))
    assert reverse("policies") not in client.get(reverse("definition", args=["lifecycle"])).content.decode()
    assert client.get(reverse("definition", args=["nothing"])).status_code == 404


def test_every_definition_has_words():
    assert all(each.text and each.code == code for code, each in DEFINITIONS.items())
