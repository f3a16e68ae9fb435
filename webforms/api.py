"""POST /api/v1/visitor-tokens/: the token by which the pixel knows a customer."""

from typing import ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_schema import Strict
from core.errors import NotFound, Refused
from core.models import Scope
from customers.queries import customers_of
from webforms.links import visitor_token


class WhoSerializer(Strict):
    """A customer by number, or by the id in a source."""

    customer = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    source = serializers.CharField(required=False, max_length=50)
    external_id = serializers.CharField(required=False, max_length=200)


class VisitorTokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="For `?fc=` in a link, or `ferma('identify', token)`.")


class VisitorTokens(GenericAPIView):
    """Tokens of visitors that a site knows by their log-in."""

    serializer_class = WhoSerializer
    required_scopes: ClassVar = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        tags=["events"],
        summary="The pixel's token of a customer",
        request=WhoSerializer,
        responses={200: VisitorTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        who = asked.validated_data
        if "customer" not in who and not {"source", "external_id"} <= who.keys():
            raise Refused(_("Give the customer's number, or the source and the external id."))
        customers = customers_of(request.user)
        if "customer" in who:
            customers = customers.filter(pk=who["customer"])
        else:
            customers = customers.filter(
                external_refs__source=who["source"], external_refs__external_id=who["external_id"]
            )
        customer_id = customers.values_list("pk", flat=True).first()
        if customer_id is None:
            raise NotFound(_("There is no such customer."))
        return Response({"token": visitor_token(customer_id)})
