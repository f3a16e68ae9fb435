"""Variable costs of serving customers."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from customers.actions.timeline import mark_stale
from customers.models import ServiceCost


@transaction.atomic
def record_service_cost(*, customer_id: int, kind: str, amount: Decimal, at: datetime) -> ServiceCost:
    """Put a cost (a message, points spent; major units) on a customer, whose LTV it lowers."""
    cost = ServiceCost.objects.create(customer_id=customer_id, kind=kind, amount=amount, at=at)
    mark_stale(customer_ids=[customer_id], at=at)
    return cost
