"""All outcomes of a coupling against loops in rationals, and their law against the compiled coupling."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from models.counters import keys
from models.coupling_tree import outcomes
from models.couplings import ball, coupled

V, TARGET = [Fraction(1, 2), Fraction(1, 4)], [1, 0]
X = [[1, -1], [2, Fraction(1, 2)]]
ETA, DELTA, MASS = Fraction(1, 8), Fraction(2), Fraction(1)


def one_by_one(steps):
    """Algorithm 1 along every path, written out."""
    ends = []
    for path in product(product(range(2), (1, -1)), repeat=steps):
        v = list(V)
        for i, sign in path:
            if sum(abs(entry) for entry in v) <= MASS:
                residual = sum((a * a - b * b) * c for a, b, c in zip(v, TARGET, X[i], strict=True)) - sign * DELTA
                v = [entry - ETA * residual * c * entry for entry, c in zip(v, X[i], strict=True)]
        ends.append(v)
    return np.array(ends, dtype=float)


def twice(values):
    """The same in two trials, the second with entries doubled."""
    array = np.array(values, dtype=float)
    return np.stack([array, 2 * array])


def enumerated(steps):
    number = [np.array([float(value)] * 2) for value in (ETA, DELTA, MASS)]
    return outcomes(twice(V), np.stack([np.array(TARGET, dtype=float)] * 2), np.stack([np.array(X, dtype=float)] * 2), *number, steps=steps)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_outcomes_are_those_of_all_paths(steps):
    assert enumerated(steps)[0] == pytest.approx(one_by_one(steps), rel=1e-14)
    assert enumerated(steps).shape == (2, 4**steps, 2)


def test_a_start_outside_stays():
    assert np.all(enumerated(2)[1] == [1.0, 0.5])


def test_law_agrees_with_sampled_runs():
    runs = keys(np.random.default_rng(0), 20_000)
    one = [np.array([float(value)]) for value in (ETA, DELTA)]
    v, target, data = (np.array([values], dtype=float) for values in (V, TARGET, X))
    seen = coupled(v, target, data, runs, *one, steps=3, region=ball(2, np.array([float(MASS)]))).v
    exact = np.sum(enumerated(3)[0], axis=1)
    for level in (0.6, 0.9, 1.0):
        assert np.mean(seen.sum(axis=1) > level) == pytest.approx(np.mean(exact > level), abs=0.02)
