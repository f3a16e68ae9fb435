"""The leak meter against numbers computed by hand, and who may read it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from acquisition.actions import answer_inquiry
from acquisition.models import InquiryStanding
from core.periods import company_day, day_start, month_start
from dashboard.queries.leaks import NOT_ASKED, Worth, leak_report, worths_of_new
from dashboard.queries.leaks_now import saveable
from dashboard.queries.summary import _leaks
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory, InquiryFactory, SpendFactory
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.touches import StandingFactory
from touches.actions import judge_inquiries

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def base():
    """Two channels in this month: radio with 1,000.00 for 7 inquiries, and one without spend; a year before of radio.

    Conversion of radio: 12 of 40 captured old inquiries became orders: 0.3. Its two customers won in the year are worth
    900.00 + 300.00 and 1,000.00 + 800.00: an LTV of 1,500.00. A new contact: 450.00.
    """
    now = timezone.now()
    today = company_day(now)
    noon = day_start(month_start(today)) + timedelta(hours=12)
    radio, seo = ChannelFactory(code="radio", name="Radio"), ChannelFactory(code="seo", name="Search")
    SpendFactory(channel=radio, month=month_start(today), amount=900)
    SpendFactory(channel=radio, month=month_start(today), amount=100, kind="salaries")
    anna = UserFactory(role="farmer", first_name="Anna", last_name="")
    known = CustomerFactory(owner=anna)
    StandingFactory(customer=known, predicted_36=D("777.77"))
    old = day_start(today - timedelta(days=60)) + timedelta(hours=12)
    for number in range(40):
        order = OrderFactory() if number < 12 else None
        InquiryFactory(at=old, channel=radio, phone=f"+7912{number:07d}", is_answered=True, order=order)
    for realised, predicted in ((900, 300), (1000, 800)):
        won = CustomerFactory()
        AcquisitionFactory(customer=won, channel=radio, won_on=today - timedelta(days=100))
        StandingFactory(customer=won, realised=realised, predicted_36=predicted)
    asked = {"at": noon, "channel": radio, "line": "Studio"}
    InquiryFactory(**asked, phone="+79130000001")
    InquiryFactory(**asked, customer=known)
    InquiryFactory(**asked, phone="+79130000002")
    later = asked | {"at": noon + timedelta(hours=1)}
    InquiryFactory(**later, phone="+79130000002", is_answered=True, answered_by=anna)
    InquiryFactory(**asked, is_answered=True, answered_by=anna)
    InquiryFactory(**asked, is_answered=True, phone="+79130000003", answered_by=anna, order=OrderFactory())
    InquiryFactory(**asked, is_answered=True, phone="+79130000004", answered_by=anna, order=OrderFactory())
    InquiryFactory(**asked, is_spam=True)
    InquiryFactory(at=noon, channel=seo)
    # As of the first day of the month, whatever day it is today.
    judge_inquiries(today=month_start(today), now=noon + timedelta(hours=2), since=None)
    return {"today": today, "radio": radio, "seo": seo, "anna": anna}


def report(base, **more):
    first = month_start(base["today"])
    return leak_report(first=first, last=first, trend_first=first, today=base["today"], **more)


def test_the_figures_are_those_computed_by_hand(base):
    found = report(base)
    judged = InquiryStanding.objects.filter(happened_on__gte=month_start(base["today"]))
    assert sorted(judged.values_list("state", flat=True)) == [
        "in_work", "missed", "missed", "missed", "ordered", "ordered", "recovered", "spam", "uncaptured",
    ]  # fmt: skip
    # 1,000.00 for 7 inquiries that are no spam: 142.86 each.
    assert found.costs == {(base["radio"].pk, month_start(base["today"])): D("142.86")}
    worth = found.worths[base["radio"].pk]
    assert (worth.share, worth.ltv, worth.expected) == (D("0.3"), D("1500"), D("450.00"))
    # Search has nothing of its own: the share and the LTV of all.
    assert found.worths[base["seo"].pk].expected == D("450.00")
    # Missed: one new of radio, one known of radio, one of search, which cost nothing.
    assert found.of("missed").spent == D("285.72")
    assert found.of("missed").margin == D("450.00") + D("777.77") + D("450.00")
    assert (found.of("uncaptured").spent, found.of("uncaptured").margin) == (D("142.86"), D("450.00"))
    assert (found.lost.inquiries, found.lost.leaks) == (8, 4)
    assert (found.lost.spent, found.lost.margin) == (D("428.58"), D("2127.77"))
    assert (found.of("recovered").leaks, found.of("recovered").margin) == (1, D("450.00"))


def test_a_card_without_an_order_counts_as_somebody_new(base):
    """Every lead of a form on the site has a card, and no forecast of its own: it is not worth nothing."""
    now = timezone.now()
    judge_inquiries(today=base["today"], now=now, since=None)
    before = report(base).lost.margin
    lead = InquiryFactory(at=now, channel=base["radio"], customer=CustomerFactory())
    judge_inquiries(today=base["today"], now=now, since=base["today"])
    assert report(base).lost.margin - before == D("450.00")
    worths = worths_of_new(base["today"])
    found = saveable(UserFactory(role="manager"), today=base["today"], now=now, worths=worths)[2]
    assert {each.inquiry.pk: each.margin for each in found}[lead.pk] == D("450.00")
    assert _leaks(base["today"], base["today"] + timedelta(days=1)).margin >= D("450.00")


@pytest.mark.parametrize("key", ["person", "channel", "hour", "line", "month", "state"])
def test_every_table_adds_up_to_the_same_sum(base, key):
    found = report(base)
    rows = found.by(lambda group: getattr(group, key)).values()
    assert sum(row.margin for row in rows) == found.lost.margin
    assert sum(row.spent for row in rows) == found.lost.spent
    assert sum(row.leaks for row in rows) == found.lost.leaks
    assert sum(row.inquiries for row in rows) == found.lost.inquiries


def test_filters_narrow_the_inquiries_and_not_what_one_costs(base):
    assert report(base, channel=base["seo"].pk).lost.margin == D("450.00")
    of_anna = report(base, person=base["anna"].pk).lost
    assert (of_anna.leaks, of_anna.spent) == (2, D("285.72"))
    assert report(base, person=0).lost.leaks == 2
    assert report(base, channel=NOT_ASKED).lost.leaks == 4


def test_a_base_without_anything_expects_nothing():
    worths = worths_of_new(company_day(timezone.now()))
    assert worths == {None: Worth(D(0), D(0), 0, is_own=False)}


def test_the_page_says_it_and_every_table_can_be_taken_out(client, base):
    client.force_login(UserFactory(role="manager", language="en"))
    url = reverse("leaks")
    page = client.get(url).content.decode()
    assert "2,128" in page
    assert f"{reverse('inquiries')}?first=" in page
    lines = b"".join(client.get(url, {"table": "leaks_class", "format": "csv"}).streaming_content).decode()
    assert "2127.77" in lines
    for code in ("leaks_person", "leaks_channel", "leaks_line", "leaks_hour", "leaks_month"):
        book = b"".join(client.get(url, {"table": code, "format": "xlsx"}).streaming_content)
        assert book.startswith(b"PK")
    narrowed = client.get(url, {"channel": "seo", "owner": "pool", "first": "nonsense"})
    assert "450" in narrowed.content.decode()


def test_every_number_opens_as_many_inquiries(client, base):
    client.force_login(UserFactory(role="manager", language="en"))
    tables = client.get(reverse("leaks")).context["tables"]
    for name in ("person", "channel", "line", "hour", "month"):
        for row in [*tables[name].rows, *filter(None, [tables[name].total])]:
            for cell in (each for each in row[1:3] if each.url):
                assert client.get(cell.url).context["counts"].every == cell.value, cell.url


def test_what_can_still_be_saved_stands_first_until_somebody_calls(client, base):
    manager = UserFactory(role="manager", language="en")
    client.force_login(manager)
    now = timezone.now()
    missed = InquiryFactory(at=now - timedelta(minutes=9), phone="+79139999999", channel=base["radio"])
    InquiryFactory(at=now - timedelta(minutes=9), channel=base["radio"])
    judge_inquiries(today=base["today"], now=now, since=base["today"])
    page = client.get(reverse("leaks")).content.decode()
    assert reverse("inquiry", args=[missed.pk]) in page
    assert "+79139999999" not in page
    take = reverse("inquiry_take", args=[missed.pk])
    assert client.post(take, {"back": f"{reverse('leaks')}#now"})["Location"].startswith(reverse("leaks"))
    answer_inquiry(inquiry=missed, by=manager, at=timezone.now())
    assert reverse("inquiry", args=[missed.pk]) not in client.get(reverse("leaks")).content.decode()


def test_what_can_still_be_saved_follows_the_filters_of_the_page(client, base):
    client.force_login(UserFactory(role="manager", language="en"))
    now = timezone.now()
    missed = InquiryFactory(at=now - timedelta(minutes=9), phone="+79139999999", channel=base["radio"])
    judge_inquiries(today=base["today"], now=now, since=base["today"])
    address = reverse("inquiry", args=[missed.pk])
    for asked, is_shown in (("radio", True), ("seo", False)):
        assert (address in client.get(reverse("leaks"), {"channel": asked}).content.decode()) is is_shown
    for asked, is_shown in (("pool", True), (base["anna"].pk, False)):
        assert (address in client.get(reverse("leaks"), {"owner": asked}).content.decode()) is is_shown


def test_a_marketer_reads_figures_without_ways_into_the_inquiries(client, base):
    client.force_login(UserFactory(role="marketer", language="en"))
    page = client.get(reverse("leaks")).content.decode()
    assert "2,128" in page
    assert reverse("inquiries") not in page


def test_an_empty_base_says_what_to_do(client):
    client.force_login(UserFactory(role="manager", language="en"))
    assert "No inquiries are known yet" in client.get(reverse("leaks")).content.decode()


def test_what_nobody_can_know_yet_is_not_told_as_zero(client):
    """The first day: calls were missed, and no customer was won from whom to learn what a call is worth."""
    now = timezone.now()
    radio = ChannelFactory(code="radio")
    SpendFactory(channel=radio, month=month_start(company_day(now)), amount=900)
    InquiryFactory(at=now - timedelta(minutes=1), channel=radio, phone="+79130000001")
    judge_inquiries(today=company_day(now), now=now, since=None)
    client.force_login(UserFactory(role="manager", language="en"))
    page = client.get(reverse("leaks")).content.decode()
    assert "was spent on the inquiries that were lost: 1 of 1" in page
    assert "is not known yet" in page
    assert "of expected margin lost" not in page


def test_months_without_inquiries_are_no_empty_base(client, base):
    client.force_login(UserFactory(role="manager", language="en"))
    page = client.get(reverse("leaks"), {"first": "2001-01", "last": "2001-02"}).content.decode()
    assert "No inquiries came in these months" in page
    assert "Connect the telephony" not in page


def test_the_page_asks_as_much_of_a_large_base_as_of_a_small_one(client, base, django_assert_max_num_queries):
    client.force_login(UserFactory(role="manager", language="en"))
    client.get(reverse("leaks"))
    with django_assert_max_num_queries(14):
        client.get(reverse("leaks"))
