r"""Footnote 5: if the partition function is infinite at one temperature, it is at all of them. Section 2.2, to Theorem 2.2.

For any data, the target $v_* = 0$ and $Z(\lambda) = \int_{\mathbb{R}^d} e^{-\lambda L(v)}\,dv$: if $Z(\lambda) = \infty$ for some
$\lambda > 0$, then for all.

*Reading.* L is homogeneous of degree 4, so that $Z(\lambda) = (\lambda'/\lambda)^{d/4}Z(\lambda')$, and this holds before the limit, on
the boxes $[-R, R]^d$: with $R' = R(\lambda/\lambda')^{1/4}$
$$Z_R(\lambda) = \Bigl(\frac{\lambda'}\lambda\Bigr)^{d/4}Z_{R'}(\lambda').$$
For fixed $\lambda, \lambda'$ both radii go to infinity together, so that both limits are infinite or neither is.

*Instances.* Any data with entries up to 1 (rank one, zero, of one sign, with ties), n up to 2, d up to 3, $\lambda$ and $\lambda'$
over four decades, $R\lambda^{1/4} \le 3/2$. The left side is integrated over v, the right side by Fresnel integrals in Fourier space.

*Tightness.* An equation, met to a relative $10^{-14}$.

*Remarks.* With $v_* \ne 0$ the loss is not homogeneous and the scaling fails, as a control shows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.partition import in_box, in_box_by_fresnel
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

SCALED = "Z_R(λ) = (λ'/λ)^(d/4) Z_R'(λ')"
QUADRATURE = 1e-12  # relative; the two formulas differ by less than 1e-14 on the instances


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int


@dataclass(frozen=True)
class Instance:
    """The rows of X are the data; rate and other are λ and λ'."""

    X: Float[ndarray, "trials n d"]
    rate: Float[ndarray, " trials"]
    other: Float[ndarray, " trials"]
    R: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 2), d=choose.integer("d", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    X = extremes.matrix(draws, sizes.n, sizes.d)
    X = X / np.maximum(np.abs(X).max(axis=(1, 2), keepdims=True), 1.0)
    X = np.where(draws.integers(0, 3)[:, np.newaxis, np.newaxis] == 0, np.abs(X), X)
    rate, other = 10.0 ** draws.uniform(-2.0, 2.0), 10.0 ** draws.uniform(-2.0, 2.0)
    return Instance(X=X, rate=rate, other=other, R=rate**-0.25 * draws.uniform(0.1, 1.5))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("λ > 0", x.rate)
    yield positive("λ' > 0", x.other)
    yield positive("R > 0", x.R)
    yield at_most("|x_k⁽ⁱ⁾| ≤ 1", np.abs(x.X).max(axis=(1, 2)), 1.0)
    yield at_most("R λ^(1/4) ≤ 3/2", x.R * x.rate**0.25, 1.5)


def scaled(power: Callable[[int], float], radius: float) -> Callable[[Sizes, Instance], Iterable[Clause]]:
    r"""$Z_R(\lambda) = q^{power}Z_{R'}(\lambda')$ with $R' = Rq^{-radius}$, $q = \lambda'/\lambda$."""

    def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        left, quotient = in_box(x.X, x.rate, x.R), x.other / x.rate
        right = quotient ** power(sizes.d) * in_box_by_fresnel(x.X, x.other, x.R * quotient**-radius)
        yield equals(SCALED, left, right, allowance=QUADRATURE * left)

    return conclusions


def with_target(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    r"""The loss with the labels of $v_* = (1, \dots, 1)$ on both sides."""
    left, quotient = in_box(x.X, x.rate, x.R, target=1.0), x.other / x.rate
    right = quotient ** (sizes.d / 4) * in_box(x.X, x.other, x.R * quotient**-0.25, target=1.0)
    yield equals(SCALED, left, right, allowance=QUADRATURE * left)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Fn 5",
        title="infinite at one temperature, infinite at all",
        kind="deterministic",
        claim=r"v_* = 0:\quad Z(\lambda) = \infty \text{ for some } \lambda > 0 \iff Z(\lambda) = \infty \text{ for all } \lambda > 0",
        place="Section 2.2, footnote 5 to Theorem 2.2",
        reading="through Z_R(λ) = (λ'/λ)^(d/4) Z_R'(λ') on boxes of radius R and R' = R (λ/λ')^(1/4), which grow together.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=scaled(lambda d: d / 4, 0.25),
    controls=(
        control("the power d/2", with_conclusions(scaled(lambda d: d / 2, 0.25)), SCALED),
        control("the same box", with_conclusions(scaled(lambda d: d / 4, 0.0)), SCALED),
        control("the target v* = (1, …, 1)", with_conclusions(with_target), SCALED),
    ),
    block=40,
)
