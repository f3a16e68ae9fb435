"""A base in which it is known who is who: people and companies written down twice, and others who only look alike.

It is made up: names, towns and addresses are common Russian ones with their usual unevenness, and the faults are those
that shops, tills and sales people make. What is measured on it says how the parts work together, not how a
particular company's base would fare.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from customers.actions.rows import insert_rows
from customers.models import ContactPoint, Customer, ExternalRef
from customers.rules.duplicates import Card


def _listed(words: str) -> list[str]:
    return words.split()


MEN = _listed(
    "Александр Сергей Дмитрий Алексей Андрей Владимир Евгений Михаил Иван Николай Максим Игорь Олег Павел Роман Денис"
    " Виктор Юрий Константин Антон Артём Илья Кирилл Никита Вадим Василий Анатолий Григорий Борис Пётр Тимур Руслан"
    " Станислав Вячеслав Леонид Фёдор Степан Марат Рустам Герман"
)
WOMEN = _listed(
    "Елена Ольга Наталья Татьяна Ирина Анна Екатерина Светлана Мария Юлия Анастасия Людмила Марина Галина Надежда"
    " Валентина Виктория Дарья Ксения Александра Евгения Алина Вера Любовь Оксана Полина София Лариса Маргарита"
    " Кристина Яна Инна Диана Лилия Гульнара Альбина Нина Тамара Жанна Раиса"
)
FAMILIES = _listed(
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев"
    " Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв"
    " Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв"
    " Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов"
    " Комаров Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов"
    " Власов Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов Абрамов"
    " Мартынов Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков Маслов Родионов Коновалов Лазарев"
    " Воронин Климов Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов Журавлёв Овчинников Трофимов"
    " Леонов Соболев Ермаков Колесников Гончаров Емельянов Никифоров Грачёв Котов Гришин Ефремов Архипов Громов"
    " Кириллов Малышев Панов Моисеев Румянцев Акимов Кондратьев Бирюков Горбунов Анисимов Ерёмин Тихомиров Галкин"
    " Лукьянов Михеев Скворцов Юдин Белоусов Нестеров Симонов Прокофьев Харитонов Князев Цветков Левин Митрофанов"
    " Воронов Аксёнов Софронов Мальцев Логинов Горшков Савин Краснов Майоров Ахметов Хасанов Шайхутдинов"
    " Гарифуллин Цыганков Хрущёв Чухонцев Жданов Щукин Юрьев Эрнст Яшин Ржевский Вяземский"
)
CITIES = _listed(
    "Москва Санкт-Петербург Новосибирск Екатеринбург Казань Самара Омск Челябинск Ростов-на-Дону Уфа Красноярск Пермь"
    " Воронеж Волгоград Краснодар Саратов Тюмень Тольятти Ижевск Барнаул Ярославль Томск Рязань Пенза Липецк"
)
DOMAINS = ("mail.ru", "yandex.ru", "gmail.com", "gmail.com", "mail.ru", "bk.ru", "inbox.ru", "rambler.ru", "icloud.com")
GOODS = _listed(
    "Агро Строй Тех Пром Эко Мед Авто Сервис Торг Снаб Логистик Мебель Дом Сад Свет Энерго Металл Пласт Хим Фарм"
    " Продукт Молоко Зерно Текстиль Книга Спорт Тур Медиа Софт Дизайн"
)
BRANDS = _listed(
    "Ромашка Вектор Альянс Прогресс Восход Меридиан Феникс Орион Заря Импульс Гранд Титан Атлант Лидер Маяк"
)
SHORT = {
    "Александр": "Саша", "Сергей": "Серёжа", "Дмитрий": "Дима", "Алексей": "Лёша", "Владимир": "Вова",
    "Евгений": "Женя", "Михаил": "Миша", "Иван": "Ваня", "Николай": "Коля", "Павел": "Паша", "Юрий": "Юра",
    "Елена": "Лена", "Ольга": "Оля", "Наталья": "Наташа", "Татьяна": "Таня", "Ирина": "Ира", "Анна": "Аня",
    "Екатерина": "Катя", "Светлана": "Света", "Мария": "Маша", "Юлия": "Юля", "Анастасия": "Настя",
    "Александра": "Саша", "Виктория": "Вика", "Дарья": "Даша", "Любовь": "Люба", "Надежда": "Надя",
}  # fmt: skip
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
# Other people's habits of writing Latin.
_HABITS: tuple[dict[str, str], ...] = (
    {}, {"й": "j", "ю": "ju", "я": "ja", "х": "h"}, {"ё": "yo", "х": "h", "щ": "sch"},
    {"й": "i", "ы": "i", "ю": "iu", "я": "ia"}, {"ё": "io", "ц": "c"},
)  # fmt: skip
SOURCES = ("shop", "till", "crm", "form")


@dataclass(frozen=True)
class Labelled:
    """Cards, and for each card's id the number of whom it stands for."""

    cards: list[Card]
    who: dict[int, int]

    def true_pairs(self) -> set[tuple[int, int]]:
        """Pairs of cards of one customer."""
        by_person: dict[int, list[int]] = {}
        for card_id, number in self.who.items():
            by_person.setdefault(number, []).append(card_id)
        return {(a, b) for ids in by_person.values() for a in sorted(ids) for b in sorted(ids) if a < b}


@dataclass(frozen=True)
class Person:
    family: str
    given: str
    father: str
    is_woman: bool

    @property
    def surname(self) -> str:
        if not self.is_woman:
            return self.family
        return self.family[:-2] + "ая" if self.family.endswith("ий") else self.family + "а"

    @property
    def patronymic(self) -> str:
        if self.father.endswith("й") or self.father.endswith("ь"):
            stem, ends = self.father[:-1], ("евич", "евна")
        elif self.father in ("Илья", "Никита"):
            return {"Илья": ("Ильич", "Ильинична"), "Никита": ("Никитич", "Никитична")}[self.father][self.is_woman]
        else:
            stem, ends = self.father, ("ович", "овна")
        return stem + ends[self.is_woman]

    @property
    def name(self) -> str:
        return f"{self.surname} {self.given} {self.patronymic}"


class Maker:
    """Draws customers, their doubles and their lookalikes; the same seed gives the same base."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.cards: list[Card] = []
        self.who: dict[int, int] = {}
        self.number = 0
        self.mailboxes: set[str] = set()

    def make(self, customers: int) -> Labelled:
        while self.number < customers:
            self.random.choices((self.one_person, self.one_company), (85, 15))[0]()
        order = list(range(1, len(self.cards) + 1))
        self.random.shuffle(order)
        cards = [replace(card, id=new) for card, new in zip(self.cards, order, strict=True)]
        return Labelled(cards, {new: self.who[card.id] for card, new in zip(self.cards, order, strict=True)})

    def write(self, card: Card, *, same: bool = False) -> Card:
        """Add a card: of somebody new, or of the last one."""
        self.number += not same
        # A source that knows somebody seldom gives them a second number.
        known = {source for source, _id in self.cards[-1].refs} if same and self.chance(0.9) else set()
        source = self.random.choice([source for source in SOURCES if source not in known])
        refs = frozenset([(source, str(len(self.cards)))]) if self.random.random() < 0.5 else frozenset()
        written = replace(card, id=len(self.cards) + 1, refs=refs)
        self.cards.append(written)
        self.who[written.id] = self.number
        return written

    def uneven(self, choices: list[str] | tuple[str, ...]) -> str:
        """The first are the commonest, as by Zipf's law with a gentle slope."""
        return self.random.choices(choices, [1 / (i + 4) ** 0.8 for i in range(len(choices))])[0]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def phone(self) -> str:
        return f"+79{self.random.randrange(10**9):09d}"

    def birthday(self) -> date:
        return date(1950, 1, 1) + timedelta(days=self.random.randrange(20_000))

    # People -----------------------------------------------------------------------------------------------------

    def one_person(self) -> None:
        person = self.person()
        card = self.write(self.card_of(person))
        if self.chance(0.2):
            for _again in range(self.random.choices((1, 2), (9, 1))[0]):
                self.write(self.double(card, person), same=True)
        if self.chance(0.15):
            self.random.choice((self.spouse, self.child, self.namesake, self.colleague, self.twin, self.neighbour))(
                card, person
            )

    def person(self) -> Person:
        is_woman = self.chance(0.55)
        given = self.uneven(WOMEN if is_woman else MEN)
        return Person(self.uneven(FAMILIES), given, self.uneven(MEN), is_woman)

    def card_of(self, person: Person) -> Card:
        name = self.random.choices(
            (person.name, f"{person.given} {person.surname}", f"{person.surname} {person.given}"), (4, 4, 2)
        )[0]
        phones = frozenset([self.phone()]) if self.chance(0.85) else frozenset()
        emails = frozenset([self.email(person)]) if self.chance(0.65) or not phones else frozenset()
        return Card(
            0,
            name=name,
            city=self.uneven(CITIES) if self.chance(0.7) else "",
            birthday=self.birthday() if self.chance(0.3) else None,
            phones=phones,
            emails=emails,
        )

    def email(self, person: Person) -> str:
        family, given = self.latin(person.surname).lower(), self.latin(person.given).lower()
        number = self.random.choice(("", "", str(self.random.randrange(60, 100)), str(self.random.randrange(1000))))
        local = self.random.choice(
            (f"{family}{number}", f"{given}.{family}{number}", f"{family}.{given[0]}{number}", f"{given}{number}77")
        )
        domain = self.random.choice(DOMAINS)
        # Whoever comes second to a mail service takes another name.
        while f"{local}@{domain}" in self.mailboxes:
            local += str(self.random.randrange(10))
        self.mailboxes.add(f"{local}@{domain}")
        return f"{local}@{domain}"

    def latin(self, text: str) -> str:
        table = {**_LATIN, **self.random.choice(_HABITS)}
        return "".join(
            (table[char.lower()].capitalize() if char.isupper() else table[char]) if char.lower() in table else char
            for char in text
        )

    def double(self, card: Card, person: Person) -> Card:
        """The same person again, with the faults of another source."""
        again = replace(card, name=self.rewritten(person))
        loose: list[Callable[[Card], Card]] = [
            lambda c: replace(c, emails=frozenset()),
            lambda c: replace(c, emails=frozenset([self.email(person)])),
            lambda c: replace(c, city="" if self.chance(0.7) else self.uneven(CITIES)),
            lambda c: replace(c, birthday=None),
            lambda c: replace(c, birthday=self.swapped(c.birthday)),
            lambda c: replace(c, birthday=self.birthday()),
            lambda c: replace(c, emails=frozenset(map(self.mistyped_email, c.emails))),
            lambda c: replace(c, phones=frozenset()),
            lambda c: replace(c, phones=frozenset([self.phone()])),
        ]
        for change in self.random.choices(loose, (5, 2, 4, 4, 1, 0.2, 3, 2, 2), k=self.random.choice((1, 2, 2))):
            again = change(again)
        return again

    def rewritten(self, person: Person) -> str:
        surname, given, patronymic = person.surname, person.given, person.patronymic
        ways = (
            lambda: f"{given} {surname}",
            lambda: f"{surname} {given} {patronymic}",
            lambda: self.latin(f"{given} {surname}"),
            lambda: f"{surname} {given[0]}.{patronymic[0]}.",
            lambda: f"{SHORT.get(given, given)} {surname}",
            lambda: self.slip(f"{surname} {given}"),
            lambda: f"{surname.upper()} {given.upper()}",
            lambda: SHORT.get(given, given) if self.chance(0.5) else given,
            lambda: f"{self.uneven(FAMILIES)}{'а' if person.is_woman else ''} {given} {patronymic}",
        )
        return self.random.choices(ways, (6, 4, 5, 3, 4, 5, 1, 2, 1))[0]()

    def slip(self, text: str) -> str:
        at = self.random.randrange(1, len(text) - 1)
        kind = self.random.randrange(4)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at] + text[at:]
        if kind == 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text[:at] + self.random.choice("аеиостнр") + text[at + 1 :]

    def mistyped_email(self, email: str) -> str:
        local, _at, domain = email.partition("@")
        if self.chance(0.4):
            wrong = {"gmail.com": "gmial.com", "mail.ru": "mail.ru", "yandex.ru": "yandeх.ru".replace("х", "")}
            return f"{local}@{wrong.get(domain, domain)}" if domain in wrong else f"{local}@{self.slip(domain)}"
        if self.chance(0.4):
            return f"{local}@{self.random.choice(DOMAINS)}"
        return self.slip(local).encode("ascii", "ignore").decode() + "@" + domain

    def swapped(self, day: date | None) -> date | None:
        if day is None or day.day > 12:
            return day
        return date(day.year, day.day, day.month)

    # Lookalikes -------------------------------------------------------------------------------------------------

    def spouse(self, card: Card, person: Person) -> None:
        other = replace(self.person(), family=person.family, is_woman=not person.is_woman)
        other = replace(other, given=self.uneven(WOMEN if other.is_woman else MEN))
        shared = replace(self.card_of(other), phones=card.phones, city=card.city)
        self.write(replace(shared, emails=card.emails) if self.chance(0.3) else shared)

    def child(self, card: Card, person: Person) -> None:
        father = person.father if person.is_woman else person.given
        given = person.given if self.chance(0.2) else self.uneven(WOMEN if person.is_woman else MEN)
        child = Person(person.family, given, father, person.is_woman)
        born = card.birthday and card.birthday + timedelta(days=9000)
        name = f"{child.surname} {child.given[0]}.{child.patronymic[0]}." if self.chance(0.4) else child.name
        self.write(replace(card, name=name, birthday=born, emails=frozenset([self.email(child)])))

    def namesake(self, card: Card, person: Person) -> None:
        other = replace(person, father=self.uneven(MEN))
        self.write(replace(self.card_of(other), city=card.city))

    def colleague(self, card: Card, _person: Person) -> None:
        for _one in range(self.random.choice((1, 2, 4))):
            self.write(replace(self.card_of(self.person()), phones=card.phones, city=card.city))

    def twin(self, card: Card, person: Person) -> None:
        other = replace(person, given=self.uneven(WOMEN if person.is_woman else MEN))
        if other.given != person.given:
            self.write(replace(card, name=other.name, emails=frozenset([self.email(other)])))

    def neighbour(self, card: Card, person: Person) -> None:
        """Somebody else whose address differs by a number."""
        other = self.person()
        emails = frozenset(f"{email.partition('@')[0]}1@{email.partition('@')[2]}" for email in card.emails)
        self.write(replace(self.card_of(replace(other, family=person.family)), emails=emails))

    # Companies --------------------------------------------------------------------------------------------------

    def one_company(self) -> None:
        name = self.random.choice(BRANDS) if self.chance(0.3) else "".join(self.random.sample(GOODS, 2)).capitalize()
        form = self.random.choice(("ООО", "ООО", "АО", "ИП"))
        if form == "ИП":
            person = self.person()
            name = f"{person.surname} {person.given} {person.patronymic}"
        domain = f"{self.latin(name.split()[0]).lower()}{self.random.randrange(100)}.ru"
        card = self.write(
            Card(
                0,
                kind="company",
                name=f"{form} «{name}»" if form != "ИП" else f"ИП {name}",
                city=self.uneven(CITIES) if self.chance(0.8) else "",
                tax_number=f"{self.random.randrange(10**9, 10**10)}" if self.chance(0.6) else "",
                phones=frozenset([self.phone()]) if self.chance(0.8) else frozenset(),
                emails=frozenset([f"{self.random.choice(('info', 'zakaz', 'buh'))}@{domain}"]),
            )
        )
        if self.chance(0.2):
            self.write(self.company_double(card, name, form), same=True)
        if self.chance(0.15):
            self.branch(card)
        elif self.chance(0.1):
            self.sister(card, form)

    def company_double(self, card: Card, name: str, form: str) -> Card:
        ways = (name, f"{name}, {form}", self.latin(name), self.slip(name), f"{form} {name.upper()}")
        again = replace(card, name=self.random.choice(ways))
        domain = next(iter(card.emails)).partition("@")[2]
        for change in self.random.sample(
            (
                lambda c: replace(c, tax_number=""),
                lambda c: replace(c, phones=frozenset([self.phone()])),
                lambda c: replace(c, emails=frozenset([f"ivan@{domain}"])),
                lambda c: replace(c, city=""),
                lambda c: replace(c, emails=frozenset()),
            ),
            2,
        ):
            again = change(again)
        return again

    def sister(self, card: Card, form: str) -> None:
        """Another company of the same people, who answer the same phone."""
        name = card.name if self.chance(0.4) else f"{form} «{self.random.choice(BRANDS)}»"
        tax = f"{self.random.randrange(10**9, 10**10)}" if self.chance(0.8) else ""
        self.write(replace(card, name=name, tax_number=tax))

    def branch(self, card: Card) -> None:
        """The company elsewhere: a customer of its own, with its own buyer and phone."""
        city = self.uneven([city for city in CITIES if city != card.city])
        tax = card.tax_number if self.chance(0.6) else ""
        domain = next(iter(card.emails)).partition("@")[2]
        emails = frozenset([f"{self.latin(city)[:3].lower()}@{domain}"]) if self.chance(0.5) else frozenset()
        self.write(replace(card, city=city, tax_number=tax, phones=frozenset([self.phone()]), emails=emails))


def labelled_base(customers: int, seed: int) -> Labelled:
    """Cards of so many different customers; about a fifth of them are written down twice, or three times."""
    return Maker(seed).make(customers)


def store(base: Labelled) -> None:
    """Write the cards into the database after those that are there; ids shift by as many as there were."""
    shift = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    now = datetime(2025, 1, 1, tzinfo=UTC)
    columns = ("id", "kind", "name", "city", "birthday", "tax_number", "language", "time_zone", "channel_code")
    insert_rows(
        Customer,
        (*columns, "created_at", "updated_at"),
        [(c.id + shift, c.kind, c.name, c.city, c.birthday, c.tax_number, "", "", "", now, now) for c in base.cards],
        nullable=("birthday",),
    )
    contacts = [
        (card.id + shift, channel, value, "valid", now)
        for card in base.cards
        for channel, values in (("phone", card.phones), ("email", card.emails))
        for value in sorted(values)
    ]
    insert_rows(ContactPoint, ("customer_id", "channel", "value", "status", "created_at"), contacts)
    refs = [(card.id + shift, source, f"{shift}-{ref}") for card in base.cards for source, ref in sorted(card.refs)]
    insert_rows(ExternalRef, ("customer_id", "source", "external_id"), refs)
    last = shift + len(base.cards)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), %s)", [last])
        cursor.execute("ANALYZE customers_customer, customers_contactpoint, customers_externalref")
