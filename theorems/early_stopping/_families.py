"""Signal subspaces, label corruptions and maps for the descent theorems, built so that their hypotheses hold."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.maps import SineMap
from models.matrices import apply, euclidean, orthonormal, transpose
from theorems.checker import extremes
from theorems.checker.draws import Draws


@dataclass(frozen=True)
class OnSineMap:
    """The arrays of a ``SineMap``, with which the instances of several statements begin."""

    U: Float[ndarray, "trials n m"]
    A: Float[ndarray, "trials m p"]
    M: Float[ndarray, "trials m q"]
    B: Float[ndarray, "trials q p"]
    omega: Float[ndarray, " trials"]
    phase: Float[ndarray, "trials q"]
    offset: Float[ndarray, "trials n"]

    @property
    def f(self) -> SineMap:
        return SineMap(U=self.U, A=self.A, M=self.M, B=self.B, omega=self.omega, phase=self.phase, offset=self.offset)


def signal_basis(draws: Draws, n: int, m: int) -> Float[ndarray, "trials n m"]:
    """Orthonormal columns that span S₊: in general position, m coordinates, or the indicators of m clusters."""
    order = draws.permutation(n)[:, :, np.newaxis]
    coordinates = (order == np.arange(m)).astype(float)
    members = (order % m == np.arange(m)).astype(float)
    clusters = members / np.sqrt(members.sum(axis=1, keepdims=True))
    return extremes.picked(np.stack([orthonormal(draws.normal(n, m)), coordinates, clusters]), draws.integers(0, 2))


def corruption(draws: Draws, U: Float[ndarray, "trials n m"]) -> Float[ndarray, "trials n"]:
    """Label errors of any size: anything, on a few samples, within S₊, the worst direction for one sample, or none."""
    n, m = U.shape[1:]
    anything = extremes.vector(draws, n)
    few = anything * (draws.permutation(n) < draws.integers(1, n, 1))
    within = apply(U, draws.normal(m))
    worst = apply(U, np.take_along_axis(U, draws.integers(0, n - 1, 1, 1), axis=1)[:, 0])
    kinds = np.stack([anything, few, within, worst])
    return extremes.picked(kinds, draws.integers(0, 3)) * extremes.scale(draws, 3)[:, np.newaxis]


def conditioned(draws: Draws, rows: int, columns: int) -> Float[ndarray, "trials rows columns"]:
    """Singular values in [1, 2]: all equal, or the extreme ones on the boundary."""
    left, _, right = np.linalg.svd(draws.normal(rows, columns), full_matrices=False)
    spectrum = 1.0 + draws.uniform(0.0, 1.0, 1) * draws.integers(0, 1, 1) * np.linspace(1.0, 0.0, left.shape[-1])
    return (left * spectrum[:, np.newaxis, :]) @ right


def bent(f: SineMap, bending: Float[ndarray, " trials"], curvature: Float[ndarray, " trials"]) -> SineMap:
    """f with M and ω rescaled to this bending and this Lipschitz constant of the Jacobian; linear where it cannot be.

    Both constants are products of ω, the norm of M and norms of B; ω is their ratio over the largest row of B.
    """
    unit = replace(f, omega=np.ones_like(f.omega))
    rows = np.max(euclidean(f.B), axis=-1)
    nonlinear = (unit.bending > 0) & (bending > 0) & (curvature > 0)
    omega = np.where(nonlinear, curvature, 1.0) / np.where(nonlinear, bending * rows, 1.0)
    size = np.where(nonlinear, bending, 0.0) / np.where(nonlinear, omega * unit.bending, 1.0)
    return replace(f, M=f.M * size[:, np.newaxis, np.newaxis], omega=omega)


def within(U: Float[ndarray, "trials n m"], v: Float[ndarray, "trials n"]) -> Float[ndarray, "trials n"]:
    """``Π v`` for the orthogonal projector on the span of the orthonormal columns of U."""
    return apply(U, apply(transpose(U), v))
