"""The compiled exponential, and the products of padded matrices."""

import numpy as np
import pytest
from numba import njit

from models.softplus_kernels import LEAST, accumulate, exponential, padded, preactivate

RNG = np.random.default_rng(3)


@njit(error_model="numpy")
def exponentials(t):
    return np.array([exponential(each) for each in t])


@pytest.mark.parametrize("spaced", [np.linspace(0, -LEAST, 1_000_001), np.logspace(-320, 2.85, 100_001)], ids=["evenly", "by ratios"])
def test_exponential_is_right_to_a_few_roundings(spaced):
    t = -spaced
    assert np.max(np.abs(exponentials(t) / np.exp(t) - 1)) < 4e-15


def test_exponential_of_zero_is_one_and_far_below_it_stops_at_its_least_value():
    assert exponentials(np.array([0.0, -0.0])).tolist() == [1.0, 1.0]
    assert exponentials(np.array([-709.0, -1e4, -1e300, -np.inf])).tolist() == [exponentials(np.array([LEAST]))[0]] * 4


@pytest.mark.parametrize(("k", "d", "b"), [(1, 1, 1), (2, 4, 8), (7, 5, 3), (10, 21, 50)])
def test_products_are_those_of_numpy(k, d, b):
    W, X, A, B = RNG.normal(size=(k, d)), RNG.normal(size=(d, b)), RNG.normal(size=(k, b)), RNG.normal(size=(d, b))
    image, total = np.ones((k + k % 2, b)), padded(W, 2, 4)
    preactivate(padded(W, 2, 4), padded(X, 4, 1), image)
    accumulate(padded(A, 2, 1), padded(B, 4, 1), total)
    assert image == pytest.approx(padded(W @ X, 2, 1), rel=1e-13, abs=1e-13)
    assert total == pytest.approx(padded(W + A @ B.T, 2, 4), rel=1e-13, abs=1e-13)
