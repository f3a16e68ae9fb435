"""What is known of the invented customers besides their orders: papers, people, wishes, promises."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from customers.rules.tax_numbers import inn_of
from demo.rules import words

ROLES = ("Управляющий", "Закупщик", "Бухгалтер", "Старший бариста", "Офис-менеджер", "Директор")
STREETS = ("Садовая", "Лесная", "Речная", "Заводская", "Мира", "Полевая", "Вокзальная", "Школьная")
TAGS = ("Опт", "Кофейня", "Офис", "Доставка до двери", "Любит светлую обжарку", "Обучали бариста", "Просит скидку")
MACHINES = ("1 группа", "2 группы", "3 группы", "Автомат", "Без машины")
PROMISED = {
    "delivery": ("Вторая партия зерна", "Доставка кофемашины", "Замена пачек с браком", "Образцы новой обжарки"),
    "documents": ("Акт сверки", "Договор на год", "Счёт-фактура и УПД", "Сертификаты на чай"),
    "service": ("Чистка кофемашины", "Настройка помола", "Обучение бариста", "Замена уплотнителей"),
}
KINDS = tuple(PROMISED)
ON_TIME, LATE, BROKEN = 0.9, 0.975, 1.0
# Of what is promised at the end of history, this share is overdue; the rest has still time.
OVERDUE_SHARE = 0.2


@dataclass(frozen=True)
class Promise:
    """One promise on an order: `closed_on` None while it is open."""

    kind: str
    what: str
    due_on: date
    state: str
    closed_on: date | None


def inn(number: int, *, is_sole_trader: bool) -> str:
    """A tax number with right check digits, different for each number up to a hundred million."""
    return inn_of(f"77{number % 10**8:08d}" if is_sole_trader else f"7{number % 10**8:08d}")


def promise(rng: np.random.Generator, placed_on: date, today: date) -> Promise:
    """What was promised with an order, and what became of it by today."""
    kind = KINDS[rng.integers(len(KINDS))]
    what = PROMISED[kind][rng.integers(len(PROMISED[kind]))]
    due_on = placed_on + timedelta(days=int(rng.integers(2, 15)))
    fate, days = rng.random(), int(rng.integers(0, 3))
    if due_on >= today or (today - due_on < timedelta(days=12) and fate < OVERDUE_SHARE):
        return Promise(kind, what, due_on, "open", None)
    if fate < ON_TIME:
        return Promise(kind, what, due_on, "kept", max(placed_on, due_on - timedelta(days=days)))
    late_on = min(due_on + timedelta(days=1 + days), today)
    if fate < LATE and late_on > due_on:
        return Promise(kind, what, due_on, "late", late_on)
    return Promise(kind, what, due_on, "broken", late_on)


def misheard(rng: np.random.Generator, name: str) -> str:
    """The name as a second clerk would write it: in Latin letters, with the parts swapped, or with a slip."""
    way = int(rng.integers(3))
    parts = name.split()
    if way == 0:
        return " ".join(part.lower().translate(words.TRANSLITERATION).title() for part in parts)
    if way == 1 and len(parts) == 2:
        return f"{parts[1]} {parts[0]}"
    place = int(rng.integers(1, max(2, len(name) - 1)))
    return name[:place] + name[place + 1 :]


def birthdays(rng: np.random.Generator, count: int, today: date) -> list[date]:
    """Days of birth of people from 20 to 65 years old."""
    ages: NDArray[np.int64] = rng.integers(20 * 365, 65 * 365, count)
    return [today - timedelta(days=int(age)) for age in ages]
