"""Customers: pushed one by one or up to a thousand at once, changed one by one, read with filters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import MomentFilter
from core.errors import InvalidInput, Refused
from core.idempotency import KEY, answered_once
from core.models import Scope, User
from customers.actions import company, record_customers
from customers.actions.amending import amend_customer
from customers.actions.outcomes import Outcome
from customers.api import answers
from customers.api.access import GivesOutCustomers
from customers.api.pushing import Push
from customers.api.schemas.customers import CustomerChange, CustomerOut, CustomerPush, CustomersIn
from customers.api.schemas.shared import ToldFates, ToldPushed
from customers.models import Customer, CustomerKind, ExternalRef
from customers.queries import customers_of
from customers.queries.labels import field_specs
from customers.queries.people import merged_into
from customers.rules.amending import read_amendment
from customers.rules.contacts import normalise_contact
from customers.rules.custom_fields import read_custom
from customers.rules.faults import Faulty
from customers.rules.reading import read_customer
from customers.rules.records import Company, CustomerData

SHOWN = ("contact_points", "external_refs", "addresses", "people", "tags__tag")


def _push() -> Push:
    """With the company's own fields as they are now: asked for once, however many rows there are."""
    own = field_specs()

    def read(data: Any, ours: Company, _now: datetime) -> CustomerData:
        return read_customer(data, ours, own)

    return Push("customers", read, _record, told=("source", "external_id"))


def _record(customers: Sequence[CustomerData], now: datetime, user: User) -> list[Outcome]:
    results = record_customers(customers=customers, now=now, by=user)
    return [Outcome(each.fate, each.customer_id or None, each.customer_id or None, each.faults) for each in results]


class CustomerFilter(django_filters.FilterSet):
    """`phone` and `email` are found however they are written."""

    source = django_filters.CharFilter(method="by_ref")
    external_id = django_filters.CharFilter(method="by_ref")
    phone = django_filters.CharFilter(method="by_contact")
    email = django_filters.CharFilter(method="by_contact")
    kind = django_filters.ChoiceFilter(choices=CustomerKind.choices)
    owner = django_filters.CharFilter(field_name="owner__email", lookup_expr="iexact", help_text="E-mail.")
    tag = django_filters.CharFilter(field_name="tags__tag__name", lookup_expr="iexact")
    tax_number = django_filters.CharFilter()
    custom = django_filters.CharFilter(method="by_custom", help_text="An own field and its value, as `code:value`.")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_ref(self, customers: QuerySet, name: str, value: str) -> QuerySet:
        """Customers whom a source knows; with both filters, by this id in this source."""
        told = {name: value}
        if name == "external_id" and (source := self.form.cleaned_data.get("source")):
            told["source"] = source
        return customers.filter(Exists(ExternalRef.objects.filter(customer=OuterRef("pk"), **told)))

    def by_contact(self, customers: QuerySet, channel: str, raw: str) -> QuerySet:
        """Customers with the address, whatever its punctuation."""
        value = normalise_contact(channel, raw, settings.PHONENUMBER_DEFAULT_REGION)
        if value is None:
            return customers.none()
        return customers.filter(contact_points__channel=channel, contact_points__value=value)

    def by_custom(self, customers: QuerySet, _name: str, told: str) -> QuerySet:
        """Customers with a value of one of the company's own fields, read by its type."""
        code, _colon, value = told.partition(":")
        values, faults = read_custom(field_specs(), {code: value})
        if faults:
            raise Refused(answers.error_items(faults)[0]["detail"], field="custom", code=faults[0].code)
        return customers.filter(custom__contains=values) if values else customers.none()


@extend_schema_view(get=extend_schema(tags=["customers"], summary="Customers, newest first"))
class Customers(GivesOutCustomers, ListAPIView):
    """The customers of the base; a push of one."""

    required_scopes = {"GET": Scope.CUSTOMERS_READ, "POST": Scope.CUSTOMERS_WRITE}
    queryset = Customer.objects.none()
    serializer_class = CustomerOut
    filterset_class = CustomerFilter

    def get_queryset(self) -> QuerySet:
        return customers_of(self.request.user).select_related("owner").prefetch_related(*SHOWN)

    @extend_schema(
        tags=["customers"],
        summary="Push one customer",
        description="Found by source and external id, then phone, then e-mail; else created.",
        request=CustomerPush,
        parameters=[KEY],
        responses={200: ToldPushed, 201: ToldPushed},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return _push().one(request)


class CustomersBulk(APIView):
    """A push of up to a thousand customers."""

    required_scopes = {"POST": Scope.CUSTOMERS_WRITE}

    @extend_schema(
        tags=["customers"],
        summary="Push up to 1,000 customers",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=CustomersIn,
        parameters=[KEY],
        responses={200: ToldFates, 207: ToldFates},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        return _push().many(request)


class CustomerDetail(GivesOutCustomers, RetrieveAPIView):
    """One customer with everything on the card. The number of a card that was merged leads to the one it is in now."""

    required_scopes = {"GET": Scope.CUSTOMERS_READ, "PATCH": Scope.CUSTOMERS_WRITE}
    queryset = Customer.objects.none()
    serializer_class = CustomerOut

    def get_queryset(self) -> QuerySet:
        return customers_of(self.request.user).select_related("owner").prefetch_related(*SHOWN)

    @extend_schema(
        tags=["customers"],
        summary="One customer",
        responses={200: CustomerOut, 301: OpenApiResponse(description="Merged into the card that `Location` names.")},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return self.retrieve(request, *args, **kwargs)
        except Http404:
            return self._moved(status.HTTP_301_MOVED_PERMANENTLY)

    @extend_schema(
        tags=["customers"],
        summary="Change one customer",
        description="Only what is named changes; null clears it. `tags` is the whole list.",
        request=CustomerChange,
        parameters=[KEY],
        responses={200: CustomerOut, 308: OpenApiResponse(description="Merged into the card that `Location` names.")},
    )
    @answered_once
    def patch(self, request: Request, pk: int) -> Response:
        if not customers_of(request.user).filter(pk=pk).exists():
            return self._moved(status.HTTP_308_PERMANENT_REDIRECT)
        now = timezone.now()
        try:
            amendment = read_amendment(request.data, company(), now)
        except Faulty as refusal:
            return answers.refused(refusal.faults)
        try:
            amend_customer(customer_id=pk, amendment=amendment, by=request.user, at=now)
        except InvalidInput as refusal:
            raise Refused(refusal.message, field=refusal.field, code=refusal.code) from refusal
        return self.retrieve(request)

    def _moved(self, code: int) -> Response:
        """Where the card went. Raises Http404 if it went nowhere, or where the user may not see."""
        now_in = merged_into(self.request.user, self.kwargs["pk"])
        if now_in is None:
            raise Http404
        there = self.request.build_absolute_uri(reverse("api_customer", args=[now_in]))
        return Response({"id": now_in}, status=code, headers={"Location": there})
