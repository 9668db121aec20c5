r"""The setting of Appendix C: a run in the box where its first stage is analysed.

With S the first r coordinates and $v_* = 1_S$, the coupling moves while $\lVert v_{S^c}\rVert_1 \le \tilde\epsilon_1$ and
$\lVert v_S\rVert_\infty \le 1 + c_1$. It starts from entries in $(0, 1/d]$. The paper fixes $\rho = 1/100$, $c_1 = 1/10$ and
$\tilde\epsilon_1 = 12/\rho$. The data obey $\lVert x_i\rVert_\infty \le b_x$ and $E_i[x_k^2] \ge 2/3$, and
$$\frac{c_1^2}{8\eta\delta^2b_x^2} \ge \log\frac{6rT^2}\rho, \qquad
  (\tilde\epsilon_1^2 + r)\, C_x b_x^2 \le \frac{c_1}{20}, \qquad \delta \ge b_x(\tilde\epsilon_1^2 + r).$$

Each hypothesis is met with equality on a good share of the instances. That S are the first coordinates restricts nothing,
since the data are drawn alike in all of them.

*Reading.* "In the setting of Theorem 3.3" brings the algorithm, the start and v*. Of the Gaussian samples the lemmas assume what is
displayed, for some $b_x > 0$, so that all data which obey it are admitted, and any T. n and d may be small: repeated samples and
further columns that are hardly correlated with the others change none of the claims about one step.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import cross_moment, least_second_moment, second_moments, sup_norm
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.label_noise._design import LEAST_MOMENT, moments, with_moments

BOUNDED = "‖x_i‖_∞ ≤ b_x"
MOMENT = "E_i[x_k²] ≥ 2/3"
STEP_SIZE = "c₁²/(8ηδ²b_x²) ≥ log(6rT²/ρ)"
CROSS = "(ẽ₁² + r) C_x b_x² ≤ c₁/20"
NOISE = "δ ≥ b_x(ẽ₁² + r)"
SUPPORT = "‖ṽ_S‖_∞ ≤ 1 + c₁"
MASS = "‖ṽ_{S^c}‖₁ ≤ ẽ₁"
START = "v[0]_k ≤ 1/d"
LONGEST = 1e30  # steps; the proof's literal constants ask for about 6e30 in two dimensions
FINE = 1e-14  # rounding relative to what cancels in a cross moment: b_x², which is 10^8 times what is left
TINY = 1e-9  # what an entry off the support has at least, as a share of the mass there


@dataclass(frozen=True)
class Constants:
    r"""$\rho$, $c_1$, and ``mass`` $= \tilde\epsilon_1$."""

    rho: float
    c1: float
    mass: float


LITERAL = Constants(rho=1 / 100, c1=1 / 10, mass=1200.0)


@dataclass(frozen=True)
class Sizes:
    """T is a whole number, too large for an integer type."""

    d: int
    r: int
    T: float
    constants: Constants = LITERAL

    @property
    def spread(self) -> float:
        r"""$\tilde\epsilon_1^2 + r$, which bounds $\lVert v^2 - v_*^2\rVert_1$ in the box"""
        return self.constants.mass**2 + self.r

    @property
    def union(self) -> float:
        r"""$\log(6rT^2/\rho)$"""
        return float(np.log(6 * self.r / self.constants.rho) + 2 * np.log(self.T))


@dataclass(frozen=True)
class Instance:
    """v is a state of the coupling, or its start; ``target`` is v*. Under a probability all but nature's move is shared."""

    v: Float[ndarray, "#trials d"]
    target: Float[ndarray, "#trials d"]
    X: Float[ndarray, "#trials n d"]
    bx: Float[ndarray, " #trials"]
    eta: Float[ndarray, " #trials"]
    delta: Float[ndarray, " #trials"]


Started = TypeVar("Started", bound=Instance)


def setting(choose: Choose) -> Sizes:
    d = choose.integer("d", 1, 6)
    return Sizes(d=d, r=choose.integer("r", 1, d), T=float(np.floor(choose.real("T", 1.0, LONGEST))))


def with_both_kinds(longest: float = LONGEST) -> Callable[[Choose], Sizes]:
    """At least one coordinate off the support."""

    def sizes(choose: Choose) -> Sizes:
        d = choose.integer("d", 2, 6)
        return Sizes(d=d, r=choose.integer("r", 1, d - 1), T=float(np.floor(choose.real("T", 1.0, longest))))

    return sizes


def target(sizes: Sizes, trials: int) -> Float[ndarray, "trials d"]:
    """v* = 1 on the first r coordinates."""
    return np.tile((np.arange(sizes.d) < sizes.r).astype(float), (trials, 1))


def data(sizes: Sizes, draws: Draws, limit: float) -> Float[ndarray, "trials n d"]:
    r"""Samples with $(\tilde\epsilon_1^2 + r)\, C_x b_x^2$ at ``limit`` on two thirds of the trials, below it on the others.

    The largest $C_x$ that any $b_x$ allows comes first; then it shrinks by the square of the $b_x$ which that gave.
    """
    share = np.where(draws.integers(0, 2) == 0, draws.uniform(0.0, 1.0), 1.0)
    widest = np.full(draws.trials, limit / (sizes.spread * LEAST_MOMENT))
    X = with_moments(moments(draws, sizes.d, widest))
    reached = crossing(sizes, X, sup_norm(X))
    return uncrossed(X, share * np.minimum(limit / np.where(reached > 0, reached, limit), 1.0))


def crossing(sizes: Sizes, X: Float[ndarray, "trials n d"], bx: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    r"""$(\tilde\epsilon_1^2 + r)\, C_x b_x^2$"""
    return sizes.spread * cross_moment(X) * bx**2


def uncrossed(X: Float[ndarray, "trials n d"], factor: Float[ndarray, " trials"]) -> Float[ndarray, "trials n d"]:
    """Data of the same design whose cross moments are ``factor`` times those of X."""
    off = 1 - np.eye(X.shape[2])
    return with_moments(second_moments(X) * (1 - off * (1 - factor[:, np.newaxis, np.newaxis])))


def with_less_crossing(sizes: Sizes, x: Started, limit: Float[ndarray, " #trials"]) -> Started:
    r"""The same with $(\tilde\epsilon_1^2 + r)\, C_x b_x^2 \le$ ``limit`` as well; $b_x$, now a little too large, is kept."""
    return replace(x, X=uncrossed(x.X, limit / np.maximum(crossing(sizes, x.X, x.bx), limit)))


def least_noise(sizes: Sizes, bx: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    return bx * sizes.spread


def largest_step_size(sizes: Sizes, delta: Float[ndarray, " trials"], bx: Float[ndarray, " trials"] | float) -> Float[ndarray, " trials"]:
    r"""$c_1^2 / (8\delta^2b_x^2\log(6rT^2/\rho))$"""
    return sizes.constants.c1**2 / (8 * delta**2 * bx**2 * sizes.union)


def instance(sizes: Sizes, draws: Draws, v: Float[ndarray, "trials d"], limit: float | None = None) -> Instance:
    """Data, noise and step size around a given v; ``limit`` is c₁/20 unless another condition bounds C_x."""
    X = data(sizes, draws, sizes.constants.c1 / 20 if limit is None else limit)
    bx = sup_norm(X)
    delta = least_noise(sizes, bx) / extremes.fraction(draws)
    eta = largest_step_size(sizes, delta, bx) * extremes.fraction(draws)
    return Instance(v, target(sizes, draws.trials), X, bx, eta, delta)


def box(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials d"]:
    r"""States in the box: entries on S at its upper end, at 1, tiny, or anywhere; the mass off S, all of $\tilde\epsilon_1$ on half of
    the trials, in one coordinate, spread equally, or random."""
    top = 1 + sizes.constants.c1
    inner = draws.uniform(0.001, 1.0, sizes.r) * top
    kinds = np.stack([inner, np.full_like(inner, top), np.ones_like(inner), np.full_like(inner, 1e-6)])
    on = extremes.picked(kinds, draws.integers(0, 3))
    return np.concatenate([on, off_support(sizes, draws, sizes.constants.mass * extremes.fraction(draws))], axis=1)


def off_support(sizes: Sizes, draws: Draws, mass: Float[ndarray, " trials"]) -> Float[ndarray, "trials off"]:
    """Positive entries with the sum ``mass``: all in the first coordinate off S, equal, or random."""
    anyhow = draws.uniform(0.0, 1.0, sizes.d - sizes.r)
    single = np.zeros_like(anyhow)
    single[:, :1] = 1.0
    weights = extremes.picked(np.stack([anyhow, single, np.ones_like(anyhow)]), draws.integers(0, 2)) + TINY
    return mass[:, np.newaxis] * weights / weights.sum(axis=1, keepdims=True)


def start(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials d"]:
    """Entries in (0, 1/d]: all 1/d, or over three decades."""
    inner = 10.0 ** draws.uniform(-3.0, 0.0, sizes.d)
    return extremes.picked(np.stack([np.ones_like(inner), inner]), draws.integers(0, 1)) / sizes.d


def started(sizes: Sizes, draws: Draws) -> Instance:
    return instance(sizes, draws, start(sizes, draws))


def about_data(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Hypotheses on the data and on the level of the noise."""
    yield at_most(BOUNDED, sup_norm(x.X), x.bx)
    yield at_least(MOMENT, least_second_moment(x.X), LEAST_MOMENT)
    yield at_most(CROSS, crossing(sizes, x.X, x.bx), sizes.constants.c1 / 20, rounding=FINE, scale=sizes.spread * x.bx**4)
    yield at_least(NOISE, x.delta, least_noise(sizes, x.bx))


def about_step_size(sizes: Sizes, x: Instance) -> Clause:
    return at_least(STEP_SIZE, sizes.constants.c1**2 / (8 * x.eta * x.delta**2 * x.bx**2), sizes.union)


def inside(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """v is positive and in the box."""
    yield positive("ṽ > 0", x.v.min(axis=1))
    yield at_most(SUPPORT, x.v[:, : sizes.r].max(axis=1), 1 + sizes.constants.c1)
    yield at_most(MASS, x.v[:, sizes.r :].sum(axis=1), sizes.constants.mass)


def small_start(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("v[0]_k > 0", x.v.min(axis=1))
    yield at_most(START, x.v.max(axis=1), 1 / sizes.d)


def starting(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """All hypotheses of Lemma C.2 on a run."""
    yield from small_start(sizes, x)
    yield from about_data(sizes, x)
    yield about_step_size(sizes, x)


def on_the_way(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """All hypotheses of Lemma C.2 on a state of the coupling while it moves."""
    yield from inside(sizes, x)
    yield from about_data(sizes, x)
    yield about_step_size(sizes, x)
