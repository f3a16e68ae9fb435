"""Phones, e-mails and messenger names in one form."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customers.rules.contacts import _parsed_email, normalise_contact, normalise_email, normalise_phone


@pytest.mark.parametrize(
    "written",
    [
        "8 (912) 345-67-89",
        "+7 912 345 67 89",
        "79123456789",
        "8-912-345-67-89",
        "9123456789",
        "tel:+79123456789",
    ],
)
def test_a_russian_phone_is_one_however_it_is_written(written):
    assert normalise_phone(written, "RU") == "+79123456789"


def test_the_region_decides_how_a_bare_number_is_read():
    assert normalise_phone("(415) 555-2671", "US") == "+14155552671"
    assert normalise_phone("+49 30 901820", "RU") == "+4930901820"


@pytest.mark.parametrize("written", ["", "12", "call me", "+7 000 000 00 00", "8 912 345", "+999 12345678901234567"])
def test_what_cannot_be_a_phone_is_none(written):
    assert normalise_phone(written, "RU") is None


@given(st.integers(9_000_000_000, 9_999_999_999), st.sampled_from(["8", "+7", "7", "8 ("]))
@example(9_300_380_000, "8")
def test_the_short_path_for_russian_mobiles_agrees_with_the_full_parser(national, prefix):
    number = phonenumbers.parse(f"+7{national}")
    expected = f"+7{national}" if phonenumbers.is_valid_number(number) else None
    assert normalise_phone(f"{prefix}{national}", "RU") == expected


@given(st.text(max_size=30))
def test_a_normalised_phone_is_e164_and_stays_itself(raw):
    normal = normalise_phone(raw, "RU")
    if normal is not None:
        assert normal.startswith("+")
        assert normalise_phone(normal, "RU") == normal


def test_an_email_is_lower_case_and_trimmed():
    assert normalise_email(" Anna.Petrova@Example.COM ") == "anna.petrova@example.com"


@pytest.mark.parametrize("written", ["anna", "anna@", "@x.ru", "a b@x.ru", "anna@localhost", "anna@x..ru", "a@b@c.ru"])
def test_what_cannot_be_an_email_is_none(written):
    assert normalise_email(written) is None


@given(st.from_regex(r"[a-z0-9._+-]{1,12}@[a-z0-9.-]{1,12}\.(ru|com)", fullmatch=True))
def test_the_short_path_for_plain_emails_agrees_with_the_full_check(raw):
    assert normalise_email(raw) == _parsed_email(raw)


def test_messenger_names_lose_their_decoration():
    assert normalise_contact("telegram", "https://t.me/Anna_Petrova", "RU") == "anna_petrova"
    assert normalise_contact("telegram", "@ab", "RU") is None
    assert normalise_contact("whatsapp", "8 912 345 67 89", "RU") == "+79123456789"
