r"""Section 1.2, after Definition 1.1: the model contains data that no line separates.

In $\mathbb{R}^2$ let the centres $(0, 1)$ and $(0, -1)$ have label 1, $(1, 0)$ and $(-1, 0)$ label -1. Data of the model with these
centres are not linearly separable: for every $w \in \mathbb{R}^2$, $b \in \mathbb{R}$
$$\min_i y_i\,(\langle w, x_i\rangle + b) \le 0.$$

*Reading.* All data of Definition 1.1 with these centres: unit inputs within $\varepsilon_0$ of them, $\varepsilon_0 \le 1/\sqrt2$ as
centres of different classes are $\sqrt2$ apart; the centres themselves are the case $\varepsilon_0 = 0$. Separable means
strictly. The four points may be turned together, which changes nothing.

*Instances.* One to three points per cluster on the circle, up to the boundary of the arcs, at the smallest and largest
$\varepsilon_0$; the centres as printed on half of the trials. A bundle of lines is tried on each, each with its best
b. That no line at all separates is decided exactly: the chords of the two classes cross, and the crossing point is
in both convex hulls.

*Tightness.* The four centres miss by at least $\lVert w\rVert/2$. Points of different classes come as near as 0.13 at
$\varepsilon_0 = 1/\sqrt2$; the arcs touch at $2\sin(\pi/8) = 0.77$ only, beyond which a line can separate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.data import around
from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

LINES = 32
QUARTERS = np.array([1, 3, 0, 2])  # the centres' angles in right angles: (0, 1), (0, -1), (1, 0), (-1, 0)
XOR = np.array([1, 1, -1, -1])
NEIGHBOURS = np.array([1, -1, 1, -1])
APART = "‖c_l - c_l'‖ ≥ 2ε₀ for different classes"
NEAR = "‖x_i - c_l‖ ≤ ε₀"
NO_LINE = "min_i y_i (⟨w, x_i⟩ + b) ≤ 0"
CROSS = "the chords of the two classes cross"


@dataclass(frozen=True)
class Sizes:
    """Points per cluster."""

    points: int


@dataclass(frozen=True)
class Instance:
    """``inputs`` lists the four clusters one after the other; ``lines`` holds normal vectors w."""

    turn: Float[ndarray, " trials"]
    epsilon0: Float[ndarray, " trials"]
    inputs: Float[ndarray, "trials n 2"]
    lines: Float[ndarray, "trials tried 2"]

    @property
    def centres(self) -> Float[ndarray, "trials 4 2"]:
        return on_circle(self.turn[:, np.newaxis] + np.pi / 2 * QUARTERS)


def setting(choose: Choose) -> Sizes:
    return Sizes(points=choose.integer("points", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return data(sizes, draws, 1 / np.sqrt(2))


def data(sizes: Sizes, draws: Draws, most: float) -> Instance:
    """Data with ε₀ up to ``most``."""
    turn = np.where(draws.integers(0, 1) == 0, 0.0, draws.uniform(-np.pi, np.pi))
    epsilon0 = most * np.where(draws.integers(0, 3) > 0, extremes.fraction(draws), 0.0)
    centres = np.repeat(on_circle(turn[:, np.newaxis] + np.pi / 2 * QUARTERS), sizes.points, axis=1)
    share = np.where(draws.integers(0, 1, 4 * sizes.points) == 0, 1.0, draws.uniform(0.0, 1.0, 4 * sizes.points))
    inputs = around(centres, draws.normal(4 * sizes.points, 2), share * epsilon0[:, np.newaxis])
    return Instance(turn=turn, epsilon0=epsilon0, inputs=inputs, lines=draws.normal(LINES, 2))


def on_circle(angle: Float[ndarray, "trials m"]) -> Float[ndarray, "trials m 2"]:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖x_i‖ = 1", np.abs(euclidean(x.inputs) - 1).max(axis=1), 0.0, allowance=1e-14)
    distances = euclidean(x.inputs - np.repeat(x.centres, sizes.points, axis=1))
    yield at_most(NEAR, distances.max(axis=1), x.epsilon0, scale=1.0)
    yield at_least(APART, np.sqrt(2.0), 2 * x.epsilon0)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(NO_LINE, best_margin(x, np.repeat(XOR, sizes.points)), 0.0, scale=euclidean(x.lines).max(axis=1))
    yield at_most(CROSS, crossing(x.inputs[:, :: sizes.points]), 0.0, scale=1.0)


def best_margin(x: Instance, labels: Int[ndarray, " n"]) -> Float[ndarray, " trials"]:
    r"""The largest $\min_i y_i(\langle w, x_i\rangle + b)$ of the lines: half of what lies between the classes along w."""
    along = np.einsum("tld,tnd->tln", x.lines, x.inputs)
    return ((along[:, :, labels > 0].min(axis=2) - along[:, :, labels < 0].max(axis=2)) / 2).max(axis=1)


def crossing(corners: Float[ndarray, "trials 4 2"]) -> Float[ndarray, " trials"]:
    """At most 0 where the first two points and the last two lie on different sides of each other's line: the segments cross."""
    a, b, c, d = np.moveaxis(corners, 1, 0)
    return np.maximum(side(a, b, c) * side(a, b, d), side(c, d, a) * side(c, d, b))


def side(a: Float[ndarray, "trials 2"], b: Float[ndarray, "trials 2"], p: Float[ndarray, "trials 2"]) -> Float[ndarray, " trials"]:
    """Twice the signed area of the triangle a, b, p."""
    return (b - a)[:, 0] * (p - a)[:, 1] - (b - a)[:, 1] * (p - a)[:, 0]


def neighbours_alike(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Label 1 for (0, 1) and (1, 0), -1 for the other two."""
    yield at_most(NO_LINE, best_margin(x, np.repeat(NEIGHBOURS, sizes.points)), 0.0)


def three_clusters(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    three = replace(x, inputs=x.inputs[:, : 3 * sizes.points])
    yield at_most(NO_LINE, best_margin(three, np.repeat(XOR[:3], sizes.points)), 0.0)


def by_squares(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Lines in the plane of the squared coordinates."""
    yield at_most(NO_LINE, best_margin(replace(x, inputs=x.inputs**2), np.repeat(XOR, sizes.points)), 0.0)


def overlapping(sizes: Sizes, draws: Draws) -> Instance:
    return data(sizes, draws, 1.2)


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 1.2-b",
        title="the model contains data that no line separates",
        kind="deterministic",
        claim=r"\min_i y_i(\langle w,x_i\rangle+b) \le 0\ \text{ for all } w, b,\quad "
        r"y = 1 \text{ around } (0,\pm1),\ y = -1 \text{ around } (\pm1,0)",
        place="Section 1.2, after Definition 1.1",
        reading="All data of Definition 1.1 with these centres, also turned; separable means strictly.",
        depends_on=("Def 1.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("neighbouring centres of one class", with_conclusions(neighbours_alike), NO_LINE),
        control("three clusters", with_conclusions(three_clusters), NO_LINE),
        control("squared coordinates", with_conclusions(by_squares), NO_LINE),
        control("arcs that overlap, some line", without_assumption(APART, chosen=overlapping), NO_LINE),
        control("arcs that overlap, chords", without_assumption(APART, chosen=overlapping), CROSS),
    ),
)
