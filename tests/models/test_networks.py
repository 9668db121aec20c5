"""The network against a torch twin: autograd is the independent oracle of value, Jacobian, gradient and mixed derivative."""

import numpy as np
import pytest
import torch

from models import networks
from models.activations import ACTIVATIONS
from models.descent import Differentiable, descent
from models.networks import NetworkMap, balanced_output_weights
from tests.models.test_activations import TORCH

RNG = np.random.default_rng(17)
TRIALS, N, K, D = 3, 5, 6, 4
W, OTHER, U = RNG.normal(size=(3, TRIALS, K, D))
X, Y = RNG.normal(size=(2, TRIALS, N, D))
LABELS = RNG.normal(size=(TRIALS, N))
OUTPUT_WEIGHTS = {"shared": balanced_output_weights(K), "per trial": RNG.normal(size=(TRIALS, K))}
PHI = pytest.mark.parametrize("phi", ACTIVATIONS.values(), ids=lambda phi: phi.name)
V = pytest.mark.parametrize("v", OUTPUT_WEIGHTS.values(), ids=OUTPUT_WEIGHTS)
TANH = ACTIVATIONS["tanh"]


class TorchTwin(torch.nn.Module):
    """One trial of the same network, written from the formula and not from our code."""

    def __init__(self, v: np.ndarray, phi: str, trial: int) -> None:
        super().__init__()
        self.register_buffer("v", torch.tensor(np.broadcast_to(v, (TRIALS, K))[trial].copy()))
        self.phi = phi

    def forward(self, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """f(W, x) of one input, or of the rows of a matrix of inputs."""
        return TORCH[self.phi](x @ weights.T) @ self.v


def each(function, v, phi, *arrays):
    """``function(twin, *tensors)`` on every trial, stacked."""
    results = (function(TorchTwin(v, phi.name, t), *(torch.tensor(a[t]) for a in arrays)) for t in range(TRIALS))
    return np.stack([result.detach().numpy() for result in results])


@PHI
@V
def test_output_is_the_torch_twins(phi, v):
    expected = each(lambda twin, w, x: twin(w, x), v, phi, W, X)
    assert networks.output(W, X, v, phi) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@PHI
@V
def test_jacobian_is_autograds(phi, v):
    expected = each(lambda twin, w, x: torch.func.jacrev(twin)(w, x).reshape(N, K * D), v, phi, W, X)
    assert networks.jacobian(W, X, v, phi) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@PHI
@V
def test_gradient_is_autograds(phi, v):
    def gradient(twin, w, x, y):
        return torch.func.grad(lambda weights: torch.sum((twin(weights, x) - y) ** 2) / 2)(w)

    expected = each(gradient, v, phi, W, X, LABELS)
    assert networks.gradient(W, X, LABELS, v, phi) == pytest.approx(expected, rel=1e-11, abs=1e-13)


@PHI
@V
def test_mixed_derivative_is_autograds(phi, v):
    def mixed(twin, w, x, u, direction):
        def along_u(weights):
            return torch.func.grad(twin, argnums=1)(weights, x) @ u

        return torch.sum(torch.func.grad(along_u)(w) * direction)

    x, u = X[:, 0], Y[:, 0]
    expected = each(mixed, v, phi, W, x, u, U)
    assert networks.mixed_derivative(W, x, u, U, v, phi) == pytest.approx(expected, rel=1e-11, abs=1e-13)


@PHI
@V
def test_gram_is_that_of_the_jacobian(phi, v):
    J = networks.jacobian(W, X, v, phi)
    assert networks.gram(W, X, v, phi) == pytest.approx(J @ np.swapaxes(J, 1, 2), rel=1e-12, abs=1e-13)


def test_extreme_singular_values_are_those_of_the_jacobian():
    v = OUTPUT_WEIGHTS["shared"]
    singular = np.linalg.svd(networks.jacobian(W, X, v, TANH), compute_uv=False)
    assert networks.jacobian_norm(W, X, v, TANH) == pytest.approx(singular[:, 0], rel=1e-13)
    assert networks.least_singular_value(W, X, v, TANH) == pytest.approx(singular[:, -1], rel=1e-8)


def test_khatri_rao_rows_are_kronecker_products():
    A = RNG.normal(size=(TRIALS, N, K))
    expected = np.array([[np.kron(a, x) for a, x in zip(A[t], X[t], strict=True)] for t in range(TRIALS)])
    assert (networks.khatri_rao(A, X) == expected).all()
    assert networks.khatri_rao_norm(A, X) == pytest.approx(np.linalg.norm(expected, 2, axis=(1, 2)), rel=1e-13)


@pytest.mark.parametrize("step", [1.0, 1e-3, 1e-7])
def test_khatri_rao_distance_keeps_its_digits_where_both_are_close(step):
    A, B = RNG.normal(size=(2, TRIALS, N, K))
    B, Z = A + step * B, X + step * Y
    expected = np.linalg.norm(networks.khatri_rao(A - B, X) + networks.khatri_rao(B, X - Z), 2, axis=(1, 2))
    assert networks.khatri_rao_distance(A, X, B, Z) == pytest.approx(expected, rel=1e-12)
    assert networks.khatri_rao_distance(A, X, A, X).tolist() == [0.0] * TRIALS


@PHI
@pytest.mark.parametrize("distance", [0.0, 1e-9, 0.5])
def test_average_jacobian_maps_the_step_to_the_change_of_value(phi, distance):
    v, moved = OUTPUT_WEIGHTS["shared"], W + distance * OTHER
    average = networks.average_jacobian(moved, W, X, v, phi)
    change = networks.output(moved, X, v, phi) - networks.output(W, X, v, phi)
    assert np.einsum("tnp,tp->tn", average, (moved - W).reshape(TRIALS, -1)) == pytest.approx(change, rel=1e-11, abs=1e-13)
    assert networks.average_jacobian(W, moved, X, v, phi) == pytest.approx(average, rel=1e-12, abs=1e-13)


def test_order_is_the_number_of_quadrature_points():
    middle = networks.jacobian((W + OTHER) / 2, X, OUTPUT_WEIGHTS["shared"], TANH)
    assert networks.average_jacobian(W, OTHER, X, OUTPUT_WEIGHTS["shared"], TANH, order=1) == pytest.approx(middle, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("k", [2, 6, 100])
def test_balanced_output_weights_are_unit_and_add_up_to_zero(k):
    v = balanced_output_weights(k)
    assert np.linalg.norm(v) == pytest.approx(1.0, rel=1e-15)
    assert v.sum() == pytest.approx(0.0, abs=1e-14)
    assert set(np.abs(v)) == {1 / np.sqrt(k)}


def test_an_odd_number_of_output_weights_is_refused():
    with pytest.raises(ValueError, match="even"):
        balanced_output_weights(3)


def test_a_first_axis_of_length_1_stands_for_all_trials():
    v = OUTPUT_WEIGHTS["shared"]
    one, repeated = X[:1], np.repeat(X[:1], TRIALS, axis=0)
    for function in (networks.output, networks.jacobian, networks.gram, networks.jacobian_norm, networks.least_singular_value):
        assert (function(W, one, v, TANH) == function(W, repeated, v, TANH)).all()
    assert (networks.average_jacobian(W[:1], W, one, v, TANH) == networks.average_jacobian(W[[0] * TRIALS], W, repeated, v, TANH)).all()


def test_network_map_is_the_network_in_its_stacked_rows():
    f, theta = NetworkMap(X, OUTPUT_WEIGHTS["shared"], TANH), W.reshape(TRIALS, -1)
    assert isinstance(f, Differentiable)
    assert (f.weights(theta) == W).all()
    assert (f.value(theta) == networks.output(W, X, f.v, TANH)).all()
    assert (f.jacobian(theta) == networks.jacobian(W, X, f.v, TANH)).all()
    assert (f.average_jacobian(theta, U.reshape(TRIALS, -1)) == networks.average_jacobian(U, W, X, f.v, TANH)).all()


def test_descent_on_the_network_map_follows_the_gradient():
    f, weights, eta = NetworkMap(X, OUTPUT_WEIGHTS["shared"], TANH), W, np.full(TRIALS, 0.1)
    *_, last = descent(f, LABELS, W.reshape(TRIALS, -1), eta, 5)
    for _ in range(5):
        weights = weights - 0.1 * networks.gradient(weights, X, LABELS, f.v, TANH)
    assert last.theta == pytest.approx(weights.reshape(TRIALS, -1), rel=1e-12, abs=1e-13)
