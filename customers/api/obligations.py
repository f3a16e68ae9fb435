"""Promises: pushed one by one or up to a thousand at once, read with filters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import IdFilter, MomentFilter, YesNoFilter
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from core.periods import company_day
from customers.actions.obligations_push import record_obligations
from customers.actions.outcomes import Outcome
from customers.api.pushing import Push
from customers.api.schemas.obligations import ObligationIn, ObligationOut, ObligationsIn
from customers.api.schemas.shared import ToldFates, ToldPushed
from customers.models import Obligation, ObligationKind, ObligationState
from customers.models.obligation import ObligationQuerySet
from customers.rules.obligations import ObligationData, read_obligation


def _record(obligations: Sequence[ObligationData], now: datetime, user: User) -> list[Outcome]:
    return record_obligations(obligations=obligations, now=now, user=user)


PUSH = Push("obligations", read_obligation, _record, told=("source", "external_id"))


class ObligationFilter(django_filters.FilterSet):
    """`due_from` and `due_to` are included; `overdue` are those still open after their day."""

    customer = IdFilter(field_name="customer_id")
    order = IdFilter(field_name="order_id")
    owner = django_filters.CharFilter(field_name="owner__email")
    kind = django_filters.MultipleChoiceFilter(choices=ObligationKind.choices)
    state = django_filters.MultipleChoiceFilter(choices=ObligationState.choices)
    source = django_filters.CharFilter()
    external_id = django_filters.CharFilter()
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    overdue = YesNoFilter(method="by_overdue")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Obligation
        fields: list[str] = []

    def by_overdue(self, found: ObligationQuerySet, _name: str, wanted: bool) -> QuerySet:
        overdue = found.overdue(company_day(timezone.now()))
        return overdue if wanted else found.exclude(pk__in=overdue.values("pk"))


@extend_schema_view(get=extend_schema(tags=["obligations"], summary="Promises, the ones entered last first"))
class Obligations(ListAPIView):
    """What was promised to customers; a push of one promise."""

    required_scopes = {"GET": Scope.OBLIGATIONS_READ, "POST": Scope.OBLIGATIONS_WRITE}
    queryset = Obligation.objects.none()
    serializer_class = ObligationOut
    filterset_class = ObligationFilter

    def get_queryset(self) -> Any:
        return Obligation.objects.for_user(self.request.user).select_related("owner")

    @extend_schema(
        tags=["obligations"],
        summary="Push one promise",
        description=(
            "Idempotent on source and external id. About an order, or about a customer. To close it, push it again "
            "with the state. 201: created; 200: any other fate."
        ),
        request=ObligationIn,
        parameters=[KEY],
        responses={200: ToldPushed, 201: ToldPushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.one(request)


@extend_schema(tags=["obligations"], summary="One promise")
class ObligationDetail(RetrieveAPIView):
    """One promise."""

    required_scopes = {"GET": Scope.OBLIGATIONS_READ}
    queryset = Obligation.objects.none()
    serializer_class = ObligationOut

    def get_queryset(self) -> Any:
        return Obligation.objects.for_user(self.request.user).select_related("owner")


class ObligationsBulk(APIView):
    """A push of up to a thousand promises."""

    required_scopes = {"POST": Scope.OBLIGATIONS_WRITE}

    @extend_schema(
        tags=["obligations"],
        summary="Push up to 1,000 promises",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=ObligationsIn,
        parameters=[KEY],
        responses={200: ToldFates, 207: ToldFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.many(request)
