"""Setting how customers are counted to channels, and doing so by their inquiries and visits."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from acquisition.actions.attribution import count_won
from acquisition.actions.ways import LOOKED_AT_FOR, settle_ways
from acquisition.models import AttributionRule
from core.errors import InvalidInput
from customers.actions.locks import lock_derived


@transaction.atomic
def save_rule(*, model: str, lookback_days: int, as_of: date) -> int:
    """Put a rule in force for all customers, and count them by it. Returns how many changed their channel.

    Raises InvalidInput, naming the field.
    """
    rule = AttributionRule(pk=1, model=model, lookback_days=lookback_days)
    try:
        rule.clean_fields()
        rule.validate_constraints()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field=field) from error
    AttributionRule.objects.update_or_create(pk=1, defaults={"model": model, "lookback_days": lookback_days})
    lock_derived()
    return _settle(as_of, None)


@transaction.atomic
def follow_touches(*, as_of: date) -> int:
    """Look anew at the inquiries and visits of those won lately. Returns how many changed their channel."""
    lock_derived()
    return _settle(as_of, as_of - LOOKED_AT_FOR)


def _settle(as_of: date, since: date | None) -> int:
    moved = settle_ways(as_of=as_of, since=since)
    if moved.customers:
        count_won(months=moved.months)
    return moved.customers
