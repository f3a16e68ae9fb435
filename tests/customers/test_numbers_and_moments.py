"""Numbers, dates and text as files and programs write them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.faults import Faulty
from customers.rules.moments import read_moment, to_moment
from customers.rules.numbers import read_number, to_minor, to_number
from customers.rules.text import clean_text
from tests.factories.shared import shared

MOSCOW = ZoneInfo("Europe/Moscow")


def code_of(function, *arguments):
    with pytest.raises(Faulty) as refusal:
        function(*arguments)
    return refusal.value.faults[0].code


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,5 ₽", "1234.5"),
        ("$1,234.50", "1234.50"),
        ("1.234.567,8", "1234567.8"),
        ("1,234,567", "1234567"),
        ("-3,5", "-3.5"),
        ("0,5", "0.5"),
        (".5", "0.5"),
        ("4.4e-16", "4.4e-16"),
    ],
)
def test_numbers_are_read_as_people_write_them(written, value):
    assert read_number(written, "total") == Decimal(value)


def test_a_number_that_could_be_two_is_refused_until_the_mapping_decides():
    assert code_of(read_number, "1,234", "total") == "ambiguous_number"
    assert read_number("1,234", "total", ",") == Decimal("1.234")
    assert read_number("1,234", "total", ".") == Decimal(1234)


@pytest.mark.parametrize("written", ["", "abc", "1.2.3,4,5", "--1", "NaN", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1"])
def test_what_is_no_number_is_refused(written):
    assert code_of(read_number, written, "total") == "not_number"


@pytest.mark.parametrize("value", [True, [], {}, "1,5", "١٢", " 1"])
def test_the_api_takes_only_plain_numbers(value):
    assert code_of(to_number, value, "total") == "not_number"


def test_not_a_number_is_refused_as_such():
    assert code_of(to_number, Decimal("NaN"), "total") == "not_finite"


@given(st.decimals(0, 10**12, places=2))
def test_a_number_written_in_the_russian_way_is_read_back(value):
    written = f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert read_number(written, "total") == value
    assert to_minor(value, 2) == value * 100


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026-01-31 18:30:05", datetime(2026, 1, 31, 18, 30, 5)),
        ("31.01.2026", datetime(2026, 1, 31)),
        ("31.1.26 18:30", datetime(2026, 1, 31, 18, 30)),
        ("20260131", datetime(2026, 1, 31)),
        ("31/01/2026", datetime(2026, 1, 31)),
        ("01/31/2026", datetime(2026, 1, 31)),
        ("05/05/2026", datetime(2026, 5, 5)),
    ],
)
def test_dates_are_read_in_the_forms_of_files(written, moment):
    assert read_moment(written, "placed_at", MOSCOW) == moment.replace(tzinfo=MOSCOW)


def test_a_zone_that_is_told_is_kept():
    assert read_moment("2026-01-31T18:30:00Z", "placed_at", MOSCOW) == datetime(2026, 1, 31, 18, 30, tzinfo=UTC)


def test_day_and_month_that_could_be_swapped_are_refused_until_the_mapping_decides():
    assert code_of(read_moment, "03/04/2026", "placed_at", MOSCOW) == "ambiguous_date"
    assert read_moment("03/04/2026", "placed_at", MOSCOW, "%m/%d/%Y").month == 3


@pytest.mark.parametrize("written", ["", "yesterday", "32.01.2026", "2026-13-01", "12"])
def test_what_is_no_date_is_refused(written):
    assert code_of(read_moment, written, "placed_at", MOSCOW) == "unread_date"


@pytest.mark.parametrize("value", ["31.01.2026", "20260131", "2026-W05-1", 20260131, "2026-02-30", True])
def test_the_api_takes_only_iso_dates(value):
    assert code_of(to_moment, value, "placed_at", MOSCOW) == "not_moment"


def test_a_year_far_off_is_refused():
    assert code_of(to_moment, "0026-01-31", "placed_at", MOSCOW) == "moment_out_of_range"


@given(st.text(max_size=20))
def test_whatever_comes_as_a_date_is_read_or_refused(text):
    for reader in (to_moment, read_moment):
        try:
            assert reader(text, "at", MOSCOW).tzinfo is not None
        except Faulty:
            continue


def test_text_becomes_one_line():
    assert clean_text("  Анна\t\nПетрова ", "name", 50) == "Анна Петрова"
    assert clean_text(42, "external_id", 50) == "42"


def test_text_that_cannot_be_kept_is_refused():
    assert code_of(clean_text, "a\0b", "name", 50) == "bad_characters"
    assert code_of(clean_text, "a\ud800b", "name", 50) == "bad_characters"
    assert code_of(clean_text, "x" * 51, "name", 50) == "too_long"
    assert code_of(clean_text, ["x"], "name", 50) == "not_text"


def test_strings_that_break_programs_are_cleaned_or_refused():
    for text in json.loads(shared("naughty_strings.json").read_text(encoding="utf-8")):
        if "\0" in text:
            assert code_of(clean_text, text, "name", 10_000) == "bad_characters"
        else:
            assert "\n" not in clean_text(text, "name", 10_000).encode().decode()
