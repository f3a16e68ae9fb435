"""Promo codes that can be read aloud and typed in."""

import secrets

# No 0 and O, 1 and I and L: nobody tells them apart on paper or on the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_LENGTH = 7


def new_code(prefix: str) -> str:
    """A random code after the prefix: 31^7, some 2.7e10, so that none can be guessed by trying."""
    return prefix.upper() + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
