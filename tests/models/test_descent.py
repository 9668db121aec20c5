"""Batched streamed descent against a textbook loop on one trial."""

import numpy as np
import pytest

from models.descent import descent, worst
from tests.models.test_maps import TRIALS, P, sine_map

RNG = np.random.default_rng(5)


def textbook(f, y, theta, eta, steps, trial):
    for _ in range(steps):
        jacobian = f.jacobian(theta[np.newaxis].repeat(TRIALS, 0))[trial]
        residual = f.value(theta[np.newaxis].repeat(TRIALS, 0))[trial] - y[trial]
        theta = theta - eta[trial] * jacobian.T @ residual
    return theta


def test_iterates_are_those_of_the_textbook_loop():
    f, y, start = sine_map(), RNG.normal(size=(TRIALS, 5)), RNG.normal(size=(TRIALS, P))
    eta = 0.5 / f.beta**2
    *_, last = descent(f, y, start, eta, 25)
    expected = [textbook(f, y, start[trial], eta, 25, trial) for trial in range(TRIALS)]
    assert last.t == 25
    assert last.theta == pytest.approx(np.array(expected), rel=1e-12, abs=1e-12)


def test_iteration_0_is_the_start():
    f, y, start = sine_map(), RNG.normal(size=(TRIALS, 5)), RNG.normal(size=(TRIALS, P))
    (only,) = descent(f, y, start, np.ones(TRIALS), 0)
    assert (only.theta == start).all()
    assert only.residual == pytest.approx(f.value(start) - y)


def test_worst_keeps_per_trial_the_iteration_nearest_to_violation():
    always, never = np.array([True, True]), np.array([True, False])
    seen = [
        {"a ≤ b": (np.array([1.0, 5.0]), np.array([2.0, 6.0]), never)},
        {"a ≤ b": (np.array([3.0, 0.0]), np.array([3.5, 9.0]), always)},
    ]
    lesser, greater, where = worst(seen)["a ≤ b"]
    assert (lesser.tolist(), greater.tolist(), where.tolist()) == ([3.0, 0.0], [3.5, 9.0], [True, True])
