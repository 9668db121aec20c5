"""Exact laws as enclosures: a lower and an upper bound of a probability, never one rounded number.

scipy's tails carry relative errors up to about 1e-12 (normal: 1e-12 up to 35 standard deviations; chi-square: up to
10^4 degrees of freedom; binomial: up to 10^8 trials). Every enclosure is widened to the relative error ``RELATIVE``,
and by ``TINIEST`` where float64 underflows.

All are probabilities of failures: 1 minus a probability would lose the digits of a small one.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import betainc, betaincc, erf, erfc, gammainc, gammaincc

RELATIVE = 1e-10
TINIEST = 1e-300
Number = float | ndarray
Enclosure = tuple[Float[ndarray, " trials"], Float[ndarray, " trials"]]


def widened(low: Number, high: Number) -> Enclosure:
    """``[low (1 - RELATIVE), high (1 + RELATIVE) + TINIEST]``, within [0, 1]."""
    return np.maximum(np.atleast_1d(low) * (1 - RELATIVE), 0.0), np.minimum(np.atleast_1d(high) * (1 + RELATIVE) + TINIEST, 1.0)


def normal_beyond(b: Number) -> Enclosure:
    """``P(|z| > b) = 2 Q(b)`` for a standard normal z and b >= 0."""
    tail = erfc(np.asarray(b) / np.sqrt(2.0))
    return widened(tail, tail)


def normal_within(b: Number) -> Enclosure:
    """``P(|z| <= b) = 1 - 2 Q(b)`` for a standard normal z and b >= 0."""
    mass = erf(np.asarray(b) / np.sqrt(2.0))
    return widened(mass, mass)


def chi_square_below(d: Number, x: Number) -> Enclosure:
    """``P(chi2_d <= x)``: the regularised lower incomplete gamma function of (d/2, x/2)."""
    tail = gammainc(np.asarray(d) / 2, np.asarray(x) / 2)
    return widened(tail, tail)


def chi_square_above(d: Number, x: Number) -> Enclosure:
    """``P(chi2_d > x)``"""
    tail = gammaincc(np.asarray(d) / 2, np.asarray(x) / 2)
    return widened(tail, tail)


def binomial_at_most(k: Number, m: Number, p: Number) -> Enclosure:
    """``P(Bin(m, p) <= k) = 1 - I_p(k + 1, m - k)``; 0 for k < 0 and 1 for k >= m."""
    inside = np.clip(k, 0, np.asarray(m) - 1)
    tail = np.where(np.asarray(k) < 0, 0.0, np.where(k >= np.asarray(m), 1.0, betaincc(inside + 1.0, m - inside, p)))
    return widened(tail, tail)


def binomial_at_least(k: Number, m: Number, p: Number) -> Enclosure:
    """``P(Bin(m, p) >= k) = I_p(k, m - k + 1)``; 1 for k <= 0 and 0 for k > m."""
    inside = np.clip(k, 1, m)
    tail = np.where(np.asarray(k) <= 0, 1.0, np.where(k > np.asarray(m), 0.0, betainc(inside, m - inside + 1.0, p)))
    return widened(tail, tail)


def some_of(trials: Number, each: Enclosure) -> Enclosure:
    """``1 - (1 - q)^N``: at least one of N independent events, each of probability q."""
    low, high = (-np.expm1(np.asarray(trials) * np.log1p(-np.minimum(end, 1 - 2.0**-53))) for end in each)
    return widened(low, np.where(each[1] < 1, high, 1.0))


def either_of_disjoint(first: Enclosure, second: Enclosure) -> Enclosure:
    """The probability that one of two disjoint events happens: the sum."""
    return widened(first[0] + second[0], first[1] + second[1])


def either(first: Enclosure, second: Enclosure) -> Enclosure:
    """One of two events, however dependent: between the larger probability and the sum."""
    return widened(np.maximum(first[0], second[0]), first[1] + second[1])
