"""GET and POST /api/v1/channels/."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from acquisition.actions import save_channel
from acquisition.models import Channel, ChannelKind
from core.api_schema import Strict
from core.models import Scope


class ChannelSerializer(Strict, serializers.ModelSerializer):
    # Without the model's check of uniqueness: a known code is changed, not refused.
    code = serializers.SlugField(max_length=50)
    kind = serializers.ChoiceField(choices=ChannelKind.choices, default=ChannelKind.PAID)

    class Meta:
        model = Channel
        fields = ("id", "code", "name", "kind")


class ChannelList(ListModelMixin, GenericAPIView):
    """Sources of customers."""

    queryset = Channel.objects.order_by("-id")
    serializer_class = ChannelSerializer
    required_scopes: ClassVar = {"GET": Scope.SPEND_READ, "POST": Scope.SPEND_WRITE}

    @extend_schema(summary="List the channels")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        summary="Make a channel, or change the one of this code",
        responses={
            201: OpenApiResponse(ChannelSerializer, description="Made"),
            200: OpenApiResponse(ChannelSerializer, description="Changed, or was the same already"),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        channel, saved = save_channel(**asked.validated_data)
        code = status.HTTP_201_CREATED if saved == "created" else status.HTTP_200_OK
        return Response(self.get_serializer(channel).data, status=code)
