r"""Lemma 8: a margin of a large subnetwork is half a margin of the network. Section 4.2; proof in A.2.2.

For the network $f(x; W) = \sum_{j=1}^m a_j \phi(\langle w_j, x\rangle)$ with $\phi = \max(0, \cdot)$ and
$a_j = \pm 1/\sqrt m$, half of each sign, all $J \subset [m]$, all $C > 1$, all W with $\lVert W\rVert_F \le 1$ and all
$(x, y) \in \mathbb{R}^d \times \{\pm 1\}$ with $\lVert x\rVert \le 2$: if $|J^c|/m \le 1/(16 C^2)$ and the subnetwork
$f^J$, the sum over $j \in J$, has $y f^J(x; W) \ge 1/C$, then
$$y f(x; W) \ge \frac{1}{2C}.$$

*Reading.* Half of the $a_j$ have each sign (m even), as the section's network has it.

*Instances.* The neurons of J that agree with y carry the subnetwork's margin along x, evenly or not; those of J that
disagree lie in the half space where they are silent. The rest of the norm goes to the neurons outside J, all
disagreeing and along x on half of the trials, and to directions that do not matter.

*Tightness.* With the whole budget on disagreeing neurons outside J, $y f \cdot 2C = 2 - \sqrt{1 - 1/(2C^2)}$, about
$1 + 1/(4 C^2)$: 1.0025 at C = 10, m = 1600.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from models.activations import RELU
from models.matrices import euclidean, orthonormal
from models.networks import balanced_output_weights, output
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

MARGIN = "y f(x; W) ≥ 1/(2C)"
FEW = "|Jᶜ|/m ≤ 1/(16C²)"
SHORT = "‖x‖ ≤ 2"
LIGHT = "‖W‖_F ≤ 1"


@dataclass(frozen=True)
class Sizes:
    m: int
    d: int


@dataclass(frozen=True)
class Instance:
    W: Float[ndarray, "trials m d"]
    a: Float[ndarray, "trials m"]
    J: Bool[ndarray, "trials m"]
    x: Float[ndarray, "trials d"]
    y: Float[ndarray, " trials"]
    C: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(m=int(choose.option("m", (2, 18, 64, 400, 1600))), d=choose.integer("d", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return extremal(sizes, draws)


def extremal(sizes: Sizes, draws: Draws, share: float = 16.0, length: float = 2.0, norm: float = 1.0) -> Instance:
    """|Jᶜ|/m up to 1/(share C²), ‖x‖ up to ``length``, ‖W‖_F up to ``norm``."""
    outside, C = left_out(sizes, draws, share)
    y, a = draws.signs(), balanced_output_weights(sizes.m)
    agrees = a * y[:, np.newaxis] > 0
    J = all_but(outside, draws.permutation(sizes.m), agrees & (draws.integers(0, 1, 1) == 0))
    along, length_of_x = carried(draws, agrees & J, 1 + (C - 1) * extremes.fraction(draws), length, norm)
    spent = np.sqrt(np.maximum(norm**2 - euclidean(along) ** 2, 0.0)) * extremes.fraction(draws)
    direction = orthonormal(draws.normal(sizes.d, 1))[:, :, 0]
    W = along[:, :, np.newaxis] * direction[:, np.newaxis, :] + scaled(idle(draws, direction, agrees, J), spent)
    return Instance(W=W, a=np.broadcast_to(a, J.shape), J=J, x=length_of_x[:, np.newaxis] * direction, y=y, C=C)


def left_out(sizes: Sizes, draws: Draws, share: float) -> tuple[Float[ndarray, " trials"], Float[ndarray, " trials"]]:
    """|Jᶜ|, few as often as many, and C: as large as that allows on half of the trials, anything where J is everything."""
    most = np.ceil(sizes.m / share) - 1
    outside = np.where(draws.integers(0, 7) == 0, 0.0, np.minimum(np.floor((most + 1) ** draws.uniform(0.0, 1.0)), most))
    largest = np.where(outside > 0, np.sqrt(sizes.m / (share * np.maximum(outside, 1.0))), 1 + 10 ** draws.uniform(-3.0, 2.0))
    return outside, 1 + (largest - 1) * extremes.fraction(draws)


def all_but(outside: ndarray, order: ndarray, spared: Bool[ndarray, "trials m"]) -> Bool[ndarray, "trials m"]:
    """J without the first ``outside`` neurons of the order, the spared ones coming last."""
    ranks = np.argsort(np.argsort(order + order.shape[1] * spared, axis=1), axis=1)
    return ranks >= outside[:, np.newaxis]


def carried(draws: Draws, carriers: ndarray, C: ndarray, length: float, norm: float) -> tuple[ndarray, ndarray]:
    """The carriers' components along x, for a margin of 1/C, and ‖x‖; even ones where uneven ones would be too heavy."""
    uneven = carriers * draws.uniform(0.2, 1.0, carriers.shape[1])
    light = (draws.integers(0, 1) == 0) & (least_length(uneven, C, norm) < length)
    profile = np.where(light[:, np.newaxis], uneven, carriers)
    least = least_length(profile, C, norm)
    long = least + (length - least) * extremes.fraction(draws)
    return profile * (np.sqrt(carriers.shape[1]) / (C * long * profile.sum(axis=1)))[:, np.newaxis], long


def least_length(profile: ndarray, C: ndarray, norm: float) -> Float[ndarray, " trials"]:
    """The ‖x‖ at which a margin of 1/C takes weights of the whole norm."""
    return np.sqrt(profile.shape[1]) * euclidean(profile) / (C * norm * profile.sum(axis=1))


def idle(draws: Draws, direction: ndarray, agrees: ndarray, J: ndarray) -> Float[ndarray, "trials m d"]:
    """What leaves the margin of J as it is: outside J anything, or what opposes most; in J across x, or in silence."""
    free = draws.normal(J.shape[1], direction.shape[1])
    along = np.einsum("tjk,tk->tj", free, direction)
    kept = np.where(J, np.where(agrees, 0.0, -np.abs(along)), along)
    harmless = free + (kept - along)[:, :, np.newaxis] * direction[:, np.newaxis, :]
    opposing = (~J & ~agrees)[:, :, np.newaxis] * direction[:, np.newaxis, :]
    return np.where((draws.integers(0, 1) == 0)[:, np.newaxis, np.newaxis], opposing, harmless)


def scaled(V: Float[ndarray, "trials m d"], norm: Float[ndarray, " trials"]) -> Float[ndarray, "trials m d"]:
    """V with that Frobenius norm; zero stays zero."""
    size = frobenius(V)
    return V * (norm / np.where(size > 0, size, 1.0))[:, np.newaxis, np.newaxis]


def frobenius(V: Float[ndarray, "trials m d"]) -> Float[ndarray, " trials"]:
    return euclidean(V.reshape(len(V), -1))


def margin(x: Instance, neurons: Bool[ndarray, "trials m"]) -> Float[ndarray, " trials"]:
    """y times the output of the subnetwork of these neurons."""
    return x.y * output(x.W, x.x[:, np.newaxis, :], x.a * neurons, RELU)[:, 0]


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield holds("a_j = ±1/√m, half of each sign", (np.abs(x.a) == 1 / np.sqrt(sizes.m)).all(axis=1) & (np.sign(x.a).sum(axis=1) == 0))
    yield holds("y = ±1", np.abs(x.y) == 1)
    yield at_least("C > 1", x.C, 1 + 1e-12)
    yield at_most(LIGHT, frobenius(x.W), 1.0)
    yield at_most(SHORT, euclidean(x.x), 2.0)
    yield at_most(FEW, np.mean(~x.J, axis=1), 1 / (16 * x.C**2))
    yield at_least("y f^J(x; W) ≥ 1/C", margin(x, x.J), 1 / x.C)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(MARGIN, margin(x, np.full_like(x.J, True)), 1 / (2 * x.C))


def longer(sizes: Sizes, draws: Draws) -> Instance:
    return extremal(sizes, draws, length=3.0)


def heavier(sizes: Sizes, draws: Draws) -> Instance:
    return extremal(sizes, draws, norm=1.5)


def sparser(sizes: Sizes, draws: Draws) -> Instance:
    return extremal(sizes, draws, share=4.0)


PRINTED = Theorem(
    statement=Statement(
        paper="feature_amplification",
        label="Lem 8",
        title="a margin of a large subnetwork is half a margin of the network",
        kind="deterministic",
        claim=r"\lVert W\rVert_F \le 1,\ \lVert x\rVert \le 2,\ \tfrac{|J^c|}{m} \le \tfrac{1}{16C^2},\ y f^J(x;W) \ge \tfrac1C"
        r"\ \Longrightarrow\ y f(x;W) \ge \tfrac{1}{2C}",
        place="Section 4.2",
        reading="half of the a_j = ±1/√m have each sign (m even), as the section's network has it.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("1.02/(2C)", sharpened(MARGIN, 1 / 1.02), MARGIN),
        control("‖x‖ up to 3", without_assumption(SHORT, chosen=longer), MARGIN),
        control("‖W‖_F up to 1.5", without_assumption(LIGHT, chosen=heavier), MARGIN),
        control("|Jᶜ|/m up to 1/(4C²)", without_assumption(FEW, chosen=sparser), MARGIN),
    ),
    block=100,
)
