"""Bounds on a grid beside all 2^T paths in rationals."""

from itertools import product

import pytest
from flint import fmpq

from models.killed_chains import Band, Step, sinks, survives

BAND = Band(fmpq(1, 4), fmpq(7, 8))
START = fmpq(1, 2)
STEPS: dict[str, tuple[Step, Step]] = {
    "a walk": (lambda x: x + fmpq(1, 7), lambda x: x - fmpq(1, 7)),
    "a multiplicative walk": (lambda x: x * fmpq(6, 5), lambda x: x * fmpq(4, 5)),
    "a walk that climbs": (lambda x: x + fmpq(1, 5) * (1 - x), lambda x: x + fmpq(1, 25) * (1 - x)),
    "label noise": (lambda x: x * (1 - fmpq(1, 10) * (x**2 - 1) + fmpq(1, 5)), lambda x: x * (1 - fmpq(1, 10) * (x**2 - 1) - fmpq(1, 5))),
}


def share(steps: tuple[Step, Step], T: int, sinking: bool) -> fmpq:
    """The share of paths that stay below the top, or that sink before they reach it."""
    return fmpq(sum(counts(steps, path, sinking) for path in product((0, 1), repeat=T)), 2**T)


def counts(steps: tuple[Step, Step], path: tuple[int, ...], sinking: bool) -> bool:
    x = START
    for choice in path:
        x = steps[choice](x)
        if x >= BAND.top:
            return False
        if sinking and x < BAND.bottom:
            return True
    return not sinking


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("T", [1, 4, 9])
def test_survival_is_bounded_from_below_and_closely(name, T):
    steps = STEPS[name]
    exact = share(steps, T, sinking=False)
    bound = survives(steps, START, T, Band(fmpq(-4), BAND.top), 2**12)
    assert bound <= exact
    assert float(exact - bound) < 0.01


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("T", [1, 4, 9])
def test_sinking_is_bounded_from_above_and_closely(name, T):
    steps = STEPS[name]
    exact = share(steps, T, sinking=True)
    bound = sinks(steps, START, T, BAND, 2**12)
    assert exact <= bound
    assert float(bound - exact) < 0.01


def test_a_coarse_grid_keeps_both_bounds():
    steps = STEPS["label noise"]
    assert survives(steps, START, 9, Band(fmpq(-4), BAND.top), 16) <= share(steps, 9, sinking=False)
    assert share(steps, 9, sinking=True) <= sinks(steps, START, 9, BAND, 16)
