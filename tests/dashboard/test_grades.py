"""The page of grades and migration: what it says, what it opens, what it costs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.periods import company_day
from customers.models import Customer, ProductCategory
from segmentation import actions
from segmentation.models import CategoryGrade, Standing
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.segmentation import AS_OF, buyer_of, conclude, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def base():
    """Three buyers graded 40 days ago; since then one bought twice more for much, and one new buyer came."""
    today = company_day(timezone.now())
    shift = (AS_OF - today).days
    rising, low, steady = (
        buyer_of([each + shift for each in days], revenue=revenue)
        for days, revenue in (([60], 500), ([70, 90, 95], 400), ([50, 55, 61], 3000))
    )
    before = today - timedelta(days=40)
    conclude(as_of=before, now=timezone.now() - timedelta(days=40))
    for days in (3, 5, 6):
        order(rising, days + shift, revenue=9000)
    new = buyer_of([2 + shift], revenue=100)
    conclude(as_of=today, now=timezone.now())
    actions.take_snapshot(as_of=today)
    actions.report_grades(as_of=today)
    return {"before": before, "today": today, "rising": rising, "low": low, "steady": steady, "new": new}


def asked(client, base, **address):
    return client.get(reverse("grades"), {"since": base["before"].isoformat()} | address)


def test_the_page_says_who_rose_and_opens_them(client, manager, base):
    answer = asked(client, base)
    page = answer.context["page"]
    assert (page.way("up").customers, page.way("came").customers) == (1, 1)
    up = next(url for name, _way, url in answer.context["ways"] if name == "up")
    listed = client.get(up)
    assert listed.status_code == 200
    assert base["rising"].name in listed.content.decode()
    assert base["steady"].name not in listed.content.decode()
    assert {link["value"] for link in answer.context["chart"]["series"][0]["links"]} == {1}


def test_totals_add_up_to_the_base(client, manager, base):
    page = asked(client, base).context["page"]
    assert page.customers == Standing.objects.count() == 4
    assert sum(total.revenue for total in page.totals) == 500 + 1200 + 9000 + 27_000 + 100
    assert sum(move.customers for move in page.moves) == 4


def test_a_part_of_the_base_and_stages(client, manager, base):
    farmer = UserFactory()
    Customer.objects.filter(pk=base["low"].pk).update(owner=farmer)
    page = asked(client, base, owner=str(farmer.pk), of="lifecycle").context["page"]
    assert (page.customers, page.asked.of) == (1, "lifecycle")
    assert page.stayed + page.way("down").customers == 1


@pytest.mark.parametrize("table", ["grades", "moves-customers", "moves-money", "moves"])
def test_every_table_leaves_as_a_file(client, manager, base, table):
    text = b"".join(asked(client, base, table=table, format="csv").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) > 1
    assert asked(client, base, table=table, format="xlsx").status_code == 200


@pytest.mark.parametrize("address", [{"since": "never"}, {"until": "1900-01-01"}, {"of": "moon", "owner": "x"}])
def test_nonsense_in_the_address_is_as_not_asked(client, manager, base, address):
    assert asked(client, base, **address).status_code == 200


def test_the_usual_page_reads_what_the_night_wrote(client, manager, base, django_assert_max_num_queries):
    client.get(reverse("grades"))
    # Two of them are the session and the reader.
    with django_assert_max_num_queries(9) as told:
        client.get(reverse("grades"))
    assert not any("customers_order" in each["sql"] or "gradechange" in each["sql"] for each in told)


def test_before_the_first_night_the_page_says_what_to_do(client, manager):
    assert "No figures yet" in client.get(reverse("grades")).content.decode()


def test_the_card_tells_the_grades_by_category(client, manager, base):
    tea = ProductCategory.objects.create(name="Tea")
    graded = {"customer": base["low"], "orders": 1, "revenue": 100, "since": base["today"]}
    CategoryGrade.objects.create(category=tea, grade="B", **graded)
    for name, told in (("low", True), ("steady", False)):
        page = client.get(reverse("customer_card", args=[base[name].pk])).content.decode()
        assert ("By category" in page) is told
