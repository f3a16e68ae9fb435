"""The tick of the day: customers whose orders changed."""

from datetime import datetime

from core.marks import take_marks
from core.periods import company_day
from customers.models import StaleMark
from segmentation.actions.category_grades import regrade_customers
from segmentation.actions.locks import recomputing_if_free
from segmentation.actions.origins import settle_origins
from segmentation.actions.standings import conclude_customers
from segmentation.actions.statistics import recompute_statistics


def refresh_stale(*, now: datetime, limit: int = 5000) -> int:
    """Recompute the customers of up to `limit` stale marks; returns how many customers.

    A mark is taken away and its customer's orders are read in one transaction, the reading after:
    a mark seen means orders seen, a mark committed later is found by the next tick, and a crash
    gives the marks back. While another recompute is under way it does nothing.
    """
    as_of = company_day(now)
    with recomputing_if_free() as free:
        if not free:
            return 0
        customer_ids = sorted(take_marks(model=StaleMark, limit=limit))
        if customer_ids:
            recompute_statistics(as_of=as_of, customer_ids=customer_ids)
            settle_origins(as_of=as_of, customer_ids=customer_ids)
            conclude_customers(as_of=as_of, now=now, customer_ids=customer_ids)
            regrade_customers(as_of=as_of, customer_ids=customer_ids)
    return len(customer_ids)
