"""What came in today and yesterday, and who was called back: drawn, without a database."""

from dataclasses import dataclass

import numpy as np

# The numbers that are advertised, by channel; the first is the general one.
LINES = {
    "": "+74951204114",
    "yandex_direct": "+74951204115",
    "vk_ads": "+74951204116",
    "marketplace": "+74951204117",
}
OPENS, CLOSES = 9.0, 20.0
# Of missed calls with a number so many are returned; of captured inquiries so many are followed up in time.
RETURNED, FOLLOWED = 0.45, 0.72
A_DAY = 13


@dataclass(frozen=True)
class Asked:
    """One inquiry of a day: the hour and its part, whether it is of a customer, taken, with a contact, spam."""

    hour: float
    kind: str
    is_known: bool
    is_answered: bool
    has_contact: bool
    is_spam: bool
    channel: str
    seconds: int


def line_of(code: str) -> str:
    """The number that a channel advertises."""
    return LINES.get(code, LINES[""])


def draw_day(rng: np.random.Generator) -> list[Asked]:
    """The inquiries of a day in order of time; around noon nobody is at the phone, and late in the day few."""
    found = []
    for hour in sorted(rng.uniform(OPENS - 0.5, CLOSES + 1.5, A_DAY).tolist()):
        kind = str(rng.choice(("call", "call", "call", "form", "chat")))
        is_busy = 12.5 <= hour < 14 or hour >= CLOSES or hour < OPENS
        is_answered = kind == "call" and bool(rng.random() < (0.35 if is_busy else 0.86))
        is_known = bool(rng.random() < 0.45)
        found.append(
            Asked(
                hour=hour,
                kind=kind,
                is_known=is_known,
                is_answered=is_answered,
                has_contact=is_known or bool(rng.random() < 0.85),
                is_spam=not is_known and bool(rng.random() < 0.08),
                channel=str(rng.choice(("yandex_direct", "yandex_direct", "vk_ads", "seo"))),
                seconds=int(rng.integers(35, 600)) if is_answered else 0,
            )
        )
    return found


def hours_until_call(rng: np.random.Generator, *, is_answered: bool) -> float | None:
    """After how many hours somebody gets in touch; None where nobody does."""
    if is_answered:
        return float(rng.uniform(20, 24 * 6)) if rng.random() < FOLLOWED else None
    return float(rng.uniform(0.2, 9)) if rng.random() < RETURNED else None
