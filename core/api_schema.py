"""What OpenAPI says of every call: the errors, all of one shape."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

ALWAYS = {
    "401": "The token is missing, unknown or revoked.",
    "403": "The token lacks the scope, or its user the role.",
    "405": "There is no such method at this address.",
    "406": "The answers are JSON.",
    "429": "Too many calls in this minute; Retry-After says when to go on.",
}
READING = {
    "400": "A filter cannot be read.",
    "404": "There is no such object, or no such page.",
}
WRITING = {
    "400": "The body cannot be read, or says something that is refused; each mistake is named with its field.",
    "409": "It contradicts what is stored.",
    "413": "The body is larger than 20 MB.",
    "415": "The body is not JSON.",
    "422": "The Idempotency-Key came with another request before.",
}


class ApiError(serializers.Serializer):
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="In the caller's language.")
    attr = serializers.CharField(allow_null=True, help_text="The dotted path of the field; null: the whole request.")


class ApiErrors(serializers.Serializer):
    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ApiError(many=True)


class Schema(AutoSchema):
    """Adds the errors to what the views themselves tell."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        told = super()._get_response_bodies(direction=direction)
        if direction != "response" or not self.get_auth():
            return told
        errors = {code: self._error(code, text) for code, text in self._errors().items()}
        return {**errors, **told}

    def _errors(self) -> dict[str, str]:
        if self.method == "GET":
            return ALWAYS | READING
        return ALWAYS | WRITING | ({"404": READING["404"]} if "{" in self.path else {})

    def _error(self, code: str, text: str) -> dict[str, Any]:
        response = self._get_response_for_code(ApiErrors, code)
        return response | {"description": text}
