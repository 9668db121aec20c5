"""Points of a cone around a positive vector orthogonal to the data, for the divergence of the partition function. Appendix F."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import transpose
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws

FEW = "n < d/2"
SMALLEST = 1e-9  # a smaller |a_ij| counts as this where c divides by it


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int


@dataclass(frozen=True)
class Instance:
    """The columns of A are a_1, ..., a_d; the point of S' at height z, which is turn_j c z away along a_j, j ≥ n + 2."""

    A: Float[ndarray, "trials d d"]
    ubar: Float[ndarray, "trials d"]
    z: Float[ndarray, " trials"]
    turn: Float[ndarray, "trials m"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 3)
    return Sizes(n=n, d=2 * n + choose.integer("surplus", 1, 4))


def basis(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials d d"]:
    """μ over three decades, with ties or constant; completed by Gaussian columns, or by the reflection that takes e₁ to μ."""
    d, n = sizes.d, sizes.n
    ties = draws.integers(1, 3, d).astype(float)
    kinds = np.stack([10.0 ** draws.uniform(-3.0, 0.0, d), ties, np.ones_like(ties)])
    mu = extremes.picked(kinds, draws.integers(0, 3))
    mu = mu / np.sqrt(np.sum(mu**2, axis=1, keepdims=True))
    others = extremes.picked(np.stack([draws.normal(d, d), np.broadcast_to(np.eye(d), (len(mu), d, d))]), draws.integers(0, 2))
    full = np.linalg.qr(np.concatenate([mu[:, :, np.newaxis], others[:, :, 1:]], axis=2))[0]
    return np.concatenate([full[:, :, 1 : n + 1], mu[:, :, np.newaxis], full[:, :, n + 1 :]], axis=2)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """A corner of S' turned against the entry with the least room or towards it, any corner, or any point."""
    A, m = basis(sizes, draws), sizes.d - sizes.n - 1
    mu, rest = A[:, :, sizes.n], A[:, :, sizes.n + 1 :]
    least = np.argmin(mu / np.maximum(np.abs(rest).sum(axis=2), SMALLEST), axis=1)
    row = np.take_along_axis(rest, least[:, np.newaxis, np.newaxis], axis=1)[:, 0]
    against = np.where(row > 0, -1.0, 1.0)
    turn = extremes.picked(np.stack([against, -against, draws.signs(m), draws.uniform(-1.0, 1.0, m)]), draws.integers(0, 5))
    return Instance(A=A, ubar=10.0 ** draws.uniform(-3.0, 1.0, sizes.d), z=10.0 ** draws.uniform(-3.0, 7.0), turn=turn)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(FEW, sizes.n, sizes.d / 2 - 0.5)
    defect = np.abs(transpose(x.A) @ x.A - np.eye(sizes.d)).max(axis=(1, 2))
    yield equals("AᵀA = I", defect, 0.0, allowance=1e-12)
    yield positive("a_{n+1} > 0", x.A[:, :, sizes.n].min(axis=1))
    yield positive("ū > 0", x.ubar.min(axis=1))
    yield at_least("z ≥ 0", x.z, 0.0)
    yield at_most("|ũ_j - ū_j| ≤ c z", np.abs(x.turn).max(axis=1), 1.0)
