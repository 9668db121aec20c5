r"""Equation 7: singular values of the weighted Jacobian of the medoids over a subspace. Section 4.1.

For points with features $\phi_i = \partial f(W, x_i)/\partial W \in \mathbb{R}^m$ and residuals $f(W, x_i) - y_i$, let
$S^*$ be k medoids of their loss gradients (Eq 6), J the matrix of the features of $S^*$, $r_j$ the cluster sizes and
$J_r = \mathrm{diag}(r) J$. For every subspace $S_+$ and every i
$$\sqrt{r_{\min}}\,\sigma_{\min}(J, S_+) \le \sigma_i(J_r, S_+) \le \sqrt{r_{\max}}\,\lVert J\rVert,$$
where $\sigma_i(A, S_+)$ are the singular values of $A^T$ restricted to $S_+$.

*Reading.* $S_+ \ne \{0\}$ lies in $\mathbb{R}^k$ and i runs up to its dimension; $k \le n$. A medoid belongs to its own
cluster, other ties go to the first medoid.

*Instances.* Gradients in clusters, equal ones included, with the medoids found by exhaustive search; $S_+$ generic,
spanned by coordinates, or turned by $\mathrm{diag}(r)$ onto extreme singular vectors of J.

*Tightness.* Corrected, both inequalities are attained: the lower one by clusters of equal size, the upper one where J
attains its norm on the medoid of the largest cluster alone.

*Remarks.* The paper's proof compares the entries of $J_r v$ and $J v$; the singular values in question are those of
$v \mapsto J_r^T v = J^T \mathrm{diag}(r) v$, and $\mathrm{diag}(r)$ moves $S_+$. For $J_r = \mathrm{diag}(\sqrt{r}) J$ and
$S_+ = \mathbb{R}^k$ the roots would be right. Where $J^T$ vanishes on the orthogonal complement of $S_+$, as the paper's
case without nuisance assumes, $S_+$ need not be moved (a step of the corrected version).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mat
from jaxtyping import Float
from numpy import ndarray

from models.coresets import cluster_sizes, dissimilarities, k_medoids, loss_gradients
from models.matrices import orthonormal, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem, version

BELOW = "σ_i(J_r,S₊) ≥ √r_min σ_min(J,S₊)"
ABOVE = "σ_i(J_r,S₊) ≤ √r_max ‖J‖"
MOVED_BELOW = "σ_i(J_r,S₊) ≥ r_min σ_min(J,diag(r)S₊)"
UNMOVED_BELOW = "σ_i(J_r,S₊) ≥ r_min σ_min(J,S₊)"
WHOLE_ABOVE = "σ_i(J_r,S₊) ≤ r_max ‖J‖"


@dataclass(frozen=True)
class Sizes:
    """n points in R^m, k medoids, ``dim`` the dimension of S₊."""

    n: int
    k: int
    m: int
    dim: int


@dataclass(frozen=True)
class Instance:
    """Row i of ``features`` is φ_i, ``residuals`` holds f(W, x_i) - y_i; the columns of ``basis`` span S₊."""

    features: Float[ndarray, "trials n m"]
    residuals: Float[ndarray, "trials n"]
    basis: Float[ndarray, "trials k dim"]


@dataclass(frozen=True)
class Coreset:
    """Features and cluster sizes of the k medoids."""

    J: Float[ndarray, "trials k m"]
    r: Float[ndarray, "trials k"]

    @property
    def weighted(self) -> Float[ndarray, "trials k m"]:
        """``J_r = diag(r) J``"""
        return self.r[:, :, np.newaxis] * self.J


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 6)
    k = choose.integer("k", 1, min(3, n))
    return Sizes(n=n, k=k, m=choose.integer("m", 1, 4), dim=choose.integer("dim", 1, k))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    centres = extremes.matrix(draws, sizes.n, sizes.m)
    member = draws.integers(0, sizes.k - 1, sizes.n)
    clustered = np.take_along_axis(centres, member[:, :, np.newaxis], axis=1)
    near = clustered + 0.1 * draws.normal(sizes.n, sizes.m)
    shapes = extremes.picked(np.stack([centres, clustered, near]), draws.integers(0, 2))
    features = shapes * extremes.scale(draws, 3)[:, np.newaxis, np.newaxis]
    residuals = np.where(draws.integers(0, 1, 1) == 0, 1.0, extremes.vector(draws, sizes.n))
    return Instance(features=features, residuals=residuals, basis=subspace(sizes, draws, coreset(sizes, features, residuals)))


def subspace(sizes: Sizes, draws: Draws, found: Coreset) -> Float[ndarray, "trials k dim"]:
    """A generic basis, coordinates, or what diag(r) turns onto the last or the first left singular vectors of J."""
    turned_back = np.linalg.svd(found.J)[0] / found.r[:, :, np.newaxis]
    coordinates = np.eye(sizes.k)[draws.permutation(sizes.k)]
    kinds = [draws.normal(sizes.k, sizes.k), coordinates, turned_back[:, :, ::-1], turned_back]
    return orthonormal(extremes.picked(np.stack(kinds), draws.integers(0, 3))[:, :, : sizes.dim])


def coreset(sizes: Sizes, features: Float[ndarray, "trials n m"], residuals: Float[ndarray, "trials n"]) -> Coreset:
    d = dissimilarities(loss_gradients(features, residuals))
    medoids = k_medoids(d, sizes.k)
    return Coreset(J=np.take_along_axis(features, medoids[:, :, np.newaxis], axis=1), r=cluster_sizes(d, medoids).astype(float))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    defect = np.abs(transpose(x.basis) @ x.basis - np.eye(x.basis.shape[2])).max(axis=(1, 2))
    yield equals("BᵀB = I", defect, 0.0, allowance=1e-13)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    found = coreset(sizes, x.features, x.residuals)
    yield bounded_below(BELOW, x, found, np.sqrt(found.r.min(axis=1)) * over(found.J, x.basis)[:, -1])
    yield at_most(ABOVE, over(found.weighted, x.basis)[:, 0], np.sqrt(found.r.max(axis=1)) * spectral_norm(found.J))


def bounded_below(name: str, x: Instance, found: Coreset, bound: Float[ndarray, " trials"]) -> Clause:
    """The least singular value over S₊ is at least ``bound``; both are exact only up to the rounding of J_r."""
    return at_least(name, over(found.weighted, x.basis)[:, -1], bound, scale=spectral_norm(found.weighted))


def over(A: Float[ndarray, "trials k m"], basis: Float[ndarray, "trials k dim"]) -> Float[ndarray, "trials dim"]:
    """σ_i(A, S₊): the singular values of Aᵀ on the span of an orthonormal basis; beyond the m-th, and within rounding, 0."""
    values = np.linalg.svd(transpose(basis) @ A, compute_uv=False)
    values = np.where(values > 1e-13 * spectral_norm(A)[:, np.newaxis], values, 0.0)
    return np.pad(values, ((0, 0), (0, basis.shape[2] - values.shape[1])))


def moved(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    found = coreset(sizes, x.features, x.residuals)
    turned = np.linalg.qr(found.r[:, :, np.newaxis] * x.basis)[0]
    yield bounded_below(MOVED_BELOW, x, found, found.r.min(axis=1) * over(found.J, turned)[:, -1])
    yield at_most(WHOLE_ABOVE, over(found.weighted, x.basis)[:, 0], found.r.max(axis=1) * spectral_norm(found.J))


def unmoved(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    found = coreset(sizes, x.features, x.residuals)
    yield bounded_below(UNMOVED_BELOW, x, found, found.r.min(axis=1) * over(found.J, x.basis)[:, -1])


def around_the_columns(sizes: Sizes, draws: Draws) -> Instance:
    """Features with at most ``dim`` entries that are not 0, so that as many left singular vectors span the columns of J."""
    x = chosen(sizes, draws)
    features = np.where(np.arange(sizes.m) < sizes.dim, x.features, 0.0)
    left = np.linalg.svd(coreset(sizes, features, x.residuals).J)[0]
    return replace(x, features=features, basis=left[:, :, : sizes.dim])


def columns_inside(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from assumptions(sizes, x)
    J = coreset(sizes, x.features, x.residuals).J
    outside = spectral_norm(J - x.basis @ (transpose(x.basis) @ J))
    yield equals("Jᵀ = 0 on the complement of S₊", outside, 0.0, allowance=1e-13 * spectral_norm(J))


def certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For five points at three places of the plane: one point of each place costs nothing, so that these are medoids."""
    features, basis = fmpq_mat(exact["features"]), fmpq_mat(exact["basis"])
    medoids, cluster = (0, 1, 3), (0, 1, 1, 2, 2)
    gradients = diagonal(exact["residuals"]) * features
    gram = gradients * gradients.transpose()
    apart = [[gram[i, i] + gram[j, j] - 2 * gram[i, j] for j in medoids] for i in range(5)]
    yield given("Σ_i min_j d_ij² = 0 at S*, the least possible", sum(apart[i][cluster[i]] for i in range(5)), 0)
    yield given("no two medoids have one gradient", 1, min(apart[i][j] for i in range(5) for j in range(3) if j != cluster[i]))
    defect = basis.transpose() * basis - diagonal([fmpq(1), fmpq(1)])
    yield given("BᵀB = I", max(abs(entry) for entry in defect.entries()), 0)
    J, r = fmpq_mat([[features[i, c] for c in range(2)] for i in medoids]), [fmpq(cluster.count(j)) for j in range(3)]
    least, largest = two_singular_values(basis.transpose() * diagonal(r) * J)
    yield concluded(BELOW, ball(min(r)).sqrt() * two_singular_values(basis.transpose() * J)[0], least)
    yield concluded(ABOVE, largest, ball(max(r)).sqrt() * two_singular_values(J.transpose())[1])


def diagonal(entries: list[fmpq]) -> fmpq_mat:
    return fmpq_mat([[entry if i == j else fmpq(0) for j in range(len(entries))] for i, entry in enumerate(entries)])


def two_singular_values(A: fmpq_mat) -> tuple[arb, arb]:
    """Least and largest singular value of a matrix with two rows: roots of the eigenvalues of ``A A^T``."""
    gram = A * A.transpose()
    middle, half = (gram[0, 0] + gram[1, 1]) / 2, (gram[0, 0] - gram[1, 1]) / 2
    radius = ball(half**2 + gram[0, 1] ** 2).sqrt()
    return (ball(middle) - radius).sqrt(), (ball(middle) + radius).sqrt()


PRINTED = Theorem(
    statement=Statement(
        paper="crust",
        label="Eq 7",
        title="singular values of the weighted Jacobian of the medoids over a subspace",
        kind="deterministic",
        claim=r"\sqrt{r_{\min}}\,\sigma_{\min}(J, S_+) \le \sigma_i(\mathrm{diag}(r) J, S_+) \le \sqrt{r_{\max}}\,\lVert J\rVert",
        place="Section 4.1, Eq 7",
        reading="S₊ ≠ {0} lies in R^k, i runs up to its dimension; k ≤ n; a medoid is in its own cluster, the first wins other ties.",
        depends_on=("Eq 6", "Def 4.1-f"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("equation_7_counterexample.json"),
        certificate=certificate,
        account="Five points with residual 1 and features (3,0), twice (-2,0), twice (0,4): the medoids are one point of each place, "
        "r = (1,2,2). S₊ is spanned by v = (4,3,0)/5 and (0,0,1). Above: σ_1(J_r,S₊) = 8 > √2 · 4, as diag(r) scales by r, not by its "
        "root. Below: J_rᵀv = 0 while σ_min(J,S₊) = 6/5, as diag(r) turns v into the kernel of Jᵀ; r_min = 1, so this side fails with or "
        "without the root. S₊ is an information space in the sense of Eq 4 with α = 6/5, β = 4 and, on S₋ spanned by (2,3,0), μ = 0.",
    ),
)

MENDED = version(
    PRINTED,
    "corrected",
    "As J_rᵀ = Jᵀ diag(r), a unit vector of S₊ becomes a vector of diag(r)S₊ with length between r_min and r_max: "
    "r_min σ_min(J,diag(r)S₊) ≤ σ_i(J_r,S₊) ≤ r_max ‖J‖. With S₊ = R^k the lower side is r_min σ_min(J). Both are attained.",
    conclusions=moved,
)

CORRECTED = replace(
    MENDED,
    steps=(
        step(
            MENDED,
            label="Eq 7-exact",
            title="where Jᵀ vanishes on the orthogonal complement, S₊ need not be moved",
            claim=r"J^T\vert_{S_+^\perp} = 0 \Longrightarrow r_{\min}\,\sigma_{\min}(J, S_+) \le \sigma_i(J_r, S_+)",
            chosen=around_the_columns,
            assumptions=columns_inside,
            conclusions=unmoved,
        ),
    ),
    controls=(
        control("the printed root above", with_conclusions(conclusions), ABOVE),
        control("the printed root below", with_conclusions(conclusions), BELOW),
        control("S₊ for diag(r)S₊ below", with_conclusions(unmoved), UNMOVED_BELOW),
        control("0.99 r_max ‖J‖", sharpened(WHOLE_ABOVE, 0.99), WHOLE_ABOVE),
        control("1.01 of the lower bound", sharpened(MOVED_BELOW, 0.99), MOVED_BELOW),
    ),
)
