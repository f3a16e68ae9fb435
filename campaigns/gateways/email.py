"""E-mail through whatever backend the settings name, over one connection kept open for many messages."""

import smtplib
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from requests.exceptions import ConnectTimeout

from campaigns.gateways import smtp
from campaigns.gateways.envelope import bare_address, headers_of, letter, sender_address
from campaigns.gateways.interface import Email, GatewayError, Receipt, Refused, Unavailable, Unclear

_DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_OUR_SMTP = "campaigns.gateways.smtp.EmailBackend"
_NO_SUCH_ADDRESS = (550, 551, 553)


class EmailGateway:
    """Opens when first needed; `close` when the batch is done."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._helper: ThreadPoolExecutor | None = None
        self._announced: tuple[Email, Future[None]] | None = None

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

    def announce(self, email: Email) -> None:
        """Begin, beside the caller's other work, what can be taken back: the envelope of an SMTP message.

        Either `send` of the same e-mail or `retract` must follow.
        """
        if isinstance(self._backend, smtp.EmailBackend):
            self._helper = self._helper or ThreadPoolExecutor(max_workers=1)
            self._announced = (email, self._helper.submit(_lay_out, self._backend, email))

    def retract(self) -> None:
        """Take back what was announced. The server waits for a text by now: only hanging up stops it."""
        if self._announced is not None:
            task, self._announced = self._announced[1], None
            wait([task])
            self._drop()

    def send(self, email: Email) -> Receipt:
        """Send one message. Raises Refused, Unavailable or Unclear."""
        self.open()
        try:
            return self._attempt(email)
        except smtplib.SMTPServerDisconnected as error:
            # The server hung up on an idle connection: nothing of this message was handed over.
            if self._drop():
                raise Unclear(_words(error)) from error
            self.open()
            return self._attempt_again(email)
        except Exception as error:
            raise self._translate(error) from error

    def close(self) -> None:
        """End the connection politely; a failure to do so matters to nobody."""
        self.retract()
        if self._helper is not None:
            self._helper.shutdown()
            self._helper = None
        if self._backend is not None:
            with suppress(Exception):
                self._backend.close()
            self._backend = None

    def _attempt(self, email: Email) -> Receipt:
        announced, self._announced = self._announced, None
        if not isinstance(self._backend, smtp.EmailBackend):
            return _through_django(self._backend, email)
        if announced is not None and announced[0] is email:
            announced[1].result()
        else:
            _lay_out(self._backend, email)
        self._backend.hand_over()
        return Receipt(email.message_id)

    def _attempt_again(self, email: Email) -> Receipt:
        try:
            return self._attempt(email)
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
            unclear = backend.handing_over
            backend.drop()
            return unclear
        with suppress(Exception):
            backend.close()
        # Another backend does not tell how far it got.
        return True


def _lay_out(backend: smtp.EmailBackend, email: Email) -> None:
    sender = settings.DEFAULT_FROM_EMAIL
    backend.lay_out(sender_address(sender), bare_address(email.to), letter(email, sender))


def _through_django(backend: BaseEmailBackend, email: Email) -> Receipt:
    """By a provider's API, the outbox, or whatever else the settings name."""
    message = EmailMultiAlternatives(
        email.subject, email.text, settings.DEFAULT_FROM_EMAIL, [email.to], headers=headers_of(email)
    )
    message.attach_alternative(email.html, "text/html")
    backend.send_messages([message])
    status = getattr(message, "anymail_status", None)
    return Receipt(str(status.message_id) if status and status.message_id else email.message_id)


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
