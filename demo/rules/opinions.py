"""Whom the shop asked how it is liked, and what they answered."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules.fates import DAY, FULFILLED, Fates
from demo.rules.purchases import Purchases

ASKED_FOR_DAYS = 365
ASK_AFTER, PAUSE = DAY, 90 * DAY
ANSWER_SHARE = 0.3
COMMENT_SHARE = 0.4
USUAL_SCORE, SPREAD = 8.8, 1.25
LATE_COSTS, RETURN_COSTS = 3.2, 2.2

PRAISE = (
    "Всегда свежая обжарка, спасибо!",
    "Заказываю второй год, ни разу не подвели.",
    "Быстро привезли, аккуратно упаковали.",
    "Менеджер Анна помогла подобрать зерно под нашу машину.",
    "Отличный улун, закажу ещё.",
    "Удобно, что можно оплатить по счёту.",
    "Сотрудникам в офисе очень нравится.",
)
NEUTRAL = (
    "Всё хорошо, но хотелось бы больше скидок постоянным клиентам.",
    "Кофе отличный, сайт неудобный.",
    "Нормально, но пакет без клапана.",
    "Хотелось бы доставку по выходным.",
    "Цены подросли, пока терпимо.",
)
BLAME_LATE = (
    "Ждали заказ больше недели, никто не предупредил.",
    "Обещали за два дня, привезли через девять.",
    "Доставка сорвалась, пришлось покупать кофе в магазине.",
)
BLAME_GOODS = (
    "Прислали не тот помол.",
    "Пачка порвалась в дороге, возвращали.",
    "Кофе оказался кислым, на сайте описан иначе.",
)
BLAME = (
    "Дозвониться до поддержки невозможно.",
    "Дорого, у других дешевле.",
    "В этот раз обжарка горчит.",
)


@dataclass(frozen=True)
class Opinions:
    """One element per question: about which order (its position), when, the score (-1: none) and when."""

    order: NDArray[np.int64]
    asked: NDArray[np.int64]
    score: NDArray[np.int8]
    answered: NDArray[np.int64]
    comment: list[str]


def draw_opinions(
    rng: np.random.Generator, purchases: Purchases, fates: Fates, reached: NDArray[np.bool_], end: int
) -> Opinions:
    """Ask about fulfilled orders of the last year, a customer once in 90 days, and draw the answers."""
    order = _asked_orders(purchases, fates, reached, end)
    count = len(order)
    asked = fates.fulfilled[order] + ASK_AFTER
    late, back = fates.late[order], fates.part_returned[order]
    latent = rng.normal(USUAL_SCORE, SPREAD, count) - LATE_COSTS * late - RETURN_COSTS * back
    score = np.round(latent).clip(0, 10).astype(np.int8)
    answered = asked + (rng.exponential(1.2 * DAY, count)).astype(np.int64) + 600
    answers = (rng.random(count) < ANSWER_SHARE) & (answered < end)
    comments = [
        _comment(rng, mark, is_late, is_back) if has else ""
        for mark, is_late, is_back, has in zip(
            score.tolist(),
            late.tolist(),
            back.tolist(),
            (rng.random(count) < COMMENT_SHARE).tolist(),
            strict=True,
        )
    ]
    return Opinions(order, asked, np.where(answers, score, -1), answered, comments)


def _asked_orders(purchases: Purchases, fates: Fates, reached: NDArray[np.bool_], end: int) -> NDArray[np.int64]:
    """Positions of the orders asked about, in the order of asking."""
    asked = fates.fulfilled + ASK_AFTER
    may = (fates.status == FULFILLED) & (asked < end) & (asked > end - ASKED_FOR_DAYS * DAY)
    places = np.flatnonzero(may & reached[purchases.customer])
    places = places[np.lexsort((asked[places], purchases.customer[places]))]
    chosen, last_customer, last_asked = [], -1, 0
    for place, customer, moment in zip(
        places.tolist(), purchases.customer[places].tolist(), asked[places].tolist(), strict=True
    ):
        if customer != last_customer or moment > last_asked + PAUSE:
            chosen.append(place)
            last_customer, last_asked = customer, moment
    picked = np.array(chosen, dtype=np.int64)
    return picked[np.argsort(asked[picked], kind="stable")]


def _comment(rng: np.random.Generator, score: int, late: bool, back: bool) -> str:
    choices: tuple[str, ...]
    if score >= 9:
        choices = PRAISE
    elif score >= 7:
        choices = NEUTRAL
    else:
        choices = BLAME_LATE if late else BLAME_GOODS if back else BLAME
    return choices[int(rng.integers(len(choices)))]
