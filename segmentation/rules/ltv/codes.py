"""Names that leave this package: methods, reasons and adjustments.

They are codes, not sentences, so that a page can show them in the user's language.
"""

from enum import IntEnum, IntFlag, StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


class TimeUnit(IntEnum):
    """The unit in which recency, age and alpha are measured; the value is its length in days."""

    DAY = 1
    WEEK = 7


class Method(StrEnum):
    """Ways to say how many orders a customer will place."""

    MBG_NBD = "mbg_nbd"
    BG_NBD = "bg_nbd"
    COHORT_AVERAGE = "cohort_average"
    SAME_COUNT = "same_count"
    SAME_RATE = "same_rate"
    ZERO = "zero"


class MarginMethod(StrEnum):
    """Ways to say how much margin one order will bring."""

    GAMMA_GAMMA = "gamma_gamma"
    POOLED_MEAN = "pooled_mean"


class Reason(StrEnum):
    """Why a fit can or cannot be used, and why a method was chosen or passed over."""

    CONVERGED = "converged"
    BEATS_NAIVE = "beats_naive"
    NO_CUSTOMERS = "no_customers"
    TOO_FEW_REPEAT_BUYERS = "too_few_repeat_buyers"
    HISTORY_TOO_SHORT = "history_too_short"
    NOT_CONVERGED = "not_converged"
    PARAMETERS_AT_BOUNDS = "parameters_at_bounds"
    EXPECTATION_EXPLODES = "expectation_explodes"
    INFINITE_MEAN_MARGIN = "infinite_mean_margin"
    EQUAL_MARGINS = "equal_margins"
    LOST_TO_NAIVE = "lost_to_naive"
    NO_HOLDOUT = "no_holdout"


class Adjustment(IntFlag):
    """What was done to one customer's forecast to keep it finite and sensible. Flags combine."""

    NONE = 0
    ORDERS_CAPPED = 1  # more than one order a day: impossible, same-day orders merge
    MARGIN_CAPPED = 2  # beyond MAX_MARGIN
    NO_REPEAT_MARGIN = 4  # no repeat order to learn from: the mean of the base
    NON_POSITIVE_MARGIN = 8  # average margin zero, negative or not a number: draws down, never below zero


LEAST_MARGIN = 1e-9
"""Below any mean of money, in minor units: logarithms of less run out of digits."""

MAX_MARGIN = 1e15
"""Ceiling of one forecast, in minor units: fits a bigint, and floats still count single units."""
