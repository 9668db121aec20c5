r"""Lemma 10.3: sparse vectors have small projections on a diffused subspace. Section 10.1, Eq 11.

For all n, every $\gamma > 0$, every $\gamma$-diffused subspace $S_+ \subset \mathbb{R}^n$ (Definition 9.1), that is
$\lVert v\rVert_\infty \le \sqrt{\gamma/n}\,\lVert v\rVert_2$ for all $v \in S_+$, and every $r \in \mathbb{R}^n$ with s nonzero entries:
$$\lVert \Pi_{S_+}(r)\rVert_\infty \le \frac{\gamma\sqrt{s}}{n}\lVert r\rVert_2.$$

*Reading.* The hypothesis is Definition 9.1, which the lemma cites under another name. s is the exact number of nonzero
entries, so that the bound is also shown where only "at most s" is known.

*Instances.* $S_+$ of every dimension from 0 to n, in general position, along coordinates or constant on clusters. The
largest $|v_i|$ over unit v in $S_+$ is $\sqrt{P_{ii}}$, P the projector, so the smallest $\gamma$ is $n \max_i P_{ii}$: taken with equality
on half of the trials. r is arbitrary or follows the row of P with the largest diagonal entry, on s random samples.

*Tightness.* Attained for clusters: with $\gamma = n/c$ for the smallest size c and $r$ equal on s of its samples, both
sides are $s/c$ times the entry of r.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping._families import within
from theorems.early_stopping._setting import basis, orthonormal_columns

DIFFUSED = "‖v‖_∞ ≤ √(γ/n) ‖v‖₂ for v ∈ S₊"
SMALL = "‖Π_{S₊}(r)‖_∞ ≤ (γ√s/n) ‖r‖₂"


@dataclass(frozen=True)
class Sizes:
    """n samples, m = dim S₊."""

    n: int
    m: int


@dataclass(frozen=True)
class Instance:
    """The columns of ``U`` are an orthonormal basis of S₊."""

    U: Float[ndarray, "trials n m"]
    r: Float[ndarray, "trials n"]
    gamma: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 8)
    return Sizes(n=n, m=choose.integer("m", 0, n))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    U = basis(draws, sizes.n, sizes.m)
    anything = extremes.vector(draws, sizes.n) * extremes.scale(draws, 3)[:, np.newaxis]
    row = most_exposed(U)
    kinds = np.stack([anything, row, np.sign(row), np.ones_like(row)])
    support = draws.permutation(sizes.n) < draws.integers(0, sizes.n, 1)
    r = extremes.picked(kinds, draws.integers(0, 3)) * support
    gamma = sizes.n * exposure(U).max(axis=1) / extremes.fraction(draws)
    return Instance(U=U, r=r, gamma=np.where(gamma > 0, gamma, extremes.scale(draws, 3)))


def exposure(U: Float[ndarray, "trials n m"]) -> Float[ndarray, "trials n"]:
    """``P_ii``, the largest ``v_i^2`` over unit v in S₊."""
    return np.sum(U**2, axis=2)


def most_exposed(U: Float[ndarray, "trials n m"]) -> Float[ndarray, "trials n"]:
    """The row of the projector with the largest diagonal entry: the direction that moves one sample most."""
    return within(U, np.eye(U.shape[1])[np.argmax(exposure(U), axis=1)])


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield orthonormal_columns(x.U)
    yield positive("γ > 0", x.gamma)
    yield at_most(DIFFUSED, np.sqrt(exposure(x.U).max(axis=1)), np.sqrt(x.gamma / sizes.n))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return bounded(sizes, x, sparsity(x))


def bounded(sizes: Sizes, x: Instance, s: Float[ndarray, " trials"]) -> Iterable[Clause]:
    yield at_most(SMALL, sup(within(x.U, x.r)), x.gamma * np.sqrt(s) / sizes.n * euclidean(x.r))


def sparsity(x: Instance) -> Float[ndarray, " trials"]:
    """s, the number of nonzero entries of r."""
    return np.count_nonzero(x.r, axis=1).astype(float)


def sup(v: Float[ndarray, "trials n"]) -> Float[ndarray, " trials"]:
    r"""$\lVert v\rVert_\infty$"""
    return np.abs(v).max(axis=1)


def total(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    spread, sum_of_sizes = np.sqrt(x.gamma / sizes.n), np.abs(x.r).sum(axis=1)
    yield at_most("‖Π_{S₊}(r)‖₂ ≤ √(γ/n) ‖r‖₁", euclidean(within(x.U, x.r)), spread * sum_of_sizes)
    yield at_most("√(γ/n) ‖r‖₁ ≤ √(γs/n) ‖r‖₂", spread * sum_of_sizes, spread * np.sqrt(sparsity(x)) * euclidean(x.r))


def spread_out(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    projected = within(x.U, x.r)
    bound = np.sqrt(x.gamma / sizes.n) * euclidean(projected)
    yield at_most("‖Π_{S₊}(r)‖_∞ ≤ √(γ/n) ‖Π_{S₊}(r)‖₂", sup(projected), bound, scale=euclidean(x.r))


def one_less(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return bounded(sizes, x, np.maximum(sparsity(x) - 1, 0.0))


def without_root(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return bounded(sizes, x, np.minimum(sparsity(x), 1.0))


def exposed(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, gamma=x.gamma / 2)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Lem 10.3",
        title="sparse vectors have small projections on a diffused subspace",
        kind="deterministic",
        claim=r"\lVert v\rVert_\infty \le \sqrt{\gamma/n}\,\lVert v\rVert_2\ (v \in S_+),\ r \text{ has } s \text{ nonzero entries}"
        r"\ \Longrightarrow\ \lVert \Pi_{S_+}(r)\rVert_\infty \le \frac{\gamma\sqrt{s}}{n}\lVert r\rVert_2",
        place="Section 10.1, Eq 11",
        reading="The hypothesis is Definition 9.1, cited under another name; s is the exact number of nonzero entries.",
        depends_on=("Def 9.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 of the bound", sharpened(SMALL, 0.99), SMALL),
        control("s - 1 in place of s", with_conclusions(one_less), SMALL),
        control("no √s", with_conclusions(without_root), SMALL),
        control("half of the γ needed", without_assumption(DIFFUSED, chosen=exposed), SMALL),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 10.3-euclidean",
            title="the projection's Euclidean norm, by duality",
            claim=r"\lVert \Pi_{S_+}(r)\rVert_2 \le \sqrt{\gamma/n}\,\lVert r\rVert_1 \le \sqrt{\gamma s/n}\,\lVert r\rVert_2",
            conclusions=total,
        ),
        step(
            BASE,
            label="Lem 10.3-supremum",
            title="the projection is itself diffused",
            claim=r"\lVert \Pi_{S_+}(r)\rVert_\infty \le \sqrt{\gamma/n}\,\lVert \Pi_{S_+}(r)\rVert_2",
            conclusions=spread_out,
        ),
    ),
)
