"""Orders and their lines, in and out."""

from rest_framework import serializers

from core.api import AmountField
from core.api_schema import Body
from customers.api.schemas.customers import CustomerIn
from customers.models import Order, OrderLine, OrderStatus


class LineIn(Body):
    sku = serializers.CharField(max_length=100, required=False)
    name = serializers.CharField(max_length=300, required=False)
    category = serializers.CharField(max_length=200, required=False, help_text="Of a product not known yet.")
    quantity = serializers.DecimalField(14, 3, min_value=0, default=1)
    price = serializers.DecimalField(18, 4, min_value=0, required=False, help_text="Of one, before discount.")
    discount = serializers.DecimalField(18, 4, min_value=0, default=0, help_text="Of the whole line.")
    amount = serializers.DecimalField(
        18,
        4,
        min_value=0,
        required=False,
        help_text="Of the line after discount; else price × quantity − discount.",
    )
    cost = serializers.DecimalField(18, 4, min_value=0, required=False, help_text="Of the whole line.")
    returned_quantity = serializers.DecimalField(14, 3, min_value=0, default=0)
    returned_amount = serializers.DecimalField(18, 4, min_value=0, required=False)


class OrderIn(Body):
    source = serializers.CharField(max_length=50, help_text="The system that tells it.")
    external_id = serializers.CharField(max_length=200, help_text="Its id there; one order per source and id.")
    number = serializers.CharField(max_length=100, required=False)
    version = serializers.IntegerField(min_value=0, required=False, help_text="A newer one overwrites.")
    updated_at = serializers.DateTimeField(required=False, help_text="Stands for the version if there is none.")
    status = serializers.ChoiceField(OrderStatus.choices, default=OrderStatus.NEW)
    placed_at = serializers.DateTimeField(help_text="Without a zone: in the company's.")
    fulfilled_at = serializers.DateTimeField(required=False)
    currency = serializers.CharField(max_length=3, required=False)
    rate = serializers.DecimalField(18, 8, required=False, help_text="Of another currency, to the company's.")
    total = serializers.DecimalField(18, 4, min_value=0, required=False, help_text="After discounts.")
    discount = serializers.DecimalField(18, 4, min_value=0, default=0, help_text="What the lines do not carry.")
    returned = serializers.DecimalField(18, 4, min_value=0, default=0, help_text="What the lines do not carry.")
    cost = serializers.DecimalField(18, 4, min_value=0, required=False, help_text="Of an order without lines.")
    promo_code = serializers.CharField(max_length=50, required=False)
    channel = serializers.CharField(max_length=50, required=False, help_text="Code of the channel.")
    customer = CustomerIn()
    lines = LineIn(many=True, required=False)


class OrdersIn(Body):
    orders = OrderIn(many=True)


class LineOut(serializers.ModelSerializer):
    sku = serializers.CharField(source="product.sku", default="")
    revenue = AmountField()
    discount = AmountField()
    cost = AmountField(allow_null=True)
    returned_amount = AmountField()

    class Meta:
        model = OrderLine
        fields = [
            "position", "sku", "name", "quantity", "revenue", "discount", "cost", "returned_quantity",
            "returned_amount",
        ]  # fmt: skip


class OrderOut(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel_code")
    revenue = AmountField()
    discount = AmountField()
    returned = AmountField()
    known_cost = AmountField()
    uncosted_revenue = AmountField()

    class Meta:
        model = Order
        fields = [
            "id", "customer", "source", "external_id", "number", "version", "status", "placed_at",
            "fulfilled_at", "currency", "rate", "revenue", "discount", "returned", "known_cost",
            "uncosted_revenue", "promo_code", "channel", "created_at", "updated_at",
        ]  # fmt: skip


class OrderWithLines(OrderOut):
    lines = LineOut(many=True)

    class Meta(OrderOut.Meta):
        fields = [*OrderOut.Meta.fields, "lines"]
