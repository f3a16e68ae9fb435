"""Why customers leave and what it costs, against numbers computed by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from core.roles import Role
from customers.actions import add_event
from customers.models import Customer, EventKind, Obligation, OrderLine
from dashboard.figures.filters import FigureFilters
from dashboard.queries.leaving import leaving_report
from market.models import Departure
from segmentation.actions.leaving import compare_patterns, count_losses
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.tree import read_tree
from segmentation.models import BookEntry, LeavingPattern, Loss, LossFigure, PurchaseStatistics, Standing
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory, ProductFactory, category_of
from tests.factories.market import departure, reason

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


AS_OF = date(2026, 6, 1)
YEAR = FigureFilters(first=date(2025, 7, 1), last=date(2026, 6, 1))


def buyer(last_on: date, *, stage: str = "lapsed", gap: float = 30, first_on: date | None = None, **fields) -> Customer:
    """A buyer with a standing; lapsed begins 2.5 gaps after the last order."""
    customer = CustomerFactory(**fields)
    PurchaseStatistics.objects.create(
        customer=customer,
        orders=2,
        purchase_days=2,
        first_on=first_on or last_on - timedelta(days=30),
        last_on=last_on,
        revenue=3000,
        margin=1000,
        first_margin=500,
        window_orders=2,
        window_revenue=3000,
    )
    Standing.objects.create(
        customer=customer,
        as_of=AS_OF,
        grade="A",
        lifecycle=stage,
        lifecycle_since=AS_OF,
        expected_gap_days=gap,
        realised=1000,
    )
    return customer


def bought(customer: Customer, day: date, revenue: int, cost: int) -> None:
    """An order whose cost is known."""
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    order = OrderFactory(
        customer=customer, placed_at=at, placed_on=day, revenue=revenue, known_cost=cost, uncosted_revenue=0
    )
    product = ProductFactory(category=category_of("Beans"))
    OrderLine.objects.create(order=order, position=1, product=product, quantity=1, revenue=revenue)


@pytest.fixture
def base() -> dict[str, Customer]:
    """Three who are gone, one who is not.

    anna: last order on 1 March, gap 30, so left on 15 May; the book closed April with 700. Told: price, to a rival.
    boris: last order on 1 December, so left on 14 February; no closing, so the margin of 365 days up to then:
    (500 − 200) + (400 − 100) = 600; the order of two years ago does not count. Nobody asked.
    clara: active, but told on 20 May to have left; the margin 250 of her only order.
    david: active.
    """
    owner = UserFactory(role=Role.FARMER)
    people = {
        "anna": buyer(date(2026, 3, 1), owner=owner),
        "boris": buyer(date(2025, 12, 1), owner=None),
        "clara": buyer(date(2026, 5, 10), stage="active", owner=owner),
        "david": buyer(date(2026, 5, 10), stage="active"),
    }
    BookEntry.objects.create(
        month=date(2026, 4, 1),
        customer_id=people["anna"].pk,
        value=700,
        contacts=1,
        is_reachable=True,
        grade="A",
        lifecycle="at_risk",
    )
    AcquisitionFactory(customer=people["anna"], channel=ChannelFactory(code="ads", name="Ads"))
    bought(people["boris"], date(2024, 5, 1), 9000, 1000)
    bought(people["boris"], date(2025, 11, 1), 500, 200)
    bought(people["boris"], date(2025, 12, 1), 400, 100)
    bought(people["clara"], date(2026, 5, 10), 300, 50)
    departure(people["anna"], "Anna", owner, at=datetime(2026, 5, 20, tzinfo=UTC))
    departure(people["clara"], "Clara", owner, at=datetime(2026, 5, 20, tzinfo=UTC), reason_id=reason("quality").pk)
    return people


def sums(parts) -> dict[str, tuple[int, Decimal]]:
    return {part.name or part.key: (part.customers, part.value) for part in parts}


def test_who_is_gone_since_when_and_what_was_lost(base):
    counted = count_losses(as_of=AS_OF)
    assert (counted.gone, counted.valued) == (3, 3)
    rows = {row.customer_id: row for row in Loss.objects.all()}
    anna, boris, clara = (rows[base[name].pk] for name in ("anna", "boris", "clara"))
    assert (anna.left_on, anna.value, anna.is_forecast) == (date(2026, 5, 15), 700, True)
    assert (boris.left_on, boris.value, boris.is_forecast) == (date(2026, 2, 14), 600, False)
    assert (clara.left_on, clara.value, clara.reason.code) == (date(2026, 5, 20), 250, "quality")
    assert (boris.category.name, anna.category) == ("Beans", None)


@translation.override("en")
def test_the_sums_of_the_report(base):
    count_losses(as_of=AS_OF)
    report = leaving_report(YEAR)
    assert (report.customers, report.value) == (3, 1550)
    assert (report.known, report.known_value) == (2, 950)
    assert (report.unknown.customers, report.unknown.value) == (1, 600)
    assert report.first_reason.name == "Price"
    assert sums(report.parts["reason"]) == {"Price": (1, 700), "": (1, 600), "Quality": (1, 250)}
    assert sums(report.parts["competitor"]) == {"The others": (2, 950), "": (1, 600)}
    assert sums(report.parts["channel"]) == {"Ads": (1, 700), "": (2, 850)}
    assert sums(report.parts["category"]) == {"Beans": (2, 850), "": (1, 700)}
    assert {part.key: part.value for part in report.months if part.customers} == {"2026-02": 600, "2026-05": 950}
    # A month in which nobody left stands there, too.
    assert len(report.months) == 12


def test_a_part_of_the_base_is_counted_from_its_own_rows_and_equals_the_whole(base):
    count_losses(as_of=AS_OF)
    of_ads = leaving_report(FigureFilters(YEAR.first, YEAR.last, channel="ads"))
    assert (of_ads.customers, of_ads.value) == (1, 700)
    every_grade = leaving_report(FigureFilters(YEAR.first, YEAR.last, grade="A"))
    whole = leaving_report(YEAR)
    assert (every_grade.parts, every_grade.months) == (whole.parts, whole.months)
    of_may = leaving_report(FigureFilters(date(2026, 5, 1), date(2026, 5, 1)))
    assert (of_may.customers, of_may.value) == (2, 950)


def test_the_next_night_changes_only_what_changed(base):
    count_losses(as_of=AS_OF)
    Departure.objects.filter(customer=base["anna"]).update(reason=reason("service"))
    Standing.objects.filter(customer=base["boris"]).update(lifecycle="active")
    counted = count_losses(as_of=AS_OF + timedelta(days=1))
    assert (counted.gone, counted.valued, counted.patterns) == (2, 0, False)
    assert Loss.objects.get(customer=base["anna"]).reason.code == "service"
    assert not Loss.objects.filter(customer=base["boris"]).exists()
    assert LossFigure.objects.get(dimension="reason", part=str(reason("service").pk)).value == 700


def test_a_new_order_after_the_leaving_is_no_loss_any_more(base):
    count_losses(as_of=AS_OF)
    Departure.objects.filter(customer=base["clara"]).update(returned_on=date(2026, 5, 30))
    count_losses(as_of=AS_OF)
    assert not Loss.objects.filter(customer=base["clara"]).exists()


def test_patterns_compare_those_to_whom_it_happened_with_the_others():
    # On 3 December 2025, 180 days before, five buyers were with us by their own rhythm; one had lapsed long before.
    since = AS_OF - timedelta(days=180)
    early = date(2025, 1, 1)
    recent = since - timedelta(days=10)
    left_late = buyer(recent, first_on=early)
    stayed_late = buyer(date(2026, 5, 20), stage="active", first_on=early)
    bought(stayed_late, recent, 100, 50)
    left = buyer(recent, first_on=early)
    told = buyer(date(2026, 5, 20), stage="active", first_on=early)
    bought(told, recent, 100, 50)
    departure(told, "Told", ManagerFactory(), at=datetime(2026, 5, 25, tzinfo=UTC))
    stayed = buyer(date(2026, 5, 20), stage="active", first_on=early)
    bought(stayed, recent, 100, 50)
    buyer(date(2025, 6, 1), stage="lost", first_on=early)
    newcomer = buyer(date(2026, 5, 20), stage="active", first_on=date(2026, 1, 5))
    for customer in (left_late, stayed_late, newcomer):
        closed = {"state": "late", "closed_on": since + timedelta(days=3)}
        Obligation.objects.create(customer=customer, kind="delivery", due_on=since - timedelta(days=5), **closed)
    # Too early, and kept: neither counts.
    Obligation.objects.create(
        customer=stayed, kind="delivery", due_on=since - timedelta(days=91), state="broken", closed_on=since
    )
    Obligation.objects.create(
        customer=left,
        kind="delivery",
        due_on=since - timedelta(days=5),
        state="kept",
        closed_on=since - timedelta(days=6),
    )
    at = datetime(2025, 11, 20, tzinfo=UTC)
    add_event(customer_id=left.pk, kind=EventKind.NPS_ANSWERED, at=at, data={"score": 6})
    add_event(customer_id=stayed.pk, kind=EventKind.NPS_ANSWERED, at=at, data={"score": 7})
    compare_patterns(as_of=AS_OF)
    counts = {
        row.code: (row.exposed, row.exposed_left, row.others, row.others_left) for row in LeavingPattern.objects.all()
    }
    assert counts["late_delivery"] == (2, 1, 3, 2)
    assert counts["low_score"] == (1, 1, 4, 2)
    assert counts["new_owner"] == (0, 0, 5, 3)


def test_the_page_tells_the_answer_opens_the_customers_and_gives_files(client, base):
    count_losses(as_of=AS_OF)
    client.force_login(ManagerFactory(language="en"))
    asked = {"first": "2025-07", "last": "2026-06"}
    page = client.get(reverse("leaving"), asked)
    text = page.content.decode()
    for words in ("1,550", "3 customers who left", "Price", "The others", "too few to judge", "left_reason"):
        assert words in text
    file = client.get(reverse("leaving"), asked | {"table": "leaving-reason", "format": "csv"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Reason")
    assert any(line.startswith("Price") and "700" in line for line in lines)
    assert page.context["tables"]["reason"].total[3].value == 1
    narrowed = client.get(reverse("leaving"), asked | {"grade": "A", "channel": "ads"})
    bars = narrowed.context["chart"]["series"][0]["data"]
    assert bars
    assert all("grade" in each["url"] and "ads" in each["url"] for each in bars)


@pytest.mark.parametrize(
    ("leaf", "names"),
    [
        ({"field": "left", "op": "is", "value": True}, {"anna", "boris", "clara"}),
        ({"field": "left_on", "op": "month", "value": "2026-05"}, {"anna", "clara"}),
        ({"field": "left_reason", "op": "in", "value": [""]}, {"boris"}),
        ({"field": "competitor", "op": "in", "value": [""]}, {"boris"}),
        ({"field": "lost_category", "op": "in", "value": [""]}, {"anna"}),
    ],
)
def test_each_number_has_its_condition(base, leaf, names):
    count_losses(as_of=AS_OF)
    found = set(customers_of(read_tree({"all": [leaf]}), ManagerFactory(), AS_OF))
    assert found == {base[name] for name in names}


def test_the_page_asks_as_much_for_one_as_for_many(client, base, django_assert_max_num_queries):
    count_losses(as_of=AS_OF)
    client.force_login(ManagerFactory())
    client.get(reverse("leaving"))
    # With the session, the reader, the filters' lists and the names of what is in the tables.
    with django_assert_max_num_queries(17):
        client.get(reverse("leaving"), {"first": "2025-07", "last": "2026-06"})


def test_before_the_first_night_the_page_says_so(client):
    client.force_login(ManagerFactory(language="en"))
    assert "Nothing is counted yet" in client.get(reverse("leaving")).content.decode()


def test_a_farmer_does_not_see_it(client):
    client.force_login(UserFactory(role=Role.FARMER))
    assert client.get(reverse("leaving")).status_code == 403
