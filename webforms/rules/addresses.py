"""Addresses of pages: whose they are, and what of them may be kept."""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

MAX_PAGE = 500
MAX_UTM = 100
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
HIDDEN = "…"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")
_LONG_NUMBER = re.compile(r"(?:\d[\s().+-]*){10,}")
# What gives access by being known: keys and tokens in the path.
_LONG_MIX = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_=-]{32,}")


def origin_of(address: str) -> str | None:
    """`https://shop.example` or with a port, in lower case; None for what is no http(s) address."""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (ValueError, UnicodeError):
        return None
    host = f"[{host}]" if ":" in host else host
    if parts.scheme not in ("http", "https") or parts.username is not None or not _HOST.fullmatch(host):
        return None
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


def is_personal(text: str) -> bool:
    """Whether a text may hold somebody's address: an e-mail, a phone, a key."""
    plain = unquote(text)
    return "@" in plain or bool(_LONG_NUMBER.search(plain)) or bool(_LONG_MIX.search(plain))


def clean_page(address: str, origins: Collection[str]) -> str | None:
    """The address of a page without what is nobody's business; None if it is not of one of the sites.

    Of the query only utm marks stay; parts of the path that may be somebody's address or key are hidden.
    """
    origin = origin_of(address)
    if origin is None or origin not in origins:
        return None
    parts = urlsplit(address.strip())
    path = "/".join(HIDDEN if is_personal(part) else part for part in parts.path.split("/"))
    marks = {name: value[:MAX_UTM] for name, value in utm_of(address).items()}
    page = origin + (path or "/")
    return (page + (f"?{urlencode(marks)}" if marks else ""))[:MAX_PAGE]


def utm_of(address: str) -> dict[str, str]:
    """The utm marks of an address, without those that may be personal."""
    try:
        pairs = parse_qsl(urlsplit(address).query, max_num_fields=100)
    except ValueError:
        return {}
    return {name: value for name, value in pairs if name in UTM and value and not is_personal(value)}
