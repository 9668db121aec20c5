r"""Section 9.2, remark after Theorem 9.2: a model with a low-rank Jacobian cannot fit corrupted labels.

In the setting of Theorem 9.2 ($J(\theta)^Tw = 0$ for w in $S_-$, $f(\theta_0) - \tilde y \in S_+$, $y = \tilde y + e$) every
$\theta$ has
$$\Pi_{S_-}(f(\theta) - y) = \Pi_{S_-}(r_0) = -\Pi_{S_-}(e), \qquad
  \mathcal{L}(\theta) \ge \tfrac12\lVert\Pi_{S_-}(e)\rVert_2^2 > 0.$$

*Reading.* The section's opening places the corruption approximately in $S_-$; what is used of it is $\Pi_{S_-}(e) \ne 0$. It
cannot be dispensed with: errors within $S_+$ can be fitted (a control). "Cannot" means by no $\theta$ at all.

*Instances.* Linear and sine maps into $S_+$; any $\theta$, near or far, and the labels such that this one fits as well as it can
or misses by something in $S_+$ too.

*Tightness.* Attained: the adversary's $\theta$ fits all that lies in $S_+$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.maps import SineMap
from models.matrices import apply, euclidean, projector
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping._families import OnSineMap, signal_basis, within
from theorems.early_stopping._setting import orthonormal_columns

BLIND = "J(θ)ᵀw = 0 on S₋"
MISFIT = "f(θ₀) - ỹ ∈ S₊"
NOISE = "Π₋e ≠ 0"
STAYS = "Π₋(f(θ) - y) = Π₋r₀"
CORRUPTION = "Π₋r₀ = -Π₋e"
LEAST = "‖f(θ) - y‖ ≥ ‖Π₋e‖"
UNFIT = "𝓛(θ) > 0"
LEAST_PART = 1e-3  # of the errors, outside S₊


@dataclass(frozen=True)
class Sizes:
    """n samples, p parameters, q sines, m = dim S₊."""

    m: int
    n: int
    p: int
    q: int


@dataclass(frozen=True)
class Instance(OnSineMap):
    """``U`` spans the range of the map; ``P`` is the projector on S₊, which contains it."""

    P: Float[ndarray, "trials n n"]
    theta0: Float[ndarray, "trials p"]
    theta: Float[ndarray, "trials p"]
    y_tilde: Float[ndarray, "trials n"]
    e: Float[ndarray, "trials n"]

    @property
    def size(self) -> Float[ndarray, " trials"]:
        """What rounding errors of residuals are proportional to."""
        values = euclidean(self.f.value(self.theta0)) + euclidean(self.f.value(self.theta))
        return euclidean(self.offset) + values + euclidean(self.y_tilde) + euclidean(self.e)

    def residual(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n"]:
        """``f(theta) - y``"""
        return self.f.value(theta) - self.y_tilde - self.e

    def beside(self, v: Float[ndarray, "trials n"]) -> Float[ndarray, "trials n"]:
        """``Π₋ v``"""
        return v - apply(self.P, v)


def setting(choose: Choose) -> Sizes:
    m = choose.integer("m", 1, 3)
    return Sizes(m=m, n=choose.integer("n", m + 1, 8), p=choose.integer("p", 1, 6), q=choose.integer("q", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    U = signal_basis(draws, sizes.n, sizes.m)
    f = SineMap(
        U=U,
        A=extremes.matrix(draws, sizes.m, sizes.p) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis],
        M=extremes.matrix(draws, sizes.m, sizes.q),
        B=extremes.matrix(draws, sizes.q, sizes.p),
        omega=extremes.scale(draws, 1),
        phase=draws.uniform(-np.pi, np.pi, sizes.q),
        offset=extremes.vector(draws, sizes.n),
    )
    theta0, theta = extremes.vector(draws, sizes.p), extremes.vector(draws, sizes.p) * extremes.scale(draws, 1)[:, np.newaxis]
    outside = beside(draws, U) * extremes.scale(draws, 2)[:, np.newaxis]
    missed = draws.integers(0, 1, 1) * apply(U, draws.normal(sizes.m))
    y = f.value(theta) - missed + outside
    inside = apply(U, extremes.vector(draws, sizes.m)) * euclidean(outside)[:, np.newaxis]
    e = outside + inside
    return Instance(**vars(f), P=projector(U), theta0=theta0, theta=theta, y_tilde=y - e, e=e)


def beside(draws: Draws, U: Float[ndarray, "trials n m"]) -> Float[ndarray, "trials n"]:
    """A unit vector of S₋: in any direction, or along the sample that is least in S₊."""
    n = U.shape[1]
    sample = np.eye(n)[np.argmin(np.sum(U**2, axis=2), axis=1)]
    anything, alone = (v - within(U, v) for v in (draws.normal(n), sample))
    usable = (draws.integers(0, 1) == 0) & (euclidean(anything) > LEAST_PART)
    v = np.where(usable[:, np.newaxis], anything, alone)
    return v / euclidean(v)[:, np.newaxis]


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield orthonormal_columns(x.U)
    yield at_most(BLIND, np.abs(x.U - x.P @ x.U).max(axis=(1, 2)), 0.0, scale=1.0)
    misfit = x.f.value(x.theta0) - x.y_tilde
    yield at_most(MISFIT, euclidean(x.beside(misfit)), 0.0, scale=x.size)
    yield at_least(NOISE, euclidean(x.beside(x.e)), LEAST_PART * euclidean(x.e))
    yield at_least("e ≠ 0", euclidean(x.e), 1e-6)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    r0, r = x.residual(x.theta0), x.residual(x.theta)
    yield at_most(STAYS, euclidean(x.beside(r - r0)), 0.0, scale=x.size)
    yield at_most(CORRUPTION, euclidean(x.beside(r0 + x.e)), 0.0, scale=x.size)
    yield at_least(LEAST, euclidean(r), euclidean(x.beside(x.e)), scale=x.size)
    yield holds(UNFIT, euclidean(r) > 1e-9 * euclidean(x.e))


def full_rank(sizes: Sizes, draws: Draws) -> Instance:
    """S₊ = {0}: the map's whole range is outside it."""
    x = chosen(sizes, draws)
    return replace(x, P=np.zeros_like(x.P))


def fittable(sizes: Sizes, draws: Draws) -> Instance:
    """Errors within S₊, and labels that θ fits."""
    x = chosen(sizes, draws)
    e, y = x.U[:, :, 0] * euclidean(x.e)[:, np.newaxis], x.f.value(x.theta)
    return replace(x, e=e, y_tilde=y - e)


def elsewhere(sizes: Sizes, draws: Draws) -> Instance:
    """ỹ outside f(θ₀) + S₊ by half of what e is; y stays."""
    x = chosen(sizes, draws)
    shift = x.beside(x.e) / 2
    return replace(x, y_tilde=x.y_tilde - shift, e=x.e + shift)


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 9.2-b",
        title="a model with a low-rank Jacobian cannot fit corrupted labels",
        kind="deterministic",
        claim=r"\Pi_{S_-}(f(\theta)-y) = \Pi_{S_-}(r_0) = -\Pi_{S_-}(e),\quad "
        r"\mathcal{L}(\theta) \ge \tfrac12\lVert\Pi_{S_-}(e)\rVert_2^2 > 0",
        place="Section 9.2, after Theorem 9.2",
        reading="The corruption has a part in S₋, where the section places it; errors within S₊ could be fitted.",
        depends_on=("Assumption 2", "Thm 9.2"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("1.01 of the least misfit", sharpened(LEAST, 1 / 1.01), LEAST),
        control("a range outside S₊", without_assumption(BLIND, MISFIT, chosen=full_rank), STAYS),
        control("errors within S₊", without_assumption(NOISE, chosen=fittable), UNFIT),
        control("f(θ₀) - ỹ not in S₊", without_assumption(MISFIT, chosen=elsewhere), LEAST),
    ),
)
