r"""How fast, and how surely, a signal coordinate below 1 is pulled back: the mean and the variance of a step with its own moment.

Let $A = 1 - v_k \in [c_1/3, c_1]$ and $M = E_i[x_k^2]$. In the box of the coupling
$$E[A[t+1]] \le (1 - \eta\kappa) A[t], \qquad
  \kappa = M(1 - c_1)(2 - c_1) - (\tilde\epsilon_1^2 + r) C_x \frac{1 - c_1/3}{c_1/3},$$
$$\mathrm{Var}[A[t+1]] \le V = \eta^2\Bigl(1 - \frac{c_1}3\Bigr)^2 M\,\bigl(\delta^2 + b_x^2(\tilde\epsilon_1^2 + r)^2\bigr),$$
since $E_i[g_k] \le -(1 - v_k^2)M + (\tilde\epsilon_1^2 + r) C_x$ and $|g_k| \le b_x(\tilde\epsilon_1^2 + r)|x_{ik}|$. Mean and
variance both grow with M. So Bernstein's inequality gives an exponent that depends on $b_x$ only to about $10^{-6}$: a step is at
most $3\eta\delta b_x$ long, far less than the scale $V/(\eta\kappa c_1)$ on which the inequality feels it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.bernstein import least_escape_exponent
from models.quadratic_regression import cross_moment
from theorems.checker.certify import Comparison, concluded
from theorems.checker.claims import Clause, at_least, at_most
from theorems.label_noise import _signal_steps as one_step
from theorems.label_noise import _stage_one_exact as exactly
from theorems.label_noise._signal_steps import BELOW
from theorems.label_noise._stage_one import FINE, Instance, Sizes

PULL = "E[1-ṽ_k[t+1]] ≤ (1-ηκ)(1-ṽ_k)"
SPREAD = "Var[1-ṽ_k[t+1]] ≤ V"
VARIANCE = "Var[1-ṽ_k[t+1]] ≤ (2ηδ)²"
WITH_BX = "Var[1-ṽ_k[t+1]] ≤ (2ηδb_x)²"
OfSignal = Float[ndarray, "trials r"]


def moment(sizes: Sizes, x: Instance) -> OfSignal:
    """M"""
    return np.mean(x.X[:, :, : sizes.r] ** 2, axis=1)


def rate(sizes: Sizes, x: Instance) -> OfSignal:
    """κ"""
    c1 = sizes.constants.c1
    crossed = sizes.spread * cross_moment(x.X)[:, np.newaxis]
    return moment(sizes, x) * (1 - c1) * (2 - c1) - crossed * (1 - c1 / 3) / (c1 / 3)


def spread(sizes: Sizes, x: Instance) -> OfSignal:
    """``V / η²``"""
    loud = x.delta**2 + x.bx**2 * sizes.spread**2
    return (1 - sizes.constants.c1 / 3) ** 2 * moment(sizes, x) * loud[:, np.newaxis]


def exponent(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """Of Bernstein's bound of one fall from A ≤ c₁/2 to A > c₁ in any number of steps, at the worst of the coordinates k."""
    c1, eta = sizes.constants.c1, x.eta[:, np.newaxis]
    reach = x.eta * (1 - c1 / 3) * x.bx * (x.delta + 2 * x.bx * sizes.spread)
    gamma, variance = eta * rate(sizes, x), eta**2 * spread(sizes, x)
    return least_escape_exponent(c1, c1 / 2, gamma, variance, reach[:, np.newaxis]).min(axis=1)


def one_step_claims(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Both displayed inequalities for the first coordinate, divided by η and η²."""
    pulled, A = one_step.pull(BELOW, x), 1 - x.v[:, 0]
    yield at_least(PULL, pulled, rate(sizes, x)[:, 0] * A, rounding=FINE, scale=sizes.spread * x.bx**2)
    yield at_most(SPREAD, one_step.variance(x), spread(sizes, x)[:, 0])


def variance(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(VARIANCE, one_step.variance(x), 4 * x.delta**2)


def mended_variance(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield one_step.two_summands(x)
    yield at_most(WITH_BX, one_step.variance(x), 4 * x.delta**2 * x.bx**2)


def variance_certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """In rationals, without b_x as printed."""
    yield from exactly.on_the_way(sizes, exact)
    v, goal, X = exact["v"], exact["target"], exact["X"]
    factors = [sum(((a**2 - b**2) * entry for a, b, entry in zip(v, goal, x, strict=True)), fmpq(0)) * x[0] for x in X]
    mean = exactly.mean_factor(exact, 0)
    gradient = sum(((g - mean) ** 2 for g in factors), fmpq(0)) / len(X)
    yield concluded(VARIANCE, v[0] ** 2 * (exact["delta"] ** 2 * exactly.moment(exact, 0, 0) + gradient), 4 * exact["delta"] ** 2)
