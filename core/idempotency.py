"""`Idempotency-Key`: a request sent twice is done once and answered alike.

The work and its answer are written in one transaction, under a lock on the key: whoever sends the same
key meanwhile waits for the first answer. If the process dies, both are gone and the key is free.
Only successful answers are kept; a refused request may be mended and sent again under its key.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Conflict, DomainError, InvalidInput
from core.models import IdempotencyKey

HEADER = "Idempotency-Key"
# How OpenAPI describes it: printable ASCII, not only space.
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"},
    OpenApiParameter.HEADER,
    description="The same key twice: done once.",
)
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(days=2)
WAIT = "10s"
Handler = Callable[..., Response]
_ASCII = type("AsciiRenderer", (JSONRenderer,), {"ensure_ascii": True})()


class KeyReused(DomainError):
    """The key came with another request before."""

    code = "idempotency_key_reused"
    status = 422


def answered_once(handler: Handler) -> Handler:
    """For a view's `post`: honour the `Idempotency-Key` header."""

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= 200:
            raise InvalidInput(_("Idempotency-Key must be 1 to 200 printable ASCII characters."), field=HEADER)
        digest = _digest(request)
        now = timezone.now()
        with transaction.atomic():
            kept = _wait_for_turn(request.auth.pk, key, now)
            if kept is not None:
                return _replay(kept, digest)
            response = handler(view, request, *args, **kwargs)
            if response.status_code < 400:
                _keep(request.auth.pk, key, digest, response, now)
        return response

    return once


def forget_answers(*, before: datetime) -> int:
    """Delete answers given before a moment; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]


def _digest(request: Request) -> str:
    # Reading the data parses the body, and the parser notes its digest.
    request.data  # noqa: B018
    body = getattr(request._request, "body_digest", "")
    return hashlib.sha256(f"{request.method} {request.get_full_path()} {body}".encode()).hexdigest()


_TURN = "SET LOCAL lock_timeout = %s; SELECT pg_advisory_xact_lock(%s); SET LOCAL lock_timeout = 0"
_KEPT = """
    SELECT request_digest, status, body FROM core_idempotencykey
    WHERE token_id = %s AND key = %s AND created_at >= %s"""
_KEEP = """
    INSERT INTO core_idempotencykey (token_id, key, request_digest, status, body, created_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (token_id, key) DO UPDATE SET request_digest = excluded.request_digest,
        status = excluded.status, body = excluded.body, created_at = excluded.created_at"""
# Digest of the request, status, body.
Kept = tuple[str, int, str]


def _wait_for_turn(token_id: int, key: str, now: datetime) -> Kept | None:
    """Hold the key until the transaction ends; the answer that was given under it, if one was."""
    number = hashlib.blake2b(f"idempotency\0{token_id}\0{key}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                f"{_TURN}; {_KEPT}",
                [WAIT, int.from_bytes(number, "big", signed=True), token_id, key, now - KEPT_FOR],
            )
        except OperationalError as error:
            raise Conflict(
                _("The same request is still being worked on. Ask again in a moment."), code="in_progress"
            ) from error
        return cursor.fetchone()


def _keep(token_id: int, key: str, digest: str, response: Response, now: datetime) -> None:
    # As ASCII text in a JSON string: an answer may tell back characters, such as NUL, that PostgreSQL cannot keep.
    body = json.dumps(_ASCII.render(response.data).decode("ascii"))
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [token_id, key, digest, response.status_code, body, now])


def _replay(kept: Kept, digest: str) -> Response:
    told, status, body = kept
    if told != digest:
        raise KeyReused(_("This Idempotency-Key came with another request before. Use a new one."))
    return Response(json.loads(json.loads(body)), status=status, headers={REPLAYED: "true"})
