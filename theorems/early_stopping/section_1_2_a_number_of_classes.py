r"""Section 1.2, after Definition 1.1: the separation of the labels limits the number of classes.

For labels $\alpha_1, \dots, \alpha_{\bar K} \in [-1, 1]$ with $|\alpha_r - \alpha_s| \ge \delta > 0$ for $r \ne s$ (Eq 1)
$$\bar K \le \frac{2}{\delta} + 1.$$

*Instances.* $\bar K$ labels in any order with gaps from tiny to the largest that fits, equally spaced or not; $\delta$ is the
least gap, or less. One label has no gap, and $\delta$ any value.

*Tightness.* Attained by equally spaced labels from -1 to 1, for every $\bar K \ge 2$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

INSIDE = "α_r ∈ [-1, 1]"
APART = "|α_r - α_s| ≥ δ"
COUNT = "K̄ ≤ 2/δ + 1"
GAPS = "K̄ ≤ 2/δ"


@dataclass(frozen=True)
class Sizes:
    """K̄ classes."""

    classes: int


@dataclass(frozen=True)
class Instance:
    alpha: Float[ndarray, "trials classes"]
    delta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(classes=choose.integer("classes", 1, 12))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    alpha = -1 + 2 * spaced(draws, sizes.classes)
    order = draws.permutation(sizes.classes)
    gap = np.where(sizes.classes > 1, least_gap(alpha), extremes.scale(draws, 3))
    return Instance(alpha=np.take_along_axis(alpha, order, axis=1), delta=gap * extremes.fraction(draws))


def spaced(draws: Draws, classes: int) -> Float[ndarray, "trials classes"]:
    """Increasing numbers in [0, 1], the share of equal gaps anything down to a thousandth."""
    gap = extremes.fraction(draws)[:, np.newaxis] / max(classes - 1, 1)
    rest = np.sort(draws.uniform(0.0, 1.0, classes), axis=1)
    return np.minimum(gap * np.arange(classes) + (1 - gap * max(classes - 1, 1)) * rest, 1.0)


def least_gap(alpha: Float[ndarray, "trials classes"]) -> Float[ndarray, " trials"]:
    r"""$\min_{r \ne s}|\alpha_r - \alpha_s|$, 4 for one label: more than labels can be apart."""
    apart = np.abs(alpha[:, :, np.newaxis] - alpha[:, np.newaxis, :])
    return np.where(np.eye(alpha.shape[1], dtype=bool), 4.0, apart).min(axis=(1, 2))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(INSIDE, np.abs(x.alpha).max(axis=1), 1.0)
    yield positive("δ > 0", x.delta)
    yield at_least(APART, least_gap(x.alpha), x.delta, where=sizes.classes > 1, scale=1.0)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(COUNT, sizes.classes, 2 / x.delta + 1, rounding=1e-9)  # δ is a difference of numbers near 1


def gaps_only(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(GAPS, sizes.classes, 2 / x.delta)


def wider(sizes: Sizes, draws: Draws) -> Instance:
    """Labels in [-1.1, 1.1]."""
    x = chosen(sizes, draws)
    return replace(x, alpha=1.1 * x.alpha, delta=np.where(sizes.classes > 1, 1.1, 1.0) * x.delta)


def closer(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, delta=1.5 * x.delta)


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 1.2-a",
        title="the separation of the labels limits the number of classes",
        kind="deterministic",
        claim=r"\alpha_r \in [-1,1],\ |\alpha_r-\alpha_s| \ge \delta\ (r \ne s) \ \Longrightarrow\ \bar K \le \tfrac2\delta + 1",
        place="Section 1.2, after Definition 1.1",
        depends_on=("Def 1.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 of the bound", sharpened(COUNT, 0.99), COUNT),
        control("gaps counted as labels", with_conclusions(gaps_only), GAPS),
        control("labels up to 1.1", without_assumption(INSIDE, chosen=wider), COUNT),
        control("δ beyond the least gap", without_assumption(APART, chosen=closer), COUNT),
    ),
)
