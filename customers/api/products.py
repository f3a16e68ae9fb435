"""Products and their categories: pushed one by one or up to a thousand at once, read with filters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import MomentFilter, YesNoFilter
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from customers.actions.outcomes import Outcome
from customers.actions.products_push import record_categories, record_products
from customers.api.pushing import Push
from customers.api.schemas.products import (
    CategoriesFates,
    CategoriesIn,
    CategoryIn,
    CategoryOut,
    CategoryPushed,
    ProductIn,
    ProductOut,
    ProductPushed,
    ProductsFates,
    ProductsIn,
)
from customers.models import Product, ProductCategory
from customers.rules.products import CategoryData, ProductData, read_category, read_product
from customers.rules.records import Company


def _read_product(data: Any, company: Company, _now: datetime) -> ProductData:
    return read_product(data, company)


def _record_products(products: Sequence[ProductData], now: datetime, _user: User) -> list[Outcome]:
    return record_products(products=products, now=now)


def _read_category(data: Any, company: Company, _now: datetime) -> CategoryData:
    return read_category(data, company)


def _record_categories(categories: Sequence[CategoryData], _now: datetime, _user: User) -> list[Outcome]:
    return record_categories(categories=categories)


SCOPES = {"GET": Scope.PRODUCTS_READ, "POST": Scope.PRODUCTS_WRITE}
PRODUCTS = Push("products", _read_product, _record_products, told=("sku",), of_customers=False)
CATEGORIES = Push("categories", _read_category, _record_categories, told=("name",), of_customers=False)


class ProductFilter(django_filters.FilterSet):
    sku = django_filters.CharFilter()
    category = django_filters.CharFilter(field_name="category__name")
    is_active = YesNoFilter()
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Product
        fields: list[str] = []


class CategoryFilter(django_filters.FilterSet):
    name = django_filters.CharFilter()

    class Meta:
        model = ProductCategory
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=["products"], summary="Products, the ones entered last first"))
class Products(ListAPIView):
    """What is sold; a push of one product."""

    required_scopes = SCOPES
    queryset = Product.objects.select_related("category")
    serializer_class = ProductOut
    filterset_class = ProductFilter

    @extend_schema(
        tags=["products"],
        summary="Push one product",
        description="Known by its code. What is told goes over what is stored, what is not told stays.",
        request=ProductIn,
        parameters=[KEY],
        responses={200: ProductPushed, 201: ProductPushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PRODUCTS.one(request)


@extend_schema(tags=["products"], summary="One product")
class ProductDetail(RetrieveAPIView):
    """One product."""

    required_scopes = {"GET": Scope.PRODUCTS_READ}
    queryset: QuerySet = Product.objects.select_related("category")
    serializer_class = ProductOut


class ProductsBulk(APIView):
    """A push of up to a thousand products."""

    required_scopes = {"POST": Scope.PRODUCTS_WRITE}

    @extend_schema(
        tags=["products"],
        summary="Push up to 1,000 products",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=ProductsIn,
        parameters=[KEY],
        responses={200: ProductsFates, 207: ProductsFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PRODUCTS.many(request)


@extend_schema_view(get=extend_schema(tags=["products"], summary="Categories, the ones entered last first"))
class Categories(ListAPIView):
    """Groups of products, with the margin to assume where a cost is not known; a push of one."""

    required_scopes = SCOPES
    queryset = ProductCategory.objects.all()
    serializer_class = CategoryOut
    filterset_class = CategoryFilter

    @extend_schema(
        tags=["products"],
        summary="Push one category",
        description="Known by its name.",
        request=CategoryIn,
        parameters=[KEY],
        responses={200: CategoryPushed, 201: CategoryPushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return CATEGORIES.one(request)


class CategoriesBulk(APIView):
    """A push of up to a thousand categories."""

    required_scopes = {"POST": Scope.PRODUCTS_WRITE}

    @extend_schema(
        tags=["products"],
        summary="Push up to 1,000 categories",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=CategoriesIn,
        parameters=[KEY],
        responses={200: CategoriesFates, 207: CategoriesFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return CATEGORIES.many(request)
