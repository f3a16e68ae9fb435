"""What every endpoint of the API shares: the caller's language, exact numbers, the limit on a body."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import extend_schema_field
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import DecimalField

from core.money import exponent

MAX_BODY = 20 * 1024 * 1024


def speak_callers_language(request: Request) -> None:
    """Answer in the language that `Accept-Language` asks for; without it in the company's."""
    wanted = request.headers.get("Accept-Language", "")
    for code, _weight in trans_real.parse_accept_lang_header(wanted):
        if code == "*":
            break
        try:
            translation.activate(translation.get_supported_language_variant(code))
        except LookupError:
            continue
        break


class BodyTooLarge(APIException):
    """More than a bulk of a thousand orders can need."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"
    default_detail = _("The body is larger than 20 MB. Send it in parts.")


class ExactJSONParser(JSONParser):
    """JSON with exact decimals: 0.1 stays 0.1. NaN and Infinity come through, for the field to refuse."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        if parser_context and "request" in parser_context:
            parser_context["request"]._request.body_digest = hashlib.sha256(body).hexdigest()
        try:
            return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=Decimal)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON in UTF-8: %(error)s") % {"error": error}) from error


class SafeJSONRenderer(JSONRenderer):
    """JSON in UTF-8. Half of a surrogate pair, told back to who sent it, has no UTF-8 and is escaped."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        try:
            return super().render(data, *args, **kwargs)
        except UnicodeEncodeError:
            return self._escaping().render(data, *args, **kwargs)

    def _escaping(self) -> JSONRenderer:
        renderer = JSONRenderer()
        renderer.ensure_ascii = True
        return renderer


class MomentField(IsoDateTimeField):
    """A moment in UTC: PostgreSQL does not read every offset that ISO 8601 can write."""

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A filter of the API by a moment."""

    field_class = MomentField


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": 2**63 - 1})
class IdFilter(django_filters.NumberFilter):
    """A filter of the API by a number that the database gave."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=2**63 - 1, **kwargs)


class YesNoField(forms.Field):
    """true or false; anything else is refused, and not passed over."""

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        try:
            return {"true": True, "false": False}[str(value).lower()]
        except KeyError as error:
            raise ValidationError(_("true or false was expected."), code="invalid") from error


class YesNoFilter(django_filters.BooleanFilter):
    """A filter of the API by yes or no."""

    field_class = YesNoField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.TextInput, **kwargs)


class AmountField(DecimalField):
    """An amount of money in major units of the company's currency, as text: "1234.50"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=exponent(), **kwargs)
