r"""The covariance of an activation's slopes: $\kappa(t) = E[\varphi'(u)\varphi'(v)]$ for standard normal u, v with correlation t.

Three ways: closed forms; the Hermite (Mehler) series $\kappa(t) = \sum_j c_j^2 t^j$, $c_j = E[\varphi'(g)h_j(g)]$ with the
orthonormal Hermite polynomials $h_j$; and two-dimensional Gauss-Hermite quadrature. The first two are exact to rounding.
"""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import roots_hermitenorm

from models import matrices
from models.activations import Activation

TERMS = 256  # of the series
UNIT = 1e-9  # how far from 1 the norm of a unit vector may be

CLOSED_FORMS: Mapping[str, Callable[[ndarray], ndarray]] = {
    "identity": np.ones_like,
    "sinmix": lambda t: (1 + 0.04 * np.sinh(t) / np.e) / 1.44,
    "bent": lambda t: np.sinh(t) / np.e,
    "erf": lambda t: 1 / np.sqrt((2 - t) * (2 + t)),
    "relu": lambda t: (np.pi - np.arccos(t)) / (2 * np.pi),
}


def slope_kernel(t: Float[ndarray, "*any"], activation: Activation) -> Float[ndarray, "*any"]:
    r"""$\kappa(t)$ for $|t| \le 1$: in closed form where there is one, else by its series."""
    closed = CLOSED_FORMS.get(activation.name)
    return closed(t) if closed else slope_kernel_by_series(t, activation)


def slope_kernel_by_series(t: Float[ndarray, "*any"], activation: Activation, terms: int = TERMS) -> Float[ndarray, "*any"]:
    r"""$\sum_{j<\mathrm{terms}} c_j^2t^j$, for a slope analytic near the real line; off by at most ``series_tail`` times $|t|^{\mathrm{terms}}$."""
    return np.polynomial.polynomial.polyval(t, hermite_coefficients(activation, terms) ** 2)


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
    r"""$\kappa(t)$ by Gauss-Hermite quadrature over $u = g$ and $v = tg + \sqrt{1-t^2}\,g'$, ``order`` points each."""
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
    return inner * slope_kernel(np.clip(inner, -1.0, 1.0), activation)


def least_eigenvalue(C: Float[ndarray, "*trials K d"], activation: Activation) -> Float[ndarray, "*trials"]:
    r"""$\lambda(C)$, the least eigenvalue of $\Sigma(C)$, up to rounding (about 1e-14)."""
    return matrices.least_eigenvalue(cluster_covariance(C, activation))
