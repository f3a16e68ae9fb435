"""Where the invented shop's customers come from, and what that costs it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A channel. Costs in roubles: per won customer, and a fixed sum each month.

    `loyalty` multiplies the chance of staying after a purchase being the last one (below 1 stays longer).
    """

    code: str
    name: str
    kind: str
    persons: float
    companies: float
    loyalty: float
    advertising_per_customer: int
    salaries_a_month: int
    tools_a_month: int
    other_per_customer: int = 0
    months: tuple[int, ...] = ()


# Fixed monthly costs are for a shop of 5,000 customers, and grow with the base.
SOURCES = (
    Source("yandex_direct", "Яндекс Директ", "paid", 27, 22, 1.05, 5200, 80_000, 12_000),
    Source("vk_ads", "Реклама ВКонтакте", "paid", 20, 6, 1.15, 4600, 50_000, 6_000),
    Source("seo", "Поиск и статьи", "organic", 21, 26, 0.90, 0, 110_000, 25_000),
    Source("recommendations", "Рекомендации", "referral", 14, 22, 0.70, 0, 0, 5_000, 2500),
    Source("exhibition", "Выставки", "offline", 3, 19, 0.85, 11000, 20_000, 0, 0, (3, 4, 9, 10)),
    Source("marketplace", "Маркетплейс", "paid", 15, 5, 1.45, 3000, 25_000, 5_000),
)
CODES = tuple(source.code for source in SOURCES)
