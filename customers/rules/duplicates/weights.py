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
            "city": {"different": -4.81, "same": 0.74},
            "company": {"different": -2.1, "like": 3.61, "same": 0.06},
            "email": {"different": -4.89, "domain": 2.14},
            "source": {"other": 0.23, "same": -1.35},
            "tax": {"different": -4.96, "same": 1.88},
        },
        slope=1.136, sharing=0.711, offset=-2.011,
    ),
    "company, one address": Table(
        {
            "city": {"different": -5.6, "same": 3.52},
            "company": {"different": -2.25, "like": 2.23, "same": 0.12},
            "email": {"domain": 3.28, "same": -0.46},
            "phone": {"different": -1.34, "same": 3.69},
            "source": {"other": 0.07, "same": -1.7},
            "tax": {"different": -5.48, "same": 3.25},
        },
        slope=1.877, sharing=5.13, offset=4.326,
    ),
    "person, apart": Table(
        {
            "birthday": {"different": -4.64, "near": 1.19, "same": 4.63},
            "city": {"different": -2.38, "same": 1.25},
            "email": {"different": -0.37, "name": -0.01, "near": 5.02},
            "person": {"different": -0.55, "initials": 4.11, "like": 0.24, "married": 2.24,
                "part": 3.41, "relative": -4.04, "same": 0.66},
            "source": {"other": 0.26, "same": -2.11},
        },
        slope=1.367, sharing=0.485, offset=-3.737,
    ),
    "person, one address": Table(
        {
            "birthday": {"different": -2.48, "near": 3.44, "same": 1.25},
            "city": {"different": 0.0, "same": -0.1},
            "email": {"different": -1.72, "name": 2.36, "near": 2.94, "same": 2.05},
            "person": {"different": -2.05, "initials": 1.73, "like": 3.74, "married": 2.85,
                "part": 5.77, "relative": -3.01, "same": 4.97},
            "phone": {"different": 0.0, "same": -0.06},
            "source": {"other": 0.25, "same": -1.72},
        },
        slope=1.032, sharing=1.687, offset=0.923,
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
