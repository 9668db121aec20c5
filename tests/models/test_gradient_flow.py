"""The limit of gradient flow against the flow itself, a general optimiser, and two closed forms."""

import numpy as np
import pytest
from scipy.optimize import minimize

from models import gradient_flow
from models.matrices import apply

RNG = np.random.default_rng(8)
TRIALS, N, D = 4, 2, 6
POSITIVE = RNG.uniform(0.5, 1.0, (TRIALS, D))
GAUSSIAN = RNG.standard_normal((TRIALS, N, D))
X = GAUSSIAN - (GAUSSIAN @ POSITIVE[:, :, np.newaxis]) * POSITIVE[:, np.newaxis, :] / (POSITIVE**2).sum(axis=1)[:, np.newaxis, np.newaxis]
TRUTH = np.tile((np.arange(D) < 2).astype(float), (TRIALS, 1))
START = RNG.uniform(0.5, 4.0, (TRIALS, D))


def test_the_flow_ends_at_the_limit():
    for rows, truth, start, u in zip(X, TRUTH, START, gradient_flow.limit(X, TRUTH, START), strict=True):
        np.testing.assert_allclose(gradient_flow.integrated(rows, np.sqrt(truth), start, 300.0), u, atol=1e-7)


def test_the_flow_descends_the_loss():
    rows, truth, start, time = X[0], np.sqrt(TRUTH[0]), START[0], 1e-5
    v = np.sqrt(start)
    gradient = (rows.T @ (rows @ (v**2 - truth**2))) * v / N
    moved = np.sqrt(gradient_flow.integrated(rows, truth, start, time)) - v
    np.testing.assert_allclose(moved, -time * gradient, rtol=1e-3, atol=1e-12)


def test_the_limit_has_zero_error_and_the_least_relative_entropy():
    limits = gradient_flow.limit(X, TRUTH, START)
    np.testing.assert_allclose(apply(X, limits), apply(X, TRUTH), atol=1e-12)
    for rows, truth, start, u in zip(X, TRUTH, START, limits, strict=True):
        found = minimize(
            lambda p, s=start: gradient_flow.relative_entropy(p[np.newaxis], s[np.newaxis])[0],
            np.maximum(truth, 0.1),
            method="SLSQP",
            bounds=[(1e-9, None)] * D,
            constraints={"type": "eq", "fun": lambda p, a=rows, t=truth: a @ (p - t)},
            options={"ftol": 1e-14},
        )
        np.testing.assert_allclose(found.x, u, atol=1e-4)


@pytest.mark.parametrize("scale", [1e-2, 1.0, 1e3])
def test_the_limit_of_one_sample_of_signs(scale):
    """``3 z - 1/z = y/τ^2`` for the sample (-1, 1, 1, 1)."""
    sample, truth = np.array([[[-1.0, 1.0, 1.0, 1.0]]]), np.array([[0.0, 1.0, 0.0, 0.0]])
    z = (1 / scale**2 + np.sqrt(1 / scale**4 + 12)) / 6
    u = gradient_flow.limit(sample, truth, np.full((1, 4), scale**2))
    np.testing.assert_allclose(u / scale**2, [[1 / z, z, z, z]], rtol=1e-12)


def test_repeated_samples_change_nothing():
    doubled = np.concatenate([X, X], axis=1)
    np.testing.assert_allclose(gradient_flow.limit(doubled, TRUTH, START), gradient_flow.limit(X, TRUTH, START), rtol=1e-10)


def test_without_samples_that_see_anything_the_flow_stays():
    np.testing.assert_array_equal(gradient_flow.limit(np.zeros_like(X), TRUTH, START), START)


def test_kernel_solution_is_the_projection_on_the_zero_error_points():
    for rows, truth, start, u in zip(X, TRUTH, START, gradient_flow.kernel_solution(X, TRUTH, START), strict=True):
        np.testing.assert_allclose(u, start + np.linalg.pinv(rows) @ rows @ (truth - start), atol=1e-12)


def test_relative_entropy_is_the_sum():
    u, start = np.array([[0.0, 2.0]]), np.array([[3.0, 1.0]])
    assert gradient_flow.relative_entropy(u, start)[0] == pytest.approx(3 + 2 * np.log(2) - 2 + 1)
