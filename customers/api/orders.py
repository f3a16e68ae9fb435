"""Orders: pushed one by one or up to a thousand at once, read with filters."""

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import MomentFilter
from core.idempotency import HEADER, answered_once
from customers.actions import OrderResult, company, record_orders
from customers.api import answers, schemas
from customers.models import Order, OrderStatus
from customers.models.order import OrderQuerySet
from customers.queries import orders_of
from customers.rules.faults import Fault, Faulty
from customers.rules.reading import read_order
from customers.rules.records import OrderData
from customers.rules.versions import Fate

MAX_BULK = 1000
SCOPES = {"GET": "orders:read", "POST": "orders:write"}
KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, description="The same key twice: done once.")


class OrderFilter(django_filters.FilterSet):
    """`placed_from` and `placed_to` are days in the company's time zone, both included."""

    customer = django_filters.NumberFilter(field_name="customer_id")
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

    required_scopes = SCOPES
    queryset = Order.objects.none()
    serializer_class = schemas.OrderOut
    filterset_class = OrderFilter

    def get_queryset(self) -> OrderQuerySet:
        return orders_of(self.request.user)

    @extend_schema(
        tags=["orders"],
        summary="Push one order",
        description="Idempotent on source and external id. 201: created; 200: any other fate.",
        request=schemas.OrderIn,
        parameters=[KEY],
        responses={200: schemas.OrderFate, 201: schemas.OrderFate},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        now = timezone.now()
        try:
            order = read_order(request.data, company(), now)
        except Faulty as refusal:
            return answers.refused(refusal.faults)
        result = record_orders(orders=[order], now=now)[0]
        if result.fate == Fate.REFUSED:
            return answers.refused(result.faults)
        return answers.accepted(result.fate, **_row(result, order.source, order.external_id))


@extend_schema(tags=["orders"], summary="One order with its lines")
class OrderDetail(RetrieveAPIView):
    """One order."""

    required_scopes = SCOPES
    queryset = Order.objects.none()
    serializer_class = schemas.OrderWithLines

    def get_queryset(self) -> OrderQuerySet:
        return orders_of(self.request.user).prefetch_related("lines__product")


class OrdersBulk(APIView):
    """A push of up to a thousand orders."""

    required_scopes = {"POST": "orders:write"}

    @extend_schema(
        tags=["orders"],
        summary="Push up to 1,000 orders",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=schemas.OrdersIn,
        parameters=[KEY],
        responses={200: schemas.OrdersFates, 207: schemas.OrdersFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        rows = _rows(request.data)
        now = timezone.now()
        read = [_read(row, now) for row in rows]
        orders = [order for order in read if isinstance(order, OrderData)]
        places = [index for index, order in enumerate(read) if isinstance(order, OrderData)]
        recorded = dict(zip(places, record_orders(orders=orders, now=now), strict=True))
        return answers.bulk(
            [
                _bulk_row(
                    index,
                    row,
                    recorded.get(index) or OrderResult(None, None, Fate.REFUSED, read[index]),
                    places,
                )
                for index, row in enumerate(rows)
            ]
        )


def _rows(body: Any) -> list[Any]:
    rows = body.get("orders") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise ValidationError({"orders": [_("Expected an object with `orders`, a list of orders.")]})
    if not 0 < len(rows) <= MAX_BULK:
        raise ValidationError(
            {"orders": [_("%(count)s orders, but 1 to %(limit)s are taken.") % {"count": len(rows), "limit": MAX_BULK}]}
        )
    return rows


def _read(row: Any, now: Any) -> OrderData | tuple[Fault, ...]:
    try:
        return read_order(row, company(), now)
    except Faulty as refusal:
        return refusal.faults


def _bulk_row(index: int, row: Any, result: OrderResult, places: list[int]) -> dict[str, Any]:
    told = row if isinstance(row, dict) else {}
    ids = _row(result, told.get("source"), told.get("external_id"))
    faults = [_in_body(fault, places) for fault in result.faults]
    return {"index": index, "fate": result.fate.value, **ids, "errors": answers.error_items(faults)}


def _in_body(fault: Fault, places: list[int]) -> Fault:
    """A repeated order is counted among those that could be read; the caller counts all rows of the body."""
    if fault.code != "duplicate_in_batch":
        return fault
    return Fault(fault.field, fault.code, {"first": places[fault.params["first"]]})


def _row(result: OrderResult, source: Any, external_id: Any) -> dict[str, Any]:
    return {
        "id": result.order_id,
        "customer": result.customer_id,
        "source": source if isinstance(source, str) else None,
        "external_id": str(external_id)[:200] if isinstance(external_id, str | int) else None,
    }
