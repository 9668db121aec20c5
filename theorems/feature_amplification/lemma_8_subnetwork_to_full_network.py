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
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from models.matrices import apply, euclidean
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
    outside = np.minimum(np.floor(draws.uniform(0.0, 1.0) * (sizes.m / share + 1)), np.ceil(sizes.m / share) - 1)
    C = largest(sizes, draws, outside, share)
    y, a = draws.signs(), np.tile([1.0, -1.0], sizes.m // 2) / np.sqrt(sizes.m)
    agrees = a * y[:, np.newaxis] > 0
    J = ~first(agrees & (draws.integers(0, 1, 1) == 0), draws.permutation(sizes.m), outside)
    along, x = margin(draws, agrees & J, C, length)
    left = np.sqrt(np.maximum(norm**2 - euclidean(along) ** 2, 0.0)) * extremes.fraction(draws)
    W = along[:, :, np.newaxis] * (x / euclidean(x)[:, np.newaxis])[:, np.newaxis] + rest(draws, x, agrees, J, left)
    return Instance(W=W, a=np.broadcast_to(a, J.shape), J=J, x=x, y=y, C=C)
