r"""Activations $\varphi$ with their first two derivatives and what bounds these.

All are evaluated without overflow at every finite argument up to 1e300. Smooth ones are in ``ACTIVATIONS``; the ReLU, which
has no bounded curvature, stands apart.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import erf, expit

Entrywise = Callable[[ndarray], ndarray]
FLAT = 40.0  # exp(-z^2/2) is 0 in float64 beyond


@dataclass(frozen=True)
class Activation:
    r"""An activation $\varphi$, applied entrywise.

    value, slope, curvature: $\varphi, \varphi', \varphi''$
    slope_bound:             $\sup|\varphi'|$
    curvature_bound:         $\sup|\varphi''|$, infinite where $\varphi'$ jumps
    """

    name: str
    value: Entrywise
    slope: Entrywise
    curvature: Entrywise
    slope_bound: float
    curvature_bound: float

    @property
    def bound(self) -> float:
        r"""$\Gamma$, the least number with $|\varphi'(z)|, |\varphi''(z)| \le \Gamma$ for all z."""
        return max(self.slope_bound, self.curvature_bound)

    @property
    def at_zero(self) -> float:
        r"""$\varphi(0)$"""
        return float(self.value(np.zeros(1))[0])


def _sech_squared(z: Float[ndarray, "*any"]) -> Float[ndarray, "*any"]:
    return 4 * expit(2 * z) * expit(-2 * z)


def _logistic_slope(z: Float[ndarray, "*any"]) -> Float[ndarray, "*any"]:
    return expit(z) * expit(-z)


def _bell(z: Float[ndarray, "*any"]) -> Float[ndarray, "*any"]:
    return np.exp(-(np.minimum(np.abs(z), FLAT) ** 2) / 2)


IDENTITY = Activation("identity", np.positive, np.ones_like, np.zeros_like, slope_bound=1.0, curvature_bound=0.0)

# (z - 0.2 cos z)/1.2: the slope is largest, 1, where sin z = 1, and at least 2/3 everywhere
SINMIX = Activation(
    "sinmix",
    lambda z: (z - 0.2 * np.cos(z)) / 1.2,
    lambda z: (1 + 0.2 * np.sin(z)) / 1.2,
    lambda z: 0.2 * np.cos(z) / 1.2,
    slope_bound=1.0,
    curvature_bound=1 / 6,
)

# log(1 + e^z)
SOFTPLUS = Activation("softplus", lambda z: np.logaddexp(0.0, z), expit, _logistic_slope, slope_bound=1.0, curvature_bound=0.25)

# the curvature -2 tanh z / cosh^2 z is largest where tanh^2 z = 1/3
TANH = Activation(
    "tanh",
    np.tanh,
    _sech_squared,
    lambda z: -2 * np.tanh(z) * _sech_squared(z),
    slope_bound=1.0,
    curvature_bound=4 / (3 * np.sqrt(3.0)),
)

# the integral of exp(-z^2/2) from 0; the curvature is largest at z = -1 and 1
ERF = Activation(
    "erf",
    lambda z: np.sqrt(np.pi / 2) * erf(z / np.sqrt(2.0)),
    _bell,
    lambda z: -z * _bell(z),
    slope_bound=1.0,
    curvature_bound=float(np.exp(-0.5)),
)

# the curvature -s(1-s)(2s-1), s = 1/(1 + e^-z), is largest where (2s-1)^2 = 1/3
SIGMOID = Activation(
    "sigmoid",
    expit,
    _logistic_slope,
    lambda z: -np.tanh(z / 2) * _logistic_slope(z),
    slope_bound=0.25,
    curvature_bound=1 / (6 * np.sqrt(3.0)),
)

# 1 - cos z: slope and curvature both attain the bound 1, with either sign
BENT = Activation("bent", lambda z: 2 * np.sin(z / 2) ** 2, np.sin, np.cos, slope_bound=1.0, curvature_bound=1.0)

# max(z, 0) with slope 0 at 0
RELU = Activation(
    "relu",
    lambda z: np.maximum(z, 0.0),
    lambda z: np.where(z > 0, 1.0, 0.0),
    np.zeros_like,
    slope_bound=1.0,
    curvature_bound=np.inf,
)

ACTIVATIONS = {phi.name: phi for phi in (IDENTITY, SINMIX, SOFTPLUS, TANH, ERF, SIGMOID, BENT)}
