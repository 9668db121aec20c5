"""Compiled label-noise SGD beside its formula in NumPy, from the same draws."""

import numpy as np
import pytest

from models.label_noise_sgd import label_noise_sgd
from tests.models.label_noise_oracle import label_noise_path

RNG = np.random.default_rng(11)
ETA, DELTA = np.array([0.01]), np.array([0.5])


def problem(runs, n, d):
    target = (np.arange(d) < 1).astype(float)[np.newaxis]
    return RNG.uniform(0.5, 1.5, (runs, d)), target, RNG.normal(size=(runs, n, d)), RNG.integers(0, 2**53, runs)


@pytest.mark.parametrize(("runs", "n", "d"), [(1, 1, 1), (3, 2, 2), (4, 7, 5), (6, 4, 100)])
def test_runs_are_those_of_the_formula(runs, n, d):
    v, target, X, keys = problem(runs, n, d)
    eta, delta = RNG.uniform(1e-3, 1e-2, runs), RNG.uniform(0.0, 2.0, runs)
    ends = label_noise_sgd(v, target, X, keys, eta, delta, 50, start=7)
    for run in range(runs):
        path = label_noise_path(v[run], target[0], X[run], keys[run], eta[run], delta[run], 50, start=7)
        assert ends[run] == pytest.approx(path[-1], rel=1e-10), f"run {run} of {runs} with {n} samples in dimension {d}"


def test_a_run_does_not_depend_on_its_neighbours():
    v, target, X, keys = problem(7, 5, 6)
    together = label_noise_sgd(v, target, X, keys, ETA, DELTA, 100)
    for run in range(7):
        alone = label_noise_sgd(v[run : run + 1], target, X[run : run + 1], keys[run : run + 1], ETA, DELTA, 100)
        assert np.array_equal(alone[0], together[run])


def test_a_run_can_be_continued_from_any_step():
    v, target, X, keys = problem(5, 5, 6)
    half = label_noise_sgd(v, target, X, keys, ETA, DELTA, 40)
    assert np.array_equal(
        label_noise_sgd(half, target, X, keys, ETA, DELTA, 60, start=40), label_noise_sgd(v, target, X, keys, ETA, DELTA, 100)
    )


def test_the_arguments_are_left_as_they_are():
    v, target, X, keys = problem(4, 5, 6)
    before = v.copy()
    label_noise_sgd(v, target, X, keys, ETA, DELTA, 10)
    assert np.array_equal(v, before)


def test_a_negative_number_of_steps_is_refused():
    v, target, X, keys = problem(1, 2, 2)
    with pytest.raises(ValueError, match="steps = -1"):
        label_noise_sgd(v, target, X, keys, ETA, DELTA, -1)
