"""What became of one pushed row, in one form for all that can be pushed."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from customers.rules.faults import Fault
from customers.rules.versions import Fate


@dataclass(frozen=True, slots=True)
class Outcome:
    """`id` of the row that was written or found, `customer_id` whom it is about; `faults` if it was refused."""

    fate: Fate
    id: int | None = None
    customer_id: int | None = None
    faults: tuple[Fault, ...] = ()


def refusal(field: str, code: str, **params: object) -> Outcome:
    """A row refused for one reason."""
    return Outcome(Fate.REFUSED, faults=(Fault(field, code, params),))


def repeats(keys: Sequence[Hashable | None]) -> dict[int, int]:
    """Place of each key that stands earlier in the batch -> that earlier place. None is nobody's key."""
    first: dict[Hashable, int] = {}
    found = {}
    for place, key in enumerate(keys):
        if key is not None and (earlier := first.setdefault(key, place)) != place:
            found[place] = earlier
    return found
