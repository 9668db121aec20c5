"""Three ways to one kernel: closed form, Hermite series and quadrature; and the least eigenvalues that they give."""

import numpy as np
import pytest

from models import kernels
from models.activations import ACTIVATIONS, RELU
from models.data import circle_centres, equiangular_centres, unit

T = np.linspace(-1, 1, 41)
SMOOTH = pytest.mark.parametrize("phi", ACTIVATIONS.values(), ids=lambda phi: phi.name)
CLOSED = [phi for phi in kernels.CLOSED_FORMS if phi is not RELU]
ORTHONORMAL = {"identity": 1.0, "sinmix": 0.70645, "tanh": 0.46440, "softplus": 0.29338}
RNG = np.random.default_rng(19)


def trapezoid(t, slope):
    """The double integral by a plain trapezoidal rule over the square, independent of the Hermite machinery."""
    z = np.linspace(-9, 9, 181)
    density = np.exp(-(z**2) / 2) * 0.1 / np.sqrt(2 * np.pi)
    u, w = z[:, np.newaxis], z[np.newaxis, :]
    return float(density @ (slope(u) * slope(t * u + np.sqrt(1 - t**2) * w)) @ density)


@pytest.mark.parametrize("phi", CLOSED, ids=lambda phi: phi.name)
def test_closed_form_is_the_series(phi):
    assert kernels.slope_kernel(T, phi) == pytest.approx(kernels.slope_kernel_by_series(T, phi), abs=2e-15)


@SMOOTH
def test_series_is_the_quadrature(phi):
    allowance = 1e-8 if phi.name == "tanh" else 2e-15
    assert kernels.slope_kernel_by_quadrature(T, phi) == pytest.approx(kernels.slope_kernel_by_series(T, phi), abs=allowance)


@SMOOTH
@pytest.mark.parametrize("t", [-1.0, -0.6, 0.0, 0.3, 0.95, 1.0])
def test_kernel_is_the_double_integral(phi, t):
    assert kernels.slope_kernel(np.array([t]), phi)[0] == pytest.approx(trapezoid(t, phi.slope), abs=1e-14)


def test_closed_form_of_relu_is_the_share_of_directions_on_which_both_are_active():
    g = RNG.normal(size=(200_000, 2))
    for t in (-1.0, -0.5, 0.0, 0.7, 1.0):
        both = (g[:, 0] > 0) & (t * g[:, 0] + np.sqrt(1 - t**2) * g[:, 1] > 0)
        assert kernels.slope_kernel(np.array([t]), RELU)[0] == pytest.approx(both.mean(), abs=6e-3)


@SMOOTH
def test_what_the_series_leaves_out_is_rounding(phi):
    assert abs(kernels.series_tail(phi)) < 1e-15
    assert kernels.series_tail(ACTIVATIONS["tanh"], 16) > 1e-4


@SMOOTH
def test_a_shorter_series_is_off_by_at_most_its_tail(phi):
    short, full = (kernels.slope_kernel_by_series(T, phi, terms) for terms in (8, 256))
    assert (np.abs(full - short) <= kernels.series_tail(phi, 8) * np.abs(T) ** 8 + 2e-15).all()


def test_hermite_coefficients_of_a_sine_are_known():
    # E sin(g) h_j(g) = (-1)^((j-1)/2) e^(-1/2) / sqrt(j!) for odd j
    expected = np.exp(-0.5) * np.array([0, 1, 0, -1 / np.sqrt(6), 0, 1 / np.sqrt(120)])
    assert kernels.hermite_coefficients(ACTIVATIONS["bent"], 6) == pytest.approx(expected, abs=1e-15)


def test_a_slope_that_jumps_has_no_series():
    with pytest.raises(ValueError, match="relu jumps"):
        kernels.slope_kernel_by_series(T, RELU)


@pytest.mark.parametrize("name", ORTHONORMAL)
def test_least_eigenvalue_of_orthonormal_centres(name):
    C = np.linalg.qr(RNG.normal(size=(4, 5, 5)))[0][:, :3]
    assert kernels.least_eigenvalue(C, ACTIVATIONS[name]) == pytest.approx(ORTHONORMAL[name], abs=5e-6)


def test_least_eigenvalue_of_the_identity_is_the_squared_least_singular_value():
    C = unit(RNG.normal(size=(6, 3, 5)))
    expected = np.linalg.svd(C, compute_uv=False)[:, -1] ** 2
    assert kernels.least_eigenvalue(C, ACTIVATIONS["identity"]) == pytest.approx(expected, abs=1e-14)


@SMOOTH
def test_least_eigenvalue_of_two_centres_is_that_of_a_2_by_2_matrix(phi):
    C = equiangular_centres(RNG.normal(size=(5, 2, 3)), 0.8)
    t = np.array([1 - 0.8**2 / 2])
    one, across = trapezoid(1.0, phi.slope), t[0] * trapezoid(t[0], phi.slope)
    assert kernels.least_eigenvalue(C, phi) == pytest.approx(one - abs(across), abs=1e-13)


@pytest.mark.parametrize("phi", [*ACTIVATIONS.values(), RELU], ids=lambda phi: phi.name)
def test_two_equal_centres_make_the_covariance_singular(phi):
    C = unit(RNG.normal(size=(6, 3, 4)))
    C[:, 2] = C[:, 0]
    assert kernels.least_eigenvalue(C, phi) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("distance", [1e-7, 1e-3, 0.5])
def test_relu_keeps_its_digits_between_close_centres(distance):
    C = circle_centres(np.array([[0.0, 1.0]]), np.zeros(1), distance)
    angle = 2 * np.arcsin(distance / 2)
    expected = (2 * np.pi * np.sin(angle / 2) ** 2 + angle * np.cos(angle)) / (2 * np.pi)
    assert kernels.least_eigenvalue(C, RELU) == pytest.approx(expected, rel=1e-8, abs=1e-15)


def test_relu_covariance_is_the_inner_product_times_the_kernel():
    C = unit(RNG.normal(size=(6, 3, 4)))
    inner = C @ np.swapaxes(C, 1, 2)
    expected = inner * kernels.slope_kernel(np.clip(inner, -1, 1), RELU)
    assert kernels.cluster_covariance(C, RELU) == pytest.approx(expected, abs=1e-7)


def test_rows_that_are_not_unit_are_refused():
    with pytest.raises(ValueError, match="unit vectors"):
        kernels.cluster_covariance(2 * np.eye(3)[np.newaxis], ACTIVATIONS["tanh"])
