r"""Runs of a bootstrapping round with the step size of Theorem D.1, on data that meet its conditions exactly.

Gaussian data at the proof's constants would be more than $10^9$ samples. Here they are two or four: $E_i[x_k^2] = 2/3$, $C_x$ is at
its limit, and $b_x$ is their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.label_noise_sgd import label_noise_sgd
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.label_noise import _stage_two as stage
from theorems.label_noise._design import LEAST_MOMENT
from theorems.label_noise._stage_two import Round, Run

STEP_SIZE = "c_s²/(8ηB) ≥ log(10rT²/ρ)"
CROSS = "(ε_s² + 4c_{s-1}r) C_x b_x² ≤ c_s/20"
ERROR = "‖v_S[T] - v*_S‖_∞ ≤ c_s"
CORRELATION = "|E_i[x_j x_k]| ≤ C_x"
VANISHING = "‖v_{S^c}[T]‖₁ ≤ ε_s"


def needed(q: Round) -> float:
    """The least T, at the round's own T in the logarithm: T = log(4/c₀)/η with equality in the hypothesis on η."""
    return 8 * q.duration * q.B * q.union(10) / q.next_c**2


def widest(q: Round) -> float:
    """(ε_s² + 4c_{s-1}r) b_x²: what C_x is multiplied by."""
    return (q.next_eps**2 + 4 * q.c * q.r) * q.b**2


def about_round(q: Round) -> Iterable[Clause]:
    yield at_least(STEP_SIZE, q.next_c**2 / (8 * q.eta * q.B), q.union(10))
    yield at_most(CROSS, widest(q) * q.cross, q.next_c / 20)


@dataclass(frozen=True)
class Played:
    """A round on data in dimension d."""

    d: int
    q: Round


def runnable(choose: Choose) -> Played:
    """T from 5 to 40 million; without noise the samples alone are random."""
    d, r = choose.integer("d", 2, 3), choose.integer("r", 1, 2)
    return played(d, r, float(choose.option("δ", (0.0, 1.0))), choose.real("ε_{s-1}/c_{s-1}", 0.01, 1.0))


def played(d: int, r: int, delta: float, share: float, longer: float = 1.0) -> Played:
    """The largest step size times ``longer``."""
    q = Round(r=r, c=stage.C0, eps=stage.C0 * share, delta=delta, rho=0.1, b=1.0, cross=0.0)
    return Played(d, stage.paced(data(q, d)[0], needed, slower=1 / longer))


def data(q: Round, d: int) -> tuple[Round, Float[ndarray, "1 n d"]]:
    """E_i[x_k²] = 2/3, and C_x at its limit."""
    return stage.correlated(q, d, q.next_eps**2 + 4 * q.c * q.r, q.next_c / 20)


def chosen(p: Played, draws: Draws) -> Run:
    """At the ends of what the hypotheses on the start allow."""
    return stage.unkeyed(data(p.q, p.d)[1], stage.start(p.q, draws, p.d, p.q.c, p.q.eps))


def keyed(_p: Played, x: Run, generator: Generator, trials: int) -> Run:
    return replace(x, keys=keys(generator, trials))


def starting(p: Played, x: Run) -> Iterable[Clause]:
    yield from stage.starting(p.q, x)
    yield from about_round(p.q)


def ended(steps: float = 1.0) -> Callable[[Played, Run], Iterable[Clause]]:
    """After T steps, or a multiple of T."""

    def conclusions(p: Played, x: Run) -> Iterable[Clause]:
        rates = np.array([p.q.eta]), np.array([p.q.delta])
        v = label_noise_sgd(x.v, stage.target(p.q.r, p.d), x.X, x.keys, *rates, int(steps * p.q.T))
        yield at_most(ERROR, stage.error(p.q, v), p.q.next_c)
        yield at_most(VANISHING, stage.mass(p.q, v), p.q.next_eps)

    return conclusions


def probability(p: Played, _x: Run) -> float:
    return 1 - p.q.rho


def on_one_sample(p: Played, draws: Draws) -> Run:
    """All samples equal: only the sum of the squares is determined, and signal coordinates on two sides of 1 stay there."""
    X = np.full_like(data(p.q, p.d)[1], np.sqrt(LEAST_MOMENT))
    return stage.unkeyed(X, 1 + p.q.c * np.array([[1.0, -1.0]]) * np.ones((draws.trials, 1)))
