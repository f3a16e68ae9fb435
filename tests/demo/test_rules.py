"""The invented company, without a database."""

from datetime import date

import numpy as np
import phonenumbers
import pytest

from demo.rules import inquiring
from demo.rules.baskets import draw_lines, totals_of
from demo.rules.calendar import three_years_before
from demo.rules.codes import code_of
from demo.rules.fair import BAD_DAY, BAD_SUM, ROWS, fair_file
from demo.rules.fates import CANCELLED, FULFILLED, RETURNED, draw_fates
from demo.rules.opinions import draw_opinions
from demo.rules.people import identities, person_identity, phone_of, surname_of
from demo.rules.purchases import draw_purchases, draw_traits
from demo.rules.reach import draw_reach
from demo.rules.winback import Passages, draw_passages, won_back

AS_OF = date(2026, 11, 22)
COUNT = 3000


@pytest.fixture(scope="module")
def calendar():
    return three_years_before(AS_OF)


@pytest.fixture(scope="module")
def traits(calendar):
    return draw_traits(np.random.default_rng(1), calendar, COUNT)


@pytest.fixture(scope="module")
def purchases(calendar, traits):
    return draw_purchases(np.random.default_rng(2), traits, calendar)


@pytest.fixture(scope="module")
def fates(calendar, purchases):
    return draw_fates(np.random.default_rng(3), purchases, calendar.days * 86400)


def test_everybody_buys_at_least_once_and_nobody_in_the_future(calendar, purchases):
    assert len(np.unique(purchases.customer)) == COUNT
    assert purchases.day.min() >= 0
    assert purchases.day.max() < calendar.days


def test_purchases_are_in_order_of_time(purchases):
    assert (np.diff(purchases.moment) >= 0).all()


def test_about_half_come_again(purchases):
    orders = np.bincount(purchases.customer)
    assert 0.45 < (orders > 1).mean() < 0.65


def test_companies_buy_more_and_bigger(traits, purchases):
    orders = np.bincount(purchases.customer, minlength=COUNT)
    assert orders[traits.is_company].mean() > orders[~traits.is_company].mean()
    assert np.median(traits.check[traits.is_company]) > 2 * np.median(traits.check[~traits.is_company])


def test_december_is_the_peak_and_july_the_dip(calendar):
    busy = np.diff(calendar.flow)
    months = (calendar.months() + calendar.first.month - 1) % 12 + 1
    by_month = [busy[months == month].mean() for month in range(1, 13)]
    assert (np.argmax(by_month) + 1, np.argmin(by_month) + 1) == (12, 7)


def test_dead_orders_bring_nothing_and_the_sums_add_up(traits, purchases, fates):
    lines = draw_lines(np.random.default_rng(4), traits, purchases, fates, 100)
    totals = totals_of(lines, fates)
    dead = (fates.status == CANCELLED) | (fates.status == RETURNED)
    for money in (totals.revenue, totals.known_cost, totals.uncosted_revenue):
        assert not money[dead].any()
        assert (money >= 0).all()
    kept = np.bincount(lines.order, weights=lines.revenue - lines.returned_amount, minlength=len(purchases))
    assert (totals.revenue[~dead] == kept[~dead]).all()
    assert (totals.uncosted_revenue <= totals.revenue).all()


def test_only_the_last_orders_are_under_way(calendar, purchases, fates):
    end = calendar.days * 86400
    under_way = (fates.fulfilled < 0) & (fates.status != CANCELLED)
    assert under_way.any()
    assert purchases.moment[under_way].min() > end - 15 * 86400
    assert (fates.fulfilled < end).all()


def test_phones_are_valid_and_do_not_repeat():
    phones = [phone_of(number) for number in range(1, 5000)]
    assert len(set(phones)) == len(phones)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones[:500])


def test_mail_goes_to_domains_that_do_not_exist():
    everybody = list(identities(np.random.default_rng(1), np.arange(500), np.arange(500) % 5 == 0))
    assert len({person.email for person in everybody}) == 500
    assert all(person.email.endswith((".example", ".test")) for person in everybody)
    assert all(person.email.isascii() for person in everybody)


def test_surnames_agree_with_the_name():
    drawn = 20 * 3 + 2
    assert surname_of(drawn, woman=True) == surname_of(drawn, woman=False) + "а"
    assert surname_of(1, woman=True).endswith("ская")
    assert person_identity(1, 0, 0, drawn, 0).name.endswith("а")


def test_promo_codes_do_not_repeat():
    codes = {code_of(number, "BACK") for number in range(1, 20_000)}
    assert len(codes) == 19_999


def test_the_flow_takes_each_customer_once_after_a_silence(calendar, purchases):
    end = calendar.days * 86400
    everybody = np.ones(COUNT, dtype=bool)
    passages = draw_passages(purchases, everybody, np.arange(COUNT) % 10 == 0, end)
    assert len(passages) > 100
    assert len(np.unique(passages.customer)) == len(passages)
    assert (passages.is_holdout == (passages.customer % 10 == 0)).all()
    place = np.searchsorted(passages.customer, purchases.customer).clip(max=len(passages) - 1)
    theirs = passages.customer[place] == purchases.customer
    # Nobody who had just bought was written to.
    since = passages.entered[place] - purchases.moment
    assert since[theirs & (since > 0)].min() > 86400


def test_those_left_alone_get_no_order_and_no_code_from_the_flow(calendar, purchases):
    end = calendar.days * 86400
    everybody = np.ones(COUNT, dtype=bool)
    passages = draw_passages(purchases, everybody, np.arange(COUNT) % 2 == 0, end)
    more, names_code = won_back(np.random.default_rng(1), purchases, passages, end)
    extra = np.bincount(more.customer, minlength=COUNT) - np.bincount(purchases.customer, minlength=COUNT)
    assert extra.sum() > 0
    assert not extra[::2].any()
    assert (more.customer[names_code] % 2 == 1).all()
    assert (np.diff(more.moment) >= 0).all()


def test_a_flow_that_nobody_entered_changes_nothing(calendar, purchases):
    same, names_code = won_back(np.random.default_rng(1), purchases, Passages.none(), 1)
    assert len(same) == len(purchases)
    assert not names_code.any()


def test_late_orders_are_liked_less(calendar, purchases, fates):
    reached = draw_reach(np.random.default_rng(1), COUNT).by_email
    end = calendar.days * 86400
    opinions = draw_opinions(np.random.default_rng(2), purchases, fates, reached, end)
    answered = opinions.score >= 0
    late = fates.late[opinions.order]
    assert opinions.score[answered & late].mean() < opinions.score[answered & ~late].mean() - 1
    assert (fates.status[opinions.order] == FULFILLED).all()
    assert reached[purchases.customer[opinions.order]].all()


def test_nobody_is_asked_twice_in_ninety_days(calendar, purchases, fates):
    opinions = draw_opinions(
        np.random.default_rng(2), purchases, fates, np.ones(COUNT, dtype=bool), calendar.days * 86400
    )
    customer = purchases.customer[opinions.order]
    order = np.lexsort((opinions.asked, customer))
    same = np.diff(customer[order]) == 0
    assert np.diff(opinions.asked[order])[same].min() > 90 * 86400


def test_nobody_talks_to_customers_when_nobody_is_there(calendar, purchases):
    first = np.unique(purchases.customer, return_index=True)[1]
    won = purchases.moment[first].astype(np.int64)
    nobody = np.empty(0, dtype=np.int64)
    drawn = inquiring.draw_inquiries(
        np.random.default_rng(1), leads=(nobody, nobody), first=first, won=won, end=calendar.days * 86400
    )
    time = drawn.moment % 86400
    talked = drawn.answered & (drawn.kind != inquiring.FORM)
    assert ((time[talked] >= inquiring.OPENS) & (time[talked] < inquiring.CLOSES)).all()
    known = drawn.customer >= 0
    assert (drawn.moment[known] // 86400 >= won[drawn.customer[known]] // 86400).all()
    assert (np.diff(drawn.moment) >= 0).all()


def test_two_rows_of_the_fair_s_file_cannot_be_read():
    rows = fair_file([("Анна", "+79123456701"), ("Ёлка & Ко", "+79123456702")], AS_OF).decode("cp1251").splitlines()
    assert len(rows) == ROWS + 1
    assert ("договорённости" in rows[BAD_SUM + 1], "вчера" in rows[BAD_DAY + 1]) == (True, True)
