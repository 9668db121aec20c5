"""Kernels and the orthant: least squares against linear programs, Wendel's law against frequencies."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import binom

from models import orthant

RNG = np.random.default_rng(5)


def feasible(X):
    """p ≥ 0 with Xp = 0 and Σ p = 1, as a linear program."""
    equations = np.concatenate([X, np.ones((1, X.shape[1]))])
    return linprog(np.zeros(X.shape[1]), A_eq=equations, b_eq=np.eye(len(equations))[-1]).status == 0


@pytest.mark.parametrize(("n", "d"), [(1, 2), (1, 4), (3, 5), (4, 8), (6, 7), (5, 20)])
def test_least_squares_and_linear_programs_agree(n, d):
    X = RNG.normal(size=(60, n, d))
    assert orthant.kernel_meets(X).tolist() == [feasible(matrix) for matrix in X]


def test_a_kernel_vector_on_the_boundary_counts():
    X = np.array([[[1.0, -1.0, 5.0]], [[1.0, 1.0, 1.0]], [[0.0, 1.0, 1.0]]])
    assert orthant.kernel_meets(X).tolist() == [True, False, True]


@pytest.mark.parametrize(("n", "d"), [(1, 3), (2, 4), (3, 9), (5, 8)])
def test_the_law_is_met_by_frequencies(n, d):
    missed = ~orthant.kernel_meets(RNG.normal(size=(20_000, n, d)))
    low, high = orthant.kernel_misses(n, d)
    assert binom.cdf(missed.sum(), missed.size, low[0]) > 1e-6
    assert binom.sf(missed.sum() - 1, missed.size, high[0]) > 1e-6


@pytest.mark.parametrize("d", [1, 2, 7])
def test_no_kernel_is_left_where_n_is_d_and_half_of_all_are_missed_at_half_of_d(d):
    assert orthant.kernel_misses(d, d)[0] == pytest.approx(1.0)
    assert orthant.kernel_misses(d, 2 * d)[0] == pytest.approx(0.5)


def test_the_nearest_point_keeps_the_positive_coordinates():
    g = RNG.normal(size=(50, 4))
    assert orthant.nearest_in_orthant(g) == pytest.approx(np.maximum(g, 0.0))
