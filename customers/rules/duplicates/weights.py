"""How much each level speaks for one customer: Fellegi and Sunter (1969), «A Theory for Record Linkage».

A level's weight is ln(m / u): m is how often it is seen between two cards of one customer, u between cards of two.
Both were counted over the pairs that share a key in the labelled base of `python -m bench duplicates --estimate`
(seed 1; recall and precision are measured on others) and smoothed by one half; apart for people and companies, and for
pairs that share an address (a family's phone makes another given name likely) and pairs that do not.

The levels are not independent, so their sum is put on the scale of probability by a logistic curve fitted to the same
pairs (Platt, 1999), with ln(n - 1) for an address or a name that n cards share.
"""

import math
from dataclasses import dataclass

from customers.rules.duplicates.evidence import Evidence

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Table:
    """Weights by comparison and level; slope, cost of sharing and offset of the logistic curve."""

    weights: Weights
    slope: float
    sharing: float
    offset: float


TABLES = {
    "company, apart": Table(
        {
            "city": {"different": -4.68, "same": 0.66},
            "company": {"different": -1.99, "like": 3.32, "same": 0.0},
            "email": {"different": -5.08, "domain": 2.13},
            "source": {"other": 0.27, "same": -3.09},
            "tax": {"different": -5.13, "same": 2.13},
        },
        slope=1.068, sharing=0.545, offset=-1.968,
    ),
    "company, one address": Table(
        {
            "city": {"different": -3.48, "same": 0.14},
            "company": {"different": -3.67, "like": 3.13, "same": 0.63},
            "email": {"domain": 2.4, "same": -0.49},
            "phone": {"different": 0.0, "same": -0.05},
            "source": {"other": 0.16, "same": -1.48},
            "tax": {"different": -5.3, "same": 5.64},
        },
        slope=1.049, sharing=1.585, offset=0.777,
    ),
    "person, apart": Table(
        {
            "birthday": {"different": -4.3, "near": 2.5, "same": 4.48},
            "city": {"different": -2.43, "same": 1.25},
            "email": {"different": -0.4, "name": 0.27, "near": 5.13},
            "person": {"different": -1.68, "initials": 4.29, "like": 0.28, "married": 2.71,
                "part": 4.09, "relative": -4.89, "same": 0.57},
            "source": {"other": 0.27, "same": -2.29},
        },
        slope=1.332, sharing=0.648, offset=-3.427,
    ),
    "person, one address": Table(
        {
            "birthday": {"different": -3.44, "near": 3.45, "same": 1.25},
            "city": {"different": 0.0, "same": -0.11},
            "email": {"different": -1.79, "name": 2.04, "near": 3.18, "same": 2.27},
            "person": {"different": -2.87, "initials": 1.94, "like": 3.39, "married": 2.14,
                "part": 4.72, "relative": -3.76, "same": 4.29},
            "phone": {"different": 0.0, "same": -0.07},
            "source": {"other": 0.23, "same": -1.42},
        },
        slope=1.017, sharing=1.083, offset=0.749,
    ),
}  # fmt: skip
# Pairs less likely than this are not kept, in percent.
LEAST_SCORE = 30
MOST_SCORE = 99


def situation(evidence: Evidence) -> str:
    """Which table applies: person or company, and whether the cards share an address."""
    shares = "same" in (evidence.levels["phone"], evidence.levels["email"], evidence.levels["telegram"])
    return f"{'person' if 'person' in evidence.levels else 'company'}, {'one address' if shares else 'apart'}"


def sum_of(evidence: Evidence, weights: Weights) -> float:
    """The weights of the levels together."""
    return sum(weights.get(name, {}).get(level, 0.0) for name, level in evidence.levels.items())


def sharing_of(evidence: Evidence) -> float:
    """Logarithms of how many others share the address, or the name where there is no address in common."""
    return sum(math.log(max(1, count - 1)) for count in evidence.holders.values())


def score_of(evidence: Evidence) -> int:
    """The probability that the two are one customer, in percent, 0 to 99."""
    table = TABLES[situation(evidence)]
    odds = table.slope * sum_of(evidence, table.weights) - table.sharing * sharing_of(evidence) + table.offset
    return min(MOST_SCORE, int(100 / (1 + math.exp(-max(-50.0, min(50.0, odds))))))
