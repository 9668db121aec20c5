"""Fast descent against the textbook loop, against autograd, and on inputs where e^z overflows or underflows."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import expit

from models.activations import ACTIVATIONS, RELU, SOFTPLUS
from models.fast_descent import train
from models.fast_gram import softplus_gram
from models.networks import balanced_output_weights, gradient, gram
from tests.models.test_activations import TORCH

STEPS, SEEN = 200, (0, 1, 77, 200)
SIZES = [(1, 1, 2), (1, 5, 4), (3, 2, 2), (9, 4, 6), (50, 20, 100), (203, 7, 30), (201, 3, 1010)]

ROOT = Path(__file__).parents[2]
ALONE = """
import numpy as np
from models.fast_descent import train
rng = np.random.default_rng(0)
W, X, y, v = rng.normal(size=(6, 4)), rng.normal(size=(9, 4)), rng.normal(size=9), np.repeat([0.5, -0.5], 3)
print(train(W, X, y, v, 0.01, 30).W.tobytes().hex())
"""


def problem(n, d, k, inputs=1.0, weights=1.0):
    """Weights, samples, labels, output weights, and a step size that suits the inputs."""
    rng = np.random.default_rng([n, d, k])
    X = inputs * rng.normal(size=(n, d))
    eta = 0.5 / float(np.linalg.norm(X, 2)) ** 2
    return weights * rng.normal(size=(k, d)), X, rng.choice([-1.0, 0.0, 1.0], n), balanced_output_weights(k), eta


def textbook(W, X, y, v, eta, steps):
    """Weights and residual before every step, then at the end."""
    for t in range(steps + 1):
        Z = X @ W.T
        residual = np.logaddexp(0.0, Z) @ v - y
        yield W, residual
        if t < steps:
            W = W - eta * ((residual[:, np.newaxis] * expit(Z) * v).T @ X)


def assert_same_run(run, W, X, y, v, eta, steps=STEPS):
    expected = list(textbook(W, X, y, v, eta, steps))
    assert close(run.W, expected[-1][0])
    for t, residual, distance in zip(run.observed, run.residuals, run.distances, strict=True):
        assert close(residual, expected[t][1], at_least=np.abs(y).max())
        assert distance == pytest.approx(np.linalg.norm(expected[t][0] - W), rel=1e-10, abs=1e-10 * float(np.linalg.norm(W)))


def close(A, B, at_least=0.0):
    """To 1e-10 of the largest entry, or of ``at_least``."""
    return np.max(np.abs(A - B)) <= 1e-10 * max(np.max(np.abs(B)), at_least)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "n = {}, d = {}, k = {}".format(*size))
def test_the_run_is_the_textbooks(size):
    W, X, y, v, eta = problem(*size)
    assert_same_run(train(W, X, y, v, eta, STEPS, SEEN), W, X, y, v, eta)


@pytest.mark.parametrize("inputs", [1e-150, 1e-8, 1e3, 1e8])
@pytest.mark.parametrize("weights", [1e-8, 1.0, 1e3])
def test_the_run_is_the_textbooks_where_the_exponential_over_or_underflows(inputs, weights):
    W, X, y, v, eta = problem(9, 4, 6, inputs, weights)
    assert_same_run(train(W, X, y, v, eta, STEPS, SEEN), W, X, y, v, eta)


def test_every_argument_may_be_far_on_either_side():
    """Slopes are 1 and 0 to all digits, and sums of the softplus are those of the positive part."""
    W, X, y, v, eta = problem(8, 3, 4)
    W, X = 1e5 * np.sign(W), np.abs(X) * np.repeat([1.0, -1.0], 4)[:, np.newaxis]
    assert_same_run(train(W, X, y, v, eta, STEPS, SEEN), W, X, y, v, eta)


@pytest.mark.parametrize("v", [np.ones(6), np.zeros(6), np.array([0.5, -0.1, 0.5, 0.0, 0.3, -0.1])], ids=["all equal", "zero", "mixed"])
def test_output_weights_may_be_any(v):
    W, X, y, _, eta = problem(9, 4, 6)
    assert_same_run(train(W, X, y, v, eta, STEPS, SEEN), W, X, y, v, eta)


def test_the_order_of_the_inputs_in_memory_does_not_matter():
    W, X, y, v, eta = problem(9, 4, 6)
    turned = train(np.asfortranarray(W), np.asfortranarray(X), y[::-1].copy()[::-1], v, eta, STEPS)
    assert turned.W.tobytes() == train(W, X, y, v, eta, STEPS).W.tobytes()


@pytest.mark.parametrize("phi", [*ACTIVATIONS.values(), RELU], ids=lambda phi: phi.name)
def test_any_activation_follows_the_gradient(phi):
    W0, X, y, v, eta = problem(9, 4, 6)
    W = W0
    for _ in range(50):
        W = W - eta * gradient(W[np.newaxis], X[np.newaxis], y[np.newaxis], v, phi)[0]
    assert close(train(W0, X, y, v, eta, 50, activation=phi).W, W)


def test_the_compiled_and_the_numpy_path_agree():
    arguments = *problem(50, 20, 100), STEPS, SEEN
    compiled, plain = train(*arguments), train(*arguments, activation=replace(SOFTPLUS, name="softplus by NumPy"))
    assert close(compiled.W, plain.W)
    assert close(compiled.residuals, plain.residuals)
    assert close(compiled.distances, plain.distances)


@pytest.mark.parametrize("name", ["softplus", "tanh"])
def test_the_run_is_that_of_autograd(name):
    W, X, y, v, eta = problem(50, 20, 100)
    weights = torch.tensor(W, requires_grad=True)
    inputs, labels, output_weights = torch.tensor(X), torch.tensor(y), torch.tensor(v)
    optimizer = torch.optim.SGD([weights], lr=eta)
    for _ in range(STEPS):
        optimizer.zero_grad()
        (torch.sum((TORCH[name](inputs @ weights.T) @ output_weights - labels) ** 2) / 2).backward()
        optimizer.step()
    assert close(train(W, X, y, v, eta, STEPS, activation=ACTIVATIONS[name]).W, weights.detach().numpy())


def test_observing_does_not_change_the_run_and_keeps_the_order_asked_for():
    arguments = problem(9, 4, 6)
    alone, seen = train(*arguments, 30), train(*arguments, 30, [30, 0, 7, 7])
    assert alone.W.tobytes() == seen.W.tobytes()
    assert seen.observed == (30, 0, 7, 7)
    assert (seen.residuals[2] == seen.residuals[3]).all()
    assert seen.distances[1] == 0.0
    assert (seen.losses == seen.residuals**2 / 2).all()
    assert alone.residuals.shape == (0, 9)


def test_no_steps_leave_the_start_and_the_start_is_not_written_to():
    W, X, y, v, eta = problem(9, 4, 6)
    before = W.copy()
    train(W, X, y, v, eta, 3)
    only = train(W, X, y, v, eta, 0, [0])
    assert (before == W).all()
    assert (only.W == W).all()
    assert close(only.residuals[0], next(textbook(W, X, y, v, eta, 0))[1])


@pytest.mark.parametrize("phi", [SOFTPLUS, ACTIVATIONS["identity"]], ids=lambda phi: phi.name)
def test_a_run_that_diverges_is_an_error(phi):
    W, X, y, v, _ = problem(9, 4, 6)
    with pytest.raises(FloatingPointError):
        train(W, X, y, v, 1e200, 20, activation=phi)


@pytest.mark.parametrize(("steps", "observe_at"), [(5, [6]), (5, [-1]), (-1, [])])
def test_an_iteration_that_is_not_reached_is_refused(steps, observe_at):
    with pytest.raises(ValueError, match="not all among"):
        train(*problem(9, 4, 6), steps, observe_at)


def test_a_fresh_compilation_gives_the_same_bits_as_a_cached_one(tmp_path):
    fresh, cached = said(ALONE, tmp_path), said(ALONE, tmp_path)
    assert len(fresh) == 16 * 6 * 4
    assert fresh == cached


def said(script, cache):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "n = {}, d = {}, k = {}".format(*size))
@pytest.mark.parametrize("inputs", [1e-100, 1.0, 1e4])
def test_the_fast_gram_matrix_is_the_networks(size, inputs):
    W, X, _, v, _ = problem(*size, inputs=inputs)
    assert close(softplus_gram(W, X, v), gram(W[np.newaxis], X[np.newaxis], v, SOFTPLUS)[0])
