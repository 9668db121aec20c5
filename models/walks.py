"""One-dimensional random walks that start at 1.

The multiplicative walk is ``v <- v (1 + eta xi)`` with signs xi, the additive one ``v <- v + eta xi`` with standard normal xi.
After t steps the multiplicative walk is ``(1 + eta)^K (1 - eta)^(t - K)`` with K ~ Bin(t, 1/2), the additive one
``1 + eta sqrt(t) z`` with z standard normal: exact laws. Step sizes have one entry per trial.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import comb, ndtr

from models import laws

NEARLY = 1e-12  # relative error of the computed threshold between two values of K


def multiplicative(signs: Float[ndarray, "trials steps"], eta: Float[ndarray, " trials"]) -> Float[ndarray, "trials times"]:
    """``v_0 = 1, v_1, ..., v_t``: the products of ``1 + eta xi``."""
    start = np.ones((len(signs), 1))
    return np.cumprod(np.concatenate([start, 1 + eta[:, np.newaxis] * signs], axis=1), axis=1)


def additive(noise: Float[ndarray, "trials steps"], eta: Float[ndarray, " trials"]) -> Float[ndarray, "trials times"]:
    """``v_0 = 1, v_1, ..., v_t``: the sums of ``eta xi``."""
    start = np.ones((len(noise), 1))
    return np.cumsum(np.concatenate([start, eta[:, np.newaxis] * noise], axis=1), axis=1)


def chances(t: int) -> Float[ndarray, " outcomes"]:
    """``P(K = k) = C(t, k) / 2^t`` for k = 0, ..., t, with t at most 1000."""
    return np.asarray(comb(t, np.arange(t + 1))) * 0.5**t


def values(eta: Float[ndarray, " trials"], t: int) -> Float[ndarray, "trials outcomes"]:
    """``(1 + eta)^k (1 - eta)^(t - k)`` for k = 0, ..., t."""
    k = np.arange(t + 1)
    return (1 + eta[:, np.newaxis]) ** k * (1 - eta[:, np.newaxis]) ** (t - k)


def above(x: float, eta: float, t: int) -> laws.Enclosure:
    """``P(v_t > x)`` for the multiplicative walk, x > 0 and 0 < eta < 1: ``K > (ln x - t ln(1 - eta)) / ln((1 + eta)/(1 - eta))``.

    A threshold too near to an integer for float64 counts as on either side of it.
    """
    threshold = (np.log(x) - t * np.log1p(-eta)) / (2 * np.arctanh(eta))
    slack = NEARLY * (1 + abs(threshold))
    fewest, most = np.floor(threshold - slack) + 1, np.floor(threshold + slack) + 1
    return laws.binomial_at_least(most, t, 0.5)[0], laws.binomial_at_least(fewest, t, 0.5)[1]


def log_moment(p: float | ndarray, eta: float | ndarray) -> float | ndarray:
    """``ln E (1 + eta xi)^p``, so that ``E v_t^p = exp(t log_moment)``; negative for 0 < p < 1, where ``v^p`` is concave."""
    return np.log1p((np.expm1(p * np.log1p(eta)) + np.expm1(p * np.log1p(-np.asarray(eta)))) / 2)


def additive_within(bound: float, eta: float, t: int) -> laws.Enclosure:
    """``P(|v_t| <= bound)`` for the additive walk, an interval of the law N(1, eta^2 t)."""
    spread = eta * np.sqrt(t)
    mass = ndtr((bound - 1) / spread) - ndtr((-bound - 1) / spread)
    return laws.widened(mass, mass)
