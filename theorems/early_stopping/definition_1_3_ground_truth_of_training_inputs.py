r"""Definition 1.3: the label of the nearest centre is the ground truth label of a training input. Section 1.2.

For data of Definition 1.1 let $\tilde y(x)$ be the label of $c_{\hat l}$, $\hat l = \mathrm{argmin}_l\lVert x - c_l\rVert_2$.
On the training inputs
$$\tilde y(x_i) = \tilde y_i.$$

*Reading.* $\tilde y$ is a function of x, whichever of equally near centres it takes; here the first.

*Instances.* Centres on a great circle of the sphere, neighbours of different classes, coincident centres of one class
included; $2\varepsilon_0$ is the least distance between centres of different classes, or less; inputs at any distance up to
$\varepsilon_0$ from their centre, in any direction or straight towards the nearest centre of another class.

*Tightness.* An input at $\varepsilon_0$ towards a centre $2\varepsilon_0$ away is nearer to its own by about $\varepsilon_0^3/4$:
only the midpoint is within $\varepsilon_0$ of both, and it lies inside the sphere.

*Remarks.* For $\varepsilon_0 = 0$, a case that Section 7 is about, clusters of different classes need only be 0 apart: two of them
may share their centre, and one of the two gets the wrong label. Distinct centres of different classes are enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.data import Clusters, around, circle_centres, embedded, label_values, labels_of, membership, separation
from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version

TRUE = "ỹ(x_i) = ỹ_i"
UNIT = "‖x_i‖ = 1"
NEAR = "‖x_i - c_l‖ ≤ ε₀"
APART = "‖c_l - c_l'‖ ≥ 2ε₀ for different classes"


@dataclass(frozen=True)
class Sizes:
    """Sizes and spacing of the clusters.

    blocks:     classes side by side on the circle (1) or by turns (0)
    closeness:  how near neighbours may come, 1 for equal spacing
    """

    classes: int
    clusters_per_class: int
    blocks: int
    d: int
    points: int
    closeness: float
    delta: float

    @property
    def K(self) -> int:
        return self.classes * self.clusters_per_class

    @property
    def class_of(self) -> ndarray:
        """The class of each cluster."""
        turns = np.arange(self.K) % self.classes
        return np.sort(turns) if self.blocks else turns

    @property
    def member(self) -> ndarray:
        """The cluster of each point."""
        return membership(np.full(self.K, self.points))


@dataclass(frozen=True)
class Instance:
    centres: Float[ndarray, "trials K d"]
    values: Float[ndarray, "trials classes"]
    inputs: Float[ndarray, "trials n d"]
    epsilon0: Float[ndarray, " trials"]


def clusters(sizes: Sizes, x: Instance) -> Clusters:
    return Clusters(centres=x.centres, member=sizes.member, class_of=sizes.class_of, values=x.values, inputs=x.inputs)


def setting(choose: Choose) -> Sizes:
    return sized(choose, least=0.0)


def distinct(choose: Choose) -> Sizes:
    return sized(choose, least=0.01)


def sized(choose: Choose, least: float) -> Sizes:
    classes = choose.integer("classes", 1, 3)
    return Sizes(
        classes=classes,
        clusters_per_class=choose.integer("clusters_per_class", 1, 2),
        blocks=choose.integer("blocks", 0, 1),
        d=choose.integer("d", 2, 4),
        points=choose.integer("points", 1, 3),
        closeness=choose.real("closeness", least, 1.0),
        delta=choose.real("delta", 0.1, 2 / max(classes - 1, 1)),
    )


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    centres = placed(sizes, draws)
    apart = separation(centres, sizes.class_of)
    epsilon0 = np.where(np.isfinite(apart), apart / 2, 1.0) * extremes.fraction(draws)
    own = centres[:, sizes.member]
    towards = np.where(draws.integers(0, 1, 1, 1) == 0, rival(sizes, centres), draws.normal(len(sizes.member), sizes.d))
    share = np.where(draws.integers(0, 2, len(sizes.member)) > 0, 1.0, draws.uniform(0.0, 1.0, len(sizes.member)))
    values = label_values(draws.uniform(0.0, 1.0, sizes.classes), sizes.delta)
    return Instance(centres=centres, values=values, inputs=around(own, towards, share * epsilon0[:, np.newaxis]), epsilon0=epsilon0)


def placed(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials K d"]:
    """On a great circle; on half of the trials the last centre is moved onto the first of its class."""
    widest = 2 * np.sin(np.pi / max(sizes.K, 2))
    shares = draws.integers(0, 1, sizes.K) * draws.uniform(0.0, 1.0, sizes.K)
    circle = circle_centres(shares, draws.uniform(-np.pi, np.pi), sizes.closeness * widest)
    first = int(np.flatnonzero(sizes.class_of == sizes.class_of[-1])[0])
    shared = draws.integers(0, 1, 1) == 0
    circle[:, -1] = np.where(shared, circle[:, first], circle[:, -1])
    return embedded(circle, draws.normal(2, sizes.d))


def rival(sizes: Sizes, centres: Float[ndarray, "trials K d"]) -> Float[ndarray, "trials n d"]:
    """For each point the nearest centre of another class, any centre where there is none."""
    apart = euclidean(centres[:, :, np.newaxis] - centres[:, np.newaxis])
    alike = sizes.class_of[:, np.newaxis] == sizes.class_of
    nearest = np.argmin(np.where(alike, 4.0, apart), axis=2)
    return np.take_along_axis(centres, nearest[:, :, np.newaxis], axis=1)[:, sizes.member]


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    centre_defect = np.abs(euclidean(x.centres) - 1).max(axis=1)
    yield equals("‖c_l‖ = 1", centre_defect, 0.0, allowance=1e-14)
    yield equals(UNIT, np.abs(euclidean(x.inputs) - 1).max(axis=1), 0.0, allowance=1e-14)
    yield at_most(NEAR, clusters(sizes, x).radius, x.epsilon0, scale=1e-3)
    yield at_least(APART, separation(x.centres, sizes.class_of), 2 * x.epsilon0, where=sizes.classes > 1)


def apart_too(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from assumptions(sizes, x)
    yield at_least("c_l ≠ c_l' for different classes", separation(x.centres, sizes.class_of), 1e-3, where=sizes.classes > 1)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    data = clusters(sizes, x)
    yield at_most(TRUE, np.abs(data.truth_at(x.inputs) - data.truth).max(axis=1), 0.0)


def second_nearest(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    distance = euclidean(x.inputs[:, :, np.newaxis] - x.centres[:, np.newaxis])
    second = np.argsort(distance, axis=2)[:, :, min(1, sizes.K - 1)]
    yield at_most(TRUE, np.abs(labels_of(sizes.class_of[second], x.values) - clusters(sizes, x).truth).max(axis=1), 0.0)


def farther(sizes: Sizes, draws: Draws) -> Instance:
    """Inputs up to 1.1 ε₀ from their centres."""
    x = chosen(sizes, draws)
    own = x.centres[:, sizes.member]
    return replace(x, inputs=around(own, rival(sizes, x.centres), np.repeat(1.1 * x.epsilon0[:, np.newaxis], own.shape[1], axis=1)))


def crowded(sizes: Sizes, draws: Draws) -> Instance:
    """ε₀ a tenth larger than half the distance between centres of different classes."""
    x = farther(sizes, draws)
    return replace(x, epsilon0=1.1 * x.epsilon0)


def inside(sizes: Sizes, draws: Draws) -> Instance:
    """Inputs on the straight way to the nearest centre of another class, not on the sphere."""
    x = chosen(sizes, draws)
    own = x.centres[:, sizes.member]
    way = rival(sizes, x.centres) - own
    size = euclidean(way)[:, :, np.newaxis]
    return replace(x, inputs=own + x.epsilon0[:, np.newaxis, np.newaxis] * way / np.where(size > 0, size, 1.0))


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    (first, second), (one, other), inputs = exact["centres"], exact["values"], exact["inputs"]
    units = [first, second, *inputs]
    yield given("‖c_l‖ = 1 and ‖x_i‖ = 1", max(abs(square(v) - 1) for v in units), 0)
    own = [(first, second)[cluster] for cluster in sizes.member]
    yield given(NEAR, max(square(difference(x, c)) for x, c in zip(inputs, own, strict=True)), exact["epsilon0"] ** 2)
    yield given(APART, 4 * exact["epsilon0"] ** 2, square(difference(first, second)))
    yield given("|α_r - α_s| ≥ δ", fmpq(int(sizes.delta)), abs(one - other))
    labels = [one if square(difference(x, first)) <= square(difference(x, second)) else other for x in inputs]
    truth = [(one, other)[cluster] for cluster in sizes.member]
    yield concluded(TRUE, max(abs(y - y_tilde) for y, y_tilde in zip(labels, truth, strict=True)), 0)


def square(v: list[fmpq]) -> fmpq:
    return sum((entry**2 for entry in v), fmpq(0))


def difference(v: list[fmpq], w: list[fmpq]) -> list[fmpq]:
    return [a - b for a, b in zip(v, w, strict=True)]


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Def 1.3",
        title="the label of the nearest centre is the ground truth label of a training input",
        kind="deterministic",
        claim=r"\tilde y(x) = \text{label of } c_{\hat l},\ \hat l = \mathrm{argmin}_l\lVert x-c_l\rVert_2 "
        r"\ \Longrightarrow\ \tilde y(x_i) = \tilde y_i",
        place="Section 1.2",
        reading="ỹ is a function of x, whichever of equally near centres it takes; here the first.",
        depends_on=("Def 1.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("definition_1_3_counterexample.json"),
        certificate=certificate,
        degenerate=True,
        account="Without input noise two clusters of different classes may share their centre, as 2ε₀ = 0. Their inputs are "
        "equal, their labels -1 and 1 are not, and no function of x gives both.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "Centres of different classes are distinct, which Definition 1.1 grants for ε₀ > 0 only. Then no input can be as near to a "
        "centre of another class as to its own: it would be the midpoint of two unit vectors, which is no unit vector.",
        setting=distinct,
        assumptions=apart_too,
    ),
    controls=(
        control("inputs a tenth too far", without_assumption(NEAR, chosen=farther), TRUE),
        control("centres a tenth too near", without_assumption(APART, chosen=crowded), TRUE),
        control("inputs inside the sphere", without_assumption(UNIT, chosen=inside), TRUE),
        control("the second nearest centre", with_conclusions(second_nearest), TRUE),
    ),
)
