"""Products and categories, in and out."""

from rest_framework import serializers

from core.api import AmountField
from core.api_schema import Body
from customers.api.schemas.shared import FATES, Counts, ErrorItem
from customers.models import Product, ProductCategory


class ProductIn(Body):
    sku = serializers.CharField(max_length=100, help_text="The code; one product per code.")
    name = serializers.CharField(max_length=300, required=False)
    category = serializers.CharField(max_length=200, required=False, help_text="Its name; made if not known.")
    price = serializers.DecimalField(18, 4, min_value=0, required=False)
    cost = serializers.DecimalField(18, 4, min_value=0, required=False, help_text="Of one.")
    is_active = serializers.BooleanField(required=False, help_text="Whether it is on sale.")


class ProductsIn(Body):
    products = ProductIn(many=True)


class ProductPushed(serializers.Serializer):
    fate = serializers.ChoiceField(FATES)
    id = serializers.IntegerField(allow_null=True)
    sku = serializers.CharField(allow_null=True)


class ProductRow(ProductPushed):
    index = serializers.IntegerField()
    errors = ErrorItem(many=True)


class ProductsFates(Counts):
    results = ProductRow(many=True)


class ProductOut(serializers.ModelSerializer):
    category = serializers.CharField(source="category.name", allow_null=True, default=None)
    price = AmountField(allow_null=True)
    cost = AmountField(allow_null=True)

    class Meta:
        model = Product
        fields = ["id", "sku", "name", "category", "price", "cost", "is_active", "updated_at"]


class CategoryIn(Body):
    name = serializers.CharField(max_length=200, help_text="One category per name.")
    margin_rate = serializers.FloatField(
        min_value=-1, max_value=1, required=False, help_text="The margin to assume: 0.35 is 35%."
    )


class CategoriesIn(Body):
    categories = CategoryIn(many=True)


class CategoryPushed(serializers.Serializer):
    fate = serializers.ChoiceField(FATES)
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_null=True)


class CategoryRow(CategoryPushed):
    index = serializers.IntegerField()
    errors = ErrorItem(many=True)


class CategoriesFates(Counts):
    results = CategoryRow(many=True)


class CategoryOut(serializers.ModelSerializer):
    class Meta:
        model = ProductCategory
        fields = ["id", "name", "margin_rate"]
