"""Changing the cadence and the contact pressure."""

from collections.abc import Mapping

from django.db import transaction

from touches.models import Cadence, PressureLimit
from touches.rules.cadence import Regularity
from touches.rules.pressure import Limit


@transaction.atomic
def set_cadence(*, cadence: Mapping[str, Regularity | None]) -> None:
    """Replace the cadence of the grades named; None means no regular touches for the grade."""
    for grade, regularity in cadence.items():
        if regularity is None:
            Cadence.objects.filter(grade=grade).delete()
            continue
        fields = {"days_between": regularity.days_between, "channel": regularity.channel}
        Cadence.objects.update_or_create(grade=grade, defaults=fields)


@transaction.atomic
def set_pressure(*, limits: list[Limit]) -> None:
    """Replace every limit of machine messages; an empty list lifts them."""
    PressureLimit.objects.exclude(days__in=[limit.days for limit in limits]).delete()
    for limit in limits:
        PressureLimit.objects.update_or_create(days=limit.days, defaults={"messages": limit.messages})
