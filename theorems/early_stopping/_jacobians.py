"""Unit inputs, weights that strain bounds on slopes, and clusters of several sizes, for the statements about Jacobians."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.activations import ACTIVATIONS, Activation
from models.data import membership, unit
from models.matrices import euclidean, orthonormal, transpose
from models.networks import balanced_output_weights, jacobian
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, equals
from theorems.checker.draws import Draws

SMOOTH_ONES = tuple(ACTIVATIONS)


@runtime_checkable
class Network(Protocol):
    """A setting that tells the activation and the width."""

    @property
    def phi(self) -> Activation: ...

    @property
    def k(self) -> int: ...


def jacobian_at(net: Network, W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials m d"]) -> Float[ndarray, "#trials m kd"]:
    """``J(W, X)`` for output weights of both signs."""
    return jacobian(W, X, balanced_output_weights(net.k), net.phi)


def activation(choose: Choose) -> Activation:
    """One of the smooth activations, each with its least Γ."""
    return ACTIVATIONS[str(choose.option("phi", SMOOTH_ONES))]


def independent_rows(draws: Draws, n: int, d: int) -> Float[ndarray, "trials n d"]:
    """n <= d linearly independent unit rows: orthonormal, or such rows leaning on the ones before them, up to nearly parallel."""
    Q = transpose(orthonormal(draws.normal(d, n)))
    lean = np.tril(draws.uniform(-3.0, 3.0, n, n), -1) * draws.integers(0, 2, 1, 1).clip(max=1)
    return unit((np.eye(n) + lean) @ Q)


def unit_rows(draws: Draws, n: int, d: int) -> Float[ndarray, "trials n d"]:
    """Any unit rows, equal and opposite ones included."""
    return unit(extremes.matrix(draws, n, d))


def weights(draws: Draws, X: Float[ndarray, "trials n d"], k: int) -> Float[ndarray, "trials k d"]:
    """Anything of any size, or all neurons at one multiple of the first input, where the slope or its change is largest."""
    anything = extremes.matrix(draws, k, X.shape[2]) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis]
    places = draws.uniform(-4.0, 4.0)
    along = extremes.picked(np.stack([places, np.zeros_like(places), np.full_like(places, np.pi / 2)]), draws.integers(0, 2))
    return extremes.picked(np.stack([anything, alike(along, X, k)]), draws.integers(0, 1))


def change(draws: Draws, X: Float[ndarray, "trials n d"], k: int) -> Float[ndarray, "trials k d"]:
    """A change of the weights: anything, or all neurons along the first input; of any size down to 1e-2."""
    kinds = np.stack([extremes.matrix(draws, k, X.shape[2]), alike(np.ones(draws.trials), X, k)])
    return extremes.picked(kinds, draws.integers(0, 1)) * (10.0 ** draws.uniform(-2.0, 1.0))[:, np.newaxis, np.newaxis]


def alike(z: Float[ndarray, " trials"], X: Float[ndarray, "trials n d"], k: int) -> Float[ndarray, "trials k d"]:
    """``z 1 x_1^T``: every neuron sees z at the first input."""
    return np.repeat((z[:, np.newaxis] * X[:, 0])[:, np.newaxis], k, axis=1)


def cluster_sizes(choose: Choose) -> tuple[int, ...]:
    """K sizes from the smallest to the largest in equal steps."""
    K, smallest, more = choose.integer("K", 1, 3), choose.integer("smallest", 1, 2), choose.integer("more", 0, 3)
    return tuple(smallest + more * number // max(K - 1, 1) for number in range(K))


def members(sizes: tuple[int, ...]) -> Int[ndarray, " n"]:
    """The cluster of each point."""
    return membership(np.array(sizes))


@dataclass(frozen=True)
class ClusteredNetwork:
    """k hidden units on d coordinates; clusters of these sizes, at most d of them."""

    phi: Activation
    sizes: tuple[int, ...]
    k: int
    d: int

    @property
    def K(self) -> int:
        return len(self.sizes)

    @property
    def n(self) -> int:
        return sum(self.sizes)

    @property
    def member(self) -> Int[ndarray, " n"]:
        return members(self.sizes)


def clustered_network(choose: Choose) -> ClusteredNetwork:
    sizes, phi, k = cluster_sizes(choose), activation(choose), 2 * choose.integer("half_k", 1, 3)
    return ClusteredNetwork(phi=phi, sizes=sizes, k=k, d=choose.integer("d", len(sizes), 4))


def indicator_basis(sizes: tuple[int, ...]) -> Float[ndarray, "n K"]:
    """Orthonormal basis of S₊: the indicator of each cluster over the root of its size."""
    return np.eye(len(sizes))[members(sizes)] / np.sqrt(np.array(sizes))


def unit_norms(name: str, X: Float[ndarray, "trials n d"]) -> Clause:
    return equals(name, np.max(np.abs(euclidean(X) - 1), axis=1), 0.0, allowance=1e-13)


def bounded_slopes(phi: Activation, z: Float[ndarray, "trials n k"]) -> Clause:
    """``|φ'|, |φ''| <= Γ`` at the arguments that occur."""
    largest = np.maximum(np.abs(phi.slope(z)), np.abs(phi.curvature(z)))
    return at_most("|φ'|, |φ''| ≤ Γ", np.max(largest, axis=(1, 2)), phi.bound)
