"""Who has had enough of the machine's messages for now."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from touches.models import Touch, TouchChannel
from touches.queries.regulations import limits
from touches.rules.pressure import is_pressed

MESSAGES = (TouchChannel.EMAIL, TouchChannel.SMS)


def pressed(customer_ids: Collection[int], at: datetime) -> set[int]:
    """Those of the customers who may not get one more machine message by e-mail or SMS at the moment `at`."""
    in_force = limits()
    if not in_force or not customer_ids:
        return set()
    since = at - timedelta(days=max(limit.days for limit in in_force))
    sent = Touch.objects.filter(
        customer_id__in=customer_ids,
        by__isnull=True,
        channel__in=MESSAGES,
        at__gt=since,
    )
    times: dict[int, list[datetime]] = defaultdict(list)
    for customer_id, moment in sent.values_list("customer_id", "at"):
        times[customer_id].append(moment)
    return {pk for pk in customer_ids if is_pressed(times.get(pk, ()), at, in_force)}
