"""The coupling that goes unobserved where nothing can happen, beside the one that is always observed."""

import numpy as np
import pytest

from models.couplings import ball, coupled
from models.quiet_couplings import UNSEEN, coupled_mass

RNG = np.random.default_rng(21)


@pytest.mark.parametrize(("radius", "steps"), [(1.2, 500), (6.0, 2000), (60.0, 5000), (6.0, 1), (6.0, UNSEEN)])
@pytest.mark.parametrize("runs", [1, 4, 7])
def test_it_says_what_the_observed_coupling_says(radius, steps, runs):
    X, target = RNG.normal(size=(runs, 8, 2)), np.array([[1.0, 0.0]])
    v, keys = RNG.uniform(0.4, 0.7, (runs, 2)), RNG.integers(0, 2**53, runs)
    arguments = v, target, X, keys, np.full(1, 1e-4), np.full(1, 500.0)
    observed = coupled(*arguments, steps, ball(2, np.array([radius])))
    quiet = coupled_mass(*arguments, steps, np.array([radius]))
    assert np.array_equal(quiet.left, observed.left)
    assert quiet.v == pytest.approx(observed.v, rel=1e-9)
    assert quiet.mass == pytest.approx(observed.mass, rel=1e-12)
    assert quiet.norm == pytest.approx(observed.norm, rel=1e-12)


def test_runs_that_leave_and_runs_that_stay_are_among_those_compared():
    X, v = RNG.normal(size=(1, 8, 2)), np.full((1, 2), 0.5)
    left = coupled_mass(
        v, np.array([[1.0, 0.0]]), X, RNG.integers(0, 2**53, 40), np.full(1, 1e-4), np.full(1, 500.0), 500, np.array([1.2])
    ).left
    assert 0 < np.mean(left <= 500) < 1
