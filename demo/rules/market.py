"""Invented competitors, reasons for leaving, and what the shop lacks for those who could be large."""

from dataclasses import dataclass

import numpy as np

COMPETITORS = (
    ("Зёрна и Ко", "https://zerna-i-ko.example", "Дешевле на 8–10 % при заказе от 20 кг, обжарка раз в неделю."),
    ("Бодрый двор", "https://bodry-dvor.example", "Даёт кофемашину в аренду за зерно."),
    ("Северная обжарка", "https://severobzharka.example", "Своя обжарка под марку клиента, отсрочка 30 дней."),
    ("КофеОпт", "", "Маркетплейс: цена ниже, доставка дольше."),
)
# Code, weight, how often with a competitor, what is noted.
REASONS: tuple[tuple[str, float, float, tuple[str, ...]], ...] = (
    ("price", 0.26, 0.55, ("Дороже на 10 %, чем предложили рядом.", "Ищет до 1 500 ₽ за килограмм.", "")),
    ("competitor", 0.15, 1.0, ("Позвали с машиной в аренду.", "Перешёл вместе с управляющим.", "")),
    ("late_delivery", 0.13, 0.2, ("Дважды ждали зерно лишние два дня.", "Остались без кофе на выходные.", "")),
    ("assortment", 0.1, 0.35, ("Нет светлой обжарки под фильтр.", "Просил чай россыпью, не нашли.", "")),
    ("no_contact", 0.09, 0.15, ("Говорит, полгода никто не звонил.", "")),
    ("no_need", 0.09, 0.0, ("Кофе теперь дарит работодатель.", "Купили запас на год.", "")),
    ("service", 0.06, 0.2, ("Долго меняли пачку с браком.", "")),
    ("quality", 0.05, 0.25, ("Последняя партия кислила.", "")),
    ("moved", 0.05, 0.0, ("Закрыли точку.", "Переехали в другой город.", "")),
    ("other", 0.02, 0.0, ("",)),
)
SOURCES = (("card", 0.5), ("touch", 0.3), ("win_back", 0.2))
TOLD_SHARE = 0.38


@dataclass(frozen=True)
class Told:
    """Why one customer left: `competitor` is a place in COMPETITORS or None; the day is `days` after the leaving."""

    reason: str
    competitor: int | None
    note: str
    source: str
    days: int


@dataclass(frozen=True)
class Lacking:
    """A capability with its state, when it is expected (days from today), and the needs: potential, evidence, who."""

    name: str
    description: str
    state: str
    expected_in: int | None
    needs: tuple[tuple[int, str, str], ...]


LACKING = (
    Lacking(
        "Обжарка под маркой клиента",
        "Своя этикетка и профиль обжарки, партии от 30 кг.",
        "in_work",
        40,
        (
            (1_800_000, "Пьют 110 кг в месяц, своя сеть из шести кофеен; показали этикетку.", "Управляющий сети"),
            (960_000, "Сейчас обжаривают у соседей, готовы перейти с января.", "Директор"),
            (540_000, "Хотят подарочные наборы под Новый год.", "Закупщик"),
        ),
    ),
    Lacking(
        "Аренда кофемашин",
        "Машина за обязательство по зерну, обслуживание наше.",
        "planned",
        95,
        (
            (900_000, "Открывают третью точку, на машину денег нет.", "Управляющий"),
            (620_000, "Конкурент предложил машину за 15 кг в месяц.", "Офис-менеджер"),
            (310_000, "Ломается своя, ремонт дороже аренды.", "Старший бариста"),
            (280_000, "", "Бухгалтер"),
        ),
    ),
    Lacking(
        "Отсрочка платежа 45 дней",
        "Кредитный лимит для тех, кто с нами больше года.",
        "asked",
        None,
        (
            (650_000, "Платят поставщикам раз в полтора месяца, поэтому берут у нас мало.", "Бухгалтер"),
            (430_000, "Прислали договор с отсрочкой от конкурента.", "Директор"),
        ),
    ),
    Lacking(
        "Заявки по ЭДО",
        "Заказ и УПД через оператора, без почты.",
        "asked",
        None,
        ((420_000, "Без ЭДО их служба безопасности не пускает в основные поставщики.", "Закупщик"),),
    ),
    Lacking(
        "Доставка день в день по области",
        "",
        "declined",
        None,
        ((380_000, "Три кофейни за городом, заказывают утром на вечер.", "Управляющий"),),
    ),
)
# What was said in conversations.
SAID = (
    "Спросила, нет ли у нас аренды кофемашин: свою продают.",
    "Думают об аренде кофемашины на лето, перезвонить в марте.",
    "Просят отсрочку платежа на 45 дней, иначе останутся на пробных заказах.",
    "Интересовались обжаркой под своей маркой клиента, нужны цены.",
)


def tell(rng: np.random.Generator) -> Told:
    """Why somebody left."""
    weights = np.array([weight for _code, weight, _rival, _notes in REASONS])
    code, _weight, rival, notes = REASONS[int(rng.choice(len(REASONS), p=weights / weights.sum()))]
    competitor = int(rng.choice(len(COMPETITORS), p=(0.3, 0.35, 0.2, 0.15))) if rng.random() < rival else None
    source = SOURCES[int(rng.choice(len(SOURCES), p=[share for _name, share in SOURCES]))][0]
    return Told(code, competitor, notes[int(rng.integers(len(notes)))], source, int(rng.integers(1, 25)))
