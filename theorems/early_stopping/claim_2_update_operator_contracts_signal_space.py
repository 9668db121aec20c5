r"""Claim 2: the matrix of a descent step contracts the signal space. Section 10.1.1, Eq 28.

In the setting of Theorem 9.2 and under its induction hypotheses, with $P_{S_+}$ the projector on $S_+$ and
$C(\theta_\tau) = J(\theta_{\tau+1},\theta_\tau)J(\theta_\tau)^T$, the Jacobian averaged over the step,
$$\beta^2P_{S_+} \succeq C(\theta_\tau) \succeq \tfrac12 J(\theta_\tau)J(\theta_\tau)^T \succeq \tfrac{\alpha^2}{2}P_{S_+}.$$

*Reading.* $A \succeq B$ means $v^T(A-B)v \ge 0$ for all real v, as a footnote says: C need not be symmetric. What is compared
is the least eigenvalue of the difference's symmetric part.

*Instances.* The first iterations of the runs of Theorem 9.2, whose iterates obey the induction hypotheses (its Eqs 12-14):
the Jacobian moves most there, and at $\tau = 0$ the hypotheses hold with equality.

*Tightness.* $\beta^2$ and $\alpha^2/2$ are attained by linear maps. For its factor 1/2 of $JJ^T$ the proof
needs $\eta \le \alpha/(L\beta\lVert r_0\rVert)$; the step size is at most half of that, which would give 3/4.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.descent import Iterate, Observed
from models.matrices import euclidean, least_eigenvalue, projector, transpose
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.claims import Clause
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping import _label_corruption as corrupted
from theorems.early_stopping._label_corruption import STEP_SIZE, Instance, Sizes, following, initial_residual, judged

CEILING = "β²P ⪰ C(θ_τ)"
HALF = "C(θ_τ) ⪰ ½J(θ_τ)J(θ_τ)ᵀ"
MOST = "C(θ_τ) ⪰ 0.9 J(θ_τ)J(θ_τ)ᵀ"
FLOOR = "½J(θ_τ)J(θ_τ)ᵀ ⪰ (α²/2)P"
STEEP = "‖J(θ)ᵀv‖ ≤ β on S₊"
SLOPED = "α ≤ ‖J(θ)ᵀv‖ on S₊"


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return compared(x, HALF, 0.5)


def nine_tenths(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return compared(x, MOST, 0.9)


def compared(x: Instance, name: str, share: float) -> Iterable[Clause]:
    """The chain with ``share`` of JJᵀ in its third place."""
    P, zero = projector(x.U), np.zeros_like(x.alpha)
    alpha, beta = x.alpha[:, np.newaxis, np.newaxis], x.beta[:, np.newaxis, np.newaxis]

    def watch(now: Iterate) -> dict[str, Observed]:
        running, gram = now.t <= x.steps, now.jacobian @ transpose(now.jacobian)
        C = x.f.average_jacobian(now.theta, following(x, now)) @ transpose(now.jacobian)
        return {
            CEILING: (zero, least_eigenvalue(beta**2 * P - C), running),
            name: (zero, least_eigenvalue(C - share * gram), running),
            FLOOR: (zero, least_eigenvalue(gram - alpha**2 * P) / 2, running),
        }

    return judged(x, watch, x.beta**2)


def lunging(sizes: Sizes, draws: Draws) -> Instance:
    """One step of any size up to fifty times the limit, of a map that bends twice as much."""
    x = corrupted.few(sizes, draws)
    x = replace(x, M=2 * x.M)
    x = replace(x, alpha=x.f.alpha, beta=x.f.beta, L=x.f.lipschitz, steps=np.zeros_like(x.steps))
    return replace(x, eta=limit(x) * draws.uniform(1.0, 50.0))


def gentler(sizes: Sizes, draws: Draws) -> Instance:
    """β understated by a tenth, with a step size that fits it."""
    return fitted(corrupted.few(sizes, draws), beta=0.9)


def steeper(sizes: Sizes, draws: Draws) -> Instance:
    """α overstated by a half."""
    return fitted(corrupted.few(sizes, draws), alpha=1.5)


def fitted(x: Instance, alpha: float = 1.0, beta: float = 1.0) -> Instance:
    """These multiples of α and β, and a step size that still keeps to its limit."""
    x = replace(x, alpha=alpha * x.alpha, beta=beta * x.beta)
    return replace(x, eta=np.minimum(x.eta, limit(x)))


def limit(x: Instance) -> Float[ndarray, " trials"]:
    """The largest step size that Theorem 9.2 allows."""
    return corrupted.step_limit(x.alpha, x.beta, x.L, euclidean(initial_residual(x)))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Claim 2",
        title="the matrix of a descent step contracts the signal space",
        kind="deterministic",
        claim=r"\beta^2 P_{S_+} \succeq C(\theta_\tau) \succeq "
        r"\tfrac12 J(\theta_\tau)J(\theta_\tau)^T \succeq \tfrac{\alpha^2}{2}P_{S_+}",
        place="Section 10.1.1, Eq 28",
        reading="The order compares quadratic forms, as C need not be symmetric.",
        depends_on=("Eqs 29-32", "Lem 10.4"),
    ),
    setting=corrupted.setting,
    chosen=corrupted.few,
    assumptions=corrupted.assumptions,
    conclusions=conclusions,
    block=100,
    controls=(
        control("0.9 JJᵀ in place of ½JJᵀ", with_conclusions(nine_tenths), MOST),
        control("steps across the bends", without_assumption(STEP_SIZE, chosen=lunging), HALF),
        control("0.9 of β", without_assumption(STEEP, chosen=gentler), CEILING),
        control("1.5 of α", without_assumption(SLOPED, chosen=steeper), FLOOR),
    ),
)
