"""What winning one customer cost.

CAC = spend ÷ new customers. The paid one counts advertising only, the fully loaded one also salaries,
tools and the rest. A month without new customers has no CAC, which is not the same as a CAC of zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cost_per_customer(spend: Decimal, customers: int) -> Decimal | None:
    """Spend ÷ customers, rounded to hundredths of the currency; none where nobody was won."""
    if customers <= 0:
        return None
    return (spend / customers).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Cost:
    """What was paid, in currency, and the customers it won."""

    advertising: Decimal = Decimal(0)
    spend: Decimal = Decimal(0)
    new_customers: int = 0

    @property
    def paid(self) -> Decimal | None:
        """CAC on advertising alone."""
        return cost_per_customer(self.advertising, self.new_customers)

    @property
    def fully_loaded(self) -> Decimal | None:
        """CAC on everything that was paid."""
        return cost_per_customer(self.spend, self.new_customers)


def add_costs(costs: Iterable[Cost]) -> Cost:
    """Sums of spend and customers together: a CAC of several months is not the mean of theirs."""
    rows = list(costs)
    return Cost(
        advertising=sum((row.advertising for row in rows), Decimal(0)),
        spend=sum((row.spend for row in rows), Decimal(0)),
        new_customers=sum(row.new_customers for row in rows),
    )


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Relative change (0.1 is 10 % more); none where either is unknown or there was nothing before."""
    if now is None or before is None or before == 0:
        return None
    return (now - before) / before


def ratio(value: Decimal | None, cost: Decimal | None) -> Decimal | None:
    """Value ÷ cost, such as LTV:CAC; none where the cost is unknown or zero."""
    if value is None or cost is None or cost <= 0:
        return None
    return value / cost
