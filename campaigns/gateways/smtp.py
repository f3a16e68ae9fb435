"""SMTP that knows how far it got.

Django's backend raises the same errors whether the server went away before or after it was handed the text.
The difference decides whether a message may be sent again, so this one notes when the text begins to go.
"""

import smtplib
from email.utils import parseaddr
from typing import Any

from django.core.mail.backends import smtp

from campaigns.gateways.envelope import QuickEmail, bare_address


class _NotesData:
    """Adds to a connection the fact that a text was being handed over."""

    handing_over = False

    def data(self, msg: Any) -> Any:
        self.handing_over = True
        reply = super().data(msg)  # type: ignore[misc]
        self.handing_over = False
        return reply


class PlainConnection(_NotesData, smtplib.SMTP):
    pass


class TlsConnection(_NotesData, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend, with connections that know how far they got."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TlsConnection if self.use_ssl else PlainConnection

    @property
    def was_handing_over(self) -> bool:
        """Whether the last failure came after the text began to go."""
        return bool(getattr(self.connection, "handing_over", False))

    def drop(self) -> None:
        """Forget the connection without a farewell: after a failure the server may not answer one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _send(self, email_message: Any) -> bool:
        if not isinstance(email_message, QuickEmail):
            return super()._send(email_message)
        sender = bare_address(parseaddr(email_message.from_email)[1])
        recipients = [bare_address(address) for address in email_message.to]
        self.connection.sendmail(sender, recipients, email_message.quick_message().as_bytes())
        return True
