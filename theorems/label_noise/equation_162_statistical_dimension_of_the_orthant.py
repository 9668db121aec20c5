r"""Equation 162: the statistical dimension of the positive orthant is d/2. Appendix F, proof of Lemma F.1.

For the cone $C = \{x \in \mathbb{R}^d: x_k > 0\}$, the projection $\Pi_C$ on its closure and $g \sim N(0, I_d)$
$$\delta(C) = E\lVert\Pi_C(g)\rVert^2 = E\lVert\max(g, 0)\rVert^2 = \frac d2.$$

*Reading.* The number of positive coordinates is Bin(d, 1/2), and given k of them $\lVert\max(g, 0)\rVert^2$ is chi-square with k
degrees, so that the expectation is a finite sum.

*Instances.* Numbers only, d from 1 to $10^4$. For small d that mixture of laws is held against samples whose projection is
computed as a least-squares problem, without the formula $\max(g, 0)$.

*Tightness.* An equation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from numpy.random import Generator
from scipy.special import gammaln
from scipy.stats import binom

from models.laws import chi_square_above, widened
from models.matrices import euclidean
from models.orthant import nearest_in_orthant
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Nothing, Theorem, nothing

HALF = "E‖Π_C(g)‖² = d/2"
AFFORDABLE = 10  # dimensions, to sample the projection


@dataclass(frozen=True)
class Sizes:
    d: int


@dataclass(frozen=True)
class Instance:
    """x is any point of the closed cone."""

    g: Float[ndarray, "trials d"]
    x: Float[ndarray, "trials d"]


def setting(choose: Choose) -> Sizes:
    return Sizes(d=int(choose.option("d", (1, 2, 3, 10, 100, 1000, 10**4))))


def small(choose: Choose) -> Sizes:
    return Sizes(d=choose.integer("d", 1, 8))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """x anywhere in the cone, or near the projection of g."""
    g = extremes.vector(draws, sizes.d) * extremes.scale(draws, 3)[:, np.newaxis]
    near = np.abs(np.maximum(g, 0.0) + 0.001 * extremes.vector(draws, sizes.d))
    kinds = np.stack([np.abs(extremes.vector(draws, sizes.d)), near])
    return Instance(g=g, x=extremes.picked(kinds, draws.integers(0, 1)))


def unassumed(_sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    return ()


def inside(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("x ∈ closure of C", x.x.min(axis=1), 0.0)


def law(sizes: Sizes, _x: Nothing) -> Interval:
    r"""$P(\lVert\Pi_C(g)\rVert^2 > d/2)$, the mixture over the number of positive coordinates."""
    k = np.arange(1, sizes.d + 1)
    low, high = (float(binom.pmf(k, sizes.d, 0.5) @ end) for end in chi_square_above(k, sizes.d / 2))
    return widened(low, high)


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    nearest = nearest_in_orthant(generator.standard_normal((repetitions, sizes.d)))
    return np.sum(nearest**2, axis=1) > sizes.d / 2


def mean_over_supports(sizes: Sizes, of_support: Callable[[ndarray], ndarray]) -> float:
    """The mean of a function of the number of positive coordinates."""
    k = np.arange(sizes.d + 1)
    return float(binom.pmf(k, sizes.d, 0.5) @ of_support(k))


def conclusions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield compared(sizes, mean_over_supports(sizes, lambda k: k.astype(float)))


def compared(sizes: Sizes, dimension: float) -> Clause:
    return equals(HALF, dimension, sizes.d / 2, allowance=1e-10 * sizes.d)


def square_of_the_mean(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    r"""$(E\lVert\Pi_C(g)\rVert)^2$, with $\sqrt2\,\Gamma(\tfrac{k+1}2)/\Gamma(\tfrac k2)$ for the mean of chi with k degrees."""

    def mean_of_chi(k: ndarray) -> ndarray:
        positive = np.maximum(k, 1)
        return np.where(k > 0, np.sqrt(2) * np.exp(gammaln((positive + 1) / 2) - gammaln(positive / 2)), 0.0)

    yield compared(sizes, mean_over_supports(sizes, mean_of_chi) ** 2)


def whole_space(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield compared(sizes, float(sizes.d))


def one_free(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    """Without the condition on the first coordinate, which then contributes 1."""
    yield compared(sizes, 1 + mean_over_supports(Sizes(d=sizes.d - 1), lambda k: k.astype(float)))


def nearest(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    clipped = np.maximum(x.g, 0.0)
    yield at_most("‖g - max(g, 0)‖ ≤ ‖g - x‖", euclidean(x.g - clipped), euclidean(x.g - x.x))


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Eq 162",
        title="the statistical dimension of the positive orthant is d/2",
        kind="expectation",
        claim=r"\delta(\mathbb{R}^d_{>0}) = E\lVert\Pi_C(g)\rVert^2 = \tfrac d2",
        place="Appendix F, proof of Lemma F.1",
        reading="Π_C projects on the closure of the open cone; a mixture of chi-square laws over the number of positive coordinates.",
    ),
    setting=setting,
    chosen=nothing,
    assumptions=unassumed,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    controls=(
        control("the square of the mean", with_conclusions(square_of_the_mean), HALF),
        control("the whole space", with_conclusions(whole_space), HALF),
        control("one coordinate free", with_conclusions(one_free), HALF),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Eq 162-projection",
            title="the projection keeps the positive coordinates and sets the others to 0",
            claim=r"\lVert g-\max(g,0)\rVert \le \lVert g-x\rVert \quad \text{for every } x \ge 0",
            setting=small,
            chosen=chosen,
            assumptions=inside,
            conclusions=nearest,
            quantifier=ALWAYS,
        ),
    ),
)
