r"""Claim 1: the next iterate stays in the ball. Section 10.1.1, Eqs 15-20.

In the setting of Theorem 9.2, with $\bar r_\tau = \Pi_{S_+}(r_\tau)$ and $\bar e_\tau = \Pi_{S_-}(r_\tau)$, let $\theta_\tau$ obey
the induction hypotheses $\bar e_\tau = \bar e_0$ and
$\frac14\alpha\lVert\theta_\tau-\theta_0\rVert_2 + \lVert\bar r_\tau\rVert_2 \le \lVert\bar r_0\rVert_2$. Then
$$\lVert\theta_{\tau+1}-\theta_\tau\rVert_2 = \eta\lVert J^T(\theta_\tau)\bar r_\tau\rVert_2 \le \eta\beta\lVert\bar r_\tau\rVert_2
  \le \lVert\bar r_\tau\rVert_2/\beta \le \lVert\bar r_\tau\rVert_2/\alpha, \qquad
  \lVert\theta_{\tau+1}-\theta_0\rVert_2 \le 4\lVert r_0\rVert_2/\alpha.$$

*Reading.* The claim cites one of the hypotheses and uses two of them, (12) and (14), at $\tau$. It is judged for every
$\theta_\tau$ that obeys these, whether descent comes there or not.

*Instances.* An iterate of a run of Theorem 9.2, moved on as far as the hypotheses certainly allow, along any direction or the
one that f feels least: not at all where p exceeds the number of slopes and sines.

*Tightness.* Equality in each line of the chain but $\eta\beta \le 1/\beta$, of which the theorem's step size takes half. The
distance comes near $4\lVert r_0\rVert/\alpha$ where f leaves a direction free; descent itself goes a quarter of that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.matrices import apply, euclidean, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.claims import Clause, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping import _label_corruption as corrupted
from theorems.early_stopping._families import OnSineMap, within
from theorems.early_stopping._label_corruption import STEP_SIZE, Instance, Sizes, run, step_limit
from theorems.early_stopping._setting import orthonormal_columns

STEEP = "‖J(θ)ᵀv‖ ≤ β on S₊"
WAY = "¼α‖θ_τ - θ₀‖ + ‖r̄_τ‖ ≤ ‖r̄₀‖"
STEP = "‖θ_{τ+1} - θ_τ‖ = η‖J(θ_τ)ᵀr̄_τ‖"
SLOPE = "η‖J(θ_τ)ᵀr̄_τ‖ ≤ ηβ‖r̄_τ‖"
SMALL_STEP = "ηβ‖r̄_τ‖ ≤ ‖r̄_τ‖/β"
IN_BALL = "‖θ_{τ+1} - θ₀‖ ≤ 4‖r₀‖/α"


@dataclass(frozen=True)
class State(OnSineMap):
    """The map, its constants and the labels of a run, and ``theta``, the place from which a step is taken."""

    y: Float[ndarray, "trials n"]
    theta0: Float[ndarray, "trials p"]
    theta: Float[ndarray, "trials p"]
    alpha: Float[ndarray, " trials"]
    beta: Float[ndarray, " trials"]
    L: Float[ndarray, " trials"]
    eta: Float[ndarray, " trials"]

    @property
    def r0(self) -> Float[ndarray, "trials n"]:
        return self.f.value(self.theta0) - self.y

    @property
    def r(self) -> Float[ndarray, "trials n"]:
        return self.f.value(self.theta) - self.y

    @property
    def size(self) -> Float[ndarray, " trials"]:
        """What rounding errors of residuals are proportional to; far out the parameters count too."""
        way = self.beta * (euclidean(self.theta) + euclidean(self.theta0))
        return euclidean(self.r0) + euclidean(self.y) + euclidean(self.offset) + way


def chosen(sizes: Sizes, draws: Draws) -> State:
    x = corrupted.chosen(sizes, draws)
    start = state(x, reached(x, (draws.uniform(0.0, 1.0) * x.steps).astype(np.int64)))
    anywhere = unit(draws.normal(sizes.p))
    v = extremes.picked(np.stack([least_felt(start), anywhere]), draws.integers(0, 1))
    v = np.where(np.sum(v * (start.theta - x.theta0), axis=1, keepdims=True) < 0, -v, v)
    share = np.where(draws.integers(0, 2) > 0, 1.0, 0.0)
    return replace(start, theta=start.theta + (share * allowed(start, v))[:, np.newaxis] * v)


def state(x: Instance, theta: Float[ndarray, "trials p"]) -> State:
    rest = {"y": x.y, "theta0": x.theta0, "theta": theta, "alpha": x.alpha, "beta": x.beta, "L": x.L, "eta": x.eta}
    return State(**vars(x.f), **rest)


def reached(x: Instance, when: Int[ndarray, " trials"]) -> Float[ndarray, "trials p"]:
    """The iterate of each trial's run at its time."""
    theta: ndarray = x.theta0
    for now in run(x):
        theta = np.where(np.equal(now.t, when)[:, np.newaxis], now.theta, theta)
    return theta


def unit(v: Float[ndarray, "trials p"]) -> Float[ndarray, "trials p"]:
    """``v / ||v||``, the first axis for v = 0."""
    size = euclidean(v)[:, np.newaxis]
    return np.where(size > 0, v / np.where(size > 0, size, 1.0), np.eye(v.shape[1])[0])


def least_felt(x: State) -> Float[ndarray, "trials p"]:
    """The last right singular vector of A and B together: f is constant along it where p > m + q."""
    return np.linalg.svd(np.concatenate([x.A, x.B], axis=1))[2][:, -1]


def allowed(x: State, v: Float[ndarray, "trials p"]) -> Float[ndarray, " trials"]:
    """A way along v that keeps (14) for certain: each unit of it costs α/4 and at most the slope of f along v."""
    left = euclidean(within(x.U, x.r0)) - euclidean(within(x.U, x.r)) - x.alpha * euclidean(x.theta - x.theta0) / 4
    slope = euclidean(apply(x.A, v)) + x.omega * spectral_norm(x.M) * euclidean(apply(x.B, v))
    return np.maximum(left, 0.0) / (x.alpha / 4 + slope)


def assumptions(sizes: Sizes, x: State) -> Iterable[Clause]:
    yield from setup(x)
    yield at_most(
        WAY, x.alpha * euclidean(x.theta - x.theta0) / 4 + euclidean(within(x.U, x.r)), euclidean(within(x.U, x.r0)), scale=x.size
    )


def setup(x: State) -> Iterable[Clause]:
    """Theorem 9.2's hypotheses on map and step size, and (12)."""
    yield orthonormal_columns(x.U)
    yield positive("α > 0", x.alpha)
    yield at_most("α ≤ ‖J(θ)ᵀv‖ on S₊", x.alpha, x.f.alpha)
    yield at_most(STEEP, x.f.beta, x.beta)
    yield at_most("J is L-smooth", x.f.lipschitz, x.L)
    yield positive("η > 0", x.eta)
    yield at_most(STEP_SIZE, x.eta, step_limit(x.alpha, x.beta, x.L, euclidean(x.r0)))
    outside = x.r - within(x.U, x.r) - x.r0 + within(x.U, x.r0)
    yield at_most("ē_τ = ē₀", euclidean(outside), 0.0, scale=x.size)


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    J, inside = x.f.jacobian(x.theta), within(x.U, x.r)
    signal, pull = euclidean(inside), x.eta * euclidean(apply(transpose(J), inside))
    following = x.theta - x.eta[:, np.newaxis] * apply(transpose(J), x.r)
    places = euclidean(x.theta0) + x.size / x.alpha
    yield at_most(STEP, np.abs(euclidean(following - x.theta) - pull), 0.0, scale=places)
    yield at_most(SLOPE, pull, x.eta * x.beta * signal, scale=x.eta * x.beta * x.size)
    yield at_most(SMALL_STEP, x.eta * x.beta * signal, signal / x.beta)
    yield at_most("‖r̄_τ‖/β ≤ ‖r̄_τ‖/α", signal / x.beta, signal / x.alpha)
    yield at_most(IN_BALL, euclidean(following - x.theta0), 4 * euclidean(x.r0) / x.alpha, scale=places)


def strides(sizes: Sizes, draws: Draws) -> State:
    x = chosen(sizes, draws)
    return replace(x, eta=3 * x.eta)


def farther(sizes: Sizes, draws: Draws) -> State:
    """Half as far again from θ₀, where (14) would allow no more."""
    x = chosen(sizes, draws)
    return replace(x, theta=x.theta0 + 1.5 * (x.theta - x.theta0))


def understated(sizes: Sizes, draws: Draws) -> State:
    """β = α, with a step size that fits both."""
    x = chosen(sizes, draws)
    return replace(x, beta=x.alpha, eta=np.minimum(x.eta, step_limit(x.alpha, x.alpha, x.L, euclidean(x.r0))))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Claim 1",
        title="the next iterate stays in the ball",
        kind="deterministic",
        claim=r"\lVert\theta_{\tau+1}-\theta_\tau\rVert = \eta\lVert J^T\bar r_\tau\rVert \le \eta\beta\lVert\bar r_\tau\rVert "
        r"\le \lVert\bar r_\tau\rVert/\beta \le \lVert\bar r_\tau\rVert/\alpha,\quad "
        r"\lVert\theta_{\tau+1}-\theta_0\rVert \le 4\lVert r_0\rVert/\alpha",
        place="Section 10.1.1, Eqs 15-20",
        reading="The induction hypotheses used are (12) and (14) at τ; θ_τ is any place that obeys them.",
        depends_on=("Assumption 2", "Eqs 12-14"),
    ),
    setting=corrupted.setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    block=100,
    controls=(
        control("0.8 of the radius", sharpened(IN_BALL, 0.8), IN_BALL),
        control("three times the step size", without_assumption(STEP_SIZE, chosen=strides), SMALL_STEP),
        control("beyond the induction hypothesis", without_assumption(WAY, chosen=farther), IN_BALL),
        control("β understated as α", without_assumption(STEEP, chosen=understated), SLOPE),
    ),
)
