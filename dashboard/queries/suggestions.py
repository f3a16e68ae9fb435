"""What the search box of every page offers while one types."""

from core.models import User
from customers.models import Customer
from dashboard.queries.customer_list import Row, as_row
from dashboard.queries.customer_search import search

MOST = 8
FEWEST_LETTERS = 2


def suggested(user: User, text: str) -> list[Row]:
    """A few customers that the text may mean, those with most at risk first; none for one letter."""
    if len(text.strip()) < FEWEST_LETTERS:
        return []
    found = search(Customer.objects.for_user(user), text).select_related("standing", "statistics", "x_mark")
    rows = [as_row(customer) for customer in found.order_by("-pk")[: MOST * 5]]
    return sorted(rows, key=lambda row: row.risk if row.risk is not None else -1, reverse=True)[:MOST]
