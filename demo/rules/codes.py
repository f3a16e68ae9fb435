"""Promo codes of the invented customers: as the product makes them, but the same for the same seed."""

# As in loyalty: letters and digits that nobody confuses.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 7
SPACE = len(ALPHABET) ** LENGTH
# Not a multiple of 31, so that no two customers get one code.
STEP = 16_999_999_999


def code_of(customer_id: int, prefix: str) -> str:
    """The code of a customer."""
    rest = customer_id * STEP % SPACE
    letters = []
    for _place in range(LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[place])
    return prefix + "".join(letters)
