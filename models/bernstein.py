r"""Bernstein's inequality for a process that contracts towards 0 in steps that are short beside their spread.

Given the past, while A[t] lies in a window, let $E[A[t+1]] \le (1-\gamma) A[t]$, let A[t+1] have variance at most V, and let it lie
at most ``reach`` above its mean; $0 < \gamma < 1$. Then for $0 \le \lambda < 3/\mathrm{reach}$
$$E[e^{\lambda (A[t+1] - E[A[t+1]])}] \le \exp\Bigl(\frac{\lambda^2}2 \cdot \frac{V}{1 - \lambda\,\mathrm{reach}/3}\Bigr),$$
so that such a variable is sub-Gaussian for small $\lambda$. With $\Gamma = \gamma(2-\gamma)$ and
$$\sigma^2 = \frac{V}{1 - \Gamma c\,\mathrm{reach}/(3V)},$$
Markov's inequality for $e^{\lambda A[m]}$ with $\lambda = \Gamma c/\sigma^2$, the same for every m, and $u = (1-\gamma)^m$ give
$$P\bigl(A[m] > c,\ A[t] \text{ in the window for } t < m\bigr)
  \le \exp\Bigl(-\frac\Gamma{\sigma^2}\bigl(\tfrac{c^2}2 - c s u + \tfrac{c^2u^2}2\bigr)\Bigr)
  \le \exp\Bigl(-\frac{\Gamma (c^2 - s^2)}{2\sigma^2}\Bigr) \quad\text{for } A[0] \le s \le c.$$
Azuma's inequality would have the squared length of a step in place of V.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.azuma import OUTWARD, decayed

Number = float | np.number | ndarray


def least_escape_exponent(c: Number, start: Number, gamma: Number, variance: Number, reach: Number) -> Float[ndarray, "..."]:
    r"""$\Gamma (c^2 - s^2) / (2\sigma^2)$, for every number of steps; 0 where $\Gamma c\,\mathrm{reach} \ge 3V$.

    A lower bound also after rounding.
    """
    both = decayed(gamma, 2.0)
    sub_gaussian = np.maximum(1 - both * c * reach / (3 * np.asarray(variance)), 0.0)
    return OUTWARD * both * (c - start) * (c + start) * sub_gaussian / (2 * np.asarray(variance))
