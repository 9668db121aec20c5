"""Training of one hidden layer beside autograd and beside the one-output formulas."""

import numpy as np
import pytest
import torch

from models.activations import RELU, SOFTPLUS
from models.digits import unit_digits
from models.networks import balanced_output_weights, gradient
from models.training import CROSS_ENTROPY, LEAST_SQUARES, LOSSES, relative_distance, softmax, stable_step, train

GENERATOR = np.random.default_rng(0)
TRIALS, N, D, K, CLASSES = 3, 7, 4, 6, 5
X, W0 = GENERATOR.standard_normal((TRIALS, N, D)), GENERATOR.standard_normal((TRIALS, K, D))
V = GENERATOR.standard_normal((TRIALS, K, CLASSES))
CLASS = GENERATOR.integers(0, CLASSES, (TRIALS, N))
Y = np.eye(CLASSES)[CLASS]
ETA = np.array([0.1, 0.02, 0.5])


def loss_of(name, W, trial):
    """The same by torch, written once more."""
    outputs = torch.relu(torch.tensor(X[trial]) @ W.T) @ torch.tensor(V[trial])
    if name == LEAST_SQUARES.name:
        return ((outputs - torch.tensor(Y[trial])) ** 2).sum() / 2
    return torch.nn.functional.cross_entropy(outputs, torch.tensor(CLASS[trial]), reduction="sum")


@pytest.mark.parametrize("name", LOSSES)
def test_steps_are_those_of_autograd(name):
    steps = 5
    seen = train(W0, X, Y, V, RELU, LOSSES[name], ETA, (0, steps))
    for trial in range(TRIALS):
        W = torch.tensor(W0[trial], requires_grad=True)
        for _ in range(steps):
            (slope,) = torch.autograd.grad(loss_of(name, W, trial), W)
            W = (W - ETA[trial] * slope).detach().requires_grad_(True)
        far = torch.linalg.norm(W - torch.tensor(W0[trial])) / np.linalg.norm(W0[trial])
        assert seen.distance[trial, 1] == pytest.approx(far.item(), rel=1e-10)
        assert seen.outputs[trial, 1] == pytest.approx((torch.relu(torch.tensor(X[trial]) @ W.T) @ torch.tensor(V[trial])).detach().numpy())
        each = LOSSES[name].each(seen.outputs[:, 1], Y)[trial]
        assert np.sum(each) == pytest.approx(loss_of(name, W, trial).item(), rel=1e-10)


def test_one_output_is_the_network_with_one_output():
    v, y = balanced_output_weights(K), GENERATOR.standard_normal((TRIALS, N))
    seen = train(W0, X, y[..., np.newaxis], v[np.newaxis, :, np.newaxis], SOFTPLUS, LEAST_SQUARES, ETA, (0, 1))
    W1 = W0 - ETA[:, np.newaxis, np.newaxis] * gradient(W0, X, y, v, SOFTPLUS)
    assert seen.distance[:, 1] == pytest.approx(relative_distance(W0, W1), rel=1e-12)


def test_nothing_has_moved_at_the_start():
    assert np.all(train(W0, X, Y, V, RELU, CROSS_ENTROPY, ETA, (0, 1, 2)).distance[:, 0] == 0)


def test_trials_share_what_has_a_first_axis_of_one():
    seen = train(W0[:1], X[:1], Y, V[:1], RELU, LEAST_SQUARES, ETA[:1], (0, 3))
    again = train(W0[[0, 0, 0]], X[[0, 0, 0]], Y, V[[0, 0, 0]], RELU, LEAST_SQUARES, ETA[[0, 0, 0]], (0, 3))
    assert seen.outputs == pytest.approx(again.outputs, rel=1e-12)


def test_losses_survive_huge_outputs():
    huge = 1e300 * np.sign(GENERATOR.standard_normal((TRIALS, N, CLASSES)))
    assert np.all(np.isfinite(CROSS_ENTROPY.each(huge, Y)))
    assert np.sum(softmax(huge), axis=-1) == pytest.approx(np.ones((TRIALS, N)))


def test_a_stable_step_is_the_share_at_most_times_the_curvature():
    slope = RELU.slope(X @ np.swapaxes(W0, 1, 2))
    jacobian = np.einsum("tkq,tik,tij->tiqkj", V, slope, X).reshape(TRIALS, N * CLASSES, K * D)
    strained = stable_step(X, V, 1.8) * np.linalg.norm(jacobian, 2, axis=(1, 2)) ** 2
    assert np.all(strained <= 1.8), f"the Jacobian is larger than the step allows for: {strained}"


def test_a_small_stable_step_lowers_the_loss():
    seen = train(W0, X, Y, V, SOFTPLUS, LEAST_SQUARES, stable_step(X, V, 0.5), tuple(range(100)))
    losses = np.sum((seen.outputs - Y[:, np.newaxis]) ** 2, axis=(2, 3))
    assert np.all(np.diff(losses, axis=1) < 0)


def test_digits_are_unit_vectors_of_ten_classes():
    images, labels = unit_digits()
    assert images.shape == (1797, 64)
    assert np.linalg.norm(images, axis=1) == pytest.approx(np.ones(1797))
    assert set(labels.tolist()) == set(range(10))
