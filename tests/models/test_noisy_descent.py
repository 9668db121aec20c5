"""Compiled full-batch descent with noise beside its formula in NumPy."""

import numpy as np
import pytest
from scipy.stats import kstest

from models.noisy_descent import Noise, noisy_descent
from tests.models.label_noise_oracle import draw, gradient

RNG = np.random.default_rng(2)
ETA, SIGMA, STEPS, N, D = 0.01, 0.7, 30, 6, 5
X, V, TARGET = RNG.normal(size=(1, N, D)), RNG.uniform(0.5, 1.5, (1, D)), (np.arange(D) < 2).astype(float)[np.newaxis]
KEYS = RNG.integers(0, 2**53, 3)


def added(noise, v, key, t):
    (i, s, _), (j, _, _) = draw(key, 2 * t, N), draw(key, 2 * t + 1, N)
    rows = X[0]
    if noise == Noise.LABEL:
        return -s * SIGMA * rows[i] * v
    if noise == Noise.MINI_BATCH:
        residuals = rows @ (v**2 - TARGET[0] ** 2)
        return SIGMA * (residuals[i] * rows[i] - residuals[j] * rows[j]) * v
    return np.zeros(D)


@pytest.mark.parametrize("noise", [Noise.NONE, Noise.LABEL, Noise.MINI_BATCH])
def test_runs_are_those_of_the_formula(noise):
    ends = noisy_descent(V, TARGET, X, KEYS, ETA, noise, SIGMA, STEPS, start=3)
    for end, key in zip(ends, KEYS, strict=True):
        v = V[0]
        for t in range(3, 3 + STEPS):
            v = v - ETA * (gradient(v, TARGET[0], X[0]) + added(noise, v, key, t))
        assert end == pytest.approx(v, rel=1e-10)


def test_gaussian_noise_is_standard_normal_times_its_scale_and_fresh_at_every_step():
    keys, still = RNG.integers(0, 2**53, 2000), np.zeros((1, 1, D))
    once = noisy_descent(V, TARGET, still, keys, ETA, Noise.GAUSSIAN, SIGMA, 1)
    again = noisy_descent(V, TARGET, still, keys, ETA, Noise.GAUSSIAN, SIGMA, 1, start=1)
    draws = (V - once) / (ETA * SIGMA)
    assert kstest(draws.ravel(), "norm").pvalue > 1e-6
    assert np.abs(np.cov(draws.T) - np.eye(D)).max() < 0.15
    assert abs(np.corrcoef(draws.ravel(), ((V - again) / (ETA * SIGMA)).ravel())[0, 1]) < 0.06


@pytest.mark.parametrize("noise", list(Noise))
def test_a_run_can_be_continued_from_any_step_and_alone(noise):
    whole = noisy_descent(V, TARGET, X, KEYS, ETA, noise, SIGMA, STEPS)
    half = noisy_descent(V, TARGET, X, KEYS, ETA, noise, SIGMA, 10)
    assert np.array_equal(noisy_descent(half, TARGET, X, KEYS, ETA, noise, SIGMA, STEPS - 10, start=10), whole)
    assert np.array_equal(noisy_descent(V, TARGET, X, KEYS[1:2], ETA, noise, SIGMA, STEPS)[0], whole[1])


def test_a_negative_number_of_steps_is_refused():
    with pytest.raises(ValueError, match="steps = -1"):
        noisy_descent(V, TARGET, X, KEYS, ETA, Noise.NONE, SIGMA, -1)
