"""Consents: pushed one by one or up to a thousand at once, read with filters. They are never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import IdFilter, MomentFilter
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from customers.actions.consents_push import record_consent_rows
from customers.actions.outcomes import Outcome
from customers.api.pushing import Push
from customers.api.schemas.contacts import ConsentOut, ConsentRowIn, ConsentRowsIn
from customers.api.schemas.shared import Fates, Pushed
from customers.models import Consent, ConsentAction, ContactChannel
from customers.queries.people import consents_of
from customers.rules.contact_rows import ConsentRow, read_consent_row


def _record(consents: Sequence[ConsentRow], now: datetime, user: User) -> list[Outcome]:
    return record_consent_rows(consents=consents, now=now, user=user)


PUSH = Push("consents", read_consent_row, _record)


class ConsentFilter(django_filters.FilterSet):
    """`updated_since` is by when it was told here, `at` by when it was given."""

    customer = IdFilter(field_name="customer_id")
    channel = django_filters.MultipleChoiceFilter(choices=ContactChannel.choices)
    action = django_filters.ChoiceFilter(choices=ConsentAction.choices)
    text_version = django_filters.CharFilter()
    updated_since = MomentFilter(field_name="created_at", lookup_expr="gte")

    class Meta:
        model = Consent
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=["consents"], summary="Consents, the ones entered last first"))
class Consents(ListAPIView):
    """What customers allowed and withdrew; a push of one."""

    required_scopes = {"GET": Scope.CUSTOMERS_READ, "POST": Scope.CUSTOMERS_WRITE}
    queryset = Consent.objects.none()
    serializer_class = ConsentOut
    filterset_class = ConsentFilter

    def get_queryset(self) -> Any:
        return consents_of(self.request.user)

    @extend_schema(
        tags=["consents"],
        summary="Push one consent, or its withdrawal",
        description="Append-only: the newest per customer and channel is in force. 201: created; 200: known already.",
        request=ConsentRowIn,
        parameters=[KEY],
        responses={200: Pushed, 201: Pushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.one(request)


class ConsentsBulk(APIView):
    """A push of up to a thousand consents."""

    required_scopes = {"POST": Scope.CUSTOMERS_WRITE}

    @extend_schema(
        tags=["consents"],
        summary="Push up to 1,000 consents",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=ConsentRowsIn,
        parameters=[KEY],
        responses={200: Fates, 207: Fates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.many(request)
