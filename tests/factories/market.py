"""Departures, needs and candidates."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory

from core.models import User
from customers.models import Customer
from market.actions import record_departure
from market.models import Competitor, Departure, LeavingReason
from segmentation import models
from segmentation.actions import set_x_mark
from tests.factories.customers import CustomerFactory

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


class CandidateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.XCandidate

    customer = factory.SubFactory(CustomerFactory)
    key = "words:1"
    kind = models.CandidateKind.WORDS
    figures = factory.LazyFunction(lambda: {"where": "touch", "on": "2026-05-01"})
    said = "We would buy much more, delivered on Sundays."


def reason(code: str = "price") -> LeavingReason:
    """One of the reasons that come with the program."""
    return LeavingReason.objects.get_or_create(code=code)[0]


def departure(customer: Customer, name: str, by: User, **given: Any) -> Departure:
    """The customer left for the one competitor there is; the note is named after the customer."""
    rival, _created = Competitor.objects.get_or_create(name="The others")
    fields: dict[str, Any] = {"reason_id": reason().pk, "source": "card", "at": NOW, **given}
    return record_departure(customer_id=customer.pk, competitor_id=rival.pk, note=f"{name} left", by=by, **fields)


def need(
    customer: Customer, name: str, by: User, *, capability: str = "Delivery", potential: int = 1000
) -> models.Need:
    """The customer lacks a capability; evidence and who asks are named after the customer."""
    set_x_mark(
        customer_id=customer.pk,
        capability=capability,
        potential=Decimal(potential),
        evidence=f"{name} evidence",
        asked_by=f"{name} buyer",
        asked_on=date(2026, 5, 1),
        by=by,
        at=NOW,
    )
    return models.Need.objects.get(customer=customer, capability__name__iexact=capability)
