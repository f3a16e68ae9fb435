"""When the invented farmers contacted their customers, and what came of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules.fates import DAY

HISTORY_DAYS = 180
# Some are a little late: a worklist without anything overdue would not be believed.
MOST_LATE = 1.1
FIRST_HOUR, LAST_HOUR = 10, 18

OUTCOMES = ("reached", "no_answer", "ordered", "call_back", "refused")
OUTCOME_SHARES = np.array([0.46, 0.29, 0.13, 0.06, 0.06])
REACHED, NO_ANSWER, ORDERED, CALL_BACK, REFUSED = range(5)
NOTES: dict[int, tuple[str, ...]] = {
    REACHED: (
        "",
        "",
        "Всё устраивает, напомнить через месяц.",
        "Просит образцы новой смеси.",
        "Интересуется чисткой кофемашины.",
        "Сравнивает цены, отправил прайс.",
        "Открывают вторую точку, вернуться с предложением.",
    ),
    NO_ANSWER: ("",),
    ORDERED: ("Закажет на этой неделе.", "Собирает заявку от бариста.", "Ждёт счёт."),
    CALL_BACK: ("Просил перезвонить.", "Занят, перезвонить после обеда.", "Директор в отпуске."),
    REFUSED: ("Пока запас большой.", "Ушли на другого поставщика.", "Закрыли точку."),
}


@dataclass(frozen=True)
class Contacts:
    """One element per touch, in order of time: of whom (place among the customers), when, and the outcome."""

    place: NDArray[np.int64]
    moment: NDArray[np.int64]
    outcome: NDArray[np.int64]


def draw_contacts(
    rng: np.random.Generator, days_between: NDArray[np.float64], since: NDArray[np.int64], weekday: int, end: int
) -> Contacts:
    """Touches of the last half year, about `days_between` apart, none before `since` (seconds).

    `weekday` is that of the calendar's first day (0 is Monday): nobody works at weekends.
    """
    active = np.arange(len(days_between))
    ago = rng.uniform(0, MOST_LATE, len(active)) * days_between
    places, days = [], []
    while active.size:
        places.append(active)
        days.append(end // DAY - 1 - ago.astype(np.int64))
        ago = ago + days_between[active] * rng.uniform(0.85, 1.25, len(active))
        inside = ago < HISTORY_DAYS
        active, ago = active[inside], ago[inside]
    place, day = np.concatenate(places), np.concatenate(days)
    day -= np.maximum(0, (day + weekday) % 7 - 4)
    moment = day * DAY + rng.integers(FIRST_HOUR * 3600, LAST_HOUR * 3600, len(day))
    known = np.flatnonzero(moment > since[place])
    order = known[np.argsort(moment[known], kind="stable")]
    outcome = rng.choice(len(OUTCOMES), len(order), p=OUTCOME_SHARES)
    return Contacts(place[order], moment[order], outcome)


def note_of(rng: np.random.Generator, outcome: int) -> str:
    """What the farmer wrote down."""
    notes = NOTES[outcome]
    return notes[int(rng.integers(len(notes)))]
