"""Addresses that open the rows behind a figure."""

import json
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def customers_url(**filters: str) -> str:
    """The list of customers with these filters."""
    return f"{reverse('customer_list')}?{urlencode(filters)}"


def customers_where(tree: dict[str, Any]) -> str:
    """The list of customers who meet a tree of conditions, as an audience keeps it."""
    return customers_url(where=json.dumps(tree, ensure_ascii=False, separators=(",", ":")))
