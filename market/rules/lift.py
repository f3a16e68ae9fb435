"""Whether customers leave more often after something happened: the relative risk with its interval."""

import math
from dataclasses import dataclass

FEW = 30
_Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Lift:
    """Leavers among those to whom it happened and among the others.

    value: how many times as often the former leave; None where nobody can be compared. low, high: the 95% interval
    of it; None where one of the four groups is empty.
    """

    exposed: int
    exposed_left: int
    others: int
    others_left: int
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float | None:
        """Of those to whom it happened, how many left."""
        return self.exposed_left / self.exposed if self.exposed else None

    @property
    def share_of_others(self) -> float | None:
        return self.others_left / self.others if self.others else None

    @property
    def is_too_few(self) -> bool:
        """Fewer than 30 people on a side: a word, not a proof."""
        return min(self.exposed, self.others) < FEW

    @property
    def is_more(self) -> bool:
        """Proven to leave more often."""
        return not self.is_too_few and self.low is not None and self.low > 1

    @property
    def is_less(self) -> bool:
        """Proven to leave less often."""
        return not self.is_too_few and self.high is not None and self.high < 1


def lift_of(*, exposed: int, exposed_left: int, others: int, others_left: int) -> Lift:
    """Relative risk (a / n1) / (c / n0); its logarithm is about normal with the variance 1/a - 1/n1 + 1/c - 1/n0.

    Katz, Baptista, Azen, Pike (1978), Biometrics 34, 469-474. Raises ValueError for more leavers than people.
    """
    if not (0 <= exposed_left <= exposed and 0 <= others_left <= others):
        raise ValueError("more left than there were")
    counts = (exposed, exposed_left, others, others_left)
    if not exposed or not others_left:
        return Lift(*counts, value=None)
    value = (exposed_left / exposed) / (others_left / others)
    if not exposed_left:
        return Lift(*counts, value=value)
    error = math.sqrt(1 / exposed_left - 1 / exposed + 1 / others_left - 1 / others)
    return Lift(*counts, value=value, low=value * math.exp(-_Z_95 * error), high=value * math.exp(_Z_95 * error))
