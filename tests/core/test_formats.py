"""Numbers, money, dates and phones in the reader's locale."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from core import formats
from core.templatetags import ferma

TODAY = date(2026, 5, 5)


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [
        ("ru", "12.50", "12,50 ₽"),
        ("ru", "12", "12 ₽"),
        ("ru", "1234.56", "1 235 ₽"),
        ("ru", "-12345678.9", "-12 345 679 ₽"),
        ("ru", "0", "0 ₽"),
        ("en", "12.50", "₽12.50"),
        ("en", "1234.56", "₽1,235"),
        ("en", "-5", "-₽5"),
    ],
)
def test_money_has_minor_units_only_where_they_matter(language: str, amount: str, text: str) -> None:
    with translation.override(language):
        assert formats.money_text(Decimal(amount)).replace("\xa0", " ") == text


def test_what_was_rounded_can_be_read_in_full() -> None:
    with translation.override("ru"):
        html = ferma.money(Decimal("1234.56")).replace("\xa0", " ")
    assert 'title="1 234,56 ₽"' in html


@pytest.mark.parametrize("show", [ferma.money, ferma.number, ferma.percent, ferma.reldate, ferma.phone])
def test_nothing_is_a_dash(show) -> None:
    assert show(None) == "—"


@pytest.mark.parametrize(("share", "text"), [(0.123, "12,3 %"), (0.5, "50 %"), (-0.015, "-1,5 %"), (0, "0 %")])
def test_percents_are_in_the_locale(share: float, text: str) -> None:
    with translation.override("ru"):
        assert formats.percent_text(share).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "сегодня"),
        (-1, "вчера"),
        (1, "завтра"),
        (-3, "3 дня назад"),
        (-45, "45 дней назад"),
        (-90, "3 месяца назад"),
        (-800, "2 года назад"),
        (40, "через 40 дней"),
    ],
)
def test_dates_are_relative_in_words(days: int, text: str) -> None:
    with translation.override("ru"):
        assert formats.relative_date_text(TODAY + timedelta(days=days), TODAY) == text


def test_a_moment_belongs_to_the_companys_day() -> None:
    late = datetime(2026, 5, 4, 22, tzinfo=UTC)
    with translation.override("en"):
        assert formats.relative_date_text(late, TODAY) == "today"


def test_a_relative_date_carries_the_exact_one() -> None:
    with translation.override("ru"):
        html = ferma.reldate(date(2020, 5, 12))
    assert 'datetime="2020-05-12"' in html
    assert "12 мая 2020" in html


@pytest.mark.parametrize(("phone", "text"), [("+79123456789", "+7 912 345-67-89"), ("not a phone", "not a phone")])
def test_phones_are_grouped(phone: str, text: str) -> None:
    assert formats.phone_text(phone) == text


@pytest.mark.parametrize("letter", ["A", "B", "C", "D"])
def test_a_grade_is_never_told_by_colour_alone(letter: str) -> None:
    html = ferma.grade(letter)
    assert f">{letter}<" in html
    assert "visually-hidden" in html


@pytest.mark.parametrize("unknown", ["", None, "Z", "<b>"])
def test_an_unknown_grade_or_stage_is_a_dash(unknown: str | None) -> None:
    assert "—" in ferma.grade(unknown)
    assert "—" in ferma.lifecycle(unknown)
    assert "<b>" not in ferma.grade(unknown)


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in Template('{% icon "phone" %}').render(Context())
    assert 'aria-label="Call"' in Template('{% icon "phone" label="Call" %}').render(Context())
