"""Activations against autograd, their bounds against a fine grid, and huge arguments."""

import numpy as np
import pytest
import torch

from models.activations import ACTIVATIONS, RELU

# written from the formulas and not from our code
TORCH = {
    "identity": lambda z: z,
    "sinmix": lambda z: (z - 0.2 * torch.cos(z)) / 1.2,
    "softplus": torch.nn.Softplus(threshold=1000),
    "tanh": torch.tanh,
    "erf": lambda z: torch.erf(z / 2**0.5) * (torch.pi / 2) ** 0.5,
    "sigmoid": torch.sigmoid,
    "bent": lambda z: 1 - torch.cos(z),
}
GRID = np.linspace(-20, 20, 40_001)
SMOOTH = pytest.mark.parametrize("phi", ACTIVATIONS.values(), ids=lambda phi: phi.name)
ALL = pytest.mark.parametrize("phi", [*ACTIVATIONS.values(), RELU], ids=lambda phi: phi.name)


def derivatives(name: str, z: np.ndarray) -> list[np.ndarray]:
    def slope(one):
        return torch.func.grad(lambda s: TORCH[name](s) + 0 * s)(one)  # + 0 s keeps constant slopes differentiable

    points = torch.tensor(z)
    second = torch.func.vmap(torch.func.grad(lambda s: slope(s) + 0 * s))(points)
    return [TORCH[name](points).numpy(), torch.func.vmap(slope)(points).numpy(), second.numpy()]


@SMOOTH
def test_value_slope_and_curvature_are_autograds(phi):
    z = np.linspace(-8, 8, 161)
    for ours, theirs in zip((phi.value, phi.slope, phi.curvature), derivatives(phi.name, z), strict=True):
        assert ours(z) == pytest.approx(theirs, rel=1e-12, abs=1e-14)


@SMOOTH
def test_bounds_hold_and_are_the_least(phi):
    for derivative, bound in ((phi.slope, phi.slope_bound), (phi.curvature, phi.curvature_bound)):
        largest = np.abs(derivative(GRID)).max()
        assert largest <= bound * (1 + 1e-15)
        assert largest >= bound * (1 - 1e-6)


@ALL
def test_gamma_bounds_slope_and_curvature(phi):
    assert phi.bound == max(phi.slope_bound, phi.curvature_bound)


@ALL
def test_value_at_zero(phi):
    expected = {"softplus": np.log(2), "sigmoid": 0.5, "sinmix": -1 / 6}
    assert phi.at_zero == pytest.approx(expected.get(phi.name, 0.0), abs=1e-16)


@ALL
@pytest.mark.parametrize("size", [50.0, 800.0, 1e4, 1e300])
def test_huge_arguments_neither_overflow_nor_leave_the_bounds(phi, size):
    z = np.array([-size, size])
    assert np.isfinite(phi.value(z)).all()
    assert (np.abs(phi.slope(z)) <= phi.slope_bound).all()
    assert (np.abs(phi.curvature(z)) <= phi.curvature_bound).all()


@ALL
def test_a_value_far_out_is_its_asymptote(phi):
    far = {"identity": 50.0, "softplus": 50.0, "relu": 50.0, "tanh": 1.0, "sigmoid": 1.0, "erf": np.sqrt(np.pi / 2)}
    if phi.name in far:
        assert phi.value(np.array([50.0])) == pytest.approx(far[phi.name], rel=1e-15)


@pytest.mark.parametrize("z", [-20.0, 20.0])
def test_the_slope_of_tanh_keeps_its_digits_far_out(z):
    assert ACTIVATIONS["tanh"].slope(np.array([z])) == pytest.approx(1 / np.cosh(z) ** 2, rel=1e-13, abs=0)


def test_bent_attains_both_bounds_with_either_sign():
    bent = ACTIVATIONS["bent"]
    quarter = np.pi / 2 * np.array([-1.0, 1.0])
    assert bent.slope(quarter).tolist() == [-1.0, 1.0]
    assert bent.curvature(np.array([0.0, np.pi])).tolist() == [1.0, -1.0]


def test_relu_is_apart_since_its_curvature_has_no_bound():
    assert RELU.name not in ACTIVATIONS
    assert RELU.bound == np.inf
    assert RELU.slope(np.array([-1.0, 0.0, 2.0])).tolist() == [0.0, 0.0, 1.0]


def test_names_are_keys():
    assert all(name == phi.name for name, phi in ACTIVATIONS.items())
