"""An e-mail as bytes, made quickly.

Django builds a message as a tree of objects and folds each header anew, 0.4 ms for a small one, which is
nearly half of what the SMTP dialogue with a near server takes. A marketing message always has the same
shape, so its bytes are written directly. Providers' backends read the fields, as of any Django message.
"""

import re
from base64 import b64encode, encodebytes
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from hashlib import blake2b

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

_CHARSET = "utf-8"
_WORD_BYTES = 45
MAX_LINE = 998
# Nothing in these needs quoting; the general way of cleaning an address takes as long as a whole SMTP command.
_USUAL_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")


class PlainBytes:
    """Stands where backends expect a `email.message.Message`."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def as_bytes(self, linesep: str = "\r\n") -> bytes:
        return self._content if linesep == "\r\n" else self._content.replace(b"\r\n", linesep.encode())


class QuickEmail(EmailMultiAlternatives):
    """One recipient, a text and an HTML part, no attachments. Its own headers have ASCII values."""

    def quick_message(self) -> PlainBytes:
        """The whole message; the same fields give the same bytes, apart from the date.

        Raises ValueError for a line break in a header.
        """
        html = self.alternatives[0][0]
        boundary = "=_" + blake2b(html.encode() + self.body.encode(), digest_size=16).hexdigest()
        fields = [
            ("Subject", _encoded(self.subject)),
            ("From", _sender(self.from_email)),
            ("To", bare_address(self.to[0])),
            ("Date", formatdate()),
            *self.extra_headers.items(),
            ("MIME-Version", "1.0"),
            ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        ]
        head = "".join(f"{name}: {_one_line(name, value)}\r\n" for name, value in fields)
        parts = _part(boundary, "plain", self.body) + _part(boundary, "html", html)
        return PlainBytes(head.encode("ascii") + b"\r\n" + parts + f"--{boundary}--\r\n".encode())


def _part(boundary: str, subtype: str, text: str) -> bytes:
    """One part: as it is where its lines are short enough for SMTP (RFC 5321, 4.5.3.1.6), as Django sends it."""
    content = "\r\n".join(text.splitlines()).encode() + b"\r\n"
    encoding = "8bit"
    if len(content) > MAX_LINE and max(map(len, content.split(b"\r\n"))) > MAX_LINE:
        content, encoding = encodebytes(text.encode()).replace(b"\n", b"\r\n"), "base64"
    head = f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n'
    return head.encode() + b"\r\n" + content


def _encoded(text: str) -> str:
    """A header's text: as it is, or in encoded words of at most 75 characters (RFC 2047), one on a line."""
    if text.isascii() and text.isprintable() and len(text) < 70 and "=?" not in text:
        return text
    words, chunk = [], b""
    for char in text:
        piece = char.encode()
        if len(chunk) + len(piece) > _WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += piece
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in [*words, chunk])


def bare_address(address: str) -> str:
    """The address as SMTP takes it. Raises ValueError for what is none."""
    return address if _USUAL_ADDRESS.fullmatch(address) else sanitize_address(address, _CHARSET)


@lru_cache(maxsize=16)
def _sender(address: str) -> str:
    name, email = parseaddr(address)
    return formataddr((Header(name, _CHARSET).encode() if not name.isascii() else name, email))


def _one_line(name: str, value: str) -> str:
    folded = value.replace("\r\n ", "")
    if "\r" in folded or "\n" in folded:
        raise ValueError(f"a line break in the header {name}")
    return value
