"""Timeline events, in and out."""

from rest_framework import serializers

from core.api_schema import Body
from customers.api.schemas.shared import FATES, Counts, ErrorItem, NameIn
from customers.models import TimelineEvent
from customers.rules.events import KINDS, MAX_KEY


class ItemIn(Body):
    sku = serializers.CharField(max_length=100, required=False)
    name = serializers.CharField(max_length=300, required=False)
    quantity = serializers.DecimalField(14, 3, min_value=0, default=1)
    price = serializers.DecimalField(18, 4, min_value=0, required=False)


class EventIn(Body):
    source = serializers.CharField(max_length=50, help_text="The system that tells it.")
    key = serializers.CharField(max_length=MAX_KEY, required=False, help_text="Its id there; told again, it is one.")
    kind = serializers.ChoiceField(KINDS)
    at = serializers.DateTimeField(required=False, help_text="Else now. Without a zone: in the company's.")
    customer = NameIn()
    url = serializers.CharField(max_length=2000, required=False)
    title = serializers.CharField(max_length=300, required=False, help_text="Of a page.")
    sku = serializers.CharField(max_length=100, required=False, help_text="Of a product.")
    name = serializers.CharField(max_length=300, required=False, help_text="Of a product.")
    query = serializers.CharField(max_length=300, required=False, help_text="What was searched for.")
    found = serializers.IntegerField(min_value=0, required=False, help_text="How much the search found.")
    items = ItemIn(many=True, required=False, help_text="What lies in the cart now.")
    total = serializers.DecimalField(18, 4, min_value=0, required=False, help_text="Of the cart.")


class EventsIn(Body):
    events = EventIn(many=True)


class EventPushed(serializers.Serializer):
    fate = serializers.ChoiceField(FATES)
    id = serializers.IntegerField(allow_null=True)
    customer = serializers.IntegerField(allow_null=True)
    source = serializers.CharField(allow_null=True)
    key = serializers.CharField(allow_null=True)


class EventRow(EventPushed):
    index = serializers.IntegerField()
    errors = ErrorItem(many=True)


class EventsFates(Counts):
    results = EventRow(many=True)


class EventOut(serializers.ModelSerializer):
    data = serializers.DictField()

    class Meta:
        model = TimelineEvent
        fields = ["id", "customer", "kind", "at", "data", "key"]
