r"""Definition of $\sigma_{\min}(X, S)$: the least singular value of a matrix over a subspace. Section 10.2, after Theorem 10.7.

For $X \in \mathbb{R}^{n\times d}$ and a subspace $S \subset \mathbb{R}^n$ with projector $P_S = UU^T$ the paper displays
$$\sigma_{\min}(X, S) = \sup_{\lVert v\rVert_2 = 1,\ UU^T = P_S}\lVert v^TU^TX\rVert_2$$
and says that it is the minimum singular value of X projected on S: $\min\{\lVert w^TX\rVert_2 : w \in S,\ \lVert w\rVert_2 = 1\}$.

*Reading.* U has $\dim S \ge 1$ columns, hence orthonormal ones: with more columns, also allowed by $UU^T = P_S$, some unit v has
$Uv = 0$ (a control). The minimum singular value over S is the $\dim S$-th singular value of $P_SX$, 0 where there are fewer.

*Instances.* Subspaces of every dimension; X of any rank and size; v generic, along an axis, or the minimiser.

*Tightness.* An equality.

*Remarks.* The supremum is the largest singular value of $P_SX$. With the infimum in its place both sides agree, and only
so does Theorem 10.8 bound the Jacobian from below on all of $S_+$, as its uses need.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mat
from jaxtyping import Float
from numpy import ndarray

from models.data import unit
from models.matrices import apply, euclidean, orthonormal, projector, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.early_stopping._setting import basis, orthonormal_columns

NOT_ABOVE = "sup ‖vᵀUᵀX‖ ≤ min{‖wᵀX‖ : w ∈ S, ‖w‖ = 1}"
NOT_BELOW = "sup ‖vᵀUᵀX‖ ≥ min{‖wᵀX‖ : w ∈ S, ‖w‖ = 1}"
EVERY = "‖vᵀUᵀX‖ ≥ min{‖wᵀX‖ : w ∈ S, ‖w‖ = 1} for every v"
SOME = "‖vᵀUᵀX‖ ≤ min{‖wᵀX‖ : w ∈ S, ‖w‖ = 1} for some v"
UNIT = "‖v‖ = 1"


@dataclass(frozen=True)
class Sizes:
    """X is n by d, m = dim S."""

    n: int
    m: int
    d: int


@dataclass(frozen=True)
class Instance:
    """The columns of ``U`` span S."""

    X: Float[ndarray, "trials n d"]
    U: Float[ndarray, "trials n m"]
    v: Float[ndarray, "trials m"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 6)
    return Sizes(n=n, m=choose.integer("m", 1, n), d=choose.integer("d", 1, 6))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    X = extremes.matrix(draws, sizes.n, sizes.d) * extremes.scale(draws, 3)[:, np.newaxis, np.newaxis]
    U = basis(draws, sizes.n, sizes.m)
    kinds = np.stack([extremes.vector(draws, sizes.m), weakest(transpose(U) @ X)])
    return Instance(X=X, U=U, v=unit(extremes.picked(kinds, draws.integers(0, 1))))


def weakest(A: Float[ndarray, "trials m d"]) -> Float[ndarray, "trials m"]:
    """A unit v with the least ``||v^T A||``."""
    return np.linalg.svd(A)[0][:, :, -1]


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield orthonormal_columns(x.U)
    yield from without_orthonormality(sizes, x)


def without_orthonormality(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals(UNIT, euclidean(x.v), 1.0, allowance=1e-13)
    P = projector(x.U)
    yield equals("UUᵀ is a projector", np.abs(P @ P - P).max(axis=(1, 2)), 0.0, allowance=1e-12)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    largest, least, size = spectral_norm(transpose(x.U) @ x.X), over_subspace(sizes, x), spectral_norm(x.X)
    yield at_most(NOT_ABOVE, largest, least, scale=size)
    yield at_least(NOT_BELOW, largest, least, scale=size)


def with_infimum(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    A, least, size = transpose(x.U) @ x.X, over_subspace(sizes, x), spectral_norm(x.X)
    yield at_least(EVERY, euclidean(apply(transpose(A), x.v)), least, scale=size)
    yield at_most(SOME, euclidean(apply(transpose(A), weakest(A))), least, scale=size)


def over_subspace(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """The m-th singular value of ``P_S X``, m = dim S."""
    values = np.linalg.svd(projector(x.U) @ x.X, compute_uv=False)
    return values[:, sizes.m - 1] if sizes.m <= values.shape[1] else np.zeros(len(values))


def short(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, v=x.v / 2)


def one_column_more(sizes: Sizes, draws: Draws) -> Instance:
    """``U Q`` for m by m + 1 orthonormal rows Q, and the v that Q annihilates."""
    x = chosen(sizes, draws)
    Q = transpose(orthonormal(draws.normal(sizes.m + 1, sizes.m)))
    return replace(x, U=x.U @ Q, v=np.linalg.svd(Q)[2][:, -1])


def certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For a basis of two columns."""
    U, X, v = fmpq_mat(exact["U"]), fmpq_mat(exact["X"]), exact["v"]
    defect = U.transpose() * U - fmpq_mat(2, 2, [1, 0, 0, 1])
    yield given("UᵀU = I", max(abs(entry) for entry in defect.entries()), 0)
    yield given("‖v‖ ≤ 1", v[0] ** 2 + v[1] ** 2, 1)
    yield given("‖v‖ ≥ 1", 1, v[0] ** 2 + v[1] ** 2)
    least, largest = two_singular_values(U.transpose() * X)
    yield concluded(NOT_ABOVE, largest, least)
    yield concluded(NOT_BELOW, least, largest)


def two_singular_values(A: fmpq_mat) -> tuple[arb, arb]:
    """Roots of the eigenvalues of the two by two matrix ``A A^T``."""
    gram = A * A.transpose()
    middle, half = (gram[0, 0] + gram[1, 1]) / 2, (gram[0, 0] - gram[1, 1]) / 2
    radius = ball(half**2 + fmpq(gram[0, 1]) ** 2).sqrt()
    return (ball(middle) - radius).sqrt(), (ball(middle) + radius).sqrt()


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Def σmin",
        title="the least singular value of a matrix over a subspace",
        kind="deterministic",
        claim=r"\sup_{\lVert v\rVert_2 = 1,\ UU^T = P_S}\lVert v^TU^TX\rVert_2 = \min_{w\in S,\ \lVert w\rVert_2 = 1}\lVert w^TX\rVert_2",
        place="Section 10.2, after Theorem 10.7",
        reading="U has dim S columns; the minimum singular value over S is the (dim S)-th singular value of P_S X.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("definition_sigma_min_counterexample.json"),
        certificate=certificate,
        account="Five inputs in two clusters of four and one with orthonormal centres, S the vectors constant on clusters: UᵀX is "
        "diag(2, 1). The supremum over unit v is 2, the minimum singular value is 1.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "The infimum over unit v in place of the supremum: it is the minimum singular value that the paper's sentence names and "
        "that its theorems use.",
        conclusions=with_infimum,
    ),
    controls=(
        control("the supremum", with_conclusions(conclusions), NOT_ABOVE),
        control("1.01 of the minimum", sharpened(SOME, 0.99), SOME),
        control("v of norm 1/2", without_assumption(UNIT, chosen=short), EVERY),
        control("U with dim S + 1 columns", without_assumption("UᵀU = I", chosen=one_column_more), EVERY),
    ),
)
