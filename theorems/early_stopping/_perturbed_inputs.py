r"""Inputs moved off their cluster centres, and weights at both: the instances of Lemma 10.11 and its proof.

Weights are drawn so that the arguments $Wx$ move by a few units at most between the two ends of an average, where the
quadrature of ``average_jacobian`` is exact to rounding.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.activations import Activation
from models.data import around, equiangular_centres, membership, separation
from models.matrices import euclidean, spectral_norm, transpose
from models.networks import average_jacobian, balanced_output_weights
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.early_stopping._jacobians import activation, unit_norms

APART = 3.0  # the most that the two ends of an average differ, in spectral norm


@dataclass(frozen=True)
class Sizes:
    """K clusters of m points; ``one_class`` lets them be as close as they like."""

    phi: Activation
    K: int
    m: int
    k: int
    d: int
    distance: float
    one_class: int

    @property
    def n(self) -> int:
        return self.K * self.m

    @property
    def member(self) -> Int[ndarray, " n"]:
        return membership(np.full(self.K, self.m))

    @property
    def class_of(self) -> Int[ndarray, " K"]:
        return np.zeros(self.K, dtype=np.int64) if self.one_class else np.arange(self.K)

    @property
    def largest_radius(self) -> float:
        """Half the distance of the centres, 1 for clusters of one class or a single one."""
        return 1.0 if self.one_class or self.K == 1 else self.distance / 2


@dataclass(frozen=True)
class Instance:
    """``eps`` is ε₀; W₁ and W₂ go with the inputs X, W̃₁ and W̃₂ with the centres."""

    C: Float[ndarray, "trials K d"]
    X: Float[ndarray, "trials n d"]
    eps: Float[ndarray, " trials"]
    W1: Float[ndarray, "trials k d"]
    W2: Float[ndarray, "trials k d"]
    W1_tilde: Float[ndarray, "trials k d"]
    W2_tilde: Float[ndarray, "trials k d"]


def setting(choose: Choose) -> Sizes:
    K = choose.integer("K", 1, 3)
    return Sizes(
        phi=activation(choose),
        K=K,
        m=choose.integer("m", 1, 3),
        k=2 * choose.integer("half_k", 1, 3),
        d=choose.integer("d", max(K, 2), 4),
        distance=choose.real("distance", 0.05, 1.4),
        one_class=choose.integer("one_class", 0, 1),
    )


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    C = equiangular_centres(draws.normal(sizes.K, sizes.d), sizes.distance)
    eps = sizes.largest_radius * extremes.fraction(draws)
    X = around(C[:, sizes.member], directions(sizes, draws), eps[:, np.newaxis] * shares(sizes, draws))
    W1_tilde = steep(draws, X - C[:, sizes.member], sizes.k)
    W2_tilde = W1_tilde + limited(draws, sizes, APART) * draws.integers(0, 1, 1, 1)
    small = (10.0 ** draws.uniform(-3.0, 0.0))[:, np.newaxis, np.newaxis] * draws.integers(0, 1, 1, 1)
    W1, W2 = W1_tilde + small * limited(draws, sizes, APART / 2), W2_tilde + small * limited(draws, sizes, APART / 2)
    return Instance(C=C, X=X, eps=eps, W1=W1, W2=W2, W1_tilde=W1_tilde, W2_tilde=W2_tilde)


def directions(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials n d"]:
    """Every point its own way off the centre, all the same, or opposite ways in turn."""
    own = draws.normal(sizes.n, sizes.d)
    same = np.repeat(own[:, :1], sizes.n, axis=1)
    in_turn = same * np.where(np.arange(sizes.n) % 2 == 0, 1.0, -1.0)[:, np.newaxis]
    return extremes.picked(np.stack([own, same, in_turn]), draws.integers(0, 2))


def shares(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials n"]:
    """How far each point goes, of ε₀: all of it on half of the trials."""
    return np.where(draws.integers(0, 1, 1) == 0, 1.0, draws.uniform(0.0, 1.0, sizes.n))


def steep(draws: Draws, moved: Float[ndarray, "trials n d"], k: int) -> Float[ndarray, "trials k d"]:
    """Anything of any size, or every neuron along the way that the first input moved."""
    size = (10.0 ** draws.uniform(-2.0, 2.0))[:, np.newaxis, np.newaxis]
    length = euclidean(moved[:, 0])[:, np.newaxis]
    way = moved[:, 0] / np.where(length > 0, length, 1.0)
    kinds = np.stack([extremes.matrix(draws, k, moved.shape[2]), np.repeat(way[:, np.newaxis], k, axis=1)])
    return extremes.picked(kinds, draws.integers(0, 1)) * size


def limited(draws: Draws, sizes: Sizes, norm: float) -> Float[ndarray, "trials k d"]:
    """Anything of at most this norm, of exactly this norm on half of the trials."""
    E = extremes.matrix(draws, sizes.k, sizes.d)
    size = spectral_norm(E)
    return E * (norm * extremes.fraction(draws) / np.where(size > 0, size, 1.0))[:, np.newaxis, np.newaxis]


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from clusterable(sizes, x.C, x.X, x.eps)
    ends = np.maximum(spectral_norm(x.W1 - x.W2), spectral_norm(x.W1_tilde - x.W2_tilde))
    yield at_most("the quadrature is exact", ends, 2 * APART)


def clusterable(sizes: Sizes, C: Float[ndarray, "trials K d"], X: Float[ndarray, "trials n d"], eps: ndarray) -> Iterable[Clause]:
    """Definition 1.1 for the inputs."""
    yield unit_norms("‖c_l‖ = 1", C)
    yield unit_norms("‖x_i‖ = 1", X)
    yield at_most("‖x_i - c_l‖ ≤ ε₀", np.max(euclidean(X - C[:, sizes.member]), axis=1), eps, scale=1.0)
    apart = np.minimum(separation(C, sizes.class_of), 2.0)  # of one class: infinite
    yield at_least("‖c_l - c_l'‖ ≥ 2ε₀ for different classes", apart, 2 * eps, scale=1.0)


def centres(sizes: Sizes, x: Instance) -> Float[ndarray, "trials n d"]:
    """X̃"""
    return x.C[:, sizes.member]


def distance(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """``||J(W₁,W₂,X) - J(W̃₁,W̃₂,X̃)||``"""
    v = balanced_output_weights(sizes.k)
    here = average_jacobian(x.W1, x.W2, x.X, v, sizes.phi)
    return spectral_norm(here - average_jacobian(x.W1_tilde, x.W2_tilde, centres(sizes, x), v, sizes.phi))


def moved_weights(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""$(\lVert\tilde W_1-W_1\rVert_F + \lVert\tilde W_2-W_2\rVert_F)/(2\sqrt k)$"""
    first, second = (np.linalg.norm(E, axis=(1, 2)) for E in (x.W1_tilde - x.W1, x.W2_tilde - x.W2))
    return (first + second) / (2 * np.sqrt(sizes.k))


def size_of_weights(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""$(\lVert\tilde W_1\rVert + \lVert\tilde W_2\rVert)/(2\sqrt k)$"""
    return (spectral_norm(x.W1_tilde) + spectral_norm(x.W2_tilde)) / (2 * np.sqrt(sizes.k))


def rounding_size(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """What rounding errors of the Jacobians are proportional to: errors of the arguments Wx enter through the slope."""
    return sizes.phi.bound * np.sqrt(sizes.n) * (1 + size_of_weights(sizes, x) + moved_weights(sizes, x))


def slopes_at(sizes: Sizes, W: Float[ndarray, "trials k d"], X: Float[ndarray, "trials n d"]) -> Float[ndarray, "trials n k"]:
    """``φ'(XWᵀ)``"""
    return sizes.phi.slope(X @ transpose(W))
