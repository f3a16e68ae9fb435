"""Who is left alone, so that the effect of a flow can be measured."""

import hashlib

_SPACE = 2**64


def in_holdout(*, flow_code: str, customer_id: int, passage: int, percent: int) -> bool:
    """Whether this passage of the customer through the flow belongs to the holdout of `percent` %.

    A hash decides, not a coin: the same passage always gets the same answer, a larger percentage keeps
    everybody whom a smaller one had, and different flows and passages are independent.
    """
    digest = hashlib.sha256(f"{flow_code}:{customer_id}:{passage}".encode()).digest()
    return int.from_bytes(digest[:8], "big") * 100 < percent * _SPACE
