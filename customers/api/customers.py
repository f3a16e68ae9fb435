"""Customers: pushed from other systems, read with filters."""

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import MomentFilter
from core.idempotency import answered_once
from customers.actions import company, record_customer
from customers.api import answers, schemas
from customers.api.orders import KEY
from customers.models import Customer
from customers.queries import customers_of
from customers.rules.contacts import normalise_contact
from customers.rules.faults import Faulty
from customers.rules.reading import read_customer

SCOPES = {"GET": "customers:read", "POST": "customers:write"}


class CustomerFilter(django_filters.FilterSet):
    """`phone` and `email` are found however they are written."""

    source = django_filters.CharFilter(field_name="external_refs__source")
    external_id = django_filters.CharFilter(field_name="external_refs__external_id")
    phone = django_filters.CharFilter(method="by_contact")
    email = django_filters.CharFilter(method="by_contact")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_contact(self, customers: QuerySet, channel: str, raw: str) -> QuerySet:
        """Customers with the address, whatever its punctuation."""
        value = normalise_contact(channel, raw, settings.PHONENUMBER_DEFAULT_REGION)
        if value is None:
            return customers.none()
        return customers.filter(contact_points__channel=channel, contact_points__value=value)


@extend_schema_view(get=extend_schema(tags=["customers"], summary="Customers, newest first"))
class Customers(ListAPIView):
    """The customers of the base; a push of one."""

    required_scopes = SCOPES
    queryset = Customer.objects.none()
    serializer_class = schemas.CustomerOut
    filterset_class = CustomerFilter

    def get_queryset(self) -> QuerySet:
        return customers_of(self.request.user).prefetch_related("contact_points", "external_refs")

    @extend_schema(
        tags=["customers"],
        summary="Push one customer",
        description="Found by source and external id, then phone, then e-mail; else created.",
        request=schemas.CustomerPush,
        parameters=[KEY],
        responses={200: schemas.CustomerFate, 201: schemas.CustomerFate},
    )
    @answered_once
    def post(self, request: Request) -> Response:
        try:
            customer = read_customer(request.data, company())
        except Faulty as refusal:
            return answers.refused(refusal.faults)
        result = record_customer(customer=customer, now=timezone.now())
        return answers.accepted(result.fate, id=result.customer_id)


@extend_schema(tags=["customers"], summary="One customer")
class CustomerDetail(RetrieveAPIView):
    """One customer with contacts."""

    required_scopes = SCOPES
    queryset = Customer.objects.none()
    serializer_class = schemas.CustomerOut

    def get_queryset(self) -> QuerySet:
        return customers_of(self.request.user).prefetch_related("contact_points", "external_refs")
