"""What is told of customers who may be potentially large."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Stated:
    """A customer who spoke of a capability: where ("touch", "nps", "inquiry"), on which day, in which words."""

    customer_id: int
    capability_id: int
    where: str
    on: date
    said: str
