"""Enclosures against closed forms and against quadrature."""

import numpy as np
import pytest
from scipy.special import roots_hermitenorm

from models.activations import ACTIVATIONS, BENT, ERF, IDENTITY, SIGMOID, SINMIX, SOFTPLUS
from models.integrals import mean, variance

NORMS = (1e-3, 0.3, 1.0, 4.0)
VARIANCES = {
    IDENTITY: lambda r: r**2,
    BENT: lambda r: np.expm1(-(r**2)) ** 2 / 2,
    SINMIX: lambda r: (r**2 + 0.04 * np.expm1(-(r**2)) ** 2 / 2) / 1.44,
    ERF: lambda r: np.arcsin(r**2 / (1 + r**2)),
}


@pytest.mark.parametrize("r", NORMS)
@pytest.mark.parametrize("activation", VARIANCES, ids=lambda activation: activation.name)
def test_variance_is_the_closed_form(activation, r):
    low, high = variance(activation, r)
    exact = VARIANCES[activation](r)
    assert low <= exact * (1 + 1e-14)
    assert exact * (1 - 1e-14) <= high
    assert high - low <= 1e-10 * high


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_moments_agree_with_quadrature(name):
    activation, r = ACTIVATIONS[name], 0.7
    points, weights = roots_hermitenorm(80)
    weights = weights / weights.sum()
    values = activation.value(r * points)
    first = weights @ values
    assert mean(activation, r) == pytest.approx((first, first), abs=1e-9)
    assert variance(activation, r) == pytest.approx((weights @ (values - first) ** 2,) * 2, rel=1e-7)


@pytest.mark.parametrize(("activation", "exact"), [(SIGMOID, 0.5), (IDENTITY, 0.0), (BENT, 1 - np.exp(-2.0)), (ERF, 0.0)])
def test_mean_is_the_closed_form(activation, exact):
    low, high = mean(activation, 2.0)
    assert low - 1e-15 <= exact <= high + 1e-15


def test_large_inputs_of_softplus_are_those_of_relu():
    low, high = mean(SOFTPLUS, 100.0)
    assert low == pytest.approx(100 / np.sqrt(2 * np.pi), rel=1e-3)
    assert high - low <= 1e-12 * high
