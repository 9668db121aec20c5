r"""Means of products of independent standard normal variables: the entries of a sample covariance matrix off its diagonal.

For x and y independent and standard normal $E e^{\lambda xy} = (1-\lambda^2)^{-1/2}$, $|\lambda| < 1$. Hence for n independent
pairs and t > 0, by Markov's inequality for the exponential of $\lambda\sum_i x_iy_i$,
$$P\Bigl(\frac1n\sum_i x_iy_i \ge t\Bigr) \le \exp\Bigl(-n\bigl(\lambda t + \tfrac12\log(1-\lambda^2)\bigr)\Bigr),
  \qquad \lambda = \frac{2t}{1+\sqrt{1+4t^2}},$$
and alike for the mean of squares below 1 (Chernoff's bound of the chi-square law). Exponents come back, as lower bounds also
after rounding.
"""

import numpy as np

from models.azuma import OUTWARD

Number = float | np.number | np.ndarray


def product_mean_exponent(t: Number) -> Number:
    r"""$\lambda t + \frac12\log(1-\lambda^2) \ge 0$, about $t^2/2$ for small t."""
    slope = 2 * t / (1 + np.sqrt(1 + 4 * np.square(t)))
    return OUTWARD * (slope * t + np.log1p(-np.square(slope)) / 2)


def square_mean_exponent(t: Number) -> Number:
    r"""$\frac12(t - 1 - \log t)$: $P(\frac1n\sum_i x_i^2 \le t) \le e^{-n\cdot}$ for $0 < t < 1$."""
    return OUTWARD * (t - 1 - np.log(t)) / 2
