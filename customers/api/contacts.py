"""Addresses of customers: pushed one by one or up to a thousand at once, with their states; read with filters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import IdFilter, MomentFilter
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from customers.actions.contacts_push import record_contacts
from customers.actions.outcomes import Outcome
from customers.api.access import GivesOutCustomers
from customers.api.pushing import Push
from customers.api.schemas.contacts import ContactOfIn, ContactRowIn, ContactRowOut, ContactRowsIn
from customers.api.schemas.shared import Fates, Pushed
from customers.models import ContactChannel, ContactPoint, ContactStatus
from customers.queries import customers_of
from customers.queries.people import contacts_of
from customers.rules.contact_rows import ContactRow, read_contact_row
from customers.rules.records import Company


def _read(data: Any, company: Company, _now: datetime) -> ContactRow:
    return read_contact_row(data, company)


def _record(contacts: Sequence[ContactRow], now: datetime, user: User) -> list[Outcome]:
    return record_contacts(contacts=contacts, now=now, user=user)


PUSH = Push("contacts", _read, _record)
SCOPES = {"GET": Scope.CUSTOMERS_READ, "POST": Scope.CUSTOMERS_WRITE}


class ContactFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer_id")
    channel = django_filters.MultipleChoiceFilter(choices=ContactChannel.choices)
    status = django_filters.MultipleChoiceFilter(choices=ContactStatus.choices)
    value = django_filters.CharFilter(help_text="As it is kept: +79123456789, anna@example.com.")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = ContactPoint
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=["contacts"], summary="Addresses, the ones entered last first"))
class Contacts(GivesOutCustomers, ListAPIView):
    """E-mails, phones and messengers of customers; a push of one."""

    required_scopes = SCOPES
    queryset = ContactPoint.objects.none()
    serializer_class = ContactRowOut
    filterset_class = ContactFilter

    def get_queryset(self) -> Any:
        return contacts_of(self.request.user)

    @extend_schema(
        tags=["contacts"],
        summary="Push one address, or its new state",
        description="One row per customer, channel and address. 201: created; 200: any other fate.",
        request=ContactRowIn,
        parameters=[KEY],
        responses={200: Pushed, 201: Pushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.one(request)


class ContactsBulk(APIView):
    """A push of up to a thousand addresses."""

    required_scopes = {"POST": Scope.CUSTOMERS_WRITE}

    @extend_schema(
        tags=["contacts"],
        summary="Push up to 1,000 addresses",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=ContactRowsIn,
        parameters=[KEY],
        responses={200: Fates, 207: Fates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return PUSH.many(request)


@extend_schema_view(get=extend_schema(tags=["contacts"], summary="Addresses of one customer"))
class CustomerContacts(GivesOutCustomers, ListAPIView):
    """E-mails, phones and messengers of one customer; a push of one."""

    required_scopes = SCOPES
    queryset = ContactPoint.objects.none()
    serializer_class = ContactRowOut

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return contacts_of(self.request.user).filter(customer=self._customer())

    def _customer(self) -> int:
        return get_object_or_404(customers_of(self.request.user).only("pk"), pk=self.kwargs["pk"]).pk

    @extend_schema(
        tags=["contacts"],
        summary="Push one address of the customer, or its new state",
        request=ContactOfIn,
        parameters=[KEY],
        responses={200: Pushed, 201: Pushed},
    )
    @answered_once
    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        customer = {"id": self._customer()}
        if not isinstance(request.data, dict) or "customer" in request.data:
            raise ValidationError(
                _("An object with `channel` and `value` was expected; the address names the customer.")
            )
        return PUSH.one(request, {**request.data, "customer": customer})
