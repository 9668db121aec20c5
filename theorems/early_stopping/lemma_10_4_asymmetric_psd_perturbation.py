r"""Lemma 10.4: a perturbed Jacobian times the transpose of the original keeps half of its positivity. Section 10.1.1.

For every subspace $S_+ \subset \mathbb{R}^n$ with projector $P_{S_+}$, every $\alpha > 0$ and all $A, C \in \mathbb{R}^{n \times p}$
with ranges in $S_+$, $\lVert A - C\rVert \le \alpha/2$ and $CC^T \succeq \alpha^2 P_{S_+}$:
$$AC^T \succeq \tfrac{1}{2} CC^T \succeq \tfrac{\alpha^2}{2} P_{S_+},$$
where $X \succeq Y$ means $v^T(X - Y)v \ge 0$ for all v: $AC^T$ need not be symmetric.

*Reading.* The order compares quadratic forms, hence the least eigenvalues of symmetric parts. $\alpha > 0$, as in the
section's Assumption 2; it makes $p \ge \dim S_+$.

*Instances.* $C = U L \Sigma R$ with U a basis of $S_+$ and $\Sigma \ge \alpha$, its least entry equal to $\alpha$ on half of the trials. A
moves it within $S_+$ in any direction, against its smallest singular pair, or against all of them, by $\alpha/2$ or less.

*Tightness.* Both relations are attained at once: with $\Sigma = \alpha$ in one direction and A shrunk by $\alpha/2$ along it,
all three forms are $\alpha^2/2$ there. The step records how close the proof's bound comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import apply, euclidean, least_eigenvalue, projector, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping._setting import basis, orthonormal_columns

HALF = "AC^T ⪰ ½ CC^T"
FLOOR = "½ CC^T ⪰ (α²/2) P_{S₊}"
NEAR = "‖A - C‖ ≤ α/2"
INSIDE = "range(A) ⊂ S₊"


@dataclass(frozen=True)
class Sizes:
    """A and C are n by p, m = dim S₊."""

    n: int
    p: int
    m: int


@dataclass(frozen=True)
class Instance:
    """The columns of ``U`` are an orthonormal basis of S₊."""

    U: Float[ndarray, "trials n m"]
    A: Float[ndarray, "trials n p"]
    C: Float[ndarray, "trials n p"]
    alpha: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    n, p = choose.integer("n", 1, 6), choose.integer("p", 1, 6)
    return Sizes(n=n, p=p, m=choose.integer("m", 1, min(n, p)))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    m, alpha = sizes.m, extremes.scale(draws, 3)
    excess = np.abs(extremes.vector(draws, m)) * extremes.scale(draws, 2)[:, np.newaxis]
    excess -= excess.min(axis=1, keepdims=True) * draws.integers(0, 1, 1)
    left, _, right = np.linalg.svd(draws.normal(m, sizes.p), full_matrices=False)
    C = (left * (1 + excess)[:, np.newaxis, :]) @ right
    E = moved(draws, left, excess, right) * extremes.fraction(draws)[:, np.newaxis, np.newaxis]
    U, size = basis(draws, sizes.n, m), alpha[:, np.newaxis, np.newaxis]
    return Instance(U=U, A=size * (U @ (C + E)), C=size * (U @ C), alpha=alpha)


def moved(draws: Draws, left: ndarray, excess: ndarray, right: ndarray) -> Float[ndarray, "trials m p"]:
    """A change of norm 1/2 or 0: anything, against the smallest singular pair, or against all pairs."""
    anything = extremes.matrix(draws, left.shape[1], right.shape[2])
    norm = spectral_norm(anything)[:, np.newaxis, np.newaxis]
    smallest = np.arange(left.shape[2]) == np.argmin(excess, axis=1)[:, np.newaxis]
    against_one = -(left * smallest[:, np.newaxis, :]) @ right
    kinds = np.stack([anything / np.where(norm > 0, norm, 1.0), against_one, -left @ right])
    return extremes.picked(kinds, draws.integers(0, 2)) / 2


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    P, size = projector(x.U), spectral_norm(x.C)
    yield orthonormal_columns(x.U)
    yield positive("α > 0", x.alpha)
    yield at_most(NEAR, spectral_norm(x.A - x.C), x.alpha / 2, scale=size)
    floor = np.square(x.alpha)[:, np.newaxis, np.newaxis] * P
    yield at_least("CC^T ⪰ α² P_{S₊}", least_eigenvalue(x.C @ transpose(x.C) - floor), 0.0, scale=size**2)
    yield equals(INSIDE, spectral_norm(x.A - P @ x.A), 0.0, allowance=1e-12 * size)
    yield equals("range(C) ⊂ S₊", spectral_norm(x.C - P @ x.C), 0.0, allowance=1e-12 * size)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return ordered(x, 0.5, 0.5)


def ordered(x: Instance, share: float, floor: float) -> Iterable[Clause]:
    """``A C^T >= share C C^T`` and ``C C^T / 2 >= floor alpha^2 P``, with one half for both as stated."""
    gram, size = x.C @ transpose(x.C), spectral_norm(x.C) ** 2
    yield at_least(HALF, least_eigenvalue(x.A @ transpose(x.C) - share * gram), 0.0, scale=size)
    below = floor * np.square(x.alpha)[:, np.newaxis, np.newaxis] * projector(x.U)
    yield at_least(FLOOR, least_eigenvalue(gram / 2 - below), 0.0, scale=size)


def along_the_worst(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The proof's lines at the unit r in S₊ where ``r^T (A C^T - C C^T / 2) r`` is least."""
    difference = transpose(x.U) @ (x.A - x.C / 2) @ transpose(x.C) @ x.U
    r = apply(x.U, np.linalg.eigh(difference + transpose(difference))[1][:, :, 0])
    onto_A, onto_C = apply(transpose(x.A), r), apply(transpose(x.C), r)
    size, square = euclidean(onto_C), spectral_norm(x.C) ** 2
    form, line = np.sum(onto_A * onto_C, axis=1), (size - x.alpha / 2) * size
    yield at_least("rᵀACᵀr ≥ (‖Cᵀr‖ - α/2) ‖Cᵀr‖", form, line, scale=square)
    yield at_least("(‖Cᵀr‖ - α/2) ‖Cᵀr‖ ≥ ½ ‖Cᵀr‖²", line, size**2 / 2, scale=square)


def more_than_half(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return ordered(x, 0.51, 0.5)


def higher_floor(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return ordered(x, 0.5, 0.51)


def twice_as_far(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, A=2 * x.A - x.C)


def leaving(sizes: Sizes, draws: Draws) -> Instance:
    """A - C = (α/2) w q^T with w outside S₊ (inside only where S₊ is everything) and q the top right singular vector of C."""
    x = chosen(sizes, draws)
    w, q = np.linalg.svd(x.U)[0][:, :, -1], np.linalg.svd(x.C)[2][:, 0]
    return replace(x, A=x.C + x.alpha[:, np.newaxis, np.newaxis] / 2 * w[:, :, np.newaxis] * q[:, np.newaxis, :])


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Lem 10.4",
        title="a perturbed Jacobian times the original's transpose keeps half of its positivity",
        kind="deterministic",
        claim=r"\lVert A-C\rVert \le \tfrac{\alpha}{2},\ CC^T \succeq \alpha^2 P_{S_+},\ \mathrm{range}(A), \mathrm{range}(C) \subset S_+"
        r"\ \Longrightarrow\ AC^T \succeq \tfrac12 CC^T \succeq \tfrac{\alpha^2}{2} P_{S_+}",
        place="Section 10.1.1",
        reading="The order compares quadratic forms; α > 0 as in the section's Assumption 2.",
        depends_on=("Assumption 2",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.51 of CC^T", with_conclusions(more_than_half), HALF),
        control("0.51 of α²", with_conclusions(higher_floor), FLOOR),
        control("‖A - C‖ up to α", without_assumption(NEAR, chosen=twice_as_far), HALF),
        control("range(A) outside S₊", without_assumption(INSIDE, chosen=leaving), HALF),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 10.4-unit-vectors",
            title="the forms along the unit vector of the subspace that strains them most",
            claim=r"r^T AC^T r \ge (\lVert C^T r\rVert_2 - \tfrac{\alpha}{2}) \lVert C^T r\rVert_2 \ge \tfrac12 \lVert C^T r\rVert_2^2"
            r"\quad (r \in S_+,\ \lVert r\rVert_2 = 1)",
            conclusions=along_the_worst,
        ),
    ),
)
