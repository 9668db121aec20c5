"""The couplings beside a loop that follows their definition, from the same draws."""

import numpy as np
import pytest

from models.couplings import Region, ball, coupled
from tests.models.label_noise_oracle import label_noise_path

RNG = np.random.default_rng(5)
STEPS = 200


def problem(runs, n, d, eta=0.02):
    support = (np.arange(d) < max(d // 2, 1))[np.newaxis]
    X, v = RNG.normal(size=(runs, n, d)), RNG.uniform(0.8, 1.2, (runs, d))
    rates = np.full(1, eta), np.full(1, 1.0)
    return v, support.astype(float), X, RNG.integers(0, 2**53, runs), *rates, STEPS, support


def expected(path, target, support, mass, low, high):
    """The coupling by its definition: frozen from the first time outside on."""
    on, off = path[:, support], np.abs(path[:, ~support]).sum(axis=1)
    outside = (off > mass) | (on > high).any(axis=1) | (on < low).any(axis=1)
    left = int(np.argmax(outside)) if outside.any() else len(path)
    return left, path[: left + 1]


@pytest.mark.parametrize(("runs", "n", "d"), [(5, 3, 2), (9, 4, 5), (2, 2, 1)])
def test_couplings_and_their_extremes_follow_the_definition(runs, n, d):
    v, target, X, keys, eta, delta, steps, support = problem(runs, n, d)
    mass, low, high = 1.3 * d, 0.5, 1.6
    got = coupled(v, target, X, keys, eta, delta, steps, Region(support, *(np.full(1, bound) for bound in (mass, low, high))))
    for run in range(runs):
        path = label_noise_path(v[run], target[0], X[run], keys[run], eta[0], delta[0], steps)
        left, lived = expected(path, target[0], support[0], mass, low, high)
        assert got.left[run] == left, f"run {run} left at {got.left[run]}, by definition at {left}"
        assert got.v[run] == pytest.approx(lived[-1], rel=1e-9)
        assert got.peak[run] == pytest.approx(lived.max(axis=0), rel=1e-9)
        assert got.trough[run] == pytest.approx(lived.min(axis=0), rel=1e-9)
        assert got.closest[run] == pytest.approx(np.abs(lived - target).min(axis=0), rel=1e-6, abs=1e-9)
        assert got.mass[run] == pytest.approx(np.abs(lived[:, ~support[0]]).sum(axis=1).max(), rel=1e-9)
        assert got.norm[run] == pytest.approx(np.linalg.norm(lived, axis=1).max(), rel=1e-9)


def test_a_start_outside_the_region_stays_where_it_is():
    v, target, X, keys, eta, delta, steps, _ = problem(4, 3, 3)
    got = coupled(v, target, X, keys, eta, delta, steps, ball(3, np.array([0.1])))
    assert (got.left == 0).all()
    assert np.array_equal(got.v, v)
