"""Maximum likelihood over the logarithms of positive parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from segmentation.rules.ltv.codes import FloatArray, Reason

Objective = Callable[[FloatArray], tuple[float, FloatArray]]

# A log-parameter this far out no longer changes the likelihood: the data do not determine it.
_LOG_BOUND = float(np.log(1e4))
_GRADIENT_TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Optimum:
    """Best point found: positive parameters, the objective there, and whether to trust it."""

    params: FloatArray
    value: float
    reason: Reason


def maximise(objective: Objective, starts: Sequence[Sequence[float]]) -> Optimum:
    """Climb from each start by L-BFGS-B and keep the highest point.

    objective: positive parameters -> (value, derivatives by the parameters), scaled so that the
    value is of order one (per customer) and sensible parameters are too. Deterministic.
    """
    climbed = [_climb(objective, np.log(np.asarray(start, dtype=np.float64))) for start in starts]
    return max(climbed, key=lambda optimum: optimum.value)


def _climb(objective: Objective, start: FloatArray) -> Optimum:
    def negative(log_params: FloatArray) -> tuple[float, FloatArray]:
        params = np.exp(log_params)
        value, gradient = objective(params)
        return -value, -gradient * params

    bounds = [(-_LOG_BOUND, _LOG_BOUND)] * len(start)
    options = {"ftol": 1e-15, "gtol": 1e-8, "maxiter": 1000, "maxfun": 2000}
    found = minimize(negative, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return Optimum(np.exp(found.x), -float(found.fun), _verdict(found.x, found.fun, found.jac))


def _verdict(log_params: FloatArray, value: float, gradient: FloatArray) -> Reason:
    """Judge by the gradient: near the top the line search may give up over rounding alone."""
    if not (np.isfinite(value) and np.isfinite(gradient).all()):
        return Reason.NOT_CONVERGED
    if (np.abs(log_params) > _LOG_BOUND - 1e-3).any():
        return Reason.PARAMETERS_AT_BOUNDS
    if np.abs(gradient).max() > _GRADIENT_TOLERANCE:
        return Reason.NOT_CONVERGED
    return Reason.CONVERGED
