r"""Survival of a chain on the line, bounded in whole numbers.

From x the chain goes to $f(x)$ or $g(x)$ with chance 1/2 each, f and g increasing. It is killed when it reaches the top and
sinks when it falls below the bottom. On a grid every step is rounded the same way. A chain rounded up stays above the
true one, which therefore is alive wherever the rounded one is; a chain rounded down stays below it and sinks no
later. Mass is counted in units of $2^{-60}$, halves are rounded like the claim, so that no float enters a bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from flint import fmpq
from jaxtyping import Int
from numba import njit
from numpy import ndarray

Step = Callable[[fmpq], fmpq]
UNITS = 2**60


@dataclass(frozen=True)
class Band:
    """The chain sinks below ``bottom`` and is killed at or above ``top``."""

    bottom: fmpq
    top: fmpq


def survives(steps: tuple[Step, Step], start: fmpq, T: int, band: Band, N: int) -> fmpq:
    """A lower bound of P(below the top at the times 0, ..., T), wherever the chain goes below; N grid points per unit."""
    bottom, top = int((band.bottom * N).floor()), int((band.top * N).floor())
    first, second = (np.maximum(_targets(step, bottom, top, N, up=True), 0) for step in steps)
    alive, _ = _spread(first, second, int((start * N).ceil()) - bottom, T, 0)
    return fmpq(int(alive)) / UNITS


def sinks(steps: tuple[Step, Step], start: fmpq, T: int, band: Band, N: int) -> fmpq:
    """An upper bound of P(below the bottom by the time T, never at or above the top before)."""
    bottom, top = int((band.bottom * N).ceil()), int((band.top * N).ceil())
    first, second = (_targets(step, bottom, top, N, up=False) for step in steps)
    _, sunk = _spread(first, second, int((start * N).floor()) - bottom, T, 1)
    return fmpq(int(sunk)) / UNITS


def _targets(step: Step, bottom: int, top: int, N: int, up: bool) -> Int[ndarray, " cells"]:
    """The cell that each cell's state g/N, bottom <= g < top, goes to: -1 below them all, their number above."""
    images = (step(fmpq(g) / N) * N for g in range(bottom, top))
    cells = [int(image.ceil() if up else image.floor()) - bottom for image in images]
    return np.clip(np.array(cells, dtype=np.int64), -1, top - bottom)


@njit(cache=True)
@no_type_check
def _spread(first: ndarray, second: ndarray, start: int, T: int, carry: int) -> tuple[int, int]:
    """The units alive after T steps, and those that sank; an odd unit's half is ``carry``."""
    cells = len(first)
    mass, later, sunk = np.zeros(cells, np.int64), np.zeros(cells, np.int64), 0
    mass[start] = UNITS
    low = high = start
    for _ in range(T):
        reached_low, reached_high = cells, -1
        for cell in range(low, high + 1):
            half = (mass[cell] + carry) >> 1
            mass[cell] = 0
            if half > 0:
                for target in (first[cell], second[cell]):
                    if target < 0:
                        sunk += half
                    elif target < cells:
                        later[target] += half
                        reached_low, reached_high = min(reached_low, target), max(reached_high, target)
        mass, later, low, high = later, mass, reached_low, reached_high
    return mass.sum(), sunk
