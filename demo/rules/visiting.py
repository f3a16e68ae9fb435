"""What known customers looked at on the invented site."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.rules.catalogue import ITEMS
from demo.rules.fates import DAY

SITE = "zerno.example"
ADDRESS = f"https://{SITE}"
DAYS = 90
VISITOR_SHARE, MOST_VISITORS = 0.06, 5_000
SEARCHES = ("эфиопия", "для турки", "без кофеина", "молочный улун", "фильтры", "кофемолка", "опт", "1 кг")
PAGES = (
    ("/", "Зерно: кофе и чай"),
    ("/dostavka", "Доставка"),
    ("/opt", "Кофейням и офисам"),
    ("/blog/pomol", "Как выбрать помол"),
)
WEIGHTS = np.array([item.for_persons for item in ITEMS])


@dataclass(frozen=True)
class Seen:
    """One thing done on the site: by whom (number), when (seconds), its kind on the timeline and what it says."""

    customer: int
    moment: int
    kind: str
    data: dict[str, Any]


def draw_visitors(rng: np.random.Generator, known_since: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the customers whom the site knows, fewer of a very large base."""
    count = min(round(len(known_since) * VISITOR_SHARE), MOST_VISITORS)
    return np.sort(rng.permutation(len(known_since))[:count])


def draw_visits(rng: np.random.Generator, customer: int, known_since: int, end: int) -> Iterator[Seen]:
    """A few visits of one customer in the last months, each a page, some goods, perhaps a search and a cart."""
    since = max(known_since + 3600, end - DAYS * DAY)
    for _visit in range(int(rng.integers(1, 4))):
        moment = int(rng.integers(since, end - 3600)) if since < end - 3600 else end - 3600
        for kind, data in _visit_of(rng):
            yield Seen(customer, moment, kind, {"site": SITE, **data})
            moment += int(rng.integers(15, 180))


def _visit_of(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    path, title = PAGES[int(rng.integers(len(PAGES)))]
    yield "page_viewed", {"url": ADDRESS + path, "title": title}
    if rng.random() < 0.35:
        query = SEARCHES[int(rng.integers(len(SEARCHES)))]
        yield "searched", {"url": f"{ADDRESS}/search", "query": query}
    places = rng.choice(len(ITEMS), int(rng.integers(1, 4)), replace=False, p=WEIGHTS / WEIGHTS.sum()).tolist()
    for place in places:
        item = ITEMS[place]
        url = f"{ADDRESS}/catalog/{item.sku.lower()}"
        yield "product_viewed", {"url": url, "sku": item.sku, "name": item.name, "price": str(item.price)}
    if rng.random() < 0.4:
        taken = [ITEMS[place] for place in places]
        items = [{"sku": item.sku, "name": item.name, "quantity": "1", "price": str(item.price)} for item in taken]
        yield (
            "cart_changed",
            {"url": f"{ADDRESS}/cart", "items": items, "total": str(sum(item.price for item in taken))},
        )
