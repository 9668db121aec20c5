r"""Section 3.3: after stage 0 the norms of v are at most of the order of those of $v_*$.

For $\lVert v\rVert_\infty \le 1/d$ and $v_* \in \{0, 1\}^d$ with $r \ge 1$ entries 1
$$\lVert v\rVert_1 \le 1 \le r = \lVert v_*\rVert_1, \qquad \lVert v\rVert_2 \le \frac1{\sqrt d} \le 1 \le \sqrt r = \lVert v_*\rVert_2 .$$

*Reading.* "Similar to or smaller than" is read as at most; it holds for every $r \ge 1$, constant or not.

*Instances.* Entries anywhere in $[-1/d, 1/d]$, at the ends of it with any signs, and zeros; r = 1 and larger.

*Tightness.* Both bounds are attained where $|v_k| = 1/d$ for all k, and for r = 1 the first comparison with $v_*$ as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

MASS, LENGTH = "‖v‖₁ ≤ 1", "‖v‖₂ ≤ 1/√d"
MASS_OF_TARGET, LENGTH_OF_TARGET = "‖v‖₁ ≤ ‖v*‖₁", "‖v‖₂ ≤ ‖v*‖₂"
SMALL, SUPPORT = "‖v‖_∞ ≤ 1/d", "r ≥ 1"


@dataclass(frozen=True)
class Sizes:
    d: int


@dataclass(frozen=True)
class Instance:
    v: Float[ndarray, "trials d"]
    target: Float[ndarray, "trials d"]


def setting(choose: Choose) -> Sizes:
    return Sizes(d=choose.integer("d", 1, 40))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    d = sizes.d
    kinds = np.stack([draws.uniform(-1.0, 1.0, d), draws.signs(d), np.ones((draws.trials, d)), draws.integers(-1, 1, d).astype(float)])
    support = np.where(draws.integers(0, 1, 1) == 0, 0, draws.integers(0, 1, d))
    support = np.maximum(support, np.arange(d) == draws.integers(0, d - 1, 1))
    return Instance(v=extremes.picked(kinds, draws.integers(0, 3)) / d, target=support.astype(float))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield holds("v* ∈ {0, 1}^d", np.all((x.target == 0) | (x.target == 1), axis=1))
    yield at_least(SUPPORT, np.sum(x.target, axis=1), 1.0)
    yield at_most(SMALL, np.abs(x.v).max(axis=1), 1 / sizes.d)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    mass, length = np.abs(x.v).sum(axis=1), euclidean(x.v)
    yield at_most(MASS, mass, 1.0)
    yield at_most(LENGTH, length, 1 / np.sqrt(sizes.d))
    yield at_most(MASS_OF_TARGET, mass, np.abs(x.target).sum(axis=1))
    yield at_most(LENGTH_OF_TARGET, length, euclidean(x.target))


def of_order_root(sizes: Sizes, draws: Draws) -> Instance:
    """``‖v‖_∞ ≤ 1/√d``"""
    x = chosen(sizes, draws)
    return replace(x, v=np.sqrt(sizes.d) * x.v)


def no_signal(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, target=np.zeros_like(x.target))


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.3-a",
        title="after stage 0 the norms of v are at most of the order of those of v*",
        kind="deterministic",
        claim=r"\lVert v\rVert_\infty \le \tfrac1d \ \Longrightarrow\ \lVert v\rVert_1 \le 1 \le \lVert v_*\rVert_1,\quad "
        r"\lVert v\rVert_2 \le \tfrac1{\sqrt d} \le \lVert v_*\rVert_2",
        place="Section 3.3, first paragraph",
        reading="“Similar to or smaller than” is read as at most, for every r ≥ 1.",
        depends_on=("Thm 3.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 of the first bound", sharpened(MASS, 0.99), MASS),
        control("0.99 of the second bound", sharpened(LENGTH, 0.99), LENGTH),
        control("‖v‖_∞ ≤ 1/√d", without_assumption(SMALL, chosen=of_order_root), MASS),
        control("v* = 0", without_assumption(SUPPORT, chosen=no_signal), MASS_OF_TARGET),
    ),
)
