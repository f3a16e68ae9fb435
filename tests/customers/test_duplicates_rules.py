"""How alike names, addresses and companies are; what speaks for one customer and what against."""

from datetime import date

import pytest

from customers.rules.duplicates import Card, compare, keys_of, reasons_of, score_of
from customers.rules.duplicates.companies import company_words, compare_companies
from customers.rules.duplicates.emails import compare_emails
from customers.rules.duplicates.folding import fold
from customers.rules.duplicates.keys import MOST
from customers.rules.duplicates.names import compare_names, person_name
from tests.factories.naughty import NAUGHTY


@pytest.mark.parametrize(
    "spellings",
    [
        "Дмитрий Dmitry Dmitrij Dmitriy Dmitrii",
        "Юлия Yulia Julia Iuliia",
        "Евгений Evgeny Yevgeny Evgenij",
        "Соловьёв Solovyov Soloviev Solovyev",
        "Хрущёв Khrushchev Hruschev",
        "Чайковский Tchaikovsky Chaykovskiy",
        "Щербаков Shcherbakov Scherbakov",
        "Захаров Zakharov Zaharov",
        "Артём Artem Artyom",
        "Анна Ana",
    ],
)
def test_spellings_of_one_name_fold_into_one(spellings):
    assert len({fold(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Иванов Иван", "Иван Иванов", "same"),
        ("ИВАНОВ ИВАН", "Ivanov Ivan", "same"),
        ("Иванов Иван Петрович", "Ivanov Ivan", "like"),
        ("Саша Петров", "Петров Александр Сергеевич", "like"),
        ("Smirnov Dmitry", "Дмитрий Смирнв", "like"),
        ("Белова Ксения", "Беолва Ксения", "like"),
        ("Ольа Морозова", "Ольга Морозова", "like"),
        ("Иванов И.П.", "Иванов Иван Петрович", "initials"),
        ("Иванов И. П.", "Иванов П. И.", "relative"),
        ("Анна", "Анна Петрова", "part"),
        ("Смирнова Анна Ивановна", "Кузнецова Анна Ивановна", "married"),
        ("Смирнов Пётр", "Смирнов Иван", "relative"),
        ("Петрова Александра", "Петров Александр", "relative"),
        ("Иванов Иван Петрович", "Иванов Иван Сергеевич", "relative"),
        ("Орлов Иван", "Зайцев Пётр", "different"),
        ("", "Зайцев Пётр", "missing"),
        ("12345", "Зайцев Пётр", "missing"),
    ],
)
def test_names_are_alike_in_kinds(one, other, likeness):
    assert compare_names(person_name(one), person_name(other)) == likeness
    assert compare_names(person_name(other), person_name(one)) == likeness


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("anna.petrova@gmail.com", "annapetrova+shop@googlemail.com", "same"),
        ("anna.petrova@ya.ru", "anna-petrova@yandex.ru", "same"),
        ("anna.petrova@gmial.com", "anna.petrova@gmail.com", "same"),
        ("anna.petrova@mail.ru", "anna.pertova@mail.ru", "near"),
        ("anna.petrova@mail.ru", "anna.petrova@bk.ru", "name"),
        ("info@shop.ru", "ivan@shop.ru", "domain"),
        ("info@shop.ru", "info@other.ru", "different"),
        ("ivanov1@mail.ru", "ivanov2@mail.ru", "different"),
        ("anna@mail.ru", "ann@mail.ru", "different"),
    ],
)
def test_addresses_are_alike_in_kinds(one, other, likeness):
    assert compare_emails(one, other) == likeness


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("ООО «Ромашка»", "Ромашка, ООО", "same"),
        ('Общество с ограниченной ответственностью "Ромашка"', "ROMASHKA LLC", "same"),
        ("ИП Петров Иван", "Петров Иван", "same"),
        ("ООО Вектор", "ООО Ветор", "like"),
        ("ООО Ромашка Казань", "ООО Ромашка", "part"),
        ("ООО Ромашка", "ООО Вектор", "different"),
        ("", "ООО Вектор", "missing"),
    ],
)
def test_companies_are_alike_without_their_form(one, other, likeness):
    assert compare_companies(company_words(one), company_words(other)) == likeness


ANNA = Card(1, name="Петрова Анна", phones=frozenset(["+79120000001"]), city="Казань")


def score(other, holders=None, one=ANNA):
    return score_of(compare(one, other, holders or {}))


def test_one_phone_and_one_name_are_one_customer():
    assert score(Card(2, name="Anna Petrova", phones=ANNA.phones)) >= 95


def test_a_phone_that_many_share_says_less():
    same = Card(2, name="Аня Петрова", phones=ANNA.phones)
    assert score(same, {"p+79120000001": 30}) < score(same)


def test_relatives_at_one_phone_are_two_customers():
    assert score(Card(2, name="Петров Иван", phones=ANNA.phones, city="Казань")) < 60


def test_namesakes_of_one_city_are_not_shown():
    assert score(Card(2, name="Петрова Анна", city="Казань", phones=frozenset(["+79120000002"]))) < 60


def test_another_tax_number_is_another_company():
    one = Card(1, kind="company", name="ООО Ромашка", tax_number="1234567890", phones=ANNA.phones)
    assert score(Card(2, kind="company", name="Ромашка", tax_number="1234567890", phones=ANNA.phones), one=one) >= 90
    assert score(Card(2, kind="company", name="Ромашка", tax_number="9999999999", phones=ANNA.phones), one=one) < 60


def test_reasons_say_what_speaks_for_and_against():
    other = Card(2, name="Петрова Анна", phones=ANNA.phones, birthday=date(1990, 1, 1))
    one = Card(1, name="Петрова Анна", phones=ANNA.phones, birthday=date(1980, 5, 5))
    told = reasons_of(compare(one, other, {"p+79120000001": 4}))
    assert {"code": "phone_same", "for": True, "shared": 4} in told
    assert {"code": "birthday_different", "for": False} in told


def test_whatever_the_name_is_a_card_has_few_keys_and_a_score():
    for text in NAUGHTY:
        for kind in ("person", "company"):
            card = Card(2, kind=kind, name=text[:300], city=text[:200], phones=ANNA.phones)
            assert len(keys_of(card)) <= MOST
            assert 0 <= score(card) <= 99
