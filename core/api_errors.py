"""One shape of error for the whole API."""

from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from drf_standardized_errors.handler import exception_handler as standard_handler
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from core.errors import DomainError, InvalidInput, overtaken


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn domain errors into API errors, then let the standard handler shape them."""
    error = overtaken(error) or error
    if isinstance(error, DomainError):
        error = as_api_error(error)
    elif isinstance(error, ModelValidationError):
        error = ValidationError(error.messages)
    return standard_handler(error, context)


def error_body(kind: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """The shape itself. `kind`: validation_error, client_error or server_error."""
    return {"type": kind, "errors": errors}


def error_item(code: str, detail: Any, attr: str | None) -> dict[str, Any]:
    """One mistake: a stable code, a sentence, the dotted path of the field (None: the whole request)."""
    return {"code": code, "detail": str(detail), "attr": attr}


def as_api_error(error: DomainError) -> APIException:
    """The same refusal as an exception of the REST framework."""
    refused: APIException
    if isinstance(error, InvalidInput):
        refused = ValidationError({error.field: [error.message]} if error.field else [error.message], code=error.code)
    else:
        refused = APIException(error.message, code=error.code)
    refused.status_code = error.status
    return refused
