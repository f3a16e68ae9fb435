"""GET and POST /api/v1/channels/campaigns/."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from acquisition.actions import save_campaign
from acquisition.api.fields import CodeField
from acquisition.models import Campaign
from acquisition.queries import channels_by_code
from core.api_schema import Strict
from core.errors import Refused
from core.models import Scope


class CampaignSerializer(Strict):
    id = serializers.IntegerField(read_only=True)
    channel = CodeField(source="channel.code", help_text="Code of the channel.")
    code = CodeField(help_text="utm_campaign. Orders name it behind the channel: ads/spring.")
    name = serializers.CharField(max_length=200)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)


class CampaignFilter(django_filters.FilterSet):
    channel = django_filters.CharFilter("channel__code")

    class Meta:
        model = Campaign
        fields = ("channel",)


class CampaignList(ListModelMixin, GenericAPIView):
    """Campaigns of the channels."""

    queryset = Campaign.objects.select_related("channel").order_by("-id")
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    required_scopes: ClassVar = {"GET": Scope.SPEND_READ, "POST": Scope.SPEND_WRITE}

    @extend_schema(summary="List the campaigns of channels")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        summary="Make a channel's campaign, or change the one of this code",
        responses={
            201: OpenApiResponse(CampaignSerializer, description="Made"),
            200: OpenApiResponse(CampaignSerializer, description="Changed, or was the same already"),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = dict(asked.validated_data)
        code = data.pop("channel")["code"]
        channel = channels_by_code([code]).get(code)
        if channel is None:
            raise Refused(_("There is no channel with this code; make it first."), field="channel")
        campaign, saved = save_campaign(channel=channel, **data)
        told = status.HTTP_201_CREATED if saved == "created" else status.HTTP_200_OK
        return Response(self.get_serializer(campaign).data, status=told)
