"""Potentials on the half line: increasing, concave, 0 at 0, of growth below linear, their derivatives alternating in sign.

The parts are ``x^p`` with 0 < p < 1, ``ln(1 + x)``, ``x / (1 + x)`` and ``1 - e^(-x)``; a potential is a sum
``phi(v) = sum_j a_j f_j(c_j v)`` with weights a_j >= 0, not all 0, and rates c_j > 0. Its derivatives from the first on are
monotone in size, so that each is largest at the left end of an interval.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import factorial, poch

PARTS = ("power", "log", "saturating", "exponential")


@dataclass(frozen=True)
class Potential:
    """``phi(v) = a_0 (c_0 v)^p + a_1 ln(1 + c_1 v) + a_2 c_2 v / (1 + c_2 v) + a_3 (1 - e^(-c_3 v))``, one per trial."""

    weight: Float[ndarray, "trials parts"]
    rate: Float[ndarray, "trials parts"]
    p: Float[ndarray, " trials"]

    def value(self, v: Float[ndarray, "trials points"]) -> Float[ndarray, "trials points"]:
        """``phi(v)``"""
        x = self._scaled(v)
        p = self.p[:, np.newaxis]
        parts = np.stack([x[..., 0] ** p, np.log1p(x[..., 1]), x[..., 2] / (1 + x[..., 2]), -np.expm1(-x[..., 3])], axis=2)
        return self._summed(parts)

    def derivative(self, v: Float[ndarray, "trials points"], order: int) -> Float[ndarray, "trials points"]:
        """The derivative of that order, 1 or more, at v > 0: of sign ``(-1)^(order - 1)``."""
        x, sign = self._scaled(v), (-1.0) ** (order - 1)
        p = self.p[:, np.newaxis]
        power = p * poch(1 - p, order - 1) * x[..., 0] ** (p - order)
        log = factorial(order - 1) * (1 + x[..., 1]) ** -order
        saturating = factorial(order) * (1 + x[..., 2]) ** -(order + 1)
        parts = np.stack([power, log, saturating, np.exp(-x[..., 3])], axis=2)
        return sign * self._summed(parts * self.rate[:, np.newaxis, :] ** order)

    def drop(self, v: Float[ndarray, "trials points"], w: Float[ndarray, "trials points"]) -> Float[ndarray, "trials points"]:
        """``phi(v) - (phi(v + w) + phi(v - w)) / 2`` for 0 <= w < v, to nearly all digits where w is small beside v."""
        x, y, p = self._scaled(v), self._scaled(w), self.p[:, np.newaxis]
        share = y / (1 + x)
        ratio = w / v
        power = -(x[..., 0] ** p) * (np.expm1(p * np.log1p(ratio)) + np.expm1(p * np.log1p(-ratio))) / 2
        log = -np.log1p(-(share[..., 1] ** 2)) / 2
        saturating = share[..., 2] ** 2 / ((1 + x[..., 2]) * (1 - share[..., 2] ** 2))
        exponential = 2 * np.exp(y[..., 3] - x[..., 3]) * (np.expm1(-y[..., 3]) / 2) ** 2
        return self._summed(np.stack([power, log, saturating, exponential], axis=2))

    def exponents(self) -> Float[ndarray, "trials parts"]:
        """Exponents q with ``f_j(x) <= x^q``: p for the power, 1/2 for the other parts."""
        return np.where(np.arange(len(PARTS)) == 0, self.p[:, np.newaxis], 0.5)

    def _scaled(self, v: Float[ndarray, "trials points"]) -> Float[ndarray, "trials points parts"]:
        return v[:, :, np.newaxis] * self.rate[:, np.newaxis, :]

    def _summed(self, parts: Float[ndarray, "trials points parts"]) -> Float[ndarray, "trials points"]:
        return np.sum(self.weight[:, np.newaxis, :] * parts, axis=2)
