"""The list of pairs, two cards side by side, the rules, and the way back."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from core.models import ChangeSet
from core.roles import Role
from customers.actions.duplicates import look_at_due, set_duplicate_policy
from customers.actions.merging import merge
from customers.models import Customer, DuplicateCandidate, DuplicatePolicy
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.naughty import NAUGHTY

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def manager():
    return ManagerFactory(language="en")


@pytest.fixture
def site(manager):
    return logged_in(manager)


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def pair(phone="+79121234567", **fields):
    cards = [CustomerFactory(name=name, **fields) for name in ("Anna Petrova", "Петрова Анна")]
    for card in cards:
        ContactPointFactory(customer=card, channel="phone", value=phone)
    look_at_due(now=AT)
    return cards


def compare(first, second):
    return f"{reverse('customer_merge', args=[first.pk])}?with={second.pk}"


def test_the_list_shows_pairs_with_their_reasons(site):
    pair()
    page = site.get(reverse("duplicates")).content.decode()
    assert "Anna Petrova" in page
    assert "one phone" in page


def test_the_list_costs_the_same_for_one_pair_and_for_three(site, django_assert_max_num_queries):
    pair()
    site.get(reverse("duplicates"))
    with django_assert_max_num_queries(9) as first:
        site.get(reverse("duplicates"))
    for number in range(2):
        pair(phone=f"+7912000000{number}")
    with django_assert_max_num_queries(len(first.captured_queries)):
        site.get(reverse("duplicates"))


def test_a_farmer_sees_pairs_of_own_cards_only():
    farmer = UserFactory(language="en")
    pair(owner=UserFactory())
    pair(phone="+79120000001")
    assert "Anna Petrova" not in logged_in(farmer).get(reverse("duplicates")).content.decode()
    pair(phone="+79120000002", owner=farmer)
    assert "Anna Petrova" in logged_in(farmer).get(reverse("duplicates")).content.decode()


def test_both_cards_stand_side_by_side_with_contacts_masked(site):
    first, second = pair()
    OrderFactory(customer=first)
    ConsentFactory(customer=second, action="withdrawn")
    page = site.get(compare(first, second)).content.decode()
    assert 'name="field.name"' in page
    assert "withdrawn" in page
    assert "+79121234567" not in page


def test_the_chosen_fields_make_the_card(site, manager):
    first, second = pair()
    form = {"other": second.pk, "keep": "first", "field.name": "second"}
    response = site.post(reverse("customer_merge", args=[first.pk]), form)
    assert response.url == reverse("customer_card", args=[first.pk])
    assert [(card.pk, card.name) for card in Customer.objects.all()] == [(first.pk, "Петрова Анна")]
    assert ChangeSet.objects.get().by == manager


def test_the_second_card_may_be_the_one_that_stays(site):
    first, second = pair()
    site.post(reverse("customer_merge", args=[first.pk]), {"other": second.pk, "keep": "second", "field.name": "first"})
    assert [(card.pk, card.name) for card in Customer.objects.all()] == [(second.pk, "Anna Petrova")]


def test_going_through_the_list_leads_from_pair_to_pair(site):
    first, second = pair()
    third, fourth = pair(phone="+79120000001")
    response = site.post(reverse("customer_different", args=[first.pk]), {"other": second.pk, "walk": "1"})
    assert response.url == f"{compare(third, fourth)}&walk=1"
    response = site.post(reverse("customer_merge", args=[third.pk]), {"other": fourth.pk, "keep": "first", "walk": "1"})
    assert response.url == reverse("duplicates")


def test_different_customers_are_not_proposed_again(site):
    first, second = pair()
    site.post(reverse("customer_different", args=[first.pk]), {"other": second.pk})
    assert DuplicateCandidate.objects.get().state == "different"
    assert "Anna Petrova" not in site.get(reverse("duplicates")).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"other": "x"},
        {"other": "99999999", "keep": "first"},
        {"other": "9" * 30, "keep": "first"},
        {"keep": "third"},
    ],
)
def test_a_form_that_is_none_changes_nothing(site, form):
    first, _second = pair()
    for name in ("customer_merge", "customer_different"):
        assert site.post(reverse(name, args=[first.pk]), form).status_code in (302, 404)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("text", NAUGHTY[:40])
def test_whatever_is_asked_for_the_page_answers(site, text):
    first, second = pair()
    url = reverse("customer_merge", args=[first.pk])
    for how in ({"with": text}, {"q": text}):
        assert site.get(url, how).status_code in (200, 400, 404)
    form = {"other": second.pk, "keep": "first", f"field.{text}": text, "field.name": text}
    assert site.post(url, form).status_code in (302, 400)
    assert Customer.objects.count() == 2


def test_a_merge_is_undone_from_the_list_and_says_what_stays(site, manager):
    first, second = pair()
    made = merge(keep_id=first.pk, merge_id=second.pk, chosen={}, by=manager, at=AT)
    OrderFactory(customer=first)
    assert reverse("merge_undo", args=[made.pk]) in site.get(reverse("duplicates")).content.decode()
    page = site.post(reverse("merge_undo", args=[made.pk]), follow=True).content.decode()
    assert "two cards again" in page
    assert "orders — 1" in page
    assert Customer.objects.count() == 2
    again = site.post(reverse("merge_undo", args=[made.pk]))
    assert again.status_code == 409


def test_old_addresses_lead_to_the_card(site, manager):
    first, second = pair()
    merge(keep_id=first.pk, merge_id=second.pk, chosen={}, by=manager, at=AT)
    for name in ("customer_card", "customer_orders"):
        assert site.get(reverse(name, args=[second.pk])).url == reverse(name, args=[first.pk])
    assert site.get(reverse("customer_card", args=[second.pk + 1000])).status_code == 404


def test_an_old_address_tells_nobody_whose_the_card_is(manager):
    first, second = pair(owner=UserFactory())
    merge(keep_id=first.pk, merge_id=second.pk, chosen={}, by=manager, at=AT)
    assert logged_in(UserFactory()).get(reverse("customer_card", args=[second.pk])).status_code == 404


def test_the_card_says_that_there_may_be_another(site):
    first, second = pair()
    assert "may be the same customer" in site.get(reverse("customer_card", args=[second.pk])).content.decode()
    assert compare(first, second) in site.get(reverse("customer_card", args=[first.pk])).content.decode()


def test_another_card_is_found_by_search(site):
    first, _second = pair()
    other = CustomerFactory(name="Wholly unlike")
    page = site.get(reverse("customer_merge", args=[first.pk]), {"q": "wholly"}).content.decode()
    assert f"?with={other.pk}" in page


def test_a_farmer_sees_a_card_of_the_pool_beside_an_own_one_but_does_not_merge_it():
    farmer = UserFactory(language="en")
    mine, pool = CustomerFactory(name="Anna", owner=farmer), CustomerFactory(name="Anna P.")
    client = logged_in(farmer)
    assert "Take the one of the pool first" in client.get(compare(mine, pool)).content.decode()
    refused = client.post(reverse("customer_merge", args=[mine.pk]), {"other": pool.pk, "keep": "first"})
    assert refused.status_code == 403
    assert Customer.objects.count() == 2


def test_rules_say_what_they_would_do_before_they_are_saved(site):
    pair()
    url = reverse("duplicate_rules")
    told = site.get(url, {"show_from": "60", "merge_from": "90"}, headers={"HX-Request": "true"}).content.decode()
    assert "1 pair of today would be shown" in told
    assert "1 would be merged by itself tonight" in told
    assert not DuplicatePolicy.objects.exists()
    assert site.post(url, {"show_from": "70", "merge_from": ""}).status_code == 302
    assert DuplicatePolicy.objects.values_list("show_from", "merge_from").get() == (70, None)


@pytest.mark.parametrize(
    ("show_from", "merge_from"), [("10", ""), ("60", "80"), ("95", "90"), ("x", ""), ("60", "101")]
)
def test_rules_that_are_none_are_refused(site, show_from, merge_from):
    set_duplicate_policy(show_from=60, merge_from=None)
    response = site.post(reverse("duplicate_rules"), {"show_from": show_from, "merge_from": merge_from})
    assert response.status_code == 422
    assert DuplicatePolicy.objects.values_list("show_from", "merge_from").get() == (60, None)


def test_marketers_have_no_such_page():
    client = logged_in(UserFactory(role=Role.MARKETER))
    assert client.get(reverse("duplicates")).status_code == 403
    assert client.get(reverse("duplicate_rules")).status_code == 403
