"""What people wrote into the form of the invented site."""

from dataclasses import dataclass

NAMES = ("Вера Лаптева", "Кирилл Зотов", "Алина Юсупова", "Павел Громов", "Дина Шарова", "Лев Казанцев", "Ника Рябова")
MESSAGES = (
    "Открываем кофейню на 20 мест, нужен поставщик зерна.",
    "Хочу на дегустацию в субботу.",
    "Сколько стоит доставка в Подольск?",
    "",
    "Нужен чай для офиса, 40 человек.",
    "Есть ли курс бариста в декабре?",
    "Пришлите прайс на опт.",
)
PAGES = ("/opt", "/degustaciya", "/", "/kurs")
SPAM = ("Seo promotion top 1", "Быстрые займы онлайн")
# Above the numbers of customers: nobody here has these phones.
STRANGERS = 90_000_000
DAYS_BETWEEN = 5


@dataclass(frozen=True)
class Submission:
    """One sent form; `known` is the place of an own customer whose phone is given, None for a stranger's."""

    days_ago: int
    name: str
    message: str
    page: str
    agrees: bool
    known: int | None = None
    is_spam: bool = False


def submissions() -> list[Submission]:
    """What came through the form in the last weeks, the oldest first."""
    new = [
        Submission(
            days_ago=3 + DAYS_BETWEEN * number,
            name=name,
            message=MESSAGES[number % len(MESSAGES)],
            page=PAGES[number % len(PAGES)],
            agrees=number % 3 != 2,
        )
        for number, name in enumerate(NAMES)
    ]
    known = [
        Submission(days_ago=6 + 9 * place, name="", message=MESSAGES[-1 - place], page="/opt", agrees=True, known=place)
        for place in range(3)
    ]
    spam = [
        Submission(days_ago=8 + 11 * number, name=name, message=name, page="/", agrees=True, is_spam=True)
        for number, name in enumerate(SPAM)
    ]
    return sorted([*new, *known, *spam], key=lambda each: -each.days_ago)
