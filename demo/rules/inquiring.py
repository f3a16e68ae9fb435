"""Who called, wrote and came by in the last year, and whether anybody was there."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from demo.rules.calendar import seconds_of_day
from demo.rules.fates import DAY

YEAR = 365 * DAY
KINDS = ("call", "form", "visit", "chat")
CALL, FORM, VISIT, CHAT = range(4)
SOURCES = ("telephony", "site", "showroom", "chat")
LINES = ("+7 495 120-41-14", "Заказать дегустацию", "Шоурум на Садовой", "Чат на сайте")
# Of those who asked before they bought for the first time, the shop kept a record of so many.
ASKED_BEFORE = 0.15
KNOWN_SHARE, MISSED_SHARE, LOST_SHARE, SPAM_SHARE = 0.05, 0.03, 0.03, 0.012
NOBODY = -1
OPENS, CLOSES = 9 * 3600, 20 * 3600
OPEN_DAYS = 30
NEXT_STEPS = (
    "Выслать прайс",
    "Пригласить на дегустацию",
    "Перезвонить: думает",
    "Согласовать образцы",
    "Выставить счёт",
)
NOTES = (
    "",
    "",
    "Открывают кофейню, ищут поставщика зерна.",
    "Спрашивал о доставке в область.",
    "Нужна кофемашина в аренду.",
    "Сравнивает с нынешним поставщиком.",
    "Просил прайс на чай для заведений.",
)
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Inquiries:
    """One element per inquiry: when (seconds), of whom (-1: nobody known), the order it led to (-1: none).

    `stranger` is the number of a phone that nobody here knows, -1 where none was shown.
    """

    moment: Ints
    customer: Ints
    order: Ints
    kind: Ints
    answered: NDArray[np.bool_]
    spam: NDArray[np.bool_]
    stranger: Ints

    def __len__(self) -> int:
        return len(self.moment)


def draw_inquiries(
    rng: np.random.Generator, *, leads: tuple[Ints, Ints], first: Ints, won: Ints, end: int
) -> Inquiries:
    """The inquiries of the year before `end`, in order of time.

    leads: numbers of customers to whom nothing was sold, and when they came. first, won: of each buyer (0 … n-1),
    the first order and its moment.
    """
    count = len(first)
    strangers = [round(count * share) for share in (MISSED_SHARE, LOST_SHARE, SPAM_SHARE)]
    parts = [
        _of_leads(rng, *leads, end),
        _before_first_orders(rng, first, won, end),
        _of_known(rng, won, round(count * KNOWN_SHARE), end),
        _missed(rng, strangers[0], end),
        _lost(rng, strangers[1], end),
        _spam(rng, strangers[2], end),
    ]
    return _in_order(parts)


def _of_leads(rng: np.random.Generator, numbers: Ints, came: Ints, end: int) -> Inquiries:
    recent = came > end - YEAR
    count = int(recent.sum())
    kind = rng.choice(4, count, p=(0.35, 0.4, 0.05, 0.2))
    return _group(came[recent], kind, customer=numbers[recent], answered=(rng.random(count) < 0.93) | (kind == VISIT))


def _before_first_orders(rng: np.random.Generator, first: Ints, won: Ints, end: int) -> Inquiries:
    asked = np.flatnonzero((won > end - YEAR) & (rng.random(len(won)) < ASKED_BEFORE))
    # On the same day, earlier: customers are known from that day on.
    moment = won[asked] - (won[asked] % DAY * rng.uniform(0.02, 0.3, len(asked))).astype(np.int64)
    kind = rng.choice(4, len(asked), p=(0.5, 0.15, 0.1, 0.25))
    return _group(moment, kind, customer=asked, order=first[asked], answered=np.ones(len(asked), dtype=bool))


def _of_known(rng: np.random.Generator, won: Ints, count: int, end: int) -> Inquiries:
    customer = rng.integers(0, len(won), count)
    moment = _moments(rng, count, end)
    later = moment > won[customer]
    kind = rng.choice(4, count, p=(0.6, 0.15, 0.05, 0.2))
    answered = (rng.random(count) < 0.84) | (kind == VISIT)
    return _group(moment[later], kind[later], customer=customer[later], answered=answered[later])


def _missed(rng: np.random.Generator, count: int, end: int) -> Inquiries:
    """Calls that nobody took; a third of them hid the number."""
    stranger = np.where(rng.random(count) < 0.67, np.arange(count), NOBODY)
    return _group(_moments(rng, count, end), np.full(count, CALL), stranger=stranger)


def _lost(rng: np.random.Generator, count: int, end: int) -> Inquiries:
    """Answered, and gone without leaving an address."""
    kind = rng.choice((CALL, VISIT, CHAT), count, p=(0.25, 0.35, 0.4))
    day = rng.integers(end // DAY - 365, end // DAY, count)
    moment = day * DAY + rng.integers(OPENS, CLOSES, count)
    return _group(moment, kind, answered=np.ones(count, dtype=bool))


def _spam(rng: np.random.Generator, count: int, end: int) -> Inquiries:
    kind = rng.choice((CALL, FORM), count, p=(0.4, 0.6))
    numbers = 50_000_000 + np.arange(count)
    return _group(_moments(rng, count, end), kind, spam=np.ones(count, dtype=bool), stranger=numbers)


def _moments(rng: np.random.Generator, count: int, end: int) -> Ints:
    days = rng.integers(end // DAY - 365, end // DAY, count)
    return days * DAY + seconds_of_day(rng, count)


def _group(
    moment: Ints,
    kind: Ints,
    *,
    customer: Ints | None = None,
    order: Ints | None = None,
    answered: NDArray[np.bool_] | None = None,
    spam: NDArray[np.bool_] | None = None,
    stranger: Ints | None = None,
) -> Inquiries:
    nobody, no = np.full(len(moment), NOBODY), np.zeros(len(moment), dtype=bool)
    return Inquiries(
        moment=moment,
        customer=nobody if customer is None else customer,
        order=nobody if order is None else order,
        kind=kind,
        answered=no if answered is None else answered,
        spam=no if spam is None else spam,
        stranger=nobody if stranger is None else stranger,
    )


def _in_order(parts: Sequence[Inquiries]) -> Inquiries:
    columns = {each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Inquiries)}
    time = columns["moment"] % DAY
    # When nobody is there to talk, people write.
    columns["kind"] = np.where(columns["answered"] & ((time < OPENS) | (time >= CLOSES)), FORM, columns["kind"])
    order = np.argsort(columns["moment"], kind="stable")
    return Inquiries(**{name: column[order] for name, column in columns.items()})
