"""What customers lack, and what it would bring."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from core.money import from_minor
from segmentation.models import Capability, CapabilityState, Need

OPTIONS = 20


@dataclass(frozen=True)
class NeedLine:
    """A need as the card shows it."""

    pk: int
    capability_id: int
    name: str
    state: str
    potential: Decimal
    evidence: str
    asked_by: str

    @property
    def state_label(self) -> str:
        return str(CapabilityState(self.state).label)


def need_rows() -> ArraySubquery:
    """For an annotation of customers: their needs, the largest first, to be read with `need_lines`."""
    needs = Need.objects.filter(customer=OuterRef("pk")).order_by("-potential", "pk")
    return ArraySubquery(
        needs.values(
            row=JSONObject(
                pk="pk",
                capability_id="capability_id",
                name="capability__name",
                state="capability__state",
                potential="potential",
                evidence="evidence",
                asked_by="asked_by",
            )
        )
    )


def need_lines(rows: list[dict[str, Any]]) -> list[NeedLine]:
    """What `need_rows` read."""
    return [NeedLine(**{**row, "potential": from_minor(row["potential"])}) for row in rows]


def needs_of(customer_id: int) -> QuerySet[Need]:
    """The needs of a customer, the largest first."""
    return Need.objects.filter(customer_id=customer_id).select_related("capability").order_by("-potential", "pk")


def capabilities_like(text: str) -> QuerySet[Capability]:
    """Capabilities whose name holds the text."""
    return Capability.objects.filter(name__icontains=text.strip())[:OPTIONS]
