"""Leaks of these days that a call can still make good, those with most to lose first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from acquisition.models import Inquiry
from acquisition.queries.desk import leak_terms
from core.models import User
from core.money import from_minor
from dashboard.queries.leaks import Worth

MOST = 30
MOST_READ = 2000
# Those whom somebody has spoken with since are off the list, late as it was.
_NOW = """
    SELECT i.id, i.channel_id, g.predicted_36
    FROM acquisition_inquirystanding s
    JOIN acquisition_inquiry i ON i.id = s.inquiry_id
    LEFT JOIN segmentation_standing g ON g.customer_id = i.customer_id
    WHERE s.state IN ('missed', 'forgotten') AND s.happened_on >= %(since)s
      AND (s.state = 'missed' AND s.happened_on >= %(yesterday)s
           OR s.state = 'forgotten' AND coalesce(i.next_step_on, i.happened_on) + %(forgotten)s >= %(yesterday)s - 1)
      AND (i.phone <> '' OR i.email <> '' OR i.customer_id IS NOT NULL) AND NOT i.is_spam
      AND NOT EXISTS (SELECT FROM acquisition_outgoingcall c WHERE c.phone = i.phone AND c.phone <> ''
                      AND c.at > i.at AND c.is_answered)
      AND NOT EXISTS (SELECT FROM acquisition_outgoingcall c WHERE c.inquiry_id = i.id AND c.is_answered)
      AND NOT EXISTS (SELECT FROM touches_touch t WHERE t.customer_id = i.customer_id AND t.by_id IS NOT NULL
                      AND t.at > greatest(i.at, %(rested)s))
    ORDER BY i.at DESC LIMIT %(most)s"""


@dataclass(frozen=True)
class Saveable:
    """One inquiry that can still be saved, and what it is expected to bring."""

    inquiry: Inquiry
    margin: Decimal


def saveable(
    user: User, *, today: date, now: datetime, worths: Mapping[int | None, Worth], part: Q | None = None
) -> tuple[int, Decimal, list[Saveable]]:
    """How many there are of those the user may see, what they would bring in all, and the first of them.

    part: which inquiries alone are asked for.
    """
    params: dict[str, Any] = {
        "since": today - timedelta(days=leak_terms().forgotten_days + 60),
        "yesterday": today - timedelta(days=1),
        "rested": now - timedelta(days=2),
        "forgotten": leak_terms().forgotten_days,
        "most": MOST_READ,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOW, params)
        margins = {
            pk: _expected(worths, channel) if predicted is None else from_minor(predicted)
            for pk, channel, predicted in cursor.fetchall()
        }
    mine = set(Inquiry.objects.for_user(user).filter(part or Q(), pk__in=margins).values_list("pk", flat=True))
    ranked = sorted(mine, key=lambda pk: (-margins[pk], -pk))
    shown = Inquiry.objects.select_related("customer__owner", "channel", "taken_by", "standing").in_bulk(ranked[:MOST])
    rows = [Saveable(shown[pk], margins[pk]) for pk in ranked[:MOST] if pk in shown]
    return len(ranked), sum((margins[pk] for pk in ranked), Decimal(0)), rows


def _expected(worths: Mapping[int | None, Worth], channel: int | None) -> Decimal:
    return worths[channel].expected if channel in worths else Decimal(0)
