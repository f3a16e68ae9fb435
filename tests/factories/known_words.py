"""What the customers of the company of `known_company.py` said, and what befell them besides orders.

Every function writes down what its sheet says of some days.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.models import User
from customers.actions import add_event
from customers.models import Customer, Obligation
from market.actions import add_competitor, record_departure
from market.models import Competitor, LeavingReason
from segmentation.actions import add_capability, set_x_mark
from segmentation.models import Capability
from tests.customers.clients import client_of
from tests.factories.core import IntegrationFactory
from tests.factories.touches import TouchFactory
from touches.actions import move_capability

Row = dict[str, Any]
Sheet = Callable[[str], list[Row]]


def noon(day: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def who(row: Row) -> int:
    return Customer.objects.get(name=row["customer"]).pk


def befall(sheet: Sheet, after: date, until: date) -> None:
    """Answers, departures, promises and other facts of some days."""
    client = client_of(IntegrationFactory())
    for row in _of(sheet("answers"), "day", after, until):
        told = {"order_source": "shop", "order_external_id": f"{row['order']:.0f}", "score": int(row["score"])}
        answer = client.post("/api/v1/nps/responses/", told | {"answered_at": noon(row["day"]).isoformat()})
        assert answer.status_code == 201, answer.json()
    for row in _of(sheet("departures"), "told on", after, until):
        _depart(row)
    for row in _of(sheet("promises"), "due on", after, until):
        closed_on = None if row["state"] == "open" else row["due on"] + timedelta(days=row["state"] == "late")
        Obligation.objects.create(
            customer_id=who(row), kind="delivery", due_on=row["due on"], state=row["state"], closed_on=closed_on
        )
    for row in _of(sheet("events"), "day", after, until):
        add_event(customer_id=who(row), kind=row["kind"], at=noon(row["day"]))


def _of(rows: list[Row], column: str, after: date, until: date) -> list[Row]:
    return [row for row in rows if after < row[column] <= until]


def _depart(row: Row) -> None:
    name, rival = row["competitor"], None
    if name:
        rival = Competitor.objects.filter(name=name).first() or add_competitor(name=name, website="", note="")
    record_departure(
        customer_id=who(row),
        reason_id=LeavingReason.objects.get(code=row["reason"]).pk,
        competitor_id=rival and rival.pk,
        source="card",
        at=noon(row["told on"]),
    )


def wish(sheet: Sheet, by: User, today: date) -> None:
    """What customers lack, said and could spend; how far what they lack is. Some have never bought."""
    for row in sheet("customers"):
        Customer.objects.get_or_create(name=row["customer"])
    for row in sheet("capabilities"):
        add_capability(name=row["capability"], description="", expected_on=None)
    for row in sheet("needs"):
        set_x_mark(
            customer_id=who(row),
            capability=row["capability"],
            potential=row["potential"],
            asked_by=row["who"],
            evidence=row["evidence"],
            asked_on=row["asked on"],
            by=by,
            at=noon(row["asked on"]),
        )
    for row in sheet("capabilities"):
        found = Capability.objects.get(name=row["capability"])
        move_capability(
            capability_id=found.pk,
            name=found.name,
            description="",
            state=row["state"],
            expected_on=None,
            today=today,
        )
    for row in sheet("said"):
        TouchFactory(customer=Customer.objects.get(name=row["customer"]), by=by, at=noon(row["day"]), note=row["words"])
    for row in sheet("candidates"):
        if row["wallet"]:
            Customer.objects.filter(name=row["customer"]).update(custom={"wallet": row["wallet"]})
