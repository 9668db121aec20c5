r"""Three stages of label-noise SGD from $\tau\mathbf 1$: step sizes $\eta_0, \eta_1, \eta_2$ for $T_0, T_1, T_2$ steps.

Theorem 2.1 leaves their constants unnamed. ``literal`` takes those of the proofs of Theorems 3.1, 3.3 and D.1, with which no
machine can run the second stage. ``practical`` keeps the form in $\tau$ and $\epsilon$: $\eta_0 \propto 1/\delta$,
$\eta_1 \propto 1/\delta^2$, $\eta_2 \propto \epsilon^2/\delta^2$, $T_1 \propto 1/\eta_1$, $T_2 \propto 1/\eta_2$ and
$\delta \propto \tau^2$.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.label_noise_sgd import label_noise_sgd
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.theorem import Sizes as Needs
from theorems.label_noise import _rounds as rounds
from theorems.label_noise._parameter_chain import Parameters, Problem, parameters

RHO, EPSILON_1 = 0.01, fmpq(1, 40**3)  # the failure of each of the first two stages; ε₁/ε
DIVERGED = 1e6  # the error of a run that ended in infinity


@dataclass(frozen=True)
class Sizes:
    """``epsilon`` is the target error."""

    d: int
    n: int
    r: int
    tau: float
    epsilon: float


@dataclass(frozen=True)
class Schedule:
    """The noise level, and step size and number of steps of each stage."""

    delta: float
    etas: tuple[float, float, float]
    steps: tuple[float, float, float]


@dataclass(frozen=True)
class Run:
    """Everything is random but the start ``v`` = τ·1."""

    v: Float[ndarray, "1 d"]
    X: Float[ndarray, "#trials n d"]
    keys: Int[ndarray, " trials"]


@dataclass(frozen=True)
class Shrunk:
    r"""What Theorem 3.1's proof fixes; ``delta`` is the least noise level and ``start`` is $\log(1/\epsilon_{\min})$."""

    bx: float
    logarithm: float
    delta: float
    steps: float
    start: float


def shrunk(sizes: Sizes) -> Shrunk:
    r"""$b_x = \sqrt{2\log(12d^2/\rho)}$ with n = d, and $\eta_0 = 1/(32\delta b_x)$, the upper end of its interval.

    An entry shrinks at most by $1 - 2\eta_0\delta b_x$ in a step, that is by $e^{-2.1\eta_0\delta b_x}$.
    """
    bx = np.sqrt(2 * np.log(12 * float(sizes.d) ** 2 / RHO))
    mass = 6 * sizes.tau * sizes.d / RHO
    logarithm = np.log(3 / RHO) + 1.5 * np.log(sizes.d) + 0.5 * np.log(sizes.tau)
    delta = 6 * 32**2 * bx**3 * (mass**2 + sizes.r) * logarithm / RHO
    steps = np.ceil(32 * (32 * bx) ** 2 * logarithm)
    return Shrunk(float(bx), float(logarithm), float(delta), float(steps), float(2.1 / 32 * steps))


def signal_parameters(sizes: Sizes, surplus: float = 1.0) -> Parameters:
    r"""Those of Theorem 3.3's proof after that first stage, at ``surplus`` times the least $\delta$ that both stages allow."""
    before = shrunk(sizes)
    given = Problem(sizes.d, sizes.r, shrunk=before.start - np.log(sizes.d), aim=float(np.log(40**3 / sizes.epsilon)), surplus=1.0)
    least = float(parameters(given).delta.mid())
    return parameters(replace(given, surplus=surplus * max(before.delta / least, 1.0)))


def last_round(sizes: Sizes, delta: float) -> rounds.Given:
    """What the last bootstrapping round is given, ε_{s-1} at its bound ε; with ρ shared by all."""
    n = max(rounds.decades(rounds.exactly(sizes.epsilon)), 2)
    c = fmpq(1, 10 ** (n - 1))
    epsilon = EPSILON_1 * rounds.exactly(sizes.epsilon) * 3
    return rounds.Given(sizes.d, sizes.r, fmpq(1, 100 * n), rounds.exactly(delta), c, epsilon)


def literal(sizes: Sizes) -> Schedule:
    before, p = shrunk(sizes), signal_parameters(sizes)
    delta = float(p.delta.mid())
    last = last_round(sizes, delta)
    final = rounds.parameters(last)
    count = rounds.decades(last.c)  # rounds 2, ..., n_s
    etas = 1 / (32 * delta * before.bx), float(p.eta.mid()), float(final.eta.mid())
    return Schedule(delta, etas, (before.steps, float(p.T.mid()), float(count * final.T)))


def samples(sizes: Sizes) -> float:
    r"""What Gaussian data need for the $C_x$ of Theorem 3.3's proof: $2\log(15d^2/\rho)/C_x^2$."""
    p = signal_parameters(sizes)
    cross = float((p.coherence / (p.bx**2 * p.spread)).mid())
    return float(2 * np.log(15 * float(sizes.d) ** 2 / RHO) / cross**2)


def needs(sizes: Sizes) -> Needs:
    return Needs(steps=sum(literal(sizes).steps), bytes=8 * sizes.d * samples(sizes))


def practical(sizes: Sizes) -> Schedule:
    """Calibrated on a few hundred runs with other seeds. As δ lacks the factor d², the first step size has 1/d of its own."""
    delta = 2 * sizes.tau**2
    etas = 1 / (sizes.d * delta), 0.06 / delta**2, 0.2 * sizes.epsilon**2 / delta**2
    return Schedule(delta, etas, (40.0 * sizes.d**2, 6000 / etas[1], 200 / etas[2]))


def chosen(sizes: Sizes, _draws: Draws) -> Run:
    """S are the first r coordinates: Gaussian data are alike in all."""
    return Run(np.full((1, sizes.d), sizes.tau), np.zeros((1, sizes.n, sizes.d)), np.zeros(1, dtype=np.int64))


def sampled(sizes: Sizes, x: Run, generator: Generator, trials: int) -> Run:
    return replace(x, X=generator.standard_normal((trials, sizes.n, sizes.d)), keys=keys(generator, trials))


def truth(sizes: Sizes) -> Float[ndarray, "1 d"]:
    """v*"""
    return (np.arange(sizes.d) < sizes.r).astype(float)[np.newaxis]


def final(sizes: Sizes, x: Run, schedule: Schedule) -> Float[ndarray, "trials d"]:
    """v[T₀ + T₁ + T₂]"""
    v, t = x.v, 0
    for eta, steps in zip(schedule.etas, schedule.steps, strict=True):
        v = label_noise_sgd(v, truth(sizes), x.X, x.keys, np.array([eta]), np.array([schedule.delta]), int(steps), t)
        t += int(steps)
    return v


def error(sizes: Sizes, v: Float[ndarray, "trials d"]) -> Float[ndarray, " trials"]:
    r"""$\lVert v - v_*\rVert_\infty$"""
    return np.abs(np.where(np.isfinite(v), v, DIVERGED) - truth(sizes)).max(axis=1)


def recovered(name: str, schedule: Callable[[Sizes], Schedule]) -> Callable[[Sizes, Run], Iterable[Clause]]:
    def conclusions(sizes: Sizes, x: Run) -> Iterable[Clause]:
        yield at_most(name, error(sizes, final(sizes, x, schedule(sizes))), sizes.epsilon)

    return conclusions


def assumptions(sizes: Sizes, x: Run) -> Iterable[Clause]:
    yield at_least("r ≥ 1", sizes.r, 1)
    yield at_most("n < d", sizes.n, sizes.d - 1)
    yield at_most("v[0] = τ·1", np.abs(x.v - sizes.tau).max(axis=1), 0.0)
