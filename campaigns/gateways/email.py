"""E-mail through whatever backend the settings name, over one connection kept open for many messages."""

import smtplib
from contextlib import suppress
from typing import Any

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.conf import settings
from django.core.mail import get_connection
from requests.exceptions import ConnectTimeout

from campaigns.gateways import smtp
from campaigns.gateways.envelope import QuickEmail
from campaigns.gateways.interface import Email, GatewayError, Receipt, Refused, Unavailable, Unclear

_DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_OUR_SMTP = "campaigns.gateways.smtp.EmailBackend"
_NO_SUCH_ADDRESS = (550, 551, 553)


class EmailGateway:
    """Opens when first needed; `close` when the batch is done."""

    def __init__(self) -> None:
        self._backend: Any = None

    def open(self) -> None:
        """Connect, unless connected. Raises Unavailable (whole) where nobody answers."""
        if self._backend is not None:
            return
        path = settings.EMAIL_BACKEND
        backend = get_connection(_OUR_SMTP if path == _DJANGO_SMTP else path)
        try:
            backend.open()
        except (OSError, AnymailError) as error:
            raise Unavailable(_words(error), whole=True) from error
        self._backend = backend

    def send(self, email: Email) -> Receipt:
        """Send one message. Raises Refused, Unavailable or Unclear."""
        self.open()
        message = _as_django(email)
        try:
            self._attempt(message)
        except smtplib.SMTPServerDisconnected as error:
            # The server hung up on an idle connection: nothing of this message was handed over.
            if self._drop():
                raise Unclear(_words(error)) from error
            self.open()
            self._attempt_or_translate(message)
        except Exception as error:
            raise self._translate(error) from error
        return Receipt(str((getattr(message, "anymail_status", None) and message.anymail_status.message_id) or ""))

    def close(self) -> None:
        """End the connection politely; a failure to do so matters to nobody."""
        if self._backend is not None:
            with suppress(Exception):
                self._backend.close()
            self._backend = None

    def _attempt(self, message: QuickEmail) -> None:
        self._backend.send_messages([message])

    def _attempt_or_translate(self, message: QuickEmail) -> None:
        try:
            self._attempt(message)
        except Exception as error:
            raise self._translate(error) from error

    def _translate(self, error: Exception) -> GatewayError:
        if isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
            translated = _answered(error)
            if isinstance(translated, Unavailable):
                self._drop()
            return translated
        if isinstance(error, AnymailError):
            return _provider(error)
        if isinstance(error, ValueError | UnicodeError):
            return Refused(_words(error), address_fault=True)
        if self._drop():
            return Unclear(_words(error))
        return Unavailable(_words(error))

    def _drop(self) -> bool:
        """Give the connection up; returns whether the message may have been taken."""
        backend, self._backend = self._backend, None
        if isinstance(backend, smtp.EmailBackend):
            unclear = backend.was_handing_over
            backend.drop()
            return unclear
        with suppress(Exception):
            backend.close()
        # Another backend does not tell how far it got.
        return True


def _as_django(email: Email) -> QuickEmail:
    headers = {"Message-ID": email.message_id}
    if email.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
        # RFC 8058 asks for an https address; without one a mailbox would not use the button anyway.
        if email.unsubscribe_url.startswith("https://"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = QuickEmail(email.subject, email.text, settings.DEFAULT_FROM_EMAIL, [email.to], headers=headers)
    message.attach_alternative(email.html, "text/html")
    return message


def _answered(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> GatewayError:
    """The server said no: to the recipient, to the text, or to us."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        words = f"{code} {_text(reply)}"
        if code < 500:
            return Unavailable(words)
        # 5.1.x is about the address (RFC 3463); 5.7.x is about policy, and the address may be fine.
        enhanced = _text(reply).partition(" ")[0]
        named = enhanced.count(".") == 2
        return Refused(words, address_fault=enhanced.startswith("5.1.") if named else code in _NO_SUCH_ADDRESS)
    words = f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500:
        return Refused(words)
    return Unavailable(words, whole=isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code >= 500)


def _provider(error: AnymailError) -> GatewayError:
    """A provider's API: what it answered, or that it did not."""
    words = _words(error)
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        return Refused(words, address_fault=True)
    if isinstance(error, AnymailRequestsAPIError):
        if error.status_code in (401, 403, 429, 503):
            return Unavailable(words, whole=True)
        if error.status_code is not None and 400 <= error.status_code < 500:
            return Refused(words)
        if isinstance(error.__cause__, ConnectTimeout):
            return Unavailable(words, whole=True)
        return Unclear(words)
    # The message could not be put into the provider's form: it never left.
    return Refused(words)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
