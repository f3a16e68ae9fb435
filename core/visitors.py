"""Where a request came from: what is written down beside an opening, an export, a submission."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

MOST_AGENT = 300


@dataclass(frozen=True)
class Visitor:
    """The address, None where it is none, and the program as it names itself."""

    ip: str | None
    agent: str


def visitor(request: HttpRequest) -> Visitor:
    """Who asks. A proxy's word about the address counts only where there is a proxy of ours (TLS before us)."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS and (forwarded := request.headers.get("X-Forwarded-For")):
        # The last one was written by the nearest proxy; those before it are the client's to invent.
        told = forwarded.rpartition(",")[2]
    agent = request.headers.get("User-Agent", "").replace("\0", "")
    return Visitor(_address(told.strip()), agent[:MOST_AGENT])


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None
