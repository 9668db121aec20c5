r"""Runs of the coupling of Appendix C at constants that a machine can follow.

The literal $\tilde\epsilon_1 = 1200$ asks for $\delta > 10^6$ and $\eta < 10^{-15}$, thus for more than $10^{15}$ steps before
anything happens. Here $\rho$, $c_1$ and $\tilde\epsilon_1$ are free, $c_1 \le \sqrt2 - 1$ so that $|v_j^2 - 1| \le 1$ in the box. Every
other hypothesis is as printed, with equality: $\delta = b_x(\tilde\epsilon_1^2 + r)$, and the largest step size. The number of steps is a
multiple of $1/\eta$, the time in which a signal coordinate grows. Data are a Hadamard design, or have $E_i[x_k^2] = 2/3$ and the
largest $C_x$ allowed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.couplings import Coupled, Region, coupled
from models.quadratic_regression import sup_norm
from theorems.checker.choose import Choose
from theorems.checker.draws import Draws
from theorems.label_noise import _stage_one as stage
from theorems.label_noise._design import LEAST_MOMENT, hadamard_design, with_moments
from theorems.label_noise._stage_one import Constants, Instance, Sizes


@dataclass(frozen=True)
class Run(Instance):
    """An instance that starts, and nature's move: one key for each run."""

    keys: Int[ndarray, " trials"]


@dataclass(frozen=True)
class RunSizes(Sizes):
    crossed: bool = False


def setting(constants: Constants, times: float) -> Callable[[Choose], RunSizes]:
    """Two or four coordinates, at least half of them off the support; T is ``times``/η for the Hadamard design with the least noise."""

    def sizes(choose: Choose) -> RunSizes:
        d = int(choose.option("d", (2, 4)))
        crossed = choose.option("data", ("Hadamard", "crossed")) == "crossed"
        return lasting(RunSizes(d=d, r=choose.integer("r", 1, d // 2), T=1.0, constants=constants, crossed=crossed), times)

    return sizes


def lasting(sizes: RunSizes, times: float) -> RunSizes:
    """T and η depend on each other through a logarithm: five rounds settle it to far less than one step in a hundred."""
    for _ in range(5):
        sizes = replace(sizes, T=float(np.ceil(8 * times * sizes.spread**2 * sizes.union / sizes.constants.c1**2)))
    return sizes


def design(sizes: RunSizes, draws: Draws) -> Float[ndarray, "trials n d"]:
    if not sizes.crossed:
        return np.repeat(hadamard_design(sizes.d), draws.trials, axis=0)
    signs = draws.signs(sizes.d)
    aligned = signs[:, :, np.newaxis] * signs[:, np.newaxis, :]
    widest = sizes.constants.c1 / (20 * sizes.spread * LEAST_MOMENT)
    even = np.eye(sizes.d) * LEAST_MOMENT
    X = with_moments(even + (aligned - np.eye(sizes.d)) * widest)
    factor = sizes.constants.c1 / 20 / stage.crossing(sizes, X, sup_norm(X))
    return stage.uncrossed(X, factor)


def started(sizes: RunSizes, draws: Draws) -> Run:
    """From entries in (0, 1/d], at the largest step size and the least noise allowed."""
    return running(sizes, draws, stage.start(sizes, draws), design(sizes, draws))


def running(sizes: RunSizes, draws: Draws, v: Float[ndarray, "trials d"], X: Float[ndarray, "trials n d"]) -> Run:
    """The least noise and the largest step size allowed."""
    bx = sup_norm(X)
    delta = stage.least_noise(sizes, bx)
    eta = stage.largest_step_size(sizes, delta, bx)
    unmoved = np.zeros(draws.trials, dtype=np.int64)
    return Run(v, stage.target(sizes, draws.trials), X, bx, eta, delta, unmoved)


def from_the_top(sizes: RunSizes, draws: Draws) -> Run:
    """From 1/d in all coordinates, on a Hadamard design."""
    top = np.full((draws.trials, sizes.d), 1 / sizes.d)
    return running(sizes, draws, top, design(replace(sizes, crossed=False), draws))


def moved(_sizes: RunSizes, x: Run, generator: Generator, trials: int) -> Run:
    return replace(x, keys=keys(generator, trials))


def followed(sizes: Sizes, x: Run) -> Coupled:
    """The coupling up to time T."""
    S = x.target > 0
    region = Region(S, *(np.full(1, bound) for bound in (sizes.constants.mass, -np.inf, 1 + sizes.constants.c1)))
    return coupled(x.v, x.target, x.X, x.keys, x.eta, x.delta, int(sizes.T), region)
