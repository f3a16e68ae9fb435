"""Who reads the base: what is unusual, who may see it, how an export is traced."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.periods import company_day, day_start
from core.roles import Role
from customers.actions.guard import record_access
from customers.models import AccessEntry, AccessKind, AccessLimit
from customers.rules.reading_habits import Day, Usual, Why, usual, why_unusual
from dashboard.queries.reading import reading_days
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory

ORDINARY = Usual(opened=20.0, taken=None)
TODAY = company_day(timezone.now())


def why(day: Day, **how) -> list[Why]:
    given = {"own": ORDINARY, "role": ORDINARY, "limit": 150, "has_own_customers": True}
    return why_unusual(day, **(given | how))


def test_an_ordinary_day_is_not_unusual():
    assert why(Day(opened=30, foreign=5, late=2, steps=29, in_order=15)) == []


@pytest.mark.parametrize(
    ("day", "reasons"),
    [
        (Day(opened=61), [Why.OWN, Why.ROLE]),
        (Day(opened=150), [Why.OWN, Why.ROLE, Why.LIMIT]),
        (Day(opened=21, steps=20, in_order=18), [Why.SWEEP]),
        (Day(opened=21, steps=20, in_order=17), []),
        (Day(opened=30, foreign=20), [Why.FOREIGN]),
        (Day(late=5), [Why.LATE]),
        (Day(exports=1, taken=100), [Why.EXPORT]),
        (Day(exports=1, taken=99), []),
    ],
)
def test_what_is_unusual_is_named(day, reasons):
    assert why(day) == reasons


def test_little_is_never_unusual_and_a_short_habit_is_none():
    assert why(Day(opened=19), own=Usual(1.0), role=Usual(1.0)) == []
    assert usual([1, 2, 3, 4, 0, 0, 0], []) == Usual(None, None)
    assert usual([1, 2, 3, 4, 100], [5, 5, 5, 5, 5, 0]) == Usual(3.0, 5.0)


def test_who_takes_lists_out_every_week_is_not_unusual_for_the_usual():
    assert why(Day(exports=1, taken=1500), own=Usual(taken=1000.0)) == []
    assert why(Day(exports=9, taken=3001), own=Usual(taken=1000.0)) == [Why.EXPORT]


def test_those_who_own_nobody_do_not_stray():
    assert why(Day(opened=30, foreign=30), has_own_customers=False) == []


def at(days_ago: int, hour: int = 12) -> datetime:
    return day_start(TODAY - timedelta(days=days_ago)) + timedelta(hours=hour)


def opened(by, count: int, *, days_ago: int = 0, hour: int = 12, own: bool = True, customers=None) -> None:
    for number in range(count):
        customer = customers[number] if customers else None
        record_access(
            by=by,
            kind=AccessKind.CONTACT,
            at=at(days_ago, hour) + timedelta(seconds=number),
            detail={"contact": (customer.pk if customer else number), "channel": "phone", "own": own},
            customer_id=customer.pk if customer else None,
        )


@pytest.mark.django_db
class TestDays:
    def test_a_day_stands_beside_the_persons_and_the_roles_usual(self):
        calm, busy = UserFactory(), UserFactory()
        for days_ago in range(7, 14):
            opened(calm, 4, days_ago=days_ago)
            opened(busy, 20, days_ago=days_ago)
        opened(calm, 30)
        opened(busy, 30)
        first, second = reading_days(first=TODAY, last=TODAY)
        assert (first.person, first.own.opened, first.role.opened) == (calm, 4.0, 12.0)
        assert first.why == [Why.OWN]
        assert (second.person, second.why) == (busy, [])

    def test_customers_opened_in_the_order_of_their_names_are_a_sweep(self):
        by = UserFactory()
        customers = [CustomerFactory(name=f"Anna {number:02d}") for number in range(22)]
        opened(by, 22, customers=sorted(customers, key=lambda each: each.name, reverse=True))
        assert reading_days(first=TODAY, last=TODAY)[0].why == [Why.SWEEP]

    def test_customers_opened_as_the_worklist_has_them_are_not(self):
        by = UserFactory()
        customers = [CustomerFactory(name=f"Anna {number:02d}") for number in range(22)]
        opened(by, 22, customers=customers[::2] + customers[1::2][::-1])
        assert reading_days(first=TODAY, last=TODAY)[0].why == []

    def test_hours_are_the_companys(self):
        by = UserFactory()
        opened(by, 5, hour=21)
        opened(by, 5, hour=20, days_ago=1)
        found = {day.on: day.why for day in reading_days(first=TODAY - timedelta(days=1), last=TODAY)}
        assert found == {TODAY: [Why.LATE], TODAY - timedelta(days=1): []}

    def test_the_same_contact_twice_is_one(self):
        by = UserFactory()
        opened(by, 3)
        opened(by, 3, hour=13)
        assert reading_days(first=TODAY, last=TODAY)[0].read.opened == 3


@pytest.fixture
def manager(client: Client):
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


@pytest.mark.django_db
class TestPages:
    def test_the_page_needs_as_many_queries_for_many_as_for_few(self, client, manager):
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                client.get(reverse("reading"))
            return len(seen)

        opened(UserFactory(), 2)
        client.get(reverse("reading"))
        few = queries()
        for _person in range(5):
            opened(UserFactory(), 4, days_ago=2)
        assert queries() == few
        assert few <= 8

    def test_it_leads_to_the_entries_of_the_day(self, client, manager):
        by = UserFactory(first_name="Oleg")
        customer = CustomerFactory(name="Anna")
        opened(by, 1, customers=[customer])
        opened(by, 1, days_ago=2)
        page = client.get(reverse("reading"))
        query = page.context["rows"][0][2]
        entries = client.get(f"{reverse('reading_entries')}?{query}").context["entries"]
        assert [entry.customer for entry, _told in entries] == [customer]

    def test_a_file_is_traced_by_its_mark_however_it_is_typed(self, client, manager):
        record_access(
            by=UserFactory(), kind=AccessKind.EXPORT, at=at(3), mark="ABCDEFGH23", detail={"what": "customers"}
        )
        record_access(by=UserFactory(), kind=AccessKind.EXPORT, at=at(3), mark="ZZZZZZZZZ2")
        entries = client.get(f"{reverse('reading_entries')}?mark=+abcdefgh23").context["entries"]
        assert [entry.mark for entry, _told in entries] == ["ABCDEFGH23"]

    def test_entries_read_on_along_the_key(self, client, manager):
        opened(UserFactory(), 130)
        page = client.get(reverse("reading_entries"))
        more = client.get(f"{reverse('reading_entries')}?{page.context['following']}")
        ids = [entry.pk for shown in (page, more) for entry, _told in shown.context["entries"]]
        assert (len(ids), len(set(ids)), more.context["following"]) == (130, 130, "")

    @pytest.mark.parametrize(
        "query", ["day=never", "person=x", "person=999999", "before=-1", "kind=odd", "mark=%00x", "day=9999-12-31"]
    )
    def test_nonsense_in_the_address_narrows_nothing(self, client, manager, query):
        opened(UserFactory(), 2)
        for page in ("reading", "reading_entries"):
            assert client.get(f"{reverse(page)}?{query}").status_code in {200, 400}

    def test_limits_are_changed_and_the_change_is_kept(self, client, manager):
        url = reverse("reading_limits")
        client.post(url, {"contact_farmer": "7", "export_manager": ""})
        assert AccessLimit.objects.get(role="farmer", kind="contact").per_day == 7
        assert not AccessLimit.objects.filter(role="hunter").exists()
        history = client.get(reverse("settings_changes")).content.decode()
        assert "Limit of reading" in history

    @pytest.mark.parametrize("wrong", ["-1", "many", "99999999999"])
    def test_a_limit_that_is_none_is_refused(self, client, manager, wrong):
        before = list(AccessLimit.objects.order_by("pk").values())
        assert client.post(reverse("reading_limits"), {"contact_farmer": wrong}).status_code == 422
        assert list(AccessLimit.objects.order_by("pk").values()) == before

    @pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER])
    def test_others_may_not_look(self, client, role):
        client.force_login(UserFactory(role=role))
        for page in ("reading", "reading_entries", "reading_limits", "settings_changes"):
            assert client.get(reverse(page)).status_code == 403
        assert not AccessEntry.objects.exists()
