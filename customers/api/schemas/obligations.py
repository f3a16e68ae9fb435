"""Promises, in and out."""

from rest_framework import serializers

from core.api_schema import Body
from customers.api.schemas.shared import NameIn
from customers.models import Obligation, ObligationKind
from customers.rules.obligations import OUTCOMES


class OrderRefIn(Body):
    """An order that is known here already."""

    source = serializers.CharField(max_length=50, required=False, help_text="Else the source of the row.")
    external_id = serializers.CharField(max_length=200)


class ObligationIn(Body):
    source = serializers.CharField(max_length=50, help_text="The system that tells it.")
    external_id = serializers.CharField(
        max_length=200, required=False, help_text="Its id there; without one, each telling is a new promise."
    )
    customer = NameIn(required=False, help_text="Needed where no order is named.")
    order = OrderRefIn(required=False)
    kind = serializers.ChoiceField(ObligationKind.choices)
    what = serializers.CharField(max_length=300, required=False)
    due_on = serializers.DateField()
    owner = serializers.EmailField(required=False, help_text="Who answers for it; else the customer's owner.")
    state = serializers.ChoiceField(
        ["open", *OUTCOMES], required=False, help_text="Not told: as it is. Kept after its day, it becomes `late`."
    )
    closed_on = serializers.DateField(required=False, help_text="Else today.")
    note = serializers.CharField(max_length=500, required=False)


class ObligationsIn(Body):
    obligations = ObligationIn(many=True)


class ObligationOut(serializers.ModelSerializer):
    owner = serializers.EmailField(source="owner.email", allow_null=True, default=None)

    class Meta:
        model = Obligation
        fields = [
            "id", "customer", "order", "source", "external_id", "kind", "what", "due_on", "owner", "state",
            "closed_on", "note", "created_at", "updated_at",
        ]  # fmt: skip
