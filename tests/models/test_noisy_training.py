"""Compiled training with noise beside autograd, and its draws beside their laws."""

import numpy as np
import pytest
import torch
from scipy.stats import chi, kstest

from models.noisy_training import Noise, Weights, mean_norm, noisy_training
from tests.models.label_noise_oracle import draw

RNG = np.random.default_rng(5)
RUNS, N, D, K, Q, BATCH, ETA = 3, 6, 5, 4, 3, 7, 0.3
X, Y = RNG.normal(size=(1, N, D)), RNG.integers(0, Q, (1, N))
FIRST = Weights(W=RNG.normal(size=(1, D, K)), V=RNG.normal(size=(1, K, Q)))
KEYS = RNG.integers(0, 2**53, RUNS)
ALL_KINDS = Noise(flip=0.5, logits=0.2, weights=0.1)
DRAWS = 3 * BATCH + (BATCH * Q + 1) + (D * K + K * Q + 1)  # of one step


def trained(noise, steps, start=0, keys=KEYS, eta=ETA, at=FIRST):
    return noisy_training(at, X, Y, keys, eta, BATCH, noise, steps, start)


def normals(key, first, count):
    """Box and Muller, in pairs."""
    draws = np.array([draw(key, first + c, 1)[2] for c in range(count + count % 2)]).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log(1 - draws[:, 0])), 2 * np.pi * draws[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()[:count]


def loss(W, V, key, base, noise):
    """Cross entropy of the batch plus what has the noise in the logits as its gradient."""
    picked = [draw(key, base + s, N)[0] for s in range(BATCH)]
    flipped = [draw(key, base + BATCH + s, 1)[2] < noise.flip for s in range(BATCH)]
    fresh = [draw(key, base + 2 * BATCH + s, Q)[0] for s in range(BATCH)]
    labels = torch.tensor(np.where(flipped, fresh, Y[0][picked]))
    outputs = torch.relu(torch.tensor(X[0][picked]) @ W) @ V
    z = torch.tensor(normals(key, base + 3 * BATCH, BATCH * Q).reshape(BATCH, Q))
    return torch.nn.functional.cross_entropy(outputs, labels) + noise.logits * (z * outputs).sum() / BATCH


@pytest.mark.parametrize("noise", [Noise(), Noise(flip=0.5), Noise(logits=0.2), Noise(weights=0.1), ALL_KINDS])
def test_steps_are_those_of_autograd(noise):
    ends = trained(noise, 4, start=2)
    for run, key in enumerate(KEYS.tolist()):
        W, V = (torch.tensor(part[0], requires_grad=True) for part in (FIRST.W, FIRST.V))
        for t in range(2, 6):
            slopes = torch.autograd.grad(loss(W, V, key, t * DRAWS, noise), (W, V))
            walk = noise.weights * normals(key, t * DRAWS + 3 * BATCH + BATCH * Q + 1, D * K + K * Q)
            W = (W - ETA * slopes[0] + torch.tensor(walk[: D * K].reshape(D, K))).detach().requires_grad_(True)
            V = (V - ETA * slopes[1] + torch.tensor(walk[D * K :].reshape(K, Q))).detach().requires_grad_(True)
        assert ends.W[run] == pytest.approx(W.detach().numpy(), rel=1e-9)
        assert ends.V[run] == pytest.approx(V.detach().numpy(), rel=1e-9)


def test_a_run_can_be_continued_and_trained_alone():
    whole, half = trained(ALL_KINDS, 30), trained(ALL_KINDS, 10)
    later = trained(ALL_KINDS, 20, start=10, at=half)
    assert np.array_equal(later.W, whole.W)
    assert np.array_equal(later.V, whole.V)
    assert np.array_equal(trained(ALL_KINDS, 30, keys=KEYS[1:2]).W[0], whole.W[1])


def test_weight_noise_is_standard_normal_times_its_scale_and_fresh_at_every_step():
    keys = RNG.integers(0, 2**53, 1000)
    once, again = (trained(Noise(weights=0.1), 1, start, keys, eta=0.0) for start in (0, 1))
    draws, fresh = ((end.W - FIRST.W).ravel() / 0.1 for end in (once, again))
    assert kstest(draws, "norm").pvalue > 1e-6
    assert kstest(((once.V - FIRST.V) / 0.1).ravel(), "norm").pvalue > 1e-6
    assert abs(np.corrcoef(draws, fresh)[0, 1]) < 0.04


def test_noise_in_labels_and_logits_leaves_a_step_of_size_zero_where_it_was():
    assert np.array_equal(trained(Noise(flip=1.0, logits=3.0), 5, eta=0.0).W[0], FIRST.W[0])


@pytest.mark.parametrize("q", [1, 2, 10, 100, 5000])
def test_the_mean_norm_is_that_of_the_chi_distribution(q):
    assert mean_norm(q) == pytest.approx(chi(q).mean(), rel=1e-10)


def test_weights_know_their_norm_number_and_accuracy():
    weights = Weights(W=RNG.normal(size=(2, D, K)), V=RNG.normal(size=(2, K, Q)))
    flat = np.concatenate([weights.W.reshape(2, -1), weights.V.reshape(2, -1)], axis=1)
    assert weights.number == flat.shape[1]
    assert weights.norm == pytest.approx(np.linalg.norm(flat, axis=1))
    classes = np.argmax(weights.outputs(X), axis=-1)
    assert np.all(weights.accuracy(X, classes) == 1)
    assert np.all(weights.accuracy(X, (classes + 1) % Q) == 0)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="steps = -1"):
        trained(Noise(), -1)
    with pytest.raises(ValueError, match="batch of 0"):
        noisy_training(FIRST, X, Y, KEYS, ETA, 0, Noise(), 1)
