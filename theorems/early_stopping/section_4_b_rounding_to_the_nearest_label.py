r"""Section 4, after Theorem 4.1: outputs within less than half the label gap are classified right.

Let the labels $\alpha_1, \dots, \alpha_{\bar K}$ be $\delta$-separated (Eq 1) and $\tilde y_i$ among them. If
$\lVert f - \tilde y\rVert_\infty \le \gamma\rho$ and $\gamma\rho < \delta/2$, then for all i
$$\mathrm{argmin}_{\alpha_r}|f_i - \alpha_r| = \tilde y_i.$$

*Reading.* A network classifies by the nearest label; with a tie for the nearest it does not.

*Instances.* $\gamma\rho$ up to a billionth below half the gap; outputs at exactly that distance from their label, on either
side, or nearer; equally spaced labels, so that the neighbours are $\delta$ away; one label.

*Tightness.* At $\gamma\rho = \delta/2$ an output midway between two labels has two nearest ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.data import labels_of
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, holds, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

BELOW = "γρ < δ/2"
NEAR = "‖f - ỹ‖_∞ ≤ γρ"
RIGHT = "argmin_r |f_i - α_r| is the label ỹ_i"
STRICT = 1e-9  # by how much, relatively, γρ stays below half the gap


@dataclass(frozen=True)
class Sizes:
    """n outputs, K̄ classes."""

    n: int
    classes: int


@dataclass(frozen=True)
class Instance:
    """``truth`` holds the class of each output; ``radius`` is γρ."""

    alpha: Float[ndarray, "trials classes"]
    truth: Int[ndarray, "trials n"]
    f: Float[ndarray, "trials n"]
    radius: Float[ndarray, " trials"]
    delta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 6), classes=choose.integer("classes", 1, 5))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return placed(sizes, draws, (1 - STRICT) / 2)


def placed(sizes: Sizes, draws: Draws, share: float) -> Instance:
    """Outputs up to ``share`` of the gap away from their labels."""
    delta = 2 / max(sizes.classes - 1, 1) * extremes.fraction(draws)
    slack = np.where(draws.integers(0, 1, 1) == 0, 0.0, draws.uniform(0.0, 1.0, sizes.classes))
    free = 2 - (sizes.classes - 1) * delta
    alpha = np.minimum(-1 + delta[:, np.newaxis] * np.arange(sizes.classes) + free[:, np.newaxis] * np.sort(slack, axis=1), 1.0)
    truth, radius = draws.integers(0, sizes.classes - 1, sizes.n), share * delta * extremes.fraction(draws)
    part = draws.signs(sizes.n) * np.where(draws.integers(0, 1, sizes.n) == 0, 1.0, draws.uniform(0.0, 1.0, sizes.n))
    f = labels_of(truth, alpha) + part * radius[:, np.newaxis]
    return Instance(alpha=alpha, truth=truth, f=f, radius=radius, delta=delta)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    gaps = np.diff(np.sort(x.alpha, axis=1), axis=1)
    yield at_most("α_r ∈ [-1, 1]", np.abs(x.alpha).max(axis=1), 1.0)
    yield positive("δ > 0", x.delta)
    if sizes.classes > 1:
        yield at_least("|α_r - α_s| ≥ δ", gaps.min(axis=1), x.delta, scale=1.0)
    yield at_most(NEAR, np.abs(x.f - labels_of(x.truth, x.alpha)).max(axis=1), x.radius, scale=1.0)
    yield at_most(BELOW, x.radius, (1 - STRICT / 2) * x.delta / 2)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return classified(sizes, x, np.abs(x.f[:, :, np.newaxis] - x.alpha[:, np.newaxis, :]))


def classified(sizes: Sizes, x: Instance, distance: Float[ndarray, "trials n classes"]) -> Iterable[Clause]:
    """The true class is nearer than every other one."""
    own = x.truth[:, :, np.newaxis] == np.arange(sizes.classes)
    right, wrong = (np.min(np.where(where, distance, np.inf), axis=2) for where in (own, ~own))
    yield holds(RIGHT, np.all(right < wrong, axis=1))


def rounded_down(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The nearest of the labels that the output reaches."""
    distance = x.f[:, :, np.newaxis] - x.alpha[:, np.newaxis, :]
    return classified(sizes, x, np.where(distance < 0, 3.0, distance))


def midway(sizes: Sizes, draws: Draws) -> Instance:
    return placed(sizes, draws, 0.5)


def beyond(sizes: Sizes, draws: Draws) -> Instance:
    return placed(sizes, draws, 0.51)


def strayed(sizes: Sizes, draws: Draws) -> Instance:
    """Outputs 1.1 γρ from their labels."""
    x = chosen(sizes, draws)
    truth = labels_of(x.truth, x.alpha)
    return replace(x, f=truth + 1.1 * (x.f - truth))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 4-b",
        title="outputs within less than half the label gap are classified right",
        kind="deterministic",
        claim=r"\lVert f-\tilde y\rVert_\infty \le \gamma\rho < \delta/2 \ \Longrightarrow\ "
        r"\mathrm{argmin}_{\alpha_r}|f_i-\alpha_r| = \tilde y_i\ \text{ for all } i",
        place="Section 4, after Theorem 4.1",
        reading="A network classifies by the nearest label; with a tie for the nearest it does not.",
        depends_on=("Def 1.1", "Thm 4.1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("γρ = δ/2", without_assumption(BELOW, chosen=midway), RIGHT),
        control("γρ up to 0.51 δ", without_assumption(BELOW, chosen=beyond), RIGHT),
        control("outputs 1.1 γρ away", without_assumption(NEAR, chosen=strayed), RIGHT),
        control("rounding down", with_conclusions(rounded_down), RIGHT),
    ),
)
