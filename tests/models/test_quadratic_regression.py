"""The quadratic parametrisation: gradients beside automatic differentiation, one step's outcomes beside a loop, moments beside NumPy."""

import numpy as np
import pytest
import torch

from models import quadratic_regression as model

RNG = np.random.default_rng(8)
TRIALS, N, D = 3, 4, 5
V, TARGET, X = RNG.normal(size=(TRIALS, D)), RNG.integers(0, 2, (TRIALS, D)).astype(float), RNG.normal(size=(TRIALS, N, D))


def test_gradients_are_those_of_automatic_differentiation():
    v = torch.tensor(V, requires_grad=True)
    residuals = torch.einsum("tnd,td->tn", torch.tensor(X), v**2 - torch.tensor(TARGET) ** 2)
    losses = (residuals**2).mean(dim=1) / 4
    losses.sum().backward()
    assert model.loss(V, TARGET, X) == pytest.approx(losses.detach().numpy())
    assert v.grad is not None
    assert model.gradient(V, TARGET, X) == pytest.approx(v.grad.numpy())


def test_growth_holds_every_outcome_of_a_step():
    eta, delta = RNG.uniform(0.01, 0.1, TRIALS), RNG.uniform(0.5, 2.0, TRIALS)
    outcomes = model.growth(V, TARGET, X, eta, delta) * V[:, np.newaxis, np.newaxis, :]
    for t in range(TRIALS):
        for i in range(N):
            for m, s in enumerate((delta[t], -delta[t])):
                x = X[t, i]
                step = V[t] - eta[t] * ((V[t] ** 2 - TARGET[t] ** 2) @ x) * x * V[t] + eta[t] * s * x * V[t]
                assert outcomes[t, i, m] == pytest.approx(step)


def test_moments_and_norms_are_those_of_numpy():
    for t in range(TRIALS):
        moments = X[t].T @ X[t] / N
        assert model.second_moments(X)[t] == pytest.approx(moments)
        assert model.least_second_moment(X)[t] == pytest.approx(np.diag(moments).min())
        assert model.cross_moment(X)[t] == pytest.approx(np.abs(moments - np.diag(np.diag(moments))).max())
        assert model.sup_norm(X)[t] == np.abs(X[t]).max()


def test_error_on_fresh_normal_data_is_the_test_error():
    fresh = RNG.normal(size=(TRIALS, 200_000, D))
    errors = np.mean(model.residuals(V, TARGET, fresh) ** 2, axis=1)
    assert errors == pytest.approx(model.test_error(V, TARGET), rel=0.05)
