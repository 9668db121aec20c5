r"""Increments of the random network in its input: Orlicz norm (Eqs 51 and 97) and supremum over a ball (Eq 98).

For $g \sim N(0, I_d)$ the increment $X = \varphi(g^Tx_2) - \varphi(g^Tx_1)$ is at most $\Gamma|g^T(x_2 - x_1)|$, hence
$\lVert X\rVert_{\psi_2} \le \sqrt{8/3}\,\Gamma\lVert x_2 - x_1\rVert_2$, with equality for the identity.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import gammaln

from models.activations import ACTIVATIONS, Activation
from models.matrices import euclidean
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.theorem import Nothing
from theorems.early_stopping._two_inputs import on_the_sphere, unit_pair

C_ORLICZ = Witness("c", float(np.sqrt(8 / 3)), "derived: E exp(Z²/c²) = (1 - 2/c²)^(-1/2) is 2 for a standard normal Z at c = √(8/3)")
C_CHAINING = Witness("c'", 29.0, "derived: dyadic chaining with increments of variance proxy Γ²‖x-x'‖², 28.9 at d = 1")
ORLICZ = "E exp(X²/(cΓ‖x₂-x₁‖)²) ≤ 2, X = φ(gᵀx₂) - φ(gᵀx₁)"
SUPREMUM = "-log P(sup |f(W₀,c) - f(W₀,x)| > c'Γε₀√d) ≥ 100 d"
STEP, FAR, FAR_ACROSS = 0.25, 18.0, 9.0  # of the trapezoidal rule, whose error on such integrands is below 1e-12
LEVELS = 60


@dataclass(frozen=True)
class Inputs:
    d: int
    phi: Activation


@dataclass(frozen=True)
class Pair:
    x: Float[ndarray, "trials 2 d"]


@dataclass(frozen=True)
class Dimension:
    d: int


def setting(choose: Choose) -> Inputs:
    return Inputs(d=choose.integer("d", 1, 5), phi=ACTIVATIONS[str(choose.option("activation", tuple(ACTIVATIONS)))])


def chosen(inputs: Inputs, draws: Draws) -> Pair:
    return Pair(x=unit_pair(draws, inputs.d))


def assumptions(_inputs: Inputs, x: Pair) -> Iterable[Clause]:
    return on_the_sphere(x.x, ("x₁", "x₂"))


def conclusions(inputs: Inputs, x: Pair) -> Iterable[Clause]:
    yield orlicz(inputs.phi, x.x)


def orlicz(phi: Activation, x: Float[ndarray, "trials 2 d"]) -> Clause:
    """The definition of the norm at ``cΓ‖x₂ - x₁‖``."""
    return at_most(ORLICZ, exponential_moment(phi, x, C_ORLICZ.value), 2.0, rounding=1e-10)


def exponential_moment(phi: Activation, x: Float[ndarray, "trials 2 d"], c: float) -> Float[ndarray, " trials"]:
    r"""$E\exp(X^2/(c\Gamma\lVert x_2-x_1\rVert)^2)$ by the trapezoidal rule in two normal coordinates.

    $g^Tx_{1,2} = pa + qb \mp \lVert x_2-x_1\rVert a/2$, where a is the coordinate of g along $x_2 - x_1$ and b that along
    the rest of the midpoint, whose own coordinates are p and q.
    """
    span, middle = euclidean(x[:, 1] - x[:, 0]), x.mean(axis=1)
    p = np.sum((x[:, 1] - x[:, 0]) * middle, axis=1) / span
    q = np.sqrt(np.maximum(np.sum(middle**2, axis=1) - p**2, 0.0))
    a = np.arange(-FAR, FAR + STEP / 2, STEP)[:, np.newaxis]
    b = np.arange(-FAR_ACROSS, FAR_ACROSS + STEP / 2, STEP)
    p, q, half = (column[:, np.newaxis, np.newaxis] for column in (p, q, span / 2))
    increment = phi.value(p * a + q * b + half * a) - phi.value(p * a + q * b - half * a)
    exponent = (increment / (2 * half * phi.bound * c)) ** 2 - (a**2 + b**2) / 2
    return np.exp(exponent).sum(axis=(1, 2)) * STEP**2 / (2 * np.pi)


def dimension(choose: Choose) -> Dimension:
    return Dimension(d=int(choose.option("d", (1, 2, 3, 5, 10, 100, 1000, 10**6))))


def unassumed(_sizes: object, _x: Nothing) -> Iterable[Clause]:
    return ()


def supremum(sizes: Dimension, _x: Nothing) -> Iterable[Clause]:
    """The exponent of the failure, the worst over all activations: chaining bounds it below, the identity above."""
    exponents = (chaining_exponent(sizes.d, C_CHAINING.value), identity_exponent(sizes.d, C_CHAINING.value))
    yield at_least(SUPREMUM, exponents, 100.0 * sizes.d)


def chaining_exponent(d: int, c: float) -> float:
    r"""The largest A with $\sum_{j\ge1} 2^{1-j}c_j \le c$, $dc_j^2/2 = A + d\log(1 + 2^{j+1}) + (j+1)\log 2$, by bisection.

    A minimal net of the unit ball at scale $2^{-j}$ has at most $(1 + 2^{j+1})^d$ points; each is linked to one of the net
    before at most $2^{1-j}$ away, level 0 being the centre. A link of length l exceeds $c_j\sqrt d\,\Gamma\varepsilon_0 l$
    with probability at most $2e^{-dc_j^2/2}$; the sum over all links is at most $e^{-A}$. Levels past 60 add under 1e-15.
    """
    j = np.arange(1, LEVELS + 1)
    fixed = np.log1p(2.0 ** (j + 1)) + (j + 1) * np.log(2.0) / d
    low, high = 0.0, c**2
    for _ in range(100):
        middle = (low + high) / 2
        fits = np.sum(2.0 ** (1 - j) * np.sqrt(2 * (middle + fixed))) <= c
        low, high = (middle, high) if fits else (low, middle)
    return low * d


def identity_exponent(d: int, c: float) -> float:
    r"""An upper bound of $-\log P(\chi^2_d > c^2d)$, the supremum being $\varepsilon_0\lVert W_0^Tv\rVert$ for the identity.

    $\Gamma(a, z) \ge z^ae^{-z}/(z+1)$ for all $a \ge 1/2$, with $a = d/2$, $z = c^2d/2$.
    """
    a, z = d / 2, c**2 * d / 2
    return float(z - a * np.log(z) + np.log(z + 1) + gammaln(a))
