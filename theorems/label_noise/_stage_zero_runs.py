r"""Runs of Theorem 3.1: its data, noise and step size, and what a run shows.

The proof's data event is $\lVert x_i\rVert_\infty \le b_x$ and $E_i[x_k^2] \ge 2/3$. Gaussian samples meet it with
$b_x = \sqrt{2\log(12nd/\rho)}$ but for a probability $\rho/3$; those few are clipped, and their short coordinates stretched.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import sup_norm
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.label_noise import _stage_zero as stage
from theorems.label_noise import _stage_zero_step_sizes as interval
from theorems.label_noise._design import LEAST_MOMENT, hadamard_design
from theorems.label_noise._stage_zero import Runs

NOISE, LEFT, RIGHT = "δ is at least its least value", "η is not left of its interval", "η is not right of its interval"
GAUSSIAN, HADAMARD, ALIGNED = "gaussian", "hadamard", "aligned"


@dataclass(frozen=True)
class Sizes:
    r"""$\delta$ is ``excess`` times its least value; ``place`` leads from the left end of the interval, 0, to the right one, 1.

    m is the 32 of the proof's constants.
    """

    data: str
    d: int
    r: int
    tau: float
    rho: float
    excess: float
    place: float
    m: float = interval.LITERAL

    @property
    def n(self) -> int:
        r"""$\lceil 24\log(6d/\rho)\rceil$"""
        return int(np.ceil(24 * np.log(6 * self.d / self.rho)))


def chosen(sizes: Sizes, draws: Draws) -> Runs:
    ones, X = np.ones(draws.trials), data(sizes, draws)
    bx = largest_entry(sizes) * ones if sizes.data == GAUSSIAN else sup_norm(X)
    target = np.tile((np.arange(sizes.d) < sizes.r).astype(float), (draws.trials, 1))
    tau = sizes.tau * ones
    x = Runs(X, target, stage.start(tau, sizes.d), bx, tau, sizes.rho * ones, ones, ones, keys=np.zeros(draws.trials, dtype=np.int64))
    x = replace(x, delta=sizes.excess * interval.least_noise(x, sizes.m))
    return replace(x, eta=interval.between(x, sizes.place, sizes.m))


def largest_entry(sizes: Sizes) -> float:
    r"""$b_x = \sqrt{2\log(12nd/\rho)}$"""
    return float(np.sqrt(2 * np.log(12 * sizes.n * sizes.d / sizes.rho)))


def data(sizes: Sizes, draws: Draws) -> Float[ndarray, "trials n d"]:
    r"""Gaussian; a Hadamard design; or all coordinates alike, with second moments of 2/3 exactly. Few samples are repeated up to n."""
    if sizes.data == GAUSSIAN:
        X, limit = draws.normal(sizes.n, sizes.d), largest_entry(sizes)
        X = X * np.maximum(np.sqrt(LEAST_MOMENT / np.mean(X**2, axis=1, keepdims=True)), 1.0)
        return np.clip(X, -limit, limit)
    X = hadamard_design(sizes.d) if sizes.data == HADAMARD else np.sqrt(LEAST_MOMENT) * np.ones((1, 2, sizes.d))
    return np.tile(X, (draws.trials, -(-sizes.n // X.shape[1]), 1))


def assumptions(sizes: Sizes, x: Runs) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield stage.about_start(x)
    yield stage.about_data(x)
    yield at_least("n ≥ 24 log(6d/ρ)", x.X.shape[1], 24 * np.log(6 * sizes.d / sizes.rho))
    yield at_least(NOISE, x.delta, interval.least_noise(x, sizes.m))
    yield at_least(LEFT, x.eta, interval.least_step(x, sizes.m))
    yield at_most(RIGHT, x.eta, interval.largest_step(x, sizes.m))
