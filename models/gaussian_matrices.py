r"""Exact laws of $\lVert G\rVert$ for $G \in \mathbb{R}^{k \times d}$ with independent standard normal entries and d at most 2.

For d = 1 the square is chi-square with k degrees. For d = 2 it is the larger eigenvalue of a Wishart matrix, with density
in proportion to $(\ell_1\ell_2)^{(k-3)/2}e^{-(\ell_1+\ell_2)/2}(\ell_1-\ell_2)$; integrating by parts gives incomplete
gamma functions (regularised: P lower, Q upper).
"""

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln

from models.laws import Enclosure, chi_square_above, widened


def norm_above(k: int, d: int, b: float) -> Enclosure:
    """``P(||G|| > b)`` for a k by d matrix, d = 1 or 2 and k >= 2."""
    if d not in (1, 2) or k < 2:
        raise ValueError(f"the law is known here for d = 1 and 2 and k at least 2, not for k = {k}, d = {d}")
    return chi_square_above(k, b**2) if d == 1 else _two_columns(k, b**2)


def _two_columns(k: int, x: float) -> Enclosure:
    r"""$P(\lVert G\rVert^2 > x) = Q(k-1, x) + \sqrt\pi\,z^{(k-1)/2}e^{-z}P(\tfrac{k-1}2, z)/\Gamma(\tfrac k2)$, $z = x/2$."""
    z, half = x / 2, (k - 1) / 2
    density = np.exp(np.log(np.pi) / 2 + half * np.log(z) - z - gammaln(k / 2))
    tail = gammaincc(k - 1, x) + density * gammainc(half, z)
    return widened(tail, tail)
