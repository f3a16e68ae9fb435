"""The till's file of a weekend at a fair: semicolons, commas in sums, two rows that nobody can read."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from demo.rules.catalogue import ITEMS

NAME = "yarmarka-oktyabr.csv"
HEADER = ("Чек", "Дата", "Телефон", "Имя", "Сумма", "Оплата")
SOURCE = "fair"
MAPPING = {
    "source": SOURCE,
    "level": "order",
    "file": {"separator": "semicolon", "encoding": "cp1251", "decimal": ","},
    "fields": {
        "external_id": ["Чек"],
        "placed_at": ["Дата"],
        "customer.phone": ["Телефон"],
        "customer.name": ["Имя"],
        "total": ["Сумма"],
    },
    "constants": {"status": "fulfilled", "channel": "exhibition"},
}
ROWS = 22
BAD_SUM, BAD_DAY = 7, 16


def fair_file(buyers: Sequence[tuple[str, str]], on: date) -> bytes:
    """The file, in cp1251. buyers: names and phones, taken in turn."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for number in range(ROWS if buyers else 0):
        name, phone = buyers[number % len(buyers)]
        total = sum(ITEMS[(number * 5 + step * 3) % 16].price for step in range(1 + number % 3))
        writer.writerow(
            (
                f"Я-{number + 1:03d}",
                "вчера" if number == BAD_DAY else f"{on:%d.%m.%Y} {10 + number // 3}:{number * 7 % 60:02d}",
                phone,
                name,
                "по договорённости" if number == BAD_SUM else f"{total},00",
                "карта" if number % 4 else "наличные",
            )
        )
    return text.getvalue().encode("cp1251")
