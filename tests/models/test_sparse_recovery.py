"""Sparse recovery against another solver, loops and sampled certificates."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.special import ndtr
from scipy.stats import chi2

from models import sparse_recovery

RNG = np.random.default_rng(6)
TRIALS, N, D, R = 5, 8, 14, 2
X = RNG.standard_normal((TRIALS, N, D))
TRUTH = (np.arange(D) < R).astype(float)
Y = X @ TRUTH


def test_basis_pursuit_agrees_with_an_interior_point_method():
    for rows, labels, u in zip(X, Y, sparse_recovery.basis_pursuit(X, Y), strict=True):
        other = linprog(np.ones(D), A_eq=rows, b_eq=labels, bounds=(0, None), method="highs-ipm")
        np.testing.assert_allclose(rows @ u, labels, atol=1e-7)
        assert u.min() >= 0
        assert u.sum() == pytest.approx(other.fun, abs=1e-6)


def test_basis_pursuit_says_when_nothing_is_feasible():
    with pytest.raises(ArithmeticError, match="no solution"):
        sparse_recovery.basis_pursuit(np.ones((1, 1, 3)), -np.ones((1, 1)))


def test_least_squares_is_the_row_space_part():
    for rows, labels, u in zip(X, Y, sparse_recovery.least_squares(X, Y), strict=True):
        np.testing.assert_allclose(u, np.linalg.lstsq(rows, labels, rcond=None)[0], atol=1e-12)


def test_certificate_is_the_largest_product_off_the_support():
    for rows, largest in zip(X, sparse_recovery.certificate(X, R), strict=True):
        inside = rows[:, :R]
        multiplier = inside @ np.linalg.inv(inside.T @ inside) @ np.ones(R)
        assert largest == pytest.approx(max(rows[:, k] @ multiplier for k in range(R, D)))


def test_certificate_of_a_full_support_holds():
    assert (sparse_recovery.certificate(X[:, :, :R], R) == -np.inf).all()


def test_certificate_means_recovery():
    certified = sparse_recovery.certificate(X, R) < 0.99
    assert certified.any()
    assert np.abs(sparse_recovery.basis_pursuit(X, Y) - TRUTH)[certified].max() < 1e-6


@pytest.mark.parametrize(("n", "d", "r"), [(6, 9, 1), (12, 30, 2), (3, 8, 3)])
def test_certificate_failure_is_the_frequency(n, d, r):
    failed = np.mean(sparse_recovery.certificate(RNG.standard_normal((20_000, n, d)), r) >= 1)
    low, high = sparse_recovery.certificate_failure(n, d, r)
    assert low[0] - 0.02 <= failed <= high[0] + 0.02


def test_certificate_failure_encloses_the_integral():
    n, d, r = 30, 10**4, 3
    low, high = sparse_recovery.certificate_failure(n, d, r)
    grid = np.linspace(1e-9, 200, 400_001)
    integral = np.trapezoid((1 - ndtr(np.sqrt(grid / r)) ** (d - r)) * chi2.pdf(grid, n - r + 1), grid)
    assert low[0] <= integral <= high[0]
    assert high[0] - low[0] <= 2 / sparse_recovery.BINS
