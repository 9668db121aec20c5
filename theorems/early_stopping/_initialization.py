r"""Gaussian initial weights: the least singular value of $J(W_0, C)$, and the matrix Chernoff bound on how often it is small.

$JJ^T = \frac1k\sum_j(\varphi'(Cw_j)\varphi'(Cw_j)^T)\odot CC^T$ is an average of k independent positive semidefinite matrices of
norm at most $\Gamma^2\lVert C\rVert^2$ with mean $\Sigma(C)$, so that for K rows
$$P\bigl(\lambda_{\min}(JJ^T) < \lambda(C)/2\bigr) \le K\exp\Bigl(-\frac{1-\ln 2}{2}\,\frac{k\lambda(C)}{\Gamma^2\lVert C\rVert^2}\Bigr).$$
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator

from models import laws
from models.activations import Activation
from models.kernels import least_eigenvalue
from models.matrices import spectral_norm
from models.networks import balanced_output_weights, least_singular_value
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Interval, WithProbability
from theorems.early_stopping._jacobians import activation, independent_rows, unit_norms

RATE = (1 - np.log(2)) / 2
WIDTH = Witness("C", 659.0, "derived: 659 (1 - ln 2)/2 > 101, which brings the matrix Chernoff bound of K rows below K^-100")
AFFORDABLE = 400_000  # neurons over all repetitions, to sample the event
STARTED = "σ_min(J(W₀,X)) ≥ √(λ(X)/2)"
MORE = "σ_min(J(W₀,X)) ≥ 1.1 √λ(X)"


def eigenvalue_over_norm(C: Float[ndarray, "trials K d"], phi: Activation) -> Float[ndarray, " trials"]:
    r"""$\lambda(C)/(\Gamma^2\lVert C\rVert^2)$"""
    return least_eigenvalue(C, phi) / (phi.bound * spectral_norm(C)) ** 2


def width_needed(C: Float[ndarray, "trials K d"], phi: Activation, constant: float) -> Float[ndarray, " trials"]:
    r"""$C\,\Gamma^2\log(K)\lVert C\rVert^2/\lambda(C)$ with this constant C."""
    return constant * np.log(C.shape[1]) / eigenvalue_over_norm(C, phi)


def even(width: Float[ndarray, " trials"]) -> Int[ndarray, " trials"]:
    """The next even number, at least 2."""
    return 2 * np.maximum(np.ceil(width / 2), 1.0).astype(np.int64)


def chance_of_small(C: Float[ndarray, "trials K d"], phi: Activation, k: Int[ndarray, " trials"]) -> Interval:
    r"""What the matrix Chernoff bound says of $P(\sigma_{\min}(J(W_0, C)) < \sqrt{\lambda(C)/2})$ at width k: from 0 to the bound."""
    bound = C.shape[1] * np.exp(-RATE * k * eigenvalue_over_norm(C, phi))
    return np.zeros_like(bound), laws.widened(bound, bound)[1]


def is_small(C: Float[ndarray, "1 K d"], phi: Activation, k: int, generator: Generator, repetitions: int) -> Bool[ndarray, " some"]:
    """Sampled: whether the least singular value is below the root of half the eigenvalue; fewer times where k is large."""
    W = generator.standard_normal((min(repetitions, AFFORDABLE // k), k, C.shape[2]))
    return least_singular_value(W, C, balanced_output_weights(k), phi) < np.sqrt(least_eigenvalue(C, phi) / 2)


@dataclass(frozen=True)
class Sizes:
    """``chance`` is what the Chernoff bound is to give, by the choice of the width."""

    phi: Activation
    n: int
    d: int
    chance: float


@dataclass(frozen=True)
class Started:
    """One set of inputs, many initial weights."""

    X: Float[ndarray, "#trials n d"]
    W0: Float[ndarray, "trials k d"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 3)
    return Sizes(phi=activation(choose), n=n, d=choose.integer("d", n, 4), chance=choose.real("chance", 0.05, 0.9))


def chosen(sizes: Sizes, draws: Draws) -> Started:
    return Started(X=independent_rows(draws, sizes.n, sizes.d), W0=np.zeros((draws.trials, 2, sizes.d)))


def sampled(sizes: Sizes, x: Started, generator: Generator, trials: int) -> Started:
    width = np.log(sizes.n / sizes.chance) / (RATE * eigenvalue_over_norm(x.X, sizes.phi))
    k = min(int(even(width)[0]), AFFORDABLE // trials // 2 * 2)
    return Started(X=x.X, W0=generator.standard_normal((trials, k, sizes.d)))


def assumptions(sizes: Sizes, x: Started) -> Iterable[Clause]:
    yield unit_norms("‖x_i‖ = 1", x.X)
    yield positive("λ(X) > 0", least_eigenvalue(x.X, sizes.phi))


def started_well(sizes: Sizes, x: Started) -> Iterable[Clause]:
    yield at_least(STARTED, least(sizes, x), np.sqrt(least_eigenvalue(x.X, sizes.phi) / 2))


def least(sizes: Sizes, x: Started) -> Float[ndarray, " trials"]:
    return least_singular_value(x.W0, x.X, balanced_output_weights(x.W0.shape[1]), sizes.phi)


def chernoff(sizes: Sizes, x: Started) -> float:
    """1 less the bound, 0 where that says nothing."""
    bound = chance_of_small(x.X, sizes.phi, np.array([x.W0.shape[1]]))[1]
    return float(np.maximum(1 - bound, 0.0)[0])


def more_than_the_mean(sizes: Sizes, x: Started) -> Iterable[Clause]:
    """Above the mean's least eigenvalue: by Markov's inequality missed by one start in six or more."""
    yield at_least(MORE, least(sizes, x), 1.1 * np.sqrt(least_eigenvalue(x.X, sizes.phi)))


MOVES: dict[str, Any] = {
    "setting": setting,
    "chosen": chosen,
    "sampled": sampled,
    "assumptions": assumptions,
    "quantifier": WithProbability(chernoff),
    "witnesses": (),
}
