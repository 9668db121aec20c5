"""Fits against what is known in closed form: affine maps are fitted at once, by the nearest point."""

import numpy as np
import pytest

from models.activations import IDENTITY, SOFTPLUS
from models.fitting import fitted, nearby_fit
from models.networks import NetworkMap, balanced_output_weights


def network(generator, n, activation):
    return NetworkMap(X=generator.standard_normal((3, n, 6)), v=balanced_output_weights(4), activation=activation)


@pytest.mark.parametrize("n", [1, 3, 6])
def test_linear_network_is_fitted_in_one_step_by_the_nearest_weights(n):
    generator = np.random.default_rng(n)
    f, start, y = network(generator, n, IDENTITY), generator.standard_normal((3, 24)), generator.standard_normal((3, n))
    theta = nearby_fit(f, y, start, steps=1)
    nearest = start + (np.linalg.pinv(f.jacobian(start)) @ (y - f.value(start))[..., np.newaxis])[..., 0]
    assert fitted(f, y, theta, 1e-10).all()
    np.testing.assert_allclose(theta, nearest, atol=1e-10)


def test_smooth_network_is_fitted():
    generator = np.random.default_rng(0)
    f, y = network(generator, 4, SOFTPLUS), generator.standard_normal((3, 4))
    theta = nearby_fit(f, y, generator.standard_normal((3, 24)), steps=20)
    assert fitted(f, y, theta, 1e-8).all()


def test_labels_out_of_reach_are_not_fitted():
    f = NetworkMap(X=np.array([[[1.0, 0.0], [1.0, 0.0]]]), v=balanced_output_weights(2), activation=SOFTPLUS)
    y = np.array([[1.0, -1.0]])
    theta = nearby_fit(f, y, np.ones((1, 4)), steps=20)
    assert not fitted(f, y, theta, 1e-3).any()
    np.testing.assert_allclose(f.value(theta), 0.0, atol=1e-6)  # the least squares fit of both labels


def test_no_step_leaves_a_larger_residual():
    generator = np.random.default_rng(1)
    f, y, start = network(generator, 6, SOFTPLUS), generator.standard_normal((3, 6)), generator.standard_normal((3, 24))
    residuals = [np.linalg.norm(f.value(nearby_fit(f, y, start, steps)) - y, axis=1) for steps in range(6)]
    assert np.all(np.diff(residuals, axis=0) <= 1e-12)
