r"""Section 8, at its end: the true labels are found near the initial weights, the corrupted ones are fitted only far from them.

By Theorem 2.2 descent on corrupted labels predicts the true ones after a few iterations, at a distance from the initial weights
that grows by about $\tau\varepsilon_0$ and does not depend on the corruption; to fit the corrupted labels takes a distance of
$\sqrt{\rho n/K}\,\delta/\varepsilon_0$. So there is a gap, and it widens as $\varepsilon_0$ shrinks.

*Reading.* An experiment: more often than not, on synthetic runs, (i) the distance at which descent predicts every true label is at
most half of what any weights need that fit the corrupted labels, (ii) the quotient of the two is at most half as large at a quarter
of the radius, (iii) the first distance is at most twice what it is without corruption.

*Instances.* Two orthogonal centres in dimension 12, twenty inputs at distance $\varepsilon_0$ from each, labels -1 and 1, one or two
of them flipped per cluster; nature draws the directions of the inputs and the initial weights. A true label counts as predicted
from half a unit away. What any fit needs is bounded below on the inputs at hand: for s flipped inputs of a cluster and as many
others, the rows of D their differences, $\delta\sqrt s \le \Gamma(\lVert W_0D^T\rVert_F + \lVert W-W_0\rVert_F\lVert D\rVert)$.

*Tightness.* The first distance is about 2 and at most 4, at every radius; the second is 8 to 15 at $\varepsilon_0 = 0.1$ and grows like
$1/\varepsilon_0$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from models.activations import ACTIVATIONS, Activation
from models.data import around
from models.descent import descent
from models.matrices import euclidean, spectral_norm, transpose
from models.networks import NetworkMap, balanced_output_weights
from theorems.checker.changes import Change, control, sharpened
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, holds, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability, more_often_than_not
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

FOUND = "descent predicts the true labels"
NEARER = "distance to the true labels ≤ ½ distance to the corrupted ones"
WIDER = "quotient at ε₀/4 ≤ ½ quotient at ε₀"
UNMOVED = "distance to the true labels ≤ 2 of that without corruption"
K, D, UNITS, PER_CLUSTER, STEPS = 2, 12, 24, 20, 40
GAP, NEAR = 2.0, 0.5  # of the two labels, and how near to the true one an output predicts it


@dataclass(frozen=True)
class Sizes:
    """``flipped`` labels in each cluster."""

    flipped: int
    epsilon0: float
    activation: Activation


@dataclass(frozen=True)
class Instance:
    """``directions`` are where the inputs lie as seen from their centres; ``W0`` row by row."""

    directions: Float[ndarray, "#trials n d"]
    W0: Float[ndarray, "#trials p"]


def setting(choose: Choose) -> Sizes:
    activation = ACTIVATIONS[str(choose.option("activation", ("softplus", "tanh")))]
    return Sizes(flipped=choose.integer("flipped", 1, 2), epsilon0=float(choose.option("ε₀", (0.1, 0.05))), activation=activation)


def chosen(_sizes: Sizes, _draws: Draws) -> Instance:
    return Instance(directions=np.zeros((1, K * PER_CLUSTER, D)), W0=np.zeros((1, UNITS * D)))


def sampled(_sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    directions = generator.standard_normal((trials, *x.directions.shape[1:]))
    return Instance(directions=directions, W0=generator.standard_normal((trials, UNITS * D)))


def assumptions(sizes: Sizes, _x: Instance) -> Iterable[Clause]:
    yield at_most("ρ ≤ δ/8", sizes.flipped / PER_CLUSTER, GAP / 8)
    yield positive("ε₀ > 0", sizes.epsilon0)


def network(sizes: Sizes, x: Instance) -> NetworkMap:
    centres = np.broadcast_to(np.repeat(np.eye(D)[:K], PER_CLUSTER, axis=0), x.directions.shape)
    inputs = around(centres, x.directions, np.full(centres.shape[:2], sizes.epsilon0))
    return NetworkMap(X=inputs, v=balanced_output_weights(UNITS), activation=sizes.activation)


def labels(flipped: int) -> Float[ndarray, "1 n"]:
    """1 in the first cluster, -1 in the second, the first ``flipped`` of each the other way round."""
    true = np.repeat([GAP / 2, -GAP / 2], PER_CLUSTER)
    return np.where(np.tile(np.arange(PER_CLUSTER) < flipped, K), -true, true)[np.newaxis]


def to_true_labels(sizes: Sizes, x: Instance) -> tuple[ndarray, ndarray]:
    """‖W_τ - W₀‖_F at the first τ where every true label is predicted, and whether there is one."""
    f, y = network(sizes, x), np.repeat(labels(sizes.flipped), len(x.W0), axis=0)
    eta = np.full(len(x.W0), 1 / PER_CLUSTER)  # the inverse of the largest that ‖J‖² can be
    distance, found = np.zeros(len(x.W0)), np.zeros(len(x.W0), dtype=bool)
    for now in descent(f, y, x.W0, eta, STEPS):
        distance = np.where(found, distance, euclidean(now.theta - x.W0))
        found = found | np.all(np.abs(now.residual + y - labels(0)) <= NEAR, axis=1)
        if found.all():
            break
    return distance, found


def to_corrupted_labels(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """What ‖W - W₀‖_F is at least for every W that fits the corrupted labels; the larger bound of the two clusters."""
    f, s = network(sizes, x), sizes.flipped
    bounds = []
    for first in range(0, K * PER_CLUSTER, PER_CLUSTER):
        apart = f.X[:, first : first + s] - f.X[:, first + s : first + 2 * s]
        there = euclidean((f.weights(x.W0) @ transpose(apart)).reshape(len(x.W0), -1))
        bounds.append((GAP * np.sqrt(s) / sizes.activation.slope_bound - there) / spectral_norm(apart))
    return np.maximum(*bounds)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    smaller = replace(sizes, epsilon0=sizes.epsilon0 / 4)
    (near, found), (near_at_quarter, found_at_quarter) = to_true_labels(sizes, x), to_true_labels(smaller, x)
    clean, found_clean = to_true_labels(replace(sizes, flipped=0), x)
    far, far_at_quarter = to_corrupted_labels(sizes, x), to_corrupted_labels(smaller, x)
    yield holds(FOUND, found & found_at_quarter & found_clean)
    yield at_most(NEARER, near, far / 2)
    yield at_most(WIDER, near_at_quarter * far, near * far_at_quarter / 2)
    yield at_most(UNMOVED, near, 2 * clean)


def wide_clusters(choose: Choose) -> Sizes:
    return replace(setting(choose), epsilon0=1.0)


def many_flipped(choose: Choose) -> Sizes:
    return replace(setting(choose), flipped=PER_CLUSTER // 2)


def at_other(setting_: object) -> Change:
    return lambda theorem: replace(theorem, setting=setting_, assumptions=lambda _sizes, _x: ())


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 8-b",
        title="the true labels are found near the initial weights, the corrupted ones are fitted only far from them",
        kind="asymptotic",
        claim=r"\min\{\lVert W_\tau-W_0\rVert_F : W_\tau \text{ predicts } \tilde y\} \ll "
        r"\min\{\lVert W-W_0\rVert_F : f(W,X) = y\}",
        place="Section 8, at its end",
        reading="An experiment with two clusters: ordering, dependence on the radius and independence of the corruption.",
        depends_on=("Thm 2.2", "Sec 8-a"),
    ),
    setting=setting,
    chosen=chosen,
    sampled=sampled,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(more_often_than_not),
    controls=(
        control("a fortieth of the distance", sharpened(NEARER, 0.05), NEARER),
        control("clusters of radius 1", at_other(wide_clusters), NEARER),
        control("half of the labels flipped", at_other(many_flipped), FOUND),
    ),
    block=32,
)
