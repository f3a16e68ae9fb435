"""GET and POST /api/v1/spend/, POST /api/v1/spend/bulk/."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from acquisition.actions import SpendRow, record_spend, repeated
from acquisition.api.fields import CodeField, MonthField
from acquisition.models import Campaign, Channel, Spend, SpendKind
from acquisition.queries import campaigns_by_code, channels_by_code
from core.api_errors import error_item
from core.api_schema import ApiError, Strict
from core.errors import InvalidInput, Refused
from core.models import Scope
from core.money import exponent

MOST_ROWS = 1000
EXAMPLE = {"channel": "yandex_direct", "month": "2026-11", "kind": "advertising", "amount": "48300.00"}


class SpendSerializer(Strict):
    channel = CodeField(source="channel.code", help_text="Code of the channel.")
    campaign = CodeField(
        source="campaign.code",
        required=False,
        allow_null=True,
        default=None,
        help_text="Code of its campaign.",
    )
    month = MonthField(required=False, help_text="2026-11 or 2026-11-01. May be left out where a day is given.")
    day = serializers.DateField(required=False, allow_null=True, default=None, help_text="None: the whole month.")
    kind = serializers.ChoiceField(choices=SpendKind.choices)
    amount = serializers.DecimalField(max_digits=15, decimal_places=exponent(), min_value=0)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if day := data.get("day"):
            data.setdefault("month", day.replace(day=1))
        return data

    def to_representation(self, spend: Any) -> dict[str, Any]:
        told = super().to_representation(spend)
        return told | {"campaign": told.get("campaign"), "day": told.get("day")}


class SpendFilter(django_filters.FilterSet):
    channel = django_filters.CharFilter("channel__code")
    kind = django_filters.ChoiceFilter(choices=SpendKind.choices)
    campaign = django_filters.CharFilter("campaign__code")
    month_from = django_filters.DateFilter("month", "gte")
    month_to = django_filters.DateFilter("month", "lte")

    class Meta:
        model = Spend
        fields = ("channel", "campaign", "kind", "month_from", "month_to")


class SpendList(ListModelMixin, GenericAPIView):
    """What was paid for channels, month by month."""

    queryset = Spend.objects.select_related("channel", "campaign").order_by("-id")
    serializer_class = SpendSerializer
    filterset_class = SpendFilter
    required_scopes: ClassVar = {"GET": Scope.SPEND_READ, "POST": Scope.SPEND_WRITE}

    @extend_schema(summary="List what was paid, the rows entered last first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        summary="Enter an amount in place of what was entered before",
        examples=[OpenApiExample("spend", EXAMPLE, request_only=True)],
        responses={
            201: OpenApiResponse(SpendSerializer, description="Entered"),
            200: OpenApiResponse(SpendSerializer, description="Changed, or was the same already"),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = _rows([asked.validated_data])[0]
        if isinstance(row, Refused):
            raise row
        fate = record_spend(rows=[row])[0]
        code = status.HTTP_201_CREATED if fate == "created" else status.HTTP_200_OK
        return Response(asked.data, status=code)


class RowResultSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="Position in the request, from 0.")
    fate = serializers.ChoiceField(choices=["created", "updated", "unchanged", "refused"])
    errors = ApiError(many=True)


class BulkResultSerializer(serializers.Serializer):
    results = RowResultSerializer(many=True)


class SpendBulk(GenericAPIView):
    """Many amounts at once: each row is entered or refused by itself."""

    serializer_class = SpendSerializer
    required_scopes: ClassVar = {"POST": Scope.SPEND_WRITE}

    @extend_schema(
        summary="Enter up to 1,000 amounts",
        request=SpendSerializer(many=True),
        responses={200: BulkResultSerializer, 207: OpenApiResponse(BulkResultSerializer, description="Some refused")},
        examples=[OpenApiExample("spend", [EXAMPLE], request_only=True)],
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.data, list):
            raise InvalidInput(_("Send a list of rows."))
        if len(request.data) > MOST_ROWS:
            raise InvalidInput(_("At most %(rows)s rows at once.") % {"rows": MOST_ROWS})
        asked = [self.get_serializer(data=row) for row in request.data]
        errors = {place: row.errors for place, row in enumerate(asked) if not row.is_valid()}
        good = [place for place in range(len(asked)) if place not in errors]
        rows = dict(zip(good, _rows([asked[place].validated_data for place in good]), strict=True))
        errors |= _refusals(rows)
        entered = {place: row for place, row in rows.items() if place not in errors and isinstance(row, SpendRow)}
        fates = dict(zip(entered, record_spend(rows=list(entered.values())), strict=True))
        results = [_result(place, fates, errors) for place in range(len(asked))]
        return Response({"results": results}, status=status.HTTP_207_MULTI_STATUS if errors else status.HTTP_200_OK)


def _rows(data: Sequence[dict[str, Any]]) -> list[SpendRow | Refused]:
    """Rows to record; or why not, where the channel or its campaign is not known."""
    known = channels_by_code(row["channel"]["code"] for row in data)
    campaigns = campaigns_by_code((row["channel"]["code"], _campaign(row)) for row in data if _campaign(row))
    return [_row(row, known.get(row["channel"]["code"]), campaigns) for row in data]


def _row(
    data: dict[str, Any], channel: Channel | None, campaigns: dict[tuple[str, str], Campaign]
) -> SpendRow | Refused:
    if channel is None:
        return Refused(_("There is no channel with this code; make it first."), field="channel")
    campaign = campaigns.get((channel.code, _campaign(data)))
    if campaign is None and _campaign(data):
        return Refused(_("This channel has no campaign with this code; make it first."), field="campaign")
    if "month" not in data:
        return Refused(_("Give a month or a day."), field="month")
    return SpendRow(
        channel.pk, data["month"], data["kind"], data["amount"], campaign.pk if campaign else None, data.get("day")
    )


def _campaign(data: dict[str, Any]) -> str:
    return (data.get("campaign") or {}).get("code") or ""


def _refusals(rows: dict[int, SpendRow | Refused]) -> dict[int, dict[str, list[Any]]]:
    """Errors of rows that are well-formed and still cannot be entered."""
    refused = {
        place: {row.field or "non_field_errors": [row.message]}
        for place, row in rows.items()
        if isinstance(row, Refused)
    }
    places = list(rows)
    for again in repeated(row if isinstance(row, SpendRow) else None for row in rows.values()):
        refused[places[again]] = {
            "non_field_errors": [_("An earlier row names the same channel, campaign, time and kind.")]
        }
    return refused


def _result(place: int, fates: dict[int, str], errors: dict[int, Any]) -> dict[str, Any]:
    if place in errors:
        return {"index": place, "fate": "refused", "errors": _items(errors[place])}
    return {"index": place, "fate": fates[place], "errors": []}


def _items(errors: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """The mistakes of a row in the shape that all of the API has."""
    return [
        error_item(getattr(each, "code", "invalid"), each, None if name == "non_field_errors" else name)
        for name, told in errors.items()
        for each in told
    ]
