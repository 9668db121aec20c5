r"""Section 4: the cluster subspace is diffused, with a constant that does not depend on the number of samples.

The remark says that for clusterable data S "is very diffused", with an essentially constant $\gamma$. For K clusters with
$n_l \ge c_{low}\,n/K$ points and S the vectors in $\mathbb{R}^n$ that are constant on clusters (Definition 10.5), every $v \in S$ has
$$\lVert v\rVert_\infty \le \sqrt{\gamma/n}\,\lVert v\rVert_2, \qquad \gamma = n\max_l\frac1{n_l} \le \frac{K}{c_{low}} .$$

*Reading.* "Essentially constant" is read as bounded free of n, and judged with the constant exhibited. It is not free of K:
$\gamma \ge K$ always (a step), so that Theorem 4.1 with this $\gamma$ loses a factor K, which the cluster-wise Lemma 10.10 avoids.

*Instances.* Clusters of equal and unequal sizes, up to some thousand points; $c_{low}$ the largest possible or smaller; v generic,
carried by one cluster, or constant.

*Tightness.* Both are attained: by the indicator of the smallest cluster, and where $c_{low} = K\min_l n_l/n$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

SPREAD = "‖v‖_∞ ≤ √(γ/n) ‖v‖₂ on S"
CONSTANT = "γ ≤ K/c_low"
BALANCED = "n_l ≥ c_low n/K"


@dataclass(frozen=True)
class Sizes:
    """K clusters, of at most ``largest`` points each."""

    K: int
    largest: int


@dataclass(frozen=True)
class Instance:
    """v takes the value ``level`` on the n_l points of cluster l."""

    sizes: Int[ndarray, "trials K"]
    level: Float[ndarray, "trials K"]
    c_low: Float[ndarray, " trials"]

    @property
    def n(self) -> Float[ndarray, " trials"]:
        return self.sizes.sum(axis=1).astype(float)


def setting(choose: Choose) -> Sizes:
    return Sizes(K=choose.integer("K", 1, 8), largest=choose.integer("largest", 1, 1000))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    points = draws.integers(1, sizes.largest, sizes.K)
    points = np.where(draws.integers(0, 2, 1) == 0, points[:, :1], points)
    smallest = np.eye(sizes.K)[np.argmin(points, axis=1)]
    kinds = np.stack([extremes.vector(draws, sizes.K), smallest, np.ones_like(smallest)])
    c_low = sizes.K * points.min(axis=1) / points.sum(axis=1) * extremes.fraction(draws)
    return Instance(sizes=points, level=extremes.picked(kinds, draws.integers(0, 2)), c_low=c_low)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("c_low > 0", x.c_low)
    yield at_least(BALANCED, x.sizes.min(axis=1), x.c_low * x.n / sizes.K)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(SPREAD, np.abs(x.level).max(axis=1), np.sqrt(diffuseness(x) / x.n) * size(x))
    yield at_most(CONSTANT, diffuseness(x), sizes.K / x.c_low)


def diffuseness(x: Instance) -> Float[ndarray, " trials"]:
    """``n max_l 1/n_l``"""
    return x.n / x.sizes.min(axis=1)


def size(x: Instance) -> Float[ndarray, " trials"]:
    """``||v||_2``"""
    return euclidean(np.sqrt(x.sizes) * x.level)


def free_of_clusters(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("γ ≤ 2/c_low", diffuseness(x), 2 / x.c_low)


def at_least_clusters(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("γ ≥ K", diffuseness(x), float(sizes.K))


def unbalanced(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, c_low=2 * x.c_low)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 4-c",
        title="the cluster subspace is diffused, with a constant free of n",
        kind="asymptotic",
        claim=r"v \in S \Longrightarrow \lVert v\rVert_\infty \le \sqrt{\gamma/n}\,\lVert v\rVert_2,\quad "
        r"\gamma = n\max_l\tfrac1{n_l} \le K/c_{low}",
        place="end of Section 4",
        reading="“Essentially constant” is read as bounded free of n; γ is at least K.",
        depends_on=("Def 9.1", "Def 10.5"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 γ", sharpened(SPREAD, 0.99), SPREAD),
        control("0.99 K/c_low", sharpened(CONSTANT, 0.99), CONSTANT),
        control("free of K", with_conclusions(free_of_clusters), "γ ≤ 2/c_low"),
        control("a cluster of half the size allowed", without_assumption(BALANCED, chosen=unbalanced), CONSTANT),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 4-c-clusters",
            title="the constant is at least the number of clusters",
            claim=r"\gamma = n\max_l\tfrac1{n_l} \ge K",
            conclusions=at_least_clusters,
        ),
    ),
)
