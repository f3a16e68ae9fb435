"""Bearer tokens: making, checking, scopes."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.api import speak_callers_language
from core.journal import acted, acting_as
from core.models import ApiToken, User

PREFIX = "ferma_"
# last_used_at is for people to read; a write per request would cost more than it tells.
USE_RECORDED_EVERY = timedelta(minutes=5)


def issue_token(*, user: User, name: str, scopes: list[str], created_by: User) -> tuple[ApiToken, str]:
    """Make a token for an integration's user. Returns the row and the token itself, shown once."""
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name,
        digest=ApiToken.digest_of(secret),
        hint=secret[:10],
        scopes=scopes,
        created_by=created_by,
    )
    return row, secret


def revoke_token(*, token: ApiToken, at: datetime) -> None:
    """The token stops working at once. Revoking twice keeps the first time."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)


# On every call of the API: only what scopes and row scope ask for, in one statement with who acts.
# The columns in the order of the models' fields, as `from_db` wants them.
_TOKEN_FIELDS = ("id", "user_id", "scopes", "last_used_at")
_USER_FIELDS = ("id", "is_active", "role", "language")
_LIVE = """
    SELECT t.id, t.user_id, t.scopes, t.last_used_at, u.id, u.is_active, u.role, u.language{acting}
    FROM core_apitoken t JOIN core_user u ON u.id = t.user_id
    WHERE t.digest = %s AND t.revoked_at IS NULL"""
_LIVE_READING = _LIVE.format(acting="")
_LIVE_WRITING = _LIVE.format(acting=f", {acting_as('u.id', 'api')}")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. What a call changes is journaled as done by the token's user."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        # Every request of the API comes by here first, so that even a refused token is refused in words.
        speak_callers_language(request)
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Send the token as: Authorization: Bearer TOKEN"))
        token = _live_token(ApiToken.digest_of(parts[1].decode("latin-1")), writes=request.method not in SAFE_METHODS)
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("The token is unknown or was revoked."))
        _record_use(token, timezone.now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return "Bearer"


def _live_token(digest: str, *, writes: bool) -> ApiToken | None:
    with connection.cursor() as cursor:
        cursor.execute(_LIVE_WRITING if writes else _LIVE_READING, [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    if writes:
        acted()
    token = ApiToken.from_db(connection.alias, _TOKEN_FIELDS, row[:4])
    token.user = User.from_db(connection.alias, _USER_FIELDS, row[4:8])
    return token


def _record_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at > USE_RECORDED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class HasScope(BasePermission):
    """The view names a scope per method in `required_scopes`; a method it does not name is refused."""

    message = _("The token lacks the scope that this call needs.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return False
        if not hasattr(view, request.method.lower()):
            return True  # there is no such call, and the answer will say so
        method = "GET" if request.method in ("HEAD", "OPTIONS") else request.method
        needed = view.required_scopes.get(method)
        return needed is not None and needed in request.auth.scopes


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI description names the token."""

    target_class = "core.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer"}
