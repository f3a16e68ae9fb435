"""SMTP in two halves: an envelope that can still be taken back, and the text after which nothing can.

Django's backend raises the same errors whether the server went away before or after it was handed the text; the
difference decides whether a message may be sent again. And the envelope takes half of the conversation: it may go
while the database is still writing down that the message is about to be sent.
"""

import re
import smtplib

from django.core.mail.backends import smtp

_DOT_AT_START = re.compile(rb"(?m)^\.")


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend, and beside it a way for one letter at a time that tells how far it got."""

    handing_over = False
    _text = b""

    def lay_out(self, sender: str, recipient: str, text: bytes) -> None:
        """Say who writes to whom, and get the server ready for the text. Nothing is sent yet.

        The addresses are bare and clean, the text ends with a line break. Raises what smtplib's sendmail raises.
        """
        self.handing_over = False
        self._text = text
        connection = self.connection
        connection.ehlo_or_helo_if_needed()
        size = f" size={len(text)}" if connection.has_extn("size") else ""
        self._expect(connection.docmd("MAIL", f"FROM:<{sender}>{size}"), smtplib.SMTPSenderRefused, sender)
        code, reply = connection.docmd("RCPT", f"TO:<{recipient}>")
        if code not in (250, 251):
            self._give_up(code)
            raise smtplib.SMTPRecipientsRefused({recipient: (code, reply)})
        code, reply = connection.docmd("DATA")
        if code != 354:
            self._give_up(code)
            raise smtplib.SMTPDataError(code, reply)

    def hand_over(self) -> None:
        """Send the text, and wait for the server to take it. From here on a silence leaves it unclear."""
        self.handing_over = True
        text = _DOT_AT_START.sub(b"..", self._text) if b"\n." in self._text else self._text
        self.connection.send(text + b".\r\n")
        answer = self.connection.getreply()
        self.handing_over = False
        self._expect(answer, smtplib.SMTPDataError)

    def drop(self) -> None:
        """Forget the connection without a farewell: the server may not answer one, or waits for a text."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _expect(self, answer: tuple[int, bytes], error: type[smtplib.SMTPResponseException], *arguments: str) -> None:
        code, reply = answer
        if code != 250:
            self._give_up(code)
            raise error(code, reply, *arguments)

    def _give_up(self, code: int) -> None:
        """After a refusal the conversation can go on, unless the server is closing (421)."""
        if code == 421:
            self.connection.close()
        else:
            self.connection.rset()
