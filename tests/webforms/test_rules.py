"""Addresses of pages, submissions and visits: what is read, and what is left out."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.rules.faults import Faulty
from webforms.rules.addresses import clean_page, is_personal, origin_of, utm_of
from webforms.rules.submission import is_machine, read_submission
from webforms.rules.visits import MAX_EVENTS, NotVisits, read_visits

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORIGIN = "https://shop.test"
ID = "abcdefgh0001"


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Shop.Test/a?b", "https://shop.test"),
        ("https://shop.test:443", "https://shop.test"),
        ("http://shop.test:8080/", "http://shop.test:8080"),
        ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai"),
        ("https://[::1]:81/", "https://[::1]:81"),
        ("null", None),
        ("", None),
        ("shop.test", None),
        ("javascript:alert(1)", None),
        ("https://u@shop.test", None),
        ("https://shop.test:99999", None),
        ("https://sh op.test", None),
        ("https://shop.test' 'unsafe-inline", None),
        ("https://*.test", None),
        ("https://[::1", None),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(address, origin):
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{ORIGIN}/a/b?x=1&utm_source=vk&utm_term=%D0%B0#top", f"{ORIGIN}/a/b?utm_source=vk&utm_term=%D0%B0"),
        (f"{ORIGIN}/reset/anna%40shop.test/", f"{ORIGIN}/reset/…/"),
        (f"{ORIGIN}/u/+79123456789", f"{ORIGIN}/u/…"),
        (f"{ORIGIN}/k/0a1b2c3d4e5f60718293a4b5c6d7e8f9", f"{ORIGIN}/k/…"),
        (f"{ORIGIN}?email=a@b.c&utm_source=a@b.c", f"{ORIGIN}/"),
        ("https://other.test/", None),
        ("file:///etc/passwd", None),
    ],
)
def test_of_an_address_only_what_is_nobodys_is_kept(address, page):
    assert clean_page(address, [ORIGIN]) == page


def test_a_long_address_is_cut():
    assert len(clean_page(f"{ORIGIN}/{'я/' * 5000}", [ORIGIN])) == 500
    assert utm_of(f"{ORIGIN}/?" + "&".join(f"a{n}=1" for n in range(1000))) == {}


def test_phones_mails_and_keys_are_personal_and_words_are_not():
    assert all(map(is_personal, ["a@b", "8 (912) 345-67-89", "%2B79123456789", "a1" * 16]))
    assert not any(
        map(is_personal, ["kreslo-2026", "catalogue", "12345678", "very-long-name-of-a-product-in-latin-letters"])
    )


def read(told, fields=("name", "phone", "email", "message"), required=()):
    return read_submission(told, fields=fields, required=required, region="RU")


def test_a_submission_is_normalised_and_hidden_fields_are_not_read():
    found = read({"name": " Anna ", "phone": "8 912 345-67-89", "message": "a\nb", "consent": "on"})
    assert (found.name, found.contacts[0].value, found.message, found.consents) == ("Anna", "+79123456789", "a b", True)
    assert read({"phone": "8 912 345-67-89", "name": "X"}, fields=("phone",)).name == ""


@pytest.mark.parametrize(
    ("told", "required", "expected"),
    [
        ({}, (), {"phone": "contact_needed"}),
        ({"name": "A"}, (), {"phone": "contact_needed"}),
        ({"phone": "12"}, (), {"phone": "bad_phone"}),
        ({"phone": "12", "email": "x"}, (), {"phone": "bad_phone", "email": "bad_email"}),
        ({"email": "a@shop.test"}, ("name", "phone"), {"name": "required", "phone": "required"}),
        ({"email": "a@shop.test", "name": "x" * 301}, (), {"name": "too_long"}),
        ({"email": "a@shop.test", "name": "\0"}, ("name",), {"name": "bad_characters"}),
        ({"email": ["a"], "name": {"a": 1}}, (), {"email": "not_text", "name": "not_text"}),
        ({"email": "a@shop.test", "message": "\ud800"}, (), {"message": "bad_characters"}),
    ],
)
def test_mistakes_are_told_by_field(told, required, expected):
    with pytest.raises(Faulty) as refusal:
        read(told, required=required)
    assert {fault.field: fault.code for fault in refusal.value.faults} == expected


def test_who_fills_the_trap_or_is_quicker_than_people_is_a_machine():
    slow = NOW - timedelta(seconds=5)
    assert is_machine(trap="x", made_at=slow, now=NOW)
    assert is_machine(trap="", made_at=NOW - timedelta(seconds=1), now=NOW)
    assert not is_machine(trap="", made_at=slow, now=NOW)


def visit(**more):
    return {"id": ID, "kind": "page", "url": f"{ORIGIN}/a?q=1", "title": "Chairs", "ago": 1500} | more


def visits(*events):
    return read_visits(list(events), [ORIGIN], NOW)


def test_visits_are_read_with_their_time_by_our_clock():
    found = visits(visit())[0]
    assert (found.kind, found.at) == ("page_viewed", NOW - timedelta(seconds=1.5))
    assert found.data == {"url": f"{ORIGIN}/a", "title": "Chairs"}
    assert visits(visit(ago=10**15))[0].at == NOW - timedelta(hours=1)
    assert visits(visit(ago=-5))[0].at == visits(visit(ago="x"))[0].at == NOW


def test_products_carts_and_searches_keep_what_they_need():
    product = visits(visit(kind="product", sku=17, name="Chair", price=19.9, colour="red"))[0]
    assert (product.data["sku"], product.data["price"]) == ("17", "19.9")
    assert "colour" not in product.data
    cart = visits(visit(kind="cart", items=[{"sku": "A", "quantity": 2, "price": "10.00"}, "x"], total=1e400))[0]
    assert cart.data["items"] == [{"sku": "A", "quantity": "2", "price": "10"}]
    assert "total" not in cart.data
    assert visits(visit(kind="search", query="oak chair"))[0].data["query"] == "oak chair"


@pytest.mark.parametrize(
    "event",
    [
        None, 5, [], {}, visit(kind="purchase"), visit(kind=["page"]), visit(kind="product"), visit(id="x"),
        visit(id="x" * 41), visit(id=5), visit(id="abc def gh"), visit(url="https://other.test/"), visit(url=None),
        visit(url=["a"]), visit(kind="cart", items="x"), visit(kind="cart", items=[{}] * 31),
        visit(kind="search", query="anna@shop.test"), visit(kind="search", query="+7 912 345 67 89"),
        visit(kind="search", query={"a": 1}), visit(kind="search", query="\0"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out(event):
    assert visits(event) == []


def test_titles_that_carry_somebodys_address_are_emptied_and_long_ones_cut():
    assert visits(visit(title="Order of anna@shop.test"))[0].data == {"url": f"{ORIGIN}/a"}
    assert len(visits(visit(title="слово " * 5000))[0].data["title"]) <= 200


def test_the_same_id_twice_is_one_event():
    assert len(visits(visit(), visit())) == 1


@pytest.mark.parametrize("events", [None, {}, "x", [{}] * (MAX_EVENTS + 1)])
def test_what_is_no_short_list_is_refused(events):
    with pytest.raises(NotVisits):
        read_visits(events, [ORIGIN], NOW)
