"""The net promoter score and how far it can be trusted."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

MIN_SCORE, MAX_SCORE = 0, 10
PROMOTER_FROM = 9
DETRACTOR_TO = 6
# From this share of the base on, the sample says more than its size: the finite-population factor applies.
GOOD_PART = 0.05
# Two-sided 95 % of the normal distribution.
Z_95 = 1.96
# Below so many answers one customer moves the score by several points.
FEW = 30


@dataclass(frozen=True)
class Score:
    """Answers counted by kind. `score` and its errors are in points, -100 to 100; None without answers."""

    promoters: int
    passives: int
    detractors: int
    population: int | None = None

    @property
    def answers(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float | None:
        """Share of promoters minus share of detractors, in percent."""
        if not self.answers:
            return None
        return 100 * (self.promoters - self.detractors) / self.answers

    @property
    def standard_error(self) -> float | None:
        """100·√((p + d − (p − d)²)/n), times the finite-population factor √((N − n)/(N − 1)).

        The variance of a variable that is 1 for a promoter, -1 for a detractor, 0 for the others, over n.
        The factor (Cochran, Sampling Techniques, 1977, eq. 2.8) applies where n is 5 % of N or more.
        """
        n = self.answers
        if not n:
            return None
        p, d = self.promoters / n, self.detractors / n
        # Rounding may leave a hair below zero where all answers are alike.
        variance = max(0.0, p + d - (p - d) ** 2) / n
        return 100 * sqrt(variance) * self._finite_population_factor()

    @property
    def margin(self) -> float | None:
        """Half the width of the 95% interval, in points."""
        error = self.standard_error
        return None if error is None else Z_95 * error

    @property
    def is_thin(self) -> bool:
        """Whether there are too few answers to judge by."""
        return self.answers < FEW

    def _finite_population_factor(self) -> float:
        n, size = self.answers, self.population
        if not size or size <= 1 or n < GOOD_PART * size:
            return 1.0
        return sqrt(max(0, size - n) / (size - 1))


def is_promoter(score: int) -> bool:
    """9 or 10."""
    return score >= PROMOTER_FROM


def is_detractor(score: int) -> bool:
    """0 to 6."""
    return score <= DETRACTOR_TO


def score_of(answers: Iterable[int], population: int | None = None) -> Score:
    """The score of single answers from 0 to 10."""
    values = list(answers)
    promoters = sum(map(is_promoter, values))
    detractors = sum(map(is_detractor, values))
    return Score(promoters, len(values) - promoters - detractors, detractors, population)
