"""The balance sheet of the base: it balances whatever happens, whichever nights were run."""

import random
from datetime import date

import pytest
from django.db.models import Sum

from customers.models import ContactPoint, Customer
from segmentation.actions import take_snapshot
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.tree import read_tree
from segmentation.models import BaseBalance, BaseSnapshot, BookEntry, Standing
from segmentation.queries.book import balance
from segmentation.rules.book import LOSSES, Cause, Side, Worth, move
from tests.factories.core import ManagerFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
FEB, MARCH, APRIL, MAY = (date(2026, month, 1) for month in (2, 3, 4, 5))


def stands(customer: Customer, value: int, *, contacts: int = 1) -> Customer:
    """The customer is worth so much from now on, and so many addresses work."""
    figures = {"as_of": FEB, "lifecycle": "active", "lifecycle_since": FEB, "expected_gap_days": 30, "realised": 0}
    Standing.objects.update_or_create(customer=customer, defaults=figures | {"predicted_12": value})
    ContactPoint.objects.filter(customer=customer).delete()
    addresses = [f"{customer.pk}-{number}@shop.example" for number in range(contacts)]
    ContactPoint.objects.bulk_create(
        [ContactPoint(customer=customer, channel="email", value=address) for address in addresses]
        + [ContactPoint(customer=customer, channel="email", value=f"{customer.pk}@old.example", status="bounced")]
    )
    return customer


def new(value: int, *, contacts: int = 1, name: str = "Someone") -> Customer:
    return stands(CustomerFactory(name=name), value, contacts=contacts)


def night(as_of: date) -> BaseBalance | None:
    """The snapshot and the book of a night; the balance of the night's own month."""
    take_snapshot(as_of=as_of)
    return BaseBalance.objects.filter(month=as_of.replace(day=1)).first()


def adds_up(row: BaseBalance) -> bool:
    moved = sum(-row.moves[cause]["amount"] if cause in LOSSES else row.moves[cause]["amount"] for cause in Cause)
    return row.opening * 100 + moved == row.closing * 100


def moves(row: BaseBalance) -> dict[str, tuple[int, int]]:
    """Customers and whole units of currency per cause."""
    return {cause: (each["customers"], each["amount"] // 100) for cause, each in row.moves.items() if each["customers"]}


@pytest.fixture
def company() -> dict[str, Customer]:
    """Known at the closing of February: five buyers worth 1,000 each, one of them without an address."""
    names = ("Grows", "Fades", "Moves", "Quits", "Steady")
    people = {name: new(1000, name=name, contacts=2) for name in names} | {"Back": new(1000, name="Back", contacts=0)}
    take_snapshot(as_of=MARCH)
    stands(people["Grows"], 1500, contacts=2)
    stands(people["Fades"], 700, contacts=1)
    stands(people["Moves"], 1200, contacts=0)
    stands(people["Back"], 800, contacts=1)
    Standing.objects.filter(customer=people["Quits"]).delete()
    return people | {"New": new(300, name="New"), "Hidden": new(50, name="Hidden", contacts=0)}


def test_a_month_is_explained_by_causes(company) -> None:
    row = night(date(2026, 3, 20))
    assert (row.since, row.is_closed, row.opening, row.closing, row.customers) == (FEB, False, 5000, 4300, 5)
    assert moves(row) == {
        Cause.ACQUIRED: (1, 300),
        Cause.EXPANDED: (1, 500),
        Cause.REACHABLE_AGAIN: (1, 800),
        Cause.SHRUNK: (1, 300),
        Cause.GONE: (1, 1000),
        Cause.UNREACHABLE: (1, 1000),
    }
    assert adds_up(row)
    assert (row.unreachable_customers, row.unreachable_value) == (2, 1250)
    # Fades lost one of two addresses, Moves both.
    assert (row.lost_contacts, row.lost_contacts_customers) == (3, 2)


def test_the_base_value_of_the_snapshot_is_the_same_number(company) -> None:
    row = night(date(2026, 3, 20))
    snapshot = BaseSnapshot.objects.get(on=row.as_of)
    assert (snapshot.base_value, snapshot.reachable) == (row.closing, row.customers)
    assert snapshot.predicted_12 == row.closing + row.unreachable_value
    assert sum(part["base_value"] for part in snapshot.by_lifecycle.values()) == row.closing * 100


@pytest.mark.parametrize("is_closed", [False, True])
def test_each_sum_opens_its_customers(company, is_closed) -> None:
    night(APRIL if is_closed else date(2026, 3, 20))
    found = {part: names_behind(part) for part in (*Cause, *Side)}
    assert found == {
        Cause.ACQUIRED: {"New"},
        Cause.EXPANDED: {"Grows"},
        Cause.REACHABLE_AGAIN: {"Back"},
        Cause.SHRUNK: {"Fades"},
        Cause.GONE: {"Quits"},
        Cause.UNREACHABLE: {"Moves"},
        Side.ATTRITION: {"Fades", "Quits"},
        Side.OPENING: {"Grows", "Fades", "Moves", "Quits", "Steady"},
        Side.CLOSING: {"Grows", "Fades", "Steady", "Back", "New"},
        Side.BEYOND_REACH: {"Moves", "Hidden"},
        Side.FEWER_CONTACTS: {"Fades", "Moves"},
    }


def names_behind(part: str, month: str = "2026-03") -> set[str]:
    tree = {"field": "base_move", "op": "some", "value": {"month": month, "cause": [part]}}
    return set(customers_of(read_tree(tree), ManagerFactory(), MARCH).values_list("name", flat=True))


def test_a_month_that_the_book_does_not_know_opens_nobody(company) -> None:
    assert names_behind(Cause.ACQUIRED, "2020-01") == set()


def test_a_part_of_the_base_has_its_own_balance(company) -> None:
    some = Customer.objects.filter(name__in=["Grows", "Moves", "New"])
    sums = balance(since=FEB, month=None, customers=some)
    assert (sums.opening, sums.closing) == (200_000, 180_000)
    assert sums.moves == {"acquired": (1, 30_000), "expanded": (1, 50_000), "unreachable": (1, 100_000)}


def test_a_closed_month_opens_the_next_one(company) -> None:
    night(date(2026, 3, 20))
    row = night(APRIL)
    march = BaseBalance.objects.get(month=MARCH)
    assert (march.is_closed, march.as_of, march.closing) == (True, APRIL, 4300)
    assert (row.opening, row.closing, moves(row)) == (4300, 4300, {})
    assert BookEntry.objects.filter(month=MARCH).aggregate(sum=Sum("value"))["sum"] == 5550


def test_the_first_night_begins_the_book() -> None:
    new(1000)
    row = night(date(2026, 3, 20))
    begin = BaseBalance.objects.get(month=FEB)
    assert (begin.since, begin.is_closed, begin.opening, begin.closing, moves(begin)) == (None, True, 1000, 1000, {})
    assert (row.since, row.closing) == (FEB, 1000)
    assert (row.low, row.interval_reason) == (None, "no_fit")


def test_an_empty_base_has_a_book_too() -> None:
    row = night(MARCH)
    assert (row.opening, row.closing, row.customers) == (0, 0, 0)


def test_a_second_run_of_a_night_writes_the_same_anew(company) -> None:
    night(APRIL)
    stands(company["Steady"], 2000)
    row = night(APRIL)
    march = BaseBalance.objects.get(month=MARCH)
    assert (march.closing, row.opening, row.closing) == (5300, 5300, 5300)
    assert adds_up(march)


def test_a_later_night_leaves_the_closing_alone(company) -> None:
    night(APRIL)
    stands(company["Steady"], 2000)
    row = night(date(2026, 4, 2))
    assert BaseBalance.objects.get(month=MARCH).closing == 4300
    assert (row.opening, row.closing, moves(row)) == (4300, 5300, {Cause.EXPANDED: (1, 1000)})


def test_missed_nights_over_the_end_of_a_month(company) -> None:
    night(date(2026, 3, 31))
    stands(company["Steady"], 2000)
    row = night(date(2026, 4, 9))
    march = BaseBalance.objects.get(month=MARCH)
    assert (march.is_closed, march.as_of, march.closing) == (True, date(2026, 3, 31), 4300)
    assert (row.since, row.closing) == (MARCH, 5300)


def test_months_without_a_night_are_told_by_the_next_balance(company) -> None:
    row = night(MAY)
    april = BaseBalance.objects.get(month=APRIL)
    assert (april.since, april.opening, april.closing) == (FEB, 5000, 4300)
    assert adds_up(april)
    assert not BaseBalance.objects.filter(month=MARCH).exists()
    assert row.since == APRIL


def test_a_night_of_the_past_leaves_what_later_ones_wrote(company) -> None:
    night(APRIL)
    night(date(2026, 4, 20))
    stands(company["Steady"], 9000)
    night(date(2026, 4, 10))
    assert BaseBalance.objects.get(month=APRIL).closing == 4300
    night(date(2026, 3, 10))
    assert BaseBalance.objects.get(month=MARCH).closing == 4300


def test_a_closing_that_is_written_anew_opens_the_next_one_anew(company) -> None:
    night(APRIL)
    night(MAY)
    stands(company["Steady"], 2000)
    night(APRIL)
    march, april = BaseBalance.objects.filter(month__in=[MARCH, APRIL]).order_by("month")
    assert (march.closing, april.opening, april.closing) == (5300, 5300, 4300)
    assert moves(april) == {Cause.SHRUNK: (1, 1000)}


def test_closings_are_forgotten_after_three_years() -> None:
    new(1000)
    night(MARCH)
    night(date(2029, 3, 1))
    assert set(BookEntry.objects.values_list("month", flat=True)) == {date(2029, 2, 1), FEB}
    night(date(2029, 4, 1))
    assert not BookEntry.objects.filter(month=FEB).exists()
    assert BaseBalance.objects.filter(month=FEB).exists()


def test_any_base_balances_and_the_sql_says_what_the_rules_say() -> None:
    chance = random.Random(11)
    people = [CustomerFactory() for _ in range(40)]
    before = draw(chance, people)
    take_snapshot(as_of=MARCH)
    for as_of in (APRIL, MAY, date(2026, 6, 1)):
        now = draw(chance, people)
        take_snapshot(as_of=as_of)
        row = BaseBalance.objects.get(month=date(2026, as_of.month - 1, 1))
        assert adds_up(row)
        expected: dict[str, list[int]] = {}
        for pk in {*before, *now}:
            if found := move(before.get(pk), now.get(pk)):
                expected.setdefault(found[0], []).append(found[1])
        told = {cause: (each["customers"], each["amount"]) for cause, each in row.moves.items() if each["customers"]}
        assert told == {cause: (len(amounts), sum(amounts)) for cause, amounts in expected.items()}
        before = now
    closings = list(BaseBalance.objects.order_by("month").values_list("opening", "closing"))
    assert [opening for opening, _ in closings[1:]] == [closing for _, closing in closings[:-1]]


def draw(chance: random.Random, people: list[Customer]) -> dict[int, Worth]:
    """Another base of the same people: some are no buyers, some cannot be reached."""
    Standing.objects.all().delete()
    worths = {}
    for customer in people:
        if chance.random() < 0.75:
            value, contacts = chance.randint(0, 3), chance.choice((0, 1, 2))
            stands(customer, value, contacts=contacts)
            worths[customer.pk] = Worth(value * 100, contacts > 0)
    return worths
