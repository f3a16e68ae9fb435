"""Entering what keeping customers costs."""

from datetime import date
from decimal import Decimal

from acquisition.actions.spend import check_amount, check_month
from acquisition.models import RetentionKind, RetentionSpend
from core.errors import InvalidInput


def set_retention_spend(*, month: date, kind: str, amount: Decimal | None) -> None:
    """Enter an amount in place of what was entered before; without one nothing is known any more.

    Raises InvalidInput, naming the field.
    """
    check_month(month)
    if kind not in RetentionKind.values:
        raise InvalidInput(", ".join(RetentionKind.values), field="kind")
    if amount is None:
        RetentionSpend.objects.filter(month=month, kind=kind).delete()
        return
    check_amount(amount)
    # One statement: between two, somebody else may take the amount out.
    row = RetentionSpend(month=month, kind=kind, amount=amount)
    RetentionSpend.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["month", "kind"], update_fields=["amount"]
    )
