r"""Section 3.1: d multiplicative walks side by side have the noise variance $\eta^2 v_k^2$ in dimension k.

For d copies of Equation 5, $v_k \leftarrow v_k + \eta\,\xi_k v_k$ with independent signs $\xi_k = \pm1$,
$$E[v_k' \mid v] = v_k, \qquad \mathrm{Var}[v_k' \mid v] = \eta^2 v_k^2 \qquad \text{for every } k \in [d].$$

*Reading.* The paper says that this walk generalises Equation 1; the walk meant is that of Equation 5.

*Instances.* Up to six walks at states over many decades, with ties and zeros. All $2^d$ choices of signs are enumerated.

*Tightness.* An identity.

*Remarks.* The step is the comparison that follows in the paper: noise of one variance for all dimensions, in total the same as
that of the walks, $\eta^2 \lVert v\rVert_2^2/d$ each, moves a coordinate relatively more the smaller it is, by more than $\eta$
below the root mean square of the coordinates and by less above it. That this diminishes the bias is not judged here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

MEAN = "E[v_k' | v] = v_k"
VARIANCE = "Var[v_k' | v] = η² v_k²"
ALIKE = "Var[v_k' | v] = η² ‖v‖²/d"
LINEAR = "Var[v_k' | v] = η² |v_k|"
FIXED = "Var[v_k' | v] = η²"
OUTSIZED = "η ‖v‖/(√d |v_k|) ≥ η for |v_k| ≤ ‖v‖/√d"
INSUFFICIENT = "η ‖v‖/(√d |v_k|) ≤ η for |v_k| ≥ ‖v‖/√d"
ROUNDING = 1e-13


@dataclass(frozen=True)
class Sizes:
    d: int


@dataclass(frozen=True)
class Instance:
    v: Float[ndarray, "trials d"]
    eta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(d=choose.integer("d", 1, 6))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    v = extremes.vector(draws, sizes.d) * extremes.scale(draws, 3)[:, np.newaxis]
    return Instance(v=v, eta=extremes.scale(draws, 3))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("η > 0", x.eta)


def moved(x: Instance) -> Float[ndarray, "trials signs d"]:
    """Where the walks are after one step, for each of the 2^d choices of signs."""
    d = x.v.shape[1]
    signs = 1.0 - 2.0 * (np.arange(2**d)[:, np.newaxis] >> np.arange(d) & 1)
    return x.v[:, np.newaxis, :] * (1 + x.eta[:, np.newaxis, np.newaxis] * signs)


def varies_by(x: Instance, claimed: Float[ndarray, "trials d"], name: str) -> Clause:
    """Whether the variance over the signs is the claimed one in every dimension."""
    size = np.abs(x.v).max(axis=1) * (1 + x.eta)
    return equals(name, np.abs(moved(x).var(axis=1) - claimed).max(axis=1), 0.0, allowance=ROUNDING * size**2)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    size = np.abs(x.v).max(axis=1) * (1 + x.eta)
    yield equals(MEAN, np.abs(moved(x).mean(axis=1) - x.v).max(axis=1), 0.0, allowance=ROUNDING * size)
    yield varies_by(x, np.square(x.eta)[:, np.newaxis] * x.v**2, VARIANCE)


def evenly(x: Instance) -> Float[ndarray, " trials"]:
    """The root mean square of the coordinates, ``‖v‖/√d``."""
    return euclidean(x.v) / np.sqrt(x.v.shape[1])


def alike(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield varies_by(x, np.broadcast_to(np.square(x.eta * evenly(x))[:, np.newaxis], x.v.shape), ALIKE)


def linear(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield varies_by(x, np.square(x.eta)[:, np.newaxis] * np.abs(x.v), LINEAR)


def fixed(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield varies_by(x, np.broadcast_to(np.square(x.eta)[:, np.newaxis], x.v.shape), FIXED)


def compared_to_size(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The noise of one variance for all, relative to the smallest and to the largest coordinate."""
    size, even = np.abs(x.v), evenly(x)
    smallest, largest = size.min(axis=1), size.max(axis=1)
    noise = x.eta * even
    safe, safest = np.where(smallest > 0, smallest, 1.0), np.where(largest > 0, largest, 1.0)
    yield at_least(OUTSIZED, noise / safe, x.eta, where=smallest > 0)
    yield at_most(INSUFFICIENT, noise / safest, x.eta, where=largest > 0)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.1-f",
        title="parallel walks have the noise variance η² v_k² in dimension k",
        kind="deterministic",
        claim=r"v_k' = v_k + \eta\,\xi_k v_k \ \Longrightarrow\ E[v_k'\mid v] = v_k,\quad \mathrm{Var}[v_k'\mid v] = \eta^2 v_k^2",
        place="Section 3.1, on the high-dimensional case",
        reading="The walks are copies of Equation 5, with independent signs.",
        depends_on=("Eq 5",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("one variance for all dimensions", with_conclusions(alike), ALIKE),
        control("variance linear in the coordinate", with_conclusions(linear), LINEAR),
        control("the variance of the additive walk", with_conclusions(fixed), FIXED),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 3.1-f-one-variance-for-all",
            title="noise of one variance is outsized for the smallest coordinate and insufficient for the largest",
            claim=r"\frac{\eta\lVert v\rVert_2/\sqrt d}{\min_k|v_k|} \ge \eta \ge \frac{\eta\lVert v\rVert_2/\sqrt d}{\max_k|v_k|}",
            conclusions=compared_to_size,
        ),
    ),
)
