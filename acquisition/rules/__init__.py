"""The arithmetic of acquisition costs."""

from acquisition.rules.amounts import amount_of
from acquisition.rules.cac import Cost, add_costs, change, cost_per_customer, ratio
from acquisition.rules.months import FIRST_MONTH, LAST_MONTH, month_of

__all__ = [
    "FIRST_MONTH",
    "LAST_MONTH",
    "Cost",
    "add_costs",
    "amount_of",
    "change",
    "cost_per_customer",
    "month_of",
    "ratio",
]
