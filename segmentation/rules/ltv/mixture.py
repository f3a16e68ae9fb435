"""Expected orders of a customer who is alive, by quadrature over the drop-out probability.

Given alive after y chances to drop out, p ~ Beta(a, b+y) and the rate ~ Gamma(r+x, alpha+T), so

    E[orders in the next t] = E_p[(1 - (1 + p w)^-(r+x)) / p],   w = t / (alpha + T).

This is the bracket of eq. (10) in Fader, Hardie, Lee (2005), before they write it as a Gaussian
hypergeometric function; that form cancels near a = 1 and overflows for large x. Here every term
is positive, so the sum can be neither negative nor infinite.
"""

import numpy as np
from scipy.special import betaln, expit, polygamma

from segmentation.rules.ltv.codes import FloatArray

_CHUNK_FLOATS = 1_000_000
_DEEPEST_TAIL = 40.0  # exp(-40) is below double precision
_SMALLEST_P = 1e-300


def orders_while_alive(a: float, b: FloatArray, events: FloatArray, steps: FloatArray) -> FloatArray:
    """Expected orders (M, K) of M alive customers up to K horizons.

    a: first parameter of the drop-out probability. b: (M,) its second parameter, b + y.
    events: (M,) r + x. steps: (M, K) w = horizon / (alpha + T), zero or more.
    """
    out = np.zeros(steps.shape)
    if out.size == 0:
        return out
    knee = np.log1p(events * steps.max(axis=1))
    points = _points(a, b, float((_anchor(a, b) + knee).max()))
    distinct_b, b_at = np.unique(b, return_inverse=True)
    size = max(1, _CHUNK_FLOATS // (steps.shape[1] * points.shape[1]))
    for low in range(0, len(b), size):
        part = slice(low, low + size)
        used, used_at = np.unique(b_at[part], return_inverse=True)
        p, weights = _nodes(a, distinct_b[used], points)
        exponent = np.log1p(steps[part, :, None] * p[used_at, None, :])
        exponent *= -events[part, None, None]
        np.expm1(exponent, out=exponent)
        out[part] = -np.einsum("mkj,mj->mk", exponent, (weights / p)[used_at])
    return out


def _anchor(a: float, b: FloatArray) -> FloatArray:
    """Where on s = logit p the density of Beta(a, b) turns from exp(a s) to exp(-b s); (M,)."""
    anchor: FloatArray = np.log(max(a, 1.0)) - np.log(np.maximum(b, 1.0))
    return anchor


def _points(a: float, b: FloatArray, knee: float) -> FloatArray:
    """Distances from the anchor on s, and the trapezoidal step at each: (2, J).

    On s both Beta and the integrand are smooth bumps, for which the trapezoidal rule converges
    exponentially. The points are evenly spaced over all that varies: the bulk of Beta, and the
    knee of the integrand at p = 1 / ((r+x) w), `knee` to the left of the anchor. Beyond, where
    only exponential tails are left, the spacing grows exponentially (Takahasi, Mori 1974), so
    that even a = 0.001 takes few points.
    """
    b_low, b_high = float(b.min()), float(b.max())
    narrow, wide = (float(np.sqrt(polygamma(1, a) + polygamma(1, each))) for each in (b_high, b_low))
    spacing = min(0.3, 0.4 * narrow)
    left = -min(max(knee, 0.0) + 4, _DEEPEST_TAIL / a + 9 * wide)
    right = min(4.0, _DEEPEST_TAIL / b_low + 9 * wide)
    scale = min(1.0, narrow)  # of the growth: a narrow bump must not be stretched from its tails
    start = left - scale * np.log1p(_DEEPEST_TAIL / (a * scale))
    stop = right + scale * np.log1p(_DEEPEST_TAIL / (b_low * scale))
    u = np.arange(start, stop + spacing, spacing)
    tail_left, tail_right = np.exp((left - u) / scale), np.exp((u - right) / scale)
    distance = u - scale * tail_left + scale * tail_right
    return np.stack((distance, spacing * (1 + tail_left + tail_right)))


def _nodes(a: float, b: FloatArray, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values of p and their probabilities under Beta(a, b), both (B, J), for each b (B,)."""
    distance, step = points
    s = _anchor(a, b)[:, None] + distance
    # ln p and ln(1-p) from s itself: p alone would lose them where it is near 0 or 1
    log_density = -a * np.logaddexp(0, -s) - b[:, None] * np.logaddexp(0, s) - betaln(a, b)[:, None]
    weights: FloatArray = np.exp(log_density) * step
    weights /= weights.sum(axis=1, keepdims=True)
    return np.maximum(expit(s), _SMALLEST_P), weights
