r"""Section 2, on robustness: the corrupted labels that are tolerated number about n divided by the number of classes.

Theorem 2.2 admits $\rho \le \delta/8$: in every cluster up to $\rho n_l$ labels may be replaced. With $\delta \sim 1/\bar K$ their
number over all clusters is, whatever the number of clusters,
$$\sum_l \lfloor\rho n_l\rfloor \lesssim \frac{n}{\bar K}.$$

*Reading.* The largest number admitted is of the order of $n/\bar K$, in both directions. Labels equally spaced over [-1, 1] have
the gap $\delta = 2/(\bar K - 1)$, the largest possible; clusters need at least $1/\rho$ points for the count to be any.

*Instances.* Numbers only: 8 to 128 classes of one or four clusters each, of unequal sizes around $100\bar K$, $\rho = \delta/8$.

*Tightness.* The number is $n/(4(\bar K - 1))$ less what the rounding down loses: a quarter of $n/\bar K$ in the limit.

*Remarks.* The number alone does not protect: as many replaced labels in one cluster can be all of it. What is tolerated is a share
$\rho$ of every cluster.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from models.corruption import corruptible
from models.data import label_values, unequal_sizes
from theorems.checker.changes import control
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, up_to
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing

MOST = "Σ_l ⌊ρ n_l⌋ ≲ n/K̄"
LEAST = "n/K̄ ≲ Σ_l ⌊ρ n_l⌋"
ABOVE = Witness("C", 0.5, "derived: δ ≤ 2/(K̄ - 1) and ρ ≤ δ/8 give at most n/(4(K̄ - 1)) ≤ n/(2K̄)")
BELOW = Witness("C", 8.0, "derived: ⌊ρ n_l⌋ ≥ ρ n_l/2 for ρ n_l ≥ 1 and δ = 2/(K̄ - 1) give at least n/(8K̄)")
GROWTH = 0.1


@dataclass(frozen=True)
class Sizes:
    """``delta`` is the gap of the labels, ``rho`` the share of a cluster's labels that may be replaced."""

    classes: int
    per_class: int
    n: int
    delta: float
    rho: float

    @property
    def clusters(self) -> int:
        return self.classes * self.per_class


def setting(choose: Choose) -> Sizes:
    classes, per_class = choose.integer("classes", 2, 128), choose.integer("clusters per class", 1, 4)
    delta = 2 / (classes - 1)
    return Sizes(classes=classes, per_class=per_class, n=100 * classes**2 * per_class, delta=delta, rho=delta / 8)


def no_gap(choose: Choose) -> Sizes:
    return replace(setting(choose), rho=1 / 8)


def squared_gap(choose: Choose) -> Sizes:
    sizes = setting(choose)
    return replace(sizes, rho=sizes.delta**2 / 32)


def few_points(choose: Choose) -> Sizes:
    """As many points for every number of classes."""
    sizes = setting(choose)
    return replace(sizes, n=6400 * sizes.per_class)


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    values = label_values(np.linspace(0.0, 1.0, sizes.classes)[np.newaxis], sizes.delta)
    yield at_least("|α_r - α_s| ≥ δ", np.min(np.diff(values, axis=1)), sizes.delta)
    yield at_most("ρ ≤ δ/8", sizes.rho, sizes.delta / 8)


def conclusions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    replaced = float(np.sum(corruptible(unequal_sizes(sizes.n, sizes.clusters, 0.75, 1.25), sizes.rho)))
    yield up_to(ABOVE, MOST, replaced, sizes.n / sizes.classes)
    yield up_to(BELOW, LEAST, sizes.n / sizes.classes, max(replaced, 0.5))


def unassumed(_sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    return ()


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2-e",
        title="the corrupted labels that are tolerated number about n divided by the number of classes",
        kind="asymptotic",
        claim=r"\delta \sim 1/\bar K,\ \rho = \delta/8 \ \Longrightarrow\ \textstyle\sum_l \lfloor\rho n_l\rfloor \sim n/\bar K",
        place="Section 2, after Theorem 2.2",
        reading="The largest number admitted is of the order of n/K̄, in both directions, for clusters of at least 1/ρ points.",
        depends_on=("Thm 2.2", "Sec 1.2-a"),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Sweep("classes", GROWTH),
    examples=tuple({"classes": K, "clusters per class": each} for each in (1, 4) for K in (8, 12, 16, 24, 32, 48, 64, 96, 128)),
    controls=(
        control("ρ = 1/8", lambda theorem: replace(theorem, setting=no_gap, assumptions=unassumed), MOST),
        control("ρ = δ²/32", lambda theorem: replace(theorem, setting=squared_gap, assumptions=unassumed), LEAST),
        control("a fixed number of points", lambda theorem: replace(theorem, setting=few_points), LEAST),
    ),
)
