"""Addresses that open the rows behind a figure."""

from urllib.parse import urlencode

from django.urls import reverse


def customers_url(**filters: str) -> str:
    """The list of customers with these filters."""
    return f"{reverse('customer_list')}?{urlencode(filters)}"
