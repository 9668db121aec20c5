"""Runs that break a hypothesis of Appendix C, or leave no room for it, at constants that a machine can follow."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from theorems.checker.choose import Choose
from theorems.checker.draws import Draws
from theorems.label_noise import _stage_one_runs as runs
from theorems.label_noise._stage_one import Constants
from theorems.label_noise._stage_one_runs import Run, RunSizes


def only(constants: Constants, d: int, r: int, times: float = 4.0) -> Callable[[Choose], RunSizes]:
    """One setting: a Hadamard design, T of ``times``/η."""
    return lambda _choose: runs.lasting(RunSizes(d=d, r=r, T=1.0, constants=constants), times)


def moving_together(sizes: RunSizes, draws: Draws) -> Run:
    """All samples are (1, ..., 1): only the sum of the squares is determined, and coordinates that start alike share it."""
    x = runs.from_the_top(sizes, draws)
    return replace(x, X=np.ones_like(x.X))


def led_by_the_first(sizes: RunSizes, draws: Draws) -> Run:
    """All samples are (1, ..., 1), and the first coordinate starts far above the others: it takes nearly all of the sum."""
    x = moving_together(sizes, draws)
    return replace(x, v=np.where(np.arange(sizes.d) == 0, x.v, 1e-3))


def from_far_below(sizes: RunSizes, draws: Draws) -> Run:
    """Too small a start to grow within T steps."""
    x = runs.from_the_top(sizes, draws)
    return replace(x, v=1e-6 * x.v)


def with_a_rival(sizes: RunSizes, draws: Draws) -> Run:
    """x₃ = x₁ + x₂ off the support: coordinate 3 grows faster than the tiny second one and pushes the first back down."""
    pair = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    X = np.sqrt(2 / 3) * np.concatenate([pair, pair.sum(axis=1, keepdims=True)], axis=1)
    return runs.running(sizes, draws, np.array([[1 / 3, 1e-9, 1e-2]]), X[np.newaxis])


def with_longer_steps(sizes: RunSizes, draws: Draws) -> Run:
    """A hundred times the step size."""
    x = runs.started(sizes, draws)
    return replace(x, eta=100 * x.eta)


def with_louder_noise(sizes: RunSizes, draws: Draws) -> Run:
    """Thirty times the noise, at the step size that goes with the least one."""
    x = runs.from_the_top(sizes, draws)
    return replace(x, delta=30 * x.delta)


def ascending(sizes: RunSizes, draws: Draws) -> Run:
    """A negative step size: ascent."""
    x = runs.from_the_top(sizes, draws)
    return replace(x, eta=-x.eta)
