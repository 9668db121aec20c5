"""Truncated partition functions against quadrature in v and known limits."""

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.special import gamma

from models import partition

RNG = np.random.default_rng(6)


def softened_in_v(X, rate, R, nodes=110):
    """The same integral by Gauss and Hermite over v."""
    d = X.shape[1]
    node, weight = np.polynomial.hermite.hermgauss(nodes)
    v = R * np.stack(np.meshgrid(*[node] * d, indexing="ij")).reshape(d, -1).T
    weights = np.prod(np.stack(np.meshgrid(*[R * weight] * d, indexing="ij")).reshape(d, -1), axis=0)
    return weights @ np.exp(-rate * np.sum((v**2 @ X.T) ** 2, axis=1) / (4 * len(X)))


def test_the_loss_is_the_mean_over_samples():
    X, u = RNG.normal(size=(1, 2, 3)), RNG.normal(size=(1, 1, 3))
    assert partition.loss(X, u)[0, 0] == pytest.approx(np.mean([(row @ u[0, 0]) ** 2 / 4 for row in X[0]]))


@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3)])
def test_the_fourier_formula_is_the_integral_over_v(n, d):
    X, rate = RNG.normal(size=(3, n, d)), np.array([1.0, 0.3, 2.0])
    by_hand = [softened_in_v(matrix, each, 1.3) for matrix, each in zip(X, rate, strict=True)]
    assert partition.softened(X, rate, 1.3) == pytest.approx(np.array(by_hand), rel=1e-6)


def test_one_dimension_tends_to_a_gamma_function():
    limit = 2 * gamma(1.25) * 4**0.25
    assert partition.softened(np.ones((1, 1, 1)), np.ones(1), 1e8)[0] == pytest.approx(limit, rel=1e-9)


def test_parallel_samples_are_one_sample():
    X = RNG.normal(size=(2, 1, 3))
    assert partition.in_box(np.repeat(X, 2, axis=1), np.ones(2), np.ones(2)) == pytest.approx(partition.in_box(X, np.ones(2), np.ones(2)))


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_the_box_integral_is_that_of_adaptive_quadrature(target):
    X, rate, R = RNG.normal(size=(1, 2, 2)), np.array([0.7]), np.array([1.2])
    truth = dblquad(lambda a, b: np.exp(-0.7 * np.sum((X[0] @ [a * a - target, b * b - target]) ** 2) / 8), -1.2, 1.2, -1.2, 1.2)
    assert partition.in_box(X, rate, R, target)[0] == pytest.approx(truth[0], rel=1e-8)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 3), (2, 2), (2, 3)])
def test_fresnel_integrals_give_the_same_box_integral(n, d):
    X, rate, R = RNG.uniform(-1, 1, size=(5, n, d)), 10.0 ** RNG.uniform(-2, 2, size=5), RNG.uniform(0.1, 1.4, size=5)
    assert partition.in_box_by_fresnel(X, rate, R * rate**-0.25) == pytest.approx(partition.in_box(X, rate, R * rate**-0.25), rel=1e-11)


def test_no_data_leave_the_volume():
    assert partition.in_box_by_fresnel(np.zeros((1, 2, 3)), np.ones(1), np.array([1.5])) == pytest.approx(27.0)


def test_three_samples_are_refused():
    with pytest.raises(ValueError, match="n = 1 and 2"):
        partition.softened(np.ones((1, 3, 4)), np.ones(1), 2.0)
