"""Strings that break programs, and a way to see whether they broke this one."""

import json
from typing import Any

from django.db import transaction
from django.test import Client

from tests.factories.shared import DATA

# The project keeps its own few; the whole of the well-known list is used where it is at hand.
OWN = [
    "",
    " ",
    "\0",
    "a\0b",
    "\x1b[31mred",
    "line\r\nSet-Cookie: a=b",
    "\u202egnp.exe",
    "\ufeff\u200b",
    "ÅÍÎÏ˝ÓÔÒÚÆ☃",
    "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
    "👩‍👩‍👧‍👦" * 20,
    "Z͑ͫA̴̵̜L̠G̡O" * 40,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE customers_customer; --",
    "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}",
    "%s%n%x%00%0d%0a",
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "NaN",
    "-1e999",
    "9" * 400,
    "²③٣",
    "%",
    "_",
    "\\",
    "null",
    "http://[",
    "a" * 5000,
]
LIST = DATA / "naughty_strings.json"


NAUGHTY = OWN + (json.loads(LIST.read_text(encoding="utf-8")) if LIST.exists() else [])


# Those of them that reading a number, a date or a word of a list could stumble over.
ODD = ["a\0b", "line\r\nSet-Cookie: a=b", "%s%n%x%00%0d%0a", "http://[", "NaN", "-1e999", "\u202egnp.exe", "a" * 5000]


NUMBERS = ["-1", "0", "1e9", "9" * 9, "9" * 19, "9" * 40, "9" * 5000, "²", "٣", "\0", "1\0", "", "1.5", "0x10"]


def survives(client: Client, requests: list[tuple[str, str, Any]]) -> None:
    """Fail with the requests that the program failed at, and the errors."""
    client.raise_request_exception = False
    broken = []
    for method, url, data in requests:
        # A savepoint of its own, as each request has in life: a failed statement must not fail the next ones.
        with transaction.atomic():
            response = getattr(client, method)(url, data)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if response.status_code >= 500:
            broken.append(
                f"{method} {url} {ascii(data)[:90]}: {ascii(response.exc_info and response.exc_info[1])[:200]}"
            )
    assert not broken, "\n".join(broken)
