"""What must be computed anew because the rules changed, not the orders."""

from datetime import date

from django.db import connection
from django.utils import timezone

from segmentation.models import Policy

# What of a policy the purchase statistics are made of.
_STATED = ("margin_rate", "window_days")
_MARK = """
INSERT INTO customers_stalemark (customer_id, at)
SELECT s.customer_id, %(at)s
FROM segmentation_purchasestatistics AS s JOIN customers_customer AS c ON c.id = s.customer_id
WHERE c.kind = %(kind)s
"""


def mark_restated(*, policy: Policy, today: date) -> int:
    """Mark the customers whose statistics a policy that begins today changes; returns how many.

    The tick works them off in portions. A policy of a later day needs no marks: the night of that day counts all.
    """
    if policy.effective_from != today or policy.category_id is not None:
        return 0
    earlier = Policy.objects.filter(kind=policy.kind, category=None, effective_from__lt=today)
    before = earlier.order_by("-effective_from").first()
    if before is not None and all(getattr(before, name) == getattr(policy, name) for name in _STATED):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"kind": policy.kind, "at": timezone.now()})
        return cursor.rowcount
