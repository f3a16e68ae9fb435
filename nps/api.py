"""REST endpoint: answers read, and pushed in by other tools."""

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from core.api import IdFilter, MomentFilter
from core.api_schema import Strict
from core.errors import Refused
from core.idempotency import KEY, answered_once
from core.models import Scope
from nps import queries
from nps.actions import push_response
from nps.actions.answering import Fate
from nps.models import Response, ResponseKind
from nps.rules.score import MAX_SCORE, MIN_SCORE

# Clocks of other systems run ahead a little.
AHEAD = timedelta(minutes=5)


class ResponseIn(Strict):
    """An answer that another tool collected about an order."""

    order_source = serializers.CharField(max_length=50)
    order_external_id = serializers.CharField(max_length=200)
    score = serializers.IntegerField(min_value=MIN_SCORE, max_value=MAX_SCORE)
    comment = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    answered_at = serializers.DateTimeField(required=False, help_text="Now, when left out.")
    source = serializers.CharField(
        max_length=50, required=False, default="api", help_text="The tool that asked, such as call_centre."
    )


class ResponseOut(serializers.ModelSerializer):
    kind = serializers.ChoiceField(choices=ResponseKind.choices, read_only=True)
    order_source = serializers.CharField(source="invitation.order.source", read_only=True)
    order_external_id = serializers.CharField(source="invitation.order.external_id", read_only=True)
    source = serializers.CharField(source="invitation.source", read_only=True)

    class Meta:
        model = Response
        fields = (
            "id",
            "customer",
            "order_source",
            "order_external_id",
            "score",
            "kind",
            "comment",
            "grade",
            "answered_at",
            "changed_at",
            "source",
        )


class ResponseFate(ResponseOut):
    fate = serializers.ChoiceField(choices=[(fate.value, fate.value) for fate in Fate], read_only=True)

    class Meta(ResponseOut.Meta):
        fields = ("fate", *ResponseOut.Meta.fields)


class ResponseFilter(django_filters.FilterSet):
    """`answered_from` is included, `answered_before` is not."""

    customer = IdFilter("customer_id")
    answered_from = MomentFilter("answered_at", "gte")
    answered_before = MomentFilter("answered_at", "lt")
    kind = django_filters.ChoiceFilter(choices=ResponseKind.choices, method="of_kind")

    class Meta:
        model = Response
        fields: ClassVar = []

    def of_kind(self, found: Any, _name: str, kind: str) -> Any:
        return found.of_kind(kind)


class Responses(ListModelMixin, GenericAPIView):
    """What customers answered."""

    required_scopes: ClassVar = {"GET": Scope.NPS_READ, "POST": Scope.NPS_WRITE}
    queryset = Response.objects.none()
    serializer_class = ResponseOut
    filterset_class = ResponseFilter

    def get_queryset(self) -> Any:
        return queries.answers(self.request.user).select_related("invitation__order")

    @extend_schema(tags=["nps"], summary="Answers, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Answer:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        tags=["nps"],
        summary="Push an answer about an order",
        description="One answer per order; a later one corrects it for a week.",
        request=ResponseIn,
        parameters=[KEY],
        responses={201: ResponseFate, 200: OpenApiResponse(ResponseFate, description="Updated or unchanged")},
    )
    @answered_once
    def post(self, request: Request) -> Answer:
        asked = ResponseIn(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        now = timezone.now()
        at = values.pop("answered_at", None) or now
        if at > now + AHEAD:
            raise Refused(_("The answer cannot come from the future."), field="answered_at")
        recorded = push_response(user=request.user, at=at, **values)
        code = status.HTTP_201_CREATED if recorded.fate is Fate.CREATED else status.HTTP_200_OK
        return Answer({"fate": recorded.fate.value, **ResponseOut(recorded.response).data}, status=code)
