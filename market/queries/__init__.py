"""Reads of competitors and of reasons for leaving."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from market.models import Competitor, Departure, DepartureSource, LeavingReason


def reasons_in_use() -> QuerySet[LeavingReason]:
    """What people choose from, in the company's order."""
    return LeavingReason.objects.filter(is_active=True)


def competitors_in_use() -> QuerySet[Competitor]:
    return Competitor.objects.filter(is_active=True)


def all_reasons() -> QuerySet[LeavingReason]:
    """Every reason with `told`, how often it was given, in the company's order (counting drops the model's own)."""
    return LeavingReason.objects.annotate(told=Count("departures")).order_by("position", "pk")


def all_competitors() -> QuerySet[Competitor]:
    """Every competitor with `told`, how many customers left for it; those out of use last."""
    return Competitor.objects.annotate(told=Count("departures")).order_by("-is_active", "name")


def open_departure(customer_id: int) -> Departure | None:
    """Why the customer is gone, where that is known."""
    found = Departure.objects.filter(customer_id=customer_id, returned_on=None)
    return found.select_related("reason", "competitor", "by").first()


def departure_rows() -> ArraySubquery:
    """For an annotation of customers: the open departure, to be read with `departure_of`."""
    found = Departure.objects.filter(customer=OuterRef("pk"), returned_on=None)
    return ArraySubquery(
        found.values(
            row=JSONObject(
                pk="pk",
                code="reason__code",
                name="reason__name",
                competitor="competitor__name",
                note="note",
                at="at",
                source="source",
            )
        )
    )


def departure_of(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What `departure_rows` read: with `reason` in words, and `at` as a moment; None for who has not left."""
    if not rows:
        return None
    row = rows[0]
    reason = LeavingReason(code=row["code"], name=row["name"])
    return {
        **row,
        "reason": str(reason),
        "at": datetime.fromisoformat(row["at"]),
        "told": DepartureSource(row["source"]).label,
    }


def told_since(moment: datetime | None) -> int:
    """How many departures were written down after a moment."""
    return Departure.objects.filter(at__gt=moment).count() if moment else Departure.objects.count()
