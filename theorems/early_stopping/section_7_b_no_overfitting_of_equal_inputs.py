r"""Section 7: where the inputs of a cluster are equal, corrupted labels are never fitted, however long one trains. After Theorem 7.1.

For $\varepsilon_0 = 0$, any network and any W the outputs $f(W, x_i)$ are equal within a cluster, so that along gradient descent
$$L(W_\tau) = \tfrac12\sum_i(f(W_\tau, x_i) - y_i)^2 \ge \tfrac12\sum_l\sum_{i\in l}(y_i - \bar y_l)^2 \quad\text{for all }\tau,$$
and in a cluster with two labels $\alpha \ne \alpha'$ the errors of two such points add up to at least $|\alpha - \alpha'| \ge \delta$.

*Reading.* The remark is in words; to overfit is to fit every label of a cluster that holds several. The floor is of exact arithmetic.

*Instances.* Descents of 0 to 120 iterations, with steps up to 2/n, from initial weights of size 0.1 to 10; widths from
2; unequal clusters down to one point; up to all labels of a cluster corrupted.

*Tightness.* Both are attained in the limit: the descent ends where every output is its cluster's mean label.

*Remarks.* A control moves the inputs of a cluster apart: then the same descent goes below the floor.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.activations import ACTIVATIONS, Activation
from models.cluster_descent import within_clusters
from models.corruption import corrupted_labels, shifted, spread
from models.data import around, label_values, membership, unequal_sizes, unit
from models.descent import Observed, worst
from models.matrices import euclidean
from models.networks import balanced_output_weights, gradient, output
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

FLOOR = "L(W_τ) ≥ ½ Σ_l Σ_{i∈l} (y_i - ȳ_l)²"
BOTH = "|f(W_τ, x_i) - y_i| + |f(W_τ, x_j) - y_j| ≥ δ for i, j of one cluster, y_i ≠ y_j"
TRUE_FLOOR = "L(W_τ) ≥ ½ Σ_i (y_i - ỹ_i)²"
EQUAL = "ε₀ = 0"


@dataclass(frozen=True)
class Sizes:
    """K clusters of n/K points on average; two or three classes."""

    K: int
    per_cluster: int
    c_low: float
    d: int
    k: int
    classes: int
    rho: float
    activation: str
    iterations: int

    @property
    def n_l(self) -> Int[ndarray, " K"]:
        return unequal_sizes(self.K * self.per_cluster, self.K, self.c_low, 2 - self.c_low)

    @property
    def member(self) -> Int[ndarray, " n"]:
        return membership(self.n_l)

    @property
    def truth_class(self) -> Int[ndarray, " n"]:
        return self.member % self.classes

    @property
    def phi(self) -> Activation:
        return ACTIVATIONS[self.activation]

    @property
    def v(self) -> Float[ndarray, " k"]:
        return balanced_output_weights(self.k)

    @property
    def delta(self) -> float:
        return 1 / (self.classes - 1)


@dataclass(frozen=True)
class Instance:
    """``radius`` is ε₀."""

    centres: Float[ndarray, "trials K d"]
    X: Float[ndarray, "trials n d"]
    values: Float[ndarray, "trials classes"]
    y: Float[ndarray, "trials n"]
    W0: Float[ndarray, "trials k d"]
    eta: Float[ndarray, " trials"]
    radius: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(
        K=choose.integer("K", 1, 3),
        per_cluster=choose.integer("per_cluster", 1, 6),
        c_low=choose.real("c_low", 0.25, 1.0),
        d=choose.integer("d", 1, 4),
        k=2 * choose.integer("half_k", 1, 12),
        classes=choose.integer("classes", 2, 3),
        rho=float(choose.option("rho", (0.25, 0.5, 1.0))),
        activation=str(choose.option("activation", ("sinmix", "tanh", "softplus", "identity"))),
        iterations=int(choose.option("iterations", (0, 20, 120))),
    )


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """Steps up to 2/n; with unit slopes ‖J‖² ≤ n, so that 1/(2n) is within the limit of the theorem for all centres."""
    centres, n = unit(draws.normal(sizes.K, sizes.d)), len(sizes.member)
    values = label_values(draws.uniform(0.0, 1.0, sizes.classes) * draws.integers(0, 1, 1), sizes.delta)
    mask = spread(sizes.member, sizes.K, sizes.rho, draws.uniform(0.0, 1.0, n))
    other = shifted(sizes.truth_class, sizes.classes, draws.integers(1, sizes.classes - 1, n))
    return Instance(
        centres=centres,
        X=centres[:, sizes.member],
        values=values,
        y=corrupted_labels(sizes.truth_class, values, mask, other),
        W0=draws.normal(sizes.k, sizes.d) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis],
        eta=extremes.fraction(draws) * 2 / n,
        radius=np.zeros(draws.trials),
    )


def apart(sizes: Sizes, draws: Draws) -> Instance:
    """Inputs at a distance up to 1 from their centres."""
    x = chosen(sizes, draws)
    radius = draws.uniform(0.5, 1.0) if sizes.d > 1 else x.radius
    X = around(x.X, draws.normal(len(sizes.member), sizes.d), np.broadcast_to(radius[:, np.newaxis], x.y.shape))
    return replace(x, X=X, radius=radius)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    gaps = np.diff(x.values, axis=1).min(axis=1)
    yield at_most("|α_r| ≤ 1", np.abs(x.values).max(axis=1), 1.0)
    yield at_least("|α_r - α_s| ≥ δ", gaps, sizes.delta)
    yield holds("y ∈ {α_1, …}", (x.y[:, :, np.newaxis] == x.values[:, np.newaxis]).any(axis=2).all(axis=1))
    yield at_most("‖x_i - c_l‖ ≤ ε₀", euclidean(x.X - x.centres[:, sizes.member]).max(axis=1), x.radius)
    yield at_most(EQUAL, x.radius, 0.0)


def outputs(sizes: Sizes, x: Instance) -> Iterator[Float[ndarray, "trials n"]]:
    """f(W_τ, X) along the descent on all n inputs."""
    W = x.W0
    for _ in range(sizes.iterations + 1):
        yield output(W, x.X, sizes.v, sizes.phi)
        W = W - x.eta[:, np.newaxis, np.newaxis] * gradient(W, x.X, x.y, sizes.v, sizes.phi)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    floor = within_clusters(x.y, sizes.n_l) / 2
    same = sizes.member[:, np.newaxis] == sizes.member
    pairs = same & (x.y[:, :, np.newaxis] != x.y[:, np.newaxis])
    mixed, every = pairs.any(axis=(1, 2)), np.ones(len(x.y), dtype=bool)

    def watched(f: ndarray) -> dict[str, Observed]:
        error = np.abs(f - x.y)
        both = np.min(np.where(pairs, error[:, :, np.newaxis] + error[:, np.newaxis], np.inf), axis=(1, 2), initial=4.0)
        return {FLOOR: (floor, np.sum(error**2, axis=1) / 2, every), BOTH: (np.full(len(f), sizes.delta), both, mixed)}

    seen = worst(map(watched, outputs(sizes, x)))
    for name, (lesser, greater, where) in seen.items():
        yield at_most(name, lesser, greater, where=where, rounding=1e-12, scale=len(sizes.member))


def about_the_truth(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The floor that fitting every true label would have."""
    floor = np.sum((x.y - x.values[:, sizes.truth_class]) ** 2, axis=1) / 2
    seen = worst({TRUE_FLOOR: (floor, np.sum((f - x.y) ** 2, axis=1) / 2, floor >= 0)} for f in outputs(sizes, x))
    yield at_most(TRUE_FLOOR, *seen[TRUE_FLOOR][:2], scale=len(sizes.member))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 7-b",
        title="where the inputs of a cluster are equal, corrupted labels are never fitted",
        kind="deterministic",
        claim=r"\varepsilon_0 = 0 \Longrightarrow \forall\tau:\ L(W_\tau) \ge \tfrac12\sum_l\sum_{i\in l}(y_i-\bar y_l)^2,\quad "
        r"y_i \ne y_j \Longrightarrow |f(W_\tau,x_i)-y_i|+|f(W_\tau,x_j)-y_j| \ge \delta",
        place="Section 7, after Theorem 7.1",
        reading="The remark is in words: to overfit is to fit every label of a cluster that holds several.",
        depends_on=("Thm 7.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("inputs of a cluster apart", without_assumption(EQUAL, chosen=apart), FLOOR),
        control("inputs of a cluster apart, two labels", without_assumption(EQUAL, chosen=apart), BOTH),
        control("1.01 of the floor", sharpened(FLOOR, 1 / 1.01), FLOOR),
        control("1.01 δ for two labels", sharpened(BOTH, 1 / 1.01), BOTH),
        control("deviations from the true labels", with_conclusions(about_the_truth), TRUE_FLOOR),
    ),
    block=80,
)
