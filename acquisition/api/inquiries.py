"""GET and POST /api/v1/inquiries/, POST /api/v1/inquiries/bulk/."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from acquisition.actions import InquiryResult, inquiry_fault_text, record_inquiries
from acquisition.models import Inquiry, InquiryKind, InquiryQuerySet, LeakState
from acquisition.queries import inquiries_of
from acquisition.rules.inquiries import MAX_NOTE, MAX_SECONDS, InquiryData, read_inquiry
from core.api import IdFilter, MomentFilter, YesNoFilter
from core.api_errors import error_body, error_item
from core.api_schema import Body
from core.errors import InvalidInput
from core.idempotency import KEY, answered_once
from core.models import Scope
from customers.actions import company
from customers.api.access import GivesOutCustomers
from customers.api.answers import status_of
from customers.rules.faults import Fault, Faulty
from customers.rules.versions import Fate

MAX_BULK = 1000
EXAMPLE = {
    "source": "telephony",
    "external_id": "call-18842",
    "kind": "call",
    "at": "2026-11-20T10:15:00+03:00",
    "channel": "yandex_direct",
    "is_answered": True,
    "phone": "8 912 345-67-89",
    "duration_seconds": 184,
}


class RefIn(Body):
    external_id = serializers.CharField(max_length=200)
    source = serializers.CharField(max_length=50, required=False, help_text="That of the inquiry by default.")


class InquiryIn(Body):
    """Described for OpenAPI; `acquisition.rules.inquiries` reads it, and a test holds the two to the same fields."""

    source = serializers.CharField(max_length=50, help_text="The system that tells it.")
    external_id = serializers.CharField(
        max_length=200, required=False, help_text="Its id there; told again, it is changed and not added."
    )
    kind = serializers.ChoiceField(InquiryKind.choices)
    at = serializers.DateTimeField(help_text="Without a zone: in the company's.")
    channel = serializers.CharField(max_length=50, required=False, help_text="Code of the channel.")
    is_answered = serializers.BooleanField(required=False, help_text="Else: a visit, a call that lasted.")
    name = serializers.CharField(max_length=300, required=False)
    phone = serializers.CharField(required=False, help_text="In any form; 8 912 … is Russian by default.")
    email = serializers.EmailField(required=False)
    line = serializers.CharField(max_length=100, required=False, help_text="The number, form or shop it came to.")
    duration_seconds = serializers.IntegerField(required=False, min_value=0, max_value=MAX_SECONDS)
    answered_by = serializers.EmailField(required=False, help_text="The e-mail that the person logs in with.")
    customer = RefIn(required=False, help_text="A customer as a source knows it.")
    next_step = serializers.CharField(max_length=300, required=False)
    next_step_on = serializers.DateField(required=False)
    order = RefIn(required=False, help_text="The order that came of it.")
    is_spam = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=MAX_NOTE, required=False)
    creates_customer = serializers.BooleanField(
        required=False, help_text="Whether somebody unknown becomes a customer. Else: all but missed calls."
    )


class InquiriesIn(Body):
    inquiries = InquiryIn(many=True)


class InquiryOut(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel_code")
    answered_by = serializers.EmailField(source="answered_by.email", allow_null=True, default=None)
    state = serializers.ChoiceField(
        LeakState.choices,
        source="standing.state",
        allow_null=True,
        default=None,
        help_text="What became of it; null until it is judged, which takes a minute.",
    )

    class Meta:
        model = Inquiry
        fields = [
            "id", "source", "external_id", "kind", "at", "channel", "is_answered", "contact_captured", "name",
            "phone", "email", "line", "duration_seconds", "answered_by", "customer", "next_step", "next_step_on",
            "order", "is_spam", "state", "note", "created_at", "updated_at",
        ]  # fmt: skip


class InquiryFate(serializers.Serializer):
    fate = serializers.ChoiceField([Fate.CREATED.value, Fate.UPDATED.value, Fate.UNCHANGED.value])
    id = serializers.IntegerField()
    customer = serializers.IntegerField(allow_null=True)


class InquiryErrorItem(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class InquiryRow(serializers.Serializer):
    index = serializers.IntegerField(help_text="Position in the request, from 0.")
    fate = serializers.ChoiceField(["created", "updated", "unchanged", "refused"])
    id = serializers.IntegerField(allow_null=True)
    customer = serializers.IntegerField(allow_null=True)
    errors = InquiryErrorItem(many=True)


class InquiriesFates(serializers.Serializer):
    results = InquiryRow(many=True)


class InquiryFilter(django_filters.FilterSet):
    """`day_from` and `day_to` are days in the company's time zone, both included."""

    customer = IdFilter(field_name="customer_id")
    kind = django_filters.MultipleChoiceFilter(choices=InquiryKind.choices)
    state = django_filters.MultipleChoiceFilter(field_name="standing__state", choices=LeakState.choices)
    source = django_filters.CharFilter()
    external_id = django_filters.CharFilter()
    channel = django_filters.CharFilter(field_name="channel_code")
    is_answered = YesNoFilter()
    is_spam = YesNoFilter()
    day_from = django_filters.DateFilter(field_name="happened_on", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="happened_on", lookup_expr="lte")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Inquiry
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=["inquiries"], summary="Inquiries, the ones entered last first"))
class Inquiries(GivesOutCustomers, ListAPIView):
    """Calls, forms, visits and chats; a push of one."""

    required_scopes: ClassVar = {"GET": Scope.INQUIRIES_READ, "POST": Scope.INQUIRIES_WRITE}
    queryset = Inquiry.objects.none()
    serializer_class = InquiryOut
    filterset_class = InquiryFilter

    def get_queryset(self) -> InquiryQuerySet:
        return inquiries_of(self.request.user).select_related("answered_by", "standing")

    @extend_schema(
        tags=["inquiries"],
        summary="Push one inquiry",
        description="Idempotent on source and external id. 201: created; 200: any other fate.",
        request=InquiryIn,
        parameters=[KEY],
        responses={200: InquiryFate, 201: InquiryFate},
        examples=[OpenApiExample("call", EXAMPLE, request_only=True)],
    )
    @answered_once
    def post(self, request: Request) -> Response:
        now = timezone.now()
        inquiry = _read(request.data, now)
        if not isinstance(inquiry, InquiryData):
            return _refused(inquiry)
        result = record_inquiries(inquiries=[inquiry], now=now)[0]
        if result.fate == Fate.REFUSED:
            return _refused(result.faults)
        body = {"fate": result.fate.value, "id": result.inquiry_id, "customer": result.customer_id}
        return Response(body, status=201 if result.fate == Fate.CREATED else 200)


class InquiriesBulk(APIView):
    """A push of up to a thousand inquiries."""

    required_scopes: ClassVar = {"POST": Scope.INQUIRIES_WRITE}

    @extend_schema(
        tags=["inquiries"],
        summary="Push up to 1,000 inquiries",
        description="Each row has its own fate; the good ones go in. 207: some were refused.",
        request=InquiriesIn,
        parameters=[KEY],
        responses={200: InquiriesFates, 207: InquiriesFates},
        examples=[OpenApiExample("calls", {"inquiries": [EXAMPLE]}, request_only=True)],
    )
    @answered_once
    def post(self, request: Request) -> Response:
        now = timezone.now()
        read = [_read(row, now) for row in _rows(request.data)]
        places = [index for index, each in enumerate(read) if isinstance(each, InquiryData)]
        inquiries = [each for each in read if isinstance(each, InquiryData)]
        recorded = dict(zip(places, record_inquiries(inquiries=inquiries, now=now), strict=True))
        results = [
            _bulk_row(index, recorded.get(index) or InquiryResult(None, None, Fate.REFUSED, each), places)
            for index, each in enumerate(read)
        ]
        some_refused = any(row["fate"] == Fate.REFUSED.value for row in results)
        return Response({"results": results}, status=207 if some_refused else 200)


def _rows(body: Any) -> list[Any]:
    rows = body.get("inquiries") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise InvalidInput(_("Expected an object with `inquiries`, a list of inquiries."), field="inquiries")
    if not 0 < len(rows) <= MAX_BULK:
        text = _("%(count)s inquiries, but 1 to %(limit)s are taken.")
        raise InvalidInput(text % {"count": len(rows), "limit": MAX_BULK}, field="inquiries")
    return rows


def _read(row: Any, now: Any) -> InquiryData | tuple[Fault, ...]:
    try:
        return read_inquiry(row, company(), now)
    except Faulty as refusal:
        return refusal.faults


def _error_items(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [error_item(fault.code, inquiry_fault_text(fault), fault.field or None) for fault in faults]


def _refused(faults: Sequence[Fault]) -> Response:
    return Response(error_body("validation_error", _error_items(faults)), status=status_of(faults))


def _bulk_row(index: int, result: InquiryResult, places: list[int]) -> dict[str, Any]:
    faults = [_in_body(fault, places) for fault in result.faults]
    ids = {"id": result.inquiry_id, "customer": result.customer_id}
    return {"index": index, "fate": result.fate.value, **ids, "errors": _error_items(faults)}


def _in_body(fault: Fault, places: list[int]) -> Fault:
    """A repeated inquiry is counted among those that could be read; the caller counts all rows of the body."""
    if fault.code != "inquiry_repeated":
        return fault
    return Fault(fault.field, fault.code, {"first": places[fault.params["first"]]})
