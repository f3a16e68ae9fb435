"""HTTP to addresses that people typed in, and never to the inside of the network.

A name is resolved once, everything it resolves to is checked, and the connection is made to a checked address, with
the name kept for TLS and the Host header: a name that changes its mind between the check and the connection
gains nothing. Redirects are not followed. Proxies of the environment are not used. An answer is read up to a
limit, and everything together takes at most `timeout` seconds after the name is resolved.

Hosts named in the setting OUTGOING_TRUSTED_HOSTS may be inside, and may be spoken to without TLS.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

MAX_ANSWER = 1024 * 1024
MAX_URL = 2000
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# The only IPv6 that is routed on the public Internet; and the prefixes that carry an IPv4 address inside.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(DomainError):
    """The address is not one that may be called; nothing was sent."""

    code = "address_refused"


class Unanswered(DomainError):
    """There was no connection, or no complete answer in time; whether the request arrived is not known."""

    code = "unanswered"
    status = 502


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of headers are in lower case; a body longer than the limit is cut."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, checked: the address to dial, and the name to say."""

    address: str
    port: int
    host: str
    is_tls: bool
    path: str


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 15.0,
    allow_private: bool = False,
    limit: int = MAX_ANSWER,
) -> Answer:
    """Send one request and read the answer, whatever its status.

    `limit`: bytes of the answer's body to read. Raises Refused where the address may not be called,
    Unanswered where nothing usable came back.
    """
    target = resolve(url, allow_private=allow_private)
    connection = _connection(target, timeout)
    # Timeouts of a socket are per read; only closing it ends an answer that drips.
    is_late = threading.Event()
    alarm = threading.Timer(timeout, _hang_up, [connection, is_late])
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(method, target.path, body=body, headers=_headers(headers))
        response = connection.getresponse()
        content = response.read(limit + 1)
        if is_late.is_set():
            raise TimeoutError
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, content[:limit], is_cut=len(content) > limit)
    except (OSError, HTTPException, ValueError, AttributeError) as error:
        # http.client meets a connection that was closed under it with whichever of these comes first.
        raise Unanswered(_reason(error, target, timeout)) from error
    finally:
        alarm.cancel()
        connection.close()


def resolve(url: str, *, allow_private: bool = False) -> Target:
    """Check an address and resolve its name. Raises Refused."""
    parts, host, port = check_url(url, allow_private=allow_private)
    may_be_inside = allow_private or is_trusted(host)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(_("The name %(host)s is not known. Check the address.") % {"host": host}) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not may_be_inside and not all(is_public(address) for address in addresses):
        raise Refused(_("%(host)s leads inside the network. Only public addresses are called.") % {"host": host})
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(addresses[0], port, host, parts.scheme == "https", path)


def check_url(url: str, *, allow_private: bool = False) -> tuple[SplitResult, str, int]:
    """The parts of an address, its host and port, before its name is looked up. Raises Refused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise Refused(_("This is not an address. Expected, for example: https://example.com/hook")) from error
    if not host or not url.isascii() or not url.isprintable() or " " in url or len(url) > MAX_URL:
        raise Refused(_("This is not an address. Expected, for example: https://example.com/hook"))
    if parts.scheme != "https" and not (parts.scheme == "http" and (allow_private or is_trusted(host))):
        raise Refused(_("The address must begin with https://"))
    if parts.username is not None or parts.password is not None:
        raise Refused(_("The address must not carry a name or a password."))
    return parts, host, port or (443 if parts.scheme == "https" else 80)


def is_trusted(host: str) -> bool:
    """Whether the setting names the host as one that may be inside."""
    return host in settings.OUTGOING_TRUSTED_HOSTS


def is_public(address: str) -> bool:
    """Whether an IP address is on the public Internet: not private, loopback, link-local, shared, multicast."""
    ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _carried(ip)
        if inner is None:
            return ip in _GLOBAL_UNICAST and ip.is_global
        ip = inner
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4 or NAT64 one."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class _Plain(HTTPConnection):
    """Dials the checked address; says the name. `dialled` is the socket, which http.client lets go of early."""

    dialled: socket.socket | None = None

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.target = target

    def connect(self) -> None:
        self.sock: Any = socket.create_connection((self.target.address, self.target.port), self.timeout)
        self.dialled = self.sock


class _Encrypted(HTTPSConnection):
    """Dials the checked address; the name is what the certificate must be for."""

    dialled: socket.socket | None = None

    def __init__(self, target: Target, timeout: float) -> None:
        self.tls = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=timeout, context=self.tls)
        self.target = target

    def connect(self) -> None:
        plain = socket.create_connection((self.target.address, self.target.port), self.timeout)
        # The handshake apart, so that the alarm can end it too.
        self.sock: Any = self.tls.wrap_socket(plain, server_hostname=self.target.host, do_handshake_on_connect=False)
        self.dialled = self.sock
        self.sock.do_handshake()


def _connection(target: Target, timeout: float) -> _Plain | _Encrypted:
    return _Encrypted(target, timeout) if target.is_tls else _Plain(target, timeout)


def _headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"User-Agent": "Ferma", "Accept-Encoding": "identity", "Connection": "close", **(headers or {})}


def _hang_up(connection: _Plain | _Encrypted, is_late: threading.Event) -> None:
    is_late.set()
    if connection.dialled is not None:
        with contextlib.suppress(OSError):
            connection.dialled.shutdown(socket.SHUT_RDWR)


def _reason(error: Exception, target: Target, timeout: float) -> Any:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The certificate of %(host)s is not valid: %(error)s") % {
            "host": target.host,
            "error": error.verify_message,
        }
    if isinstance(error, ConnectionRefusedError):
        return _("Nobody listens at %(host)s:%(port)s.") % {"host": target.host, "port": target.port}
    return _("No complete answer from %(host)s within %(seconds)s s (%(error)s).") % {
        "host": target.host,
        "seconds": f"{timeout:g}",
        "error": type(error).__name__,
    }
