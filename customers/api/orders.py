"""Orders: pushed one by one or up to a thousand at once, read with filters."""

from collections.abc import Sequence
from datetime import datetime

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import IdFilter, MomentFilter
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from customers.actions import record_orders
from customers.actions.outcomes import Outcome
from customers.api.pushing import Push
from customers.api.schemas.orders import OrderIn, OrderOut, OrdersIn, OrderWithLines
from customers.api.schemas.shared import ToldFates, ToldPushed
from customers.models import Order, OrderStatus
from customers.models.order import OrderQuerySet
from customers.queries import orders_of
from customers.rules.reading import read_order
from customers.rules.records import OrderData


def _record(orders: Sequence[OrderData], now: datetime, _user: User) -> list[Outcome]:
    results = record_orders(orders=orders, now=now)
    return [Outcome(each.fate, each.order_id, each.customer_id, each.faults) for each in results]


PUSH = Push("orders", read_order, _record, told=("source", "external_id"))


class OrderFilter(django_filters.FilterSet):
    """`placed_from` and `placed_to` are days in the company's time zone, both included."""

    customer = IdFilter(field_name="customer_id")
    status = django_filters.MultipleChoiceFilter(choices=OrderStatus.choices)
    source = django_filters.CharFilter()
    external_id = django_filters.CharFilter()
    placed_from = django_filters.DateFilter(field_name="placed_on", lookup_expr="gte")
    placed_to = django_filters.DateFilter(field_name="placed_on", lookup_expr="lte")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Order
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=["orders"], summary="Orders, newest first"))
class Orders(ListAPIView):
    """The orders of the base; a push of one."""

    required_scopes = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}
    queryset = Order.objects.none()
    serializer_class = OrderOut
    filterset_class = OrderFilter

    def get_queryset(self) -> OrderQuerySet:
        return orders_of(self.request.user)

    @extend_schema(
        tags=["orders"],
        summary="Push one order",
        description="Idempotent on source and external id. 201: created; 200: any other fate.",
        request=OrderIn,
        parameters=[KEY],
        responses={200: ToldPushed, 201: ToldPushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.one(request)


@extend_schema(tags=["orders"], summary="One order with its lines")
class OrderDetail(RetrieveAPIView):
    """One order."""

    required_scopes = {"GET": Scope.ORDERS_READ}
    queryset = Order.objects.none()
    serializer_class = OrderWithLines

    def get_queryset(self) -> OrderQuerySet:
        return orders_of(self.request.user).prefetch_related("lines__product")


class OrdersBulk(APIView):
    """A push of up to a thousand orders."""

    required_scopes = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        tags=["orders"],
        summary="Push up to 1,000 orders",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=OrdersIn,
        parameters=[KEY],
        responses={200: ToldFates, 207: ToldFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.many(request)
