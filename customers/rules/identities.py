"""Hashes of what a customer is known by. A key goes in: phones are few enough to be found out by trying."""

import hashlib

CONTACT = "contact"
REF = "ref"


def identity_digest(key: bytes, kind: str, first: str, second: str) -> str:
    """The hash of an address (`contact`, channel, value) or of an id elsewhere (`ref`, source, id): 64 hex digits."""
    text = "\0".join((kind, first, second))
    return hashlib.blake2b(text.encode(), key=key, digest_size=32).hexdigest()
