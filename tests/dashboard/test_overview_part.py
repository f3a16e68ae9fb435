"""The overview of a part of the base, of another period, and beside the other pages: numbers and links by hand."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import ContactPoint, Customer, OrderLine, Product, ProductCategory
from dashboard.queries.overview import Overview
from segmentation.actions import report_grades
from segmentation.models import XMark
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.nights import NIGHT, NOON, close_night, known_base
from tests.factories.nps import ResponseFactory
from touches.models import Task

pytestmark = pytest.mark.django_db
PAGE = "overview"


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory(language="en"))
    with time_machine.travel(NOON, tick=False):
        known_base()
        yield client


def shown(manager: Client, **asked: str) -> Overview:
    return manager.get(reverse(PAGE), asked).context["night"]


def test_a_grade_is_told_as_the_night_tells_it(manager: Client) -> None:
    whole, part = shown(manager), shown(manager, grade="B")
    assert (part.snapshot.buyers, part.snapshot.base_value, part.snapshot.value_at_risk) == (2, 2000, 700)
    assert (part.base.realised_each, part.base.ltv) == (400, 3000)
    assert {each.code: each.customers for each in part.stages if each.customers} == {"new": 1, "at_risk": 1}
    same = next(each for each in whole.grades if each.code == "B")
    here = next(each for each in part.grades if each.code == "B")
    for name in ("customers", "reachable", "base_value", "value_at_risk", "realised", "predicted_36", "p_alive"):
        assert getattr(here, name) == getattr(same, name), name


def test_all_grades_together_are_the_whole(manager: Client) -> None:
    ContactPoint.objects.filter(customer__name="Boris").update(status="bounced")
    close_night()
    whole, parts = shown(manager), [shown(manager, grade=grade) for grade in "ABCD"]
    for name in (
        "base_value",
        "value_at_risk",
        "base_at_risk",
        "predicted_12",
        "predicted_36",
        "realised",
        "reachable",
    ):
        assert sum(getattr(part.snapshot, name) for part in parts) == getattr(whole.snapshot, name), name
    for place, rate in enumerate(whole.repeat):
        found = [part.repeat[place] for part in parts]
        assert [sum(each.customers for each in found), sum(each.came_back for each in found)] == [
            rate.customers,
            rate.came_back,
        ]
    for place, sales in enumerate(whole.sales):
        for amount in ("revenue", "margin"):
            found = [getattr(part.sales[place], amount) for part in parts]
            total = getattr(sales, amount)
            assert (sum(each.now for each in found), sum(each.before for each in found)) == (total.now, total.before)


def test_an_owner_has_no_cost_and_a_channel_has_its_own(manager: Client) -> None:
    farmer = UserFactory()
    Customer.objects.filter(name="Vera").update(owner=farmer)
    part = shown(manager, owner=str(farmer.pk))
    assert (part.snapshot.buyers, part.times, part.costs.year.fully_loaded) == (1, None, 2000)
    text = manager.get(reverse(PAGE), {"owner": str(farmer.pk)}).content.decode()
    assert "Of the whole company: spend has no owner, grade or category." in text
    ads = shown(manager, channel="ads")
    assert (ads.snapshot.buyers, ads.costs.year.fully_loaded, ads.times) == (4, 2000, Decimal("1.5"))
    assert "Of the whole" not in manager.get(reverse(PAGE), {"channel": "ads"}).content.decode()
    assert manager.get(reverse("cac"), {"channel": "ads"}).context["report"].whole.sums.loaded == 2000


def test_a_category_counts_who_bought_of_it(manager: Client) -> None:
    tea = Product.objects.create(sku="TEA", name="Tea", category=ProductCategory.objects.create(name="Tea"))
    order = Customer.objects.get(name="Gleb").orders.get()
    OrderLine.objects.create(order=order, product=tea, position=9, quantity=1, revenue=1)
    part = shown(manager, category=str(tea.category_id))
    assert (part.snapshot.buyers, part.snapshot.base_value) == (1, 500)


def test_answers_tasks_and_marks_are_those_of_the_part(manager: Client) -> None:
    late = NIGHT - timedelta(days=1)
    anna, boris = Customer.objects.get(name="Anna"), Customer.objects.get(name="Boris")
    for customer in (anna, boris):
        Task.objects.create(customer=customer, due_on=late)
        ResponseFactory(score=10, invitation__customer=customer, customer=customer)
        XMark.objects.create(customer=customer, set_by=ManagerFactory(), set_at=datetime(2026, 3, 1, tzinfo=UTC))
    page = manager.get(reverse(PAGE), {"grade": "A"})
    assert (page.context["work"].nps.promoters, page.context["work"].overdue_tasks) == (1, 1)
    assert page.context["snapshot"].marked == 1
    ((_row, url),) = page.context["overdue"]
    for address in (url, page.context["links"]["answers"]["promoter"]):
        assert [row.customer.name for row, _cells in manager.get(address).context["rows"]] == ["Anna"]
    assert "Win-back is judged over the whole company." in page.content.decode()


def test_late_tasks_open_whose_they_are(manager: Client) -> None:
    late = NIGHT - timedelta(days=1)
    farmer = UserFactory()
    for name, owner in (("Anna", farmer), ("Boris", None), ("Vera", None)):
        Task.objects.create(customer=Customer.objects.get(name=name), owner=owner, due_on=late)
    for part, expected in (({}, [{"Boris", "Vera"}, {"Anna"}]), ({"grade": "D"}, [{"Boris"}])):
        page = manager.get(reverse(PAGE), part)
        opened = [names_of(manager, url) for _row, url in page.context["overdue"]]
        assert opened == expected
        assert names_of(manager, page.context["links"]["overdue"]) == set().union(*expected)


def test_the_answers_behind_the_score_are_those_of_its_twelve_months(manager: Client) -> None:
    customer = Customer.objects.get(name="Anna")
    for answered in (NIGHT - timedelta(days=30), NIGHT - timedelta(days=500)):
        at = datetime(answered.year, answered.month, answered.day, 12, tzinfo=UTC)
        ResponseFactory(score=10, invitation__customer=customer, customer=customer, answered_at=at)
    page = manager.get(reverse(PAGE))
    opened = manager.get(page.context["links"]["answers"]["promoter"]).context["page"].paginator.count
    assert (page.context["work"].nps.promoters, opened) == (1, 1)


def names_of(manager: Client, url: str) -> set[str]:
    return {row.customer.name for row, _cells in manager.get(url).context["rows"]}


def test_every_list_behind_a_number_is_of_the_same_part(manager: Client) -> None:
    text = manager.get(reverse(PAGE), {"grade": "B", "owner": "pool"}).content.decode().replace("&amp;", "&")
    lists = [part.split('"')[0] for part in text.split(f'href="{reverse("customer_list")}?')[1:]]
    assert len(lists) > 10
    part = [{"field": "grade", "op": "in", "value": ["B"]}, {"field": "owner", "op": "in", "value": ["pool"]}]
    for query in lists:
        tree = json.loads(parse_qs(query)["where"][0])
        assert all(leaf in tree["all"] for leaf in part), query
    carried = {"grade": ["B"], "owner": ["pool"]}
    for name in ("base_value", "ltv"):
        urls = [each.split('"')[0] for each in text.split(f'href="{reverse(name)}?')[1:]]
        assert urls
        assert all(parse_qs(urlsplit(f"?{url}").query.split("#")[0]) == carried for url in urls)


def test_the_change_is_that_of_those_who_are_in_the_part_today(manager: Client) -> None:
    opening = shown(manager).opening
    part = shown(manager, grade="A")
    book = manager.get(reverse("base_value"), {"grade": "A"}).context["report"].now
    assert (part.opening is None) == (opening is None)
    assert part.snapshot.base_value == book.closing
    assert part.opening is None or part.opening.value == book.opening
    assert part.history == []


def test_a_period_tells_its_sales_cost_and_those_won_in_it(manager: Client) -> None:
    asked = {"first": "2026-02", "last": "2026-02"}
    part = shown(manager, **asked)
    (sales,) = part.sales
    # Vera's order, and Anna's of the year before.
    assert (sales.first, sales.last) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (sales.revenue.now, sales.revenue.before, sales.margin.now) == (1000, 1000, 400)
    assert (part.costs.year.fully_loaded, part.won.customers, part.times) == (4000, 1, Decimal("0.85"))
    assert part.snapshot.base_value == 8000
    assert part.history == []
    page = manager.get(reverse(PAGE), asked | {"grade": "D"})
    assert [each.revenue.now for each in page.context["night"].sales] == [0]
    assert "The period holds for" in page.content.decode()
    # Up to the day of the night, against the same days.
    (so_far,) = shown(manager, first="2026-02", last="2026-03").sales
    assert (so_far.last, so_far.revenue.now, so_far.revenue.before) == (NIGHT, 3000, 2000)


def test_an_empty_part_says_so_and_keeps_its_filters(manager: Client) -> None:
    page = manager.get(reverse(PAGE), {"grade": "C"})
    assert page.context["night"].base.customers == 0
    assert b'name="grade"' in page.content
    assert b"manage.py nightly" not in page.content


def test_a_part_is_kept_until_the_next_night(manager: Client, django_assert_max_num_queries) -> None:
    manager.get(reverse(PAGE), {"grade": "B"})
    with django_assert_max_num_queries(10):
        manager.get(reverse(PAGE), {"grade": "B"})


def test_the_value_at_risk_is_one_number_on_every_page(manager: Client) -> None:
    ContactPoint.objects.filter(customer__name="Boris").update(status="bounced")
    close_night()
    report_grades(as_of=NIGHT)
    page = manager.get(reverse(PAGE))
    shown = page.context["night"].snapshot.value_at_risk
    assert shown == manager.get(reverse("ltv")).context["report"].snapshot.value_at_risk == 1800
    assert shown == sum(total.value_at_risk for total in manager.get(reverse("grades")).context["page"].totals)
    letter = manager.get(reverse("summary")).content.decode()
    for text in (page.content.decode(), letter):
        assert "₽1,800" in text
        assert "22.5%" in text
        assert "₽600 of it is of buyers beyond reach" in text
    rows = manager.get(page.context["links"]["risk"]).context["rows"]
    assert sum(row.risk for row, _cells in rows) == shown
    (beyond,) = manager.get(page.context["links"]["risk_beyond"]).context["rows"]
    assert beyond[0].risk == 600
