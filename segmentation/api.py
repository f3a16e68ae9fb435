"""GET /api/v1/audiences/ and the customers of one."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from core.periods import company_day
from customers.models import Customer, ExternalRef
from segmentation.models import Audience
from segmentation.queries.audiences import audience_customers, audiences_for, words_of


class AudienceOut(serializers.ModelSerializer):
    owner = serializers.EmailField(source="owner.email")
    words = serializers.SerializerMethodField(help_text="The conditions as a sentence, in the language asked for.")
    is_watched = serializers.BooleanField(source="keeps_members", help_text="Entries and exits are written down.")

    class Meta:
        model = Audience
        fields = ("id", "name", "description", "kind", "version", "owner", "words", "tree", "is_watched", "updated_at")

    def get_words(self, audience: Audience) -> str:
        return words_of(audience.tree, self.context["request"].user)


class MemberRefOut(serializers.ModelSerializer):
    class Meta:
        model = ExternalRef
        fields = ("source", "external_id")


class MemberOut(serializers.ModelSerializer):
    external_refs = MemberRefOut(many=True)

    class Meta:
        model = Customer
        fields = ("id", "external_refs")


class Audiences(ListAPIView):
    """Audiences shared with everybody, and those of the token's account."""

    serializer_class = AudienceOut
    required_scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}

    def get_queryset(self) -> QuerySet[Audience]:
        return audiences_for(self.request.user).order_by("-id")

    @extend_schema(summary="List the audiences")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class Members(ListAPIView):
    """Who belongs to an audience now: the ids here and in the systems that pushed the customers, nothing else."""

    serializer_class = MemberOut
    required_scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        if getattr(self, "swagger_fake_view", False):
            return Customer.objects.none()
        audience = get_object_or_404(Audience.objects.for_user(self.request.user).in_use(), pk=self.kwargs["pk"])
        found = audience_customers(audience, self.request.user, company_day(timezone.now()))
        return found.prefetch_related("external_refs").order_by("-id")

    @extend_schema(summary="List the customers of an audience")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
