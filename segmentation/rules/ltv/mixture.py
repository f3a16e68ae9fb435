"""Expected orders of a customer who is alive, by quadrature over the drop-out probability.

Given alive after y chances to drop out, p ~ Beta(a, b+y) and the rate ~ Gamma(r+x, alpha+T), so

    E[orders in the next t] = E_p[(1 - (1 + p w)^-(r+x)) / p],   w = t / (alpha + T).

This is the bracket of eq. (10) in Fader, Hardie, Lee (2005), before they write it as a Gaussian
hypergeometric function; that form cancels near a = 1 and overflows for large x. Here every term
is positive, so the sum can be neither negative nor infinite.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, expit, polygamma

from segmentation.rules.ltv.codes import FloatArray

_CHUNK_FLOATS = 1_000_000
_DEEPEST_TAIL = 40.0  # exp(-40) is below double precision
_SMALLEST_P = 1e-300


@dataclass(frozen=True, eq=False)
class _Nodes:
    """Points of the drop-out probability: p, ln p, ln(1-p) and step, each (J,)."""

    p: FloatArray
    log_p: FloatArray
    log_rest: FloatArray
    step: FloatArray

    def weights(self, a: float, b: FloatArray) -> FloatArray:
        """Probabilities (B, J) of the points under Beta(a, b), for each b (B,)."""
        log_density = a * self.log_p + b[:, None] * self.log_rest - betaln(a, b)[:, None]
        weights = np.exp(log_density) * self.step
        return weights / weights.sum(axis=1, keepdims=True)


def orders_while_alive(
    a: float, b: FloatArray, events: FloatArray, steps: FloatArray
) -> FloatArray:
    """Expected orders (M, K) of M alive customers up to K horizons.

    a: first parameter of the drop-out probability. b: (M,) its second parameter, b + y.
    events: (M,) r + x. steps: (M, K) w = horizon / (alpha + T), zero or more.
    """
    out = np.zeros(steps.shape)
    if out.size == 0:
        return out
    nodes = _nodes(a, float(b.min()), float(b.max()), float(events.max() * steps.max()))
    distinct_b, b_at = np.unique(b, return_inverse=True)
    size = max(1, _CHUNK_FLOATS // (steps.shape[1] * len(nodes.p)))
    for low in range(0, len(b), size):
        part = slice(low, low + size)
        used, used_at = np.unique(b_at[part], return_inverse=True)
        weights = nodes.weights(a, distinct_b[used]) / nodes.p
        exponent = np.log1p(steps[part, :, None] * nodes.p)
        exponent *= -events[part, None, None]
        np.expm1(exponent, out=exponent)
        out[part] = -np.einsum("mkj,mj->mk", exponent, weights[used_at])
    return out


def _nodes(a: float, b_low: float, b_high: float, reach: float) -> _Nodes:
    """Trapezoidal points on s = logit p, where Beta and the integrand are smooth bumps.

    They are evenly spaced over all that varies: the bulk of every Beta(a, b) between b_low and
    b_high, and the knee at p = 1 / reach. Beyond, where only exponential tails are left, the
    spacing grows exponentially (Takahasi, Mori 1974), so that even a = 0.001 takes few points.
    """
    spread = float(np.sqrt(polygamma(1, a)))
    spacing = min(0.4, 0.5 * spread)
    left = min(0.0, np.log(a / b_high), -np.log1p(reach)) - 4
    right = max(0.0, np.log(a / b_low)) + 4
    low, high = left - np.log1p(_DEEPEST_TAIL / a), right + np.log1p(_DEEPEST_TAIL / b_low)
    u = np.arange(low, high + spacing, spacing)
    tail_left, tail_right = np.exp(left - u), np.exp(u - right)
    s = u - tail_left + tail_right
    log_p, log_rest = -np.logaddexp(0, -s), -np.logaddexp(0, s)
    p = np.maximum(expit(s), _SMALLEST_P)
    return _Nodes(p, log_p, log_rest, spacing * (1 + tail_left + tail_right))
