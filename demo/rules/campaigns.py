"""The campaigns of the invented shop's advertising, who came by them, and what they took of the money."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Invented:
    """A campaign of a channel; with `months` it runs in them only."""

    channel: str
    code: str
    name: str
    months: tuple[int, ...] = ()


CAMPAIGNS = (
    Invented("yandex_direct", "brand", "По названию магазина"),
    Invented("yandex_direct", "coffee", "Кофе: поиск"),
    Invented("yandex_direct", "gifts", "Подарки к Новому году", (11, 12)),
    Invented("vk_ads", "lookalike", "Похожие на покупателей"),
    Invented("vk_ads", "barista", "Баристы"),
)
# Of ten customers so many name no campaign, and this one of a hundred names one that nobody entered.
WITHOUT, FORGOTTEN = 3, 57
FORGOTTEN_CODE = "blogger"


def running(channel: str, month: int) -> list[Invented]:
    """The channel's campaigns of a calendar month (1 to 12)."""
    return [each for each in CAMPAIGNS if each.channel == channel and (not each.months or month in each.months)]


def told_by(channel: str, customer: int, month: int) -> str:
    """What the first order of a customer (by number) names: the channel, or the channel and a campaign."""
    known = running(channel, month)
    if not known or customer % 10 < WITHOUT:
        return channel
    if channel == "vk_ads" and customer % 100 == FORGOTTEN:
        return f"{channel}/{FORGOTTEN_CODE}"
    return f"{channel}/{known[customer // 10 % len(known)].code}"


def shares(channel: str, month: int, amount: int) -> Iterator[tuple[str, int]]:
    """A month's advertising by code of campaign; what belongs to none comes last, under an empty code."""
    known = running(channel, month)
    each = amount * 7 // 10 // len(known) // 100 * 100 if known else 0
    for campaign in known:
        yield campaign.code, each
    yield "", amount - each * len(known)
