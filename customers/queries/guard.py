"""Who read whose contacts: what limits and pages ask of the record of readings."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.db.models.fields.json import KeyTextTransform

from core.models import User
from core.periods import company_day, day_start
from customers.models.guard import AccessEntry, AccessKind, AccessLimit


@dataclass(frozen=True)
class Used:
    """How many different contacts a person has opened today, and whether this one is among them."""

    contacts: int
    again: bool


def limit_of(role: str, kind: AccessKind) -> int | None:
    """How much a person of the role may read in a day; None where there is no limit."""
    return AccessLimit.objects.filter(role=role, kind=kind).values_list("per_day", flat=True).first()


def limits() -> dict[tuple[str, str], int]:
    """Every limit by role and kind."""
    return {(role, kind): per_day for role, kind, per_day in AccessLimit.objects.values_list("role", "kind", "per_day")}


def contacts_used(by: User, contact_id: int, at: datetime) -> Used:
    """What the person has opened on the company's day of `at`."""
    today = AccessEntry.objects.filter(by=by, kind=AccessKind.CONTACT, at__gte=day_start(company_day(at)))
    found = today.aggregate(
        contacts=Count(KeyTextTransform("contact", "detail"), distinct=True),
        again=Count("pk", filter=Q(detail__contact=contact_id)),
    )
    return Used(found["contacts"], found["again"] > 0)


def customers_exported(by: User, at: datetime) -> int:
    """How many customers the person has taken out on the company's day of `at`."""
    today = AccessEntry.objects.filter(by=by, kind=AccessKind.EXPORT, at__gte=day_start(company_day(at)))
    return today.aggregate(customers=Sum("customers"))["customers"] or 0


def export_allowance(by: User, at: datetime) -> int | None:
    """How many customers the person may still take out today; None without a limit."""
    limit = limit_of(by.role, AccessKind.EXPORT)
    return None if limit is None else max(limit - customers_exported(by, at), 0)
