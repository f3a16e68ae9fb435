"""Addresses that open the rows behind a figure."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.urls import reverse

# How `quote_plus` writes each sign of a tree; it asks for them one by one, and a page has hundreds of trees.
QUOTED = {code: quote_plus(chr(code)) for code in range(128)}


def customers_url(**filters: str) -> str:
    """The list of customers with these filters."""
    return f"{_list()}?{urlencode(filters)}"


def customers_where(tree: dict[str, Any]) -> str:
    """The list of customers who meet a tree of conditions, as an audience keeps it."""
    told = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return f"{_list()}?where={told.translate(QUOTED) if told.isascii() else quote_plus(told)}"


@lru_cache(maxsize=1)
def _list() -> str:
    return reverse("customer_list")
