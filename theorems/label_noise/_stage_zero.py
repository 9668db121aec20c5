r"""The setting of Appendix B: from $v_0 = \tau\mathbf{1}$ the noise shrinks the parameter.

With $\epsilon_0 = 1/d$, $\lVert x_i\rVert_\infty \le b_x$ and $r = |S|$ the paper fixes
$$b_0 = \frac{6\tau d}\rho, \qquad \Lambda = \log\frac{3d\sqrt\tau}{\rho\sqrt{\epsilon_0}}, \qquad
  T = \Bigl\lceil\frac{32\Lambda}{\eta^2\delta^2}\Bigr\rceil .$$
In the ball $\lVert v\rVert_1 \le b_0$ the factors $g_k^{(i)} = \langle v^2 - v_*^2, x_i\rangle x_{ik}$ of the gradient are at most
$a = (b_0^2 + r)\,b_x^2$ in size.

Data, states and $v_*$ are drawn so that this is met with equality: an entry off the support carries all of $b_0$, signs are aligned,
second moments are 2/3 exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.quadratic_regression import least_second_moment, sup_norm
from theorems.checker import extremes
from theorems.checker.claims import Clause, at_least, at_most, equals, holds, positive
from theorems.checker.draws import Draws
from theorems.label_noise._design import LEAST_MOMENT

START = "v[0] = τ·1"
MOMENT = "E_i[x_k²] ≥ 2/3"
TINY = 1e-9  # what an entry of a state has at least, as a share of the mass

Numbers = Float[ndarray, " #trials"]


@dataclass(frozen=True)
class Instance:
    """``v`` is the start τ·1 or a state of the coupling, ``target`` is v*."""

    X: Float[ndarray, "#trials n d"]
    target: Float[ndarray, "#trials d"]
    v: Float[ndarray, "#trials d"]
    bx: Float[ndarray, " #trials"]
    tau: Float[ndarray, " #trials"]
    rho: Float[ndarray, " #trials"]
    eta: Float[ndarray, " #trials"]
    delta: Float[ndarray, " #trials"]


@dataclass(frozen=True)
class Runs(Instance):
    """Runs of the algorithm: the adversary's choice, and one key per run for its samples and signs."""

    keys: Int[ndarray, " trials"]


def unplayed(x: Instance) -> Runs:
    """Before nature moves there are no keys."""
    return Runs(**vars(x), keys=np.zeros(len(x.X), dtype=np.int64))


def sampled(_sizes: object, x: Runs, generator: Generator, trials: int) -> Runs:
    return replace(x, keys=keys(generator, trials))


def mass_bound(d: int, tau: Numbers, rho: Numbers) -> Numbers:
    r"""$b_0 = 6\tau d/\rho$"""
    return 6 * tau * d / rho


def bound_of(x: Instance) -> Numbers:
    r"""$b_0$ of an instance"""
    return mass_bound(x.v.shape[1], x.tau, x.rho)


def spread(x: Instance) -> Numbers:
    r"""$b_0^2 + r$, which bounds $\lVert v^2 - v_*^2\rVert_1$ in the ball"""
    return bound_of(x) ** 2 + np.sum(x.target, axis=1)


def drift(x: Instance) -> Numbers:
    r"""$a = (b_0^2 + r)\,b_x^2$"""
    return spread(x) * x.bx**2


def log_factor(d: int, tau: Numbers, rho: Numbers) -> Numbers:
    r"""$\Lambda = \log(3d\sqrt\tau / (\rho\sqrt{\epsilon_0}))$"""
    return np.log(3 / rho) + 1.5 * np.log(d) + 0.5 * np.log(tau)


def scale_with(d: int, rho: Numbers, level: Numbers) -> Numbers:
    r"""The $\tau$ at which $\Lambda$ is ``level``."""
    return (rho * np.exp(level) / (3 * d**1.5)) ** 2


def logarithm(x: Instance) -> Numbers:
    r"""$\Lambda$ of an instance"""
    return log_factor(x.v.shape[1], x.tau, x.rho)


def horizon(x: Instance) -> Numbers:
    r"""$T = \lceil 32\Lambda / (\eta\delta)^2 \rceil$"""
    return np.ceil(32 * logarithm(x) / (x.eta * x.delta) ** 2)


def data(draws: Draws, n: int, d: int, decades: float = 2.0) -> Float[ndarray, "trials n d"]:
    """Gaussian, rank one with all entries equal up to the sample's sign, random signs, or one entry per coordinate.

    Every second moment is 2/3 or, on half of the coordinates, up to 10^``decades`` times that.
    """
    equal = draws.signs(n)[:, :, np.newaxis] * np.ones(d)
    single = (np.arange(n)[:, np.newaxis] == draws.integers(0, n - 1, d)[:, np.newaxis, :]).astype(float)
    raw = extremes.picked(np.stack([draws.normal(n, d), equal, draws.signs(n, d), single]), draws.integers(0, 3))
    raw = np.where(np.any(raw, axis=1, keepdims=True), raw, 1.0)
    excess = np.where(draws.integers(0, 1, 1, d) == 0, 1.0, 10.0 ** draws.uniform(0.0, decades, 1, d))
    return raw * np.sqrt(LEAST_MOMENT * excess / np.mean(raw**2, axis=1, keepdims=True))


def support(draws: Draws, d: int) -> Float[ndarray, "trials d"]:
    r"""$v_* \in \{0, 1\}^d$, not 0."""
    entries = draws.integers(0, 1, d).astype(float)
    return np.where(np.any(entries, axis=1, keepdims=True), entries, np.arange(d) == 0)


def state(draws: Draws, d: int, mass: Numbers) -> Float[ndarray, "trials d"]:
    r"""Positive, with $\lVert v\rVert_1$ = ``mass`` on half of the trials, else below: random, in one entry, or equal entries."""
    single = (np.arange(d) == draws.integers(0, d - 1, 1)).astype(float)
    anyhow = draws.uniform(0.0, 1.0, d)
    weights = extremes.picked(np.stack([anyhow, single, np.ones_like(anyhow)]), draws.integers(0, 2)) + TINY
    return (mass * extremes.fraction(draws))[:, np.newaxis] * weights / weights.sum(axis=1, keepdims=True)


def start(tau: Numbers, d: int) -> Float[ndarray, "trials d"]:
    return tau[:, np.newaxis] * np.ones(d)


def about_numbers(x: Instance) -> Iterable[Clause]:
    yield positive("τ > 0", x.tau)
    yield positive("ρ > 0", x.rho)
    yield at_most("ρ < 1", x.rho, 1 - 1e-9)
    yield positive("η > 0", x.eta)
    yield holds("v* ∈ {0, 1}^d, r ≥ 1", np.all((x.target == 0) | (x.target == 1), axis=1) & np.any(x.target, axis=1))
    yield at_most("‖x_i‖_∞ ≤ b_x", sup_norm(x.X), x.bx)


def about_data(x: Instance) -> Clause:
    return at_least(MOMENT, least_second_moment(x.X), LEAST_MOMENT)


def about_start(x: Instance) -> Clause:
    return equals(START, np.abs(x.v / x.tau[:, np.newaxis] - 1).max(axis=1), 0.0, allowance=1e-12)


def about_state(x: Instance) -> Iterable[Clause]:
    yield positive("ṽ > 0", x.v.min(axis=1))
    yield at_most("‖ṽ‖₁ ≤ b₀", x.v.sum(axis=1), bound_of(x))
