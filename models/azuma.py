r"""Azuma's inequality, and what it gives for a process that contracts towards 0 up to sub-Gaussian noise.

A variable X is sub-Gaussian with proxy $\sigma$ given the past if
$E[e^{\lambda (X - E[X])}] \le e^{\lambda^2 \sigma^2 / 2}$ for every $\lambda$. A variable in an interval of length R has the
proxy R/2 (Hoeffding's lemma). Its variance is no proxy: it lets the variable leap.

*The contracting process.* Given the past, while A[t] lies in a window (any set that does not shrink with time),
$E[A[t+1]] \le (1-\gamma) A[t]$ and A[t+1] has the proxy $\sigma$; $\gamma < 1$. Follow A until it leaves the window and multiply
by $1-\gamma$ at every later step: $(1-\gamma)^{-t} A[t]$ then is a supermartingale whose step to time t has the proxy
$(1-\gamma)^{-t} \sigma$. Hence for every m, if $A[0] \le s$ and $s (1-\gamma)^m < c$,
$$P\bigl(A[m] > c,\ A[t] \text{ in the window for } t < m\bigr)
  \le \exp\Bigl(-\frac{(c (1-\gamma)^{-m} - s)^2}{2\sigma^2 \sum_{j=1}^m (1-\gamma)^{-2j}}\Bigr).$$
A process that has to stay above c up to time T is above c at time T, so the same bound at m = T says how unlikely that is.

Exponents come back rather than probabilities, since $e^{-10^4}$ is 0 in float64. They are lower bounds also after rounding.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

Number = float | np.number | ndarray
Numbers = Float[ndarray, "..."]  # at least one axis: a number comes back as an array of length 1
OUTWARD = 1 - 1e-12  # covers the rounding of all that follows


def decayed(gamma: Number, steps: Number) -> Numbers:
    """``1 - (1-γ)^m``, exact to rounding also where γ = 1e-22 and m = 1e30."""
    return -np.expm1(steps * np.log1p(-np.atleast_1d(gamma)))


def squared_weights(gamma: Number, steps: Number) -> Numbers:
    """``Σ_{j<m} (1-γ)^{2j} = (1 - (1-γ)^{2m}) / (1 - (1-γ)^2)``; m for γ = 0."""
    ratio = decayed(gamma, 2.0)
    return np.where(ratio == 0, np.multiply(steps, 1.0), decayed(gamma, np.multiply(steps, 2.0)) / np.where(ratio == 0, 1.0, ratio))


def escape_exponent(c: Number, start: Number, gamma: Number, sigma: Number, steps: Number) -> Numbers:
    r"""$\frac{(c - s u)^2}{2\sigma^2 \sum_{j<m} (1-\gamma)^{2j}}$ with $u = (1-\gamma)^m$: the exponent above, m >= 1 steps.

    0 where the mean itself can be above c, $s u \ge c$.
    """
    gone = decayed(gamma, steps)
    gap = np.where(np.asarray(start) > 0, (c - start) + start * gone, c - start * (1 - gone))  # no cancellation for s <= c
    return OUTWARD * np.maximum(gap, 0.0) ** 2 / (2 * sigma**2 * squared_weights(gamma, steps))


def least_escape_exponent(c: Number, start: Number, gamma: Number, sigma: Number, steps: Number) -> Numbers:
    r"""A lower bound of ``escape_exponent`` over all $1 \le m \le T$, for $s < c$, $c > 0$ and $0 < \gamma < 1$.

    As a function of u it is $\frac{\gamma(2-\gamma)}{2\sigma^2} \frac{(c - s u)^2}{1 - u^2}$, least at $u = s/c$, where the fraction is
    $c^2 - s^2$. A horizon too short to get there leaves $u = (1-\gamma)^T$, and s < 0 puts the least value there too.
    """
    reached = 1 - np.asarray(start) / c <= decayed(gamma, steps)
    long = OUTWARD * decayed(gamma, 2.0) * (c - start) * (c + start) / (2 * sigma**2)
    return np.where(reached, long, escape_exponent(c, start, gamma, sigma, steps))
