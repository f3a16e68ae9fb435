"""Errors that people caused or can mend. Views and the API turn them into messages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

FOREIGN_KEY_VIOLATION = "23503"


class DomainError(Exception):
    """Something the caller asked for cannot be done.

    `message` says what was wrong and what to do, in the reader's language; `code` is stable for
    programs; `field` names the input at fault, if one is.
    """

    code = "refused"
    status = 400

    def __init__(self, message: Any, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class InvalidInput(DomainError):
    """A value is missing, of the wrong kind or out of range."""

    code = "invalid"


class Refused(InvalidInput):
    """A value of the right form that a rule refuses."""

    status = 422


class NotFound(DomainError):
    """The object does not exist, or not for this user."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """The role or the token's scopes do not allow it."""

    code = "permission_denied"
    status = 403


class Conflict(DomainError):
    """It contradicts the present state (already done, in use, changed meanwhile)."""

    code = "conflict"
    status = 409


def overtaken(error: Exception) -> Conflict | None:
    """The refusal for a write that refers to a row which somebody took away meanwhile (a card that was merged).

    None for any other error.
    """
    if getattr(error.__cause__, "pgcode", None) != FOREIGN_KEY_VIOLATION:
        return None
    return Conflict(_("Somebody has changed this meanwhile, and nothing was saved. Open it again."), code="overtaken")
