r"""The covariance of an activation's slopes: $\kappa(t) = E[\varphi'(u)\varphi'(v)]$ for standard normal u, v with correlation t.

Three ways: closed forms; the Hermite (Mehler) series $\kappa(t) = \sum_j c_j^2 t^j$, $c_j = E[\varphi'(g)h_j(g)]$ with the
orthonormal Hermite polynomials $h_j$; and two-dimensional Gauss-Hermite quadrature. The first two are exact to rounding.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import roots_hermitenorm

from models import matrices
from models.activations import BENT, ERF, IDENTITY, RELU, SINMIX, Activation, Entrywise

TERMS = 256  # of the series
NEGLIGIBLE = 1e-17  # what the terms may add up to that are left out, relative to all
UNIT = 1e-9  # how far from 1 the norm of a unit vector may be

CLOSED_FORMS: Mapping[Activation, Entrywise] = {
    IDENTITY: np.ones_like,
    SINMIX: lambda t: (1 + 0.04 * np.sinh(t) / np.e) / 1.44,
    BENT: lambda t: np.sinh(t) / np.e,
    ERF: lambda t: 1 / np.sqrt((2 - t) * (2 + t)),
    RELU: lambda t: (np.pi - np.arccos(t)) / (2 * np.pi),
}


def slope_kernel(t: Float[ndarray, "*any"], activation: Activation) -> Float[ndarray, "*any"]:
    r"""$\kappa(t)$ for $|t| \le 1$: in closed form where there is one, else by its series."""
    closed = CLOSED_FORMS.get(activation)
    return closed(t) if closed else slope_kernel_by_series(t, activation)


def slope_kernel_by_series(t: Float[ndarray, "*any"], activation: Activation, terms: int = TERMS) -> Float[ndarray, "*any"]:
    r"""$\sum_{j<\mathrm{terms}} c_j^2t^j$ for a slope analytic near the real line, less last terms that are lost in rounding.

    It is off by at most ``series_tail`` times $|t|^{\mathrm{terms}}$.
    """
    squares = hermite_coefficients(activation, terms) ** 2
    needed = np.count_nonzero(np.cumsum(squares[::-1]) > NEGLIGIBLE * np.sum(squares))
    return np.polynomial.polynomial.polyval(t, squares[:needed])


def series_tail(activation: Activation, terms: int = TERMS) -> float:
    r"""$\sum_{j\ge\mathrm{terms}} c_j^2 = E\varphi'(g)^2 - \sum_{j<\mathrm{terms}} c_j^2$, up to rounding."""
    z, weight = _line()
    total = float(np.sum(weight**2 * activation.slope(z) ** 2))
    return total - float(np.sum(hermite_coefficients(activation, terms) ** 2))


@cache
def hermite_coefficients(activation: Activation, terms: int = TERMS) -> Float[ndarray, " terms"]:
    r"""$c_j = E[\varphi'(g)h_j(g)]$ for j < terms <= 512, by the trapezoidal rule.

    The rule converges exponentially for a slope that is analytic near the real line. The recurrence
    $\sqrt{j+1}\,h_{j+1} = z h_j - \sqrt j\,h_{j-1}$ runs on $h_j$ times the root of the normal density: that product stays
    bounded where $h_j$ overflows.
    """
    if np.isinf(activation.curvature_bound):
        raise ValueError(f"the slope of {activation.name} jumps: its series converges too slowly")
    z, weight = _line()
    target = weight * activation.slope(z)
    before, now = np.zeros_like(z), weight
    coefficients = np.empty(terms)
    for j in range(terms):
        coefficients[j] = np.sum(target * now)
        before, now = now, (z * now - np.sqrt(j) * before) / np.sqrt(j + 1)
    coefficients.flags.writeable = False
    return coefficients


def _line() -> tuple[ndarray, ndarray]:
    """Equidistant points, and the roots of the weights that the standard normal density gives them."""
    z, step = np.linspace(-16.0, 16.0, 1025, retstep=True)
    return z, np.exp(-(z**2) / 4) * np.sqrt(step / np.sqrt(2 * np.pi))


def slope_kernel_by_quadrature(t: Float[ndarray, "*any"], activation: Activation, order: int = 80) -> Float[ndarray, "*any"]:
    r"""$\kappa(t)$ by Gauss-Hermite quadrature over $u = g$ and $v = tg + \sqrt{1-t^2}\,g'$, ``order`` points each.

    At order 80 it is off by about 1e-8 for tanh, whose slope has poles at $\pm i\pi/2$, and by rounding for the other smooth ones.
    """
    points, weights = roots_hermitenorm(order)
    weights = weights / np.sum(weights)
    inner = t[..., np.newaxis, np.newaxis] * points[:, np.newaxis] + np.sqrt(1 - t**2)[..., np.newaxis, np.newaxis] * points
    return (activation.slope(inner) @ weights) @ (weights * activation.slope(points))


def cluster_covariance(C: Float[ndarray, "*trials K d"], activation: Activation) -> Float[ndarray, "*trials K K"]:
    r"""$\Sigma(C) = (CC^T) \odot E_g[\varphi'(Cg)\varphi'(Cg)^T]$ for unit rows C."""
    inner = C @ matrices.transpose(C)
    off = np.max(np.abs(np.diagonal(inner, axis1=-2, axis2=-1) - 1))
    if off > UNIT:
        raise ValueError(f"rows must be unit vectors; one has a squared norm {off:.1e} away from 1")
    if activation == RELU:  # its kernel has a root singularity at t = 1, where the angle keeps the digits that t has lost
        angle = angles(C)
        return np.cos(angle) * (np.pi - angle) / (2 * np.pi)
    return inner * slope_kernel(np.clip(inner, -1.0, 1.0), activation)


def angles(C: Float[ndarray, "*trials K d"]) -> Float[ndarray, "*trials K K"]:
    r"""The angles between unit rows, $2\arctan(\lVert c_i - c_j\rVert / \lVert c_i + c_j\rVert)$: exact also near 0 and $\pi$."""
    one, other = C[..., :, np.newaxis, :], C[..., np.newaxis, :, :]
    return 2 * np.arctan2(matrices.euclidean(one - other), matrices.euclidean(one + other))


def least_eigenvalue(C: Float[ndarray, "*trials K d"], activation: Activation) -> Float[ndarray, "*trials"]:
    r"""$\lambda(C)$, the least eigenvalue of $\Sigma(C)$, up to rounding (about 1e-14)."""
    return matrices.least_eigenvalue(cluster_covariance(C, activation))
