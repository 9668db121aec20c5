"""Networks of the size of the experiments: steps of gradient descent and the Gram matrix of the Jacobian, softplus, float64."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from scipy.special import expit

from models.fast_descent import train
from models.fast_gram import softplus_gram
from models.networks import balanced_output_weights
from tests.benchmarks.ratio import Row

N, D, K = 400, 20, 1000
STEPS, FEW, ETA = 50, 10, 0.05  # ours takes more steps per call, so that both calls last about as long
SIZE = f"n = {N}, d = {D}, k = {K}"
RNG = np.random.default_rng(0)
X, W, Y = RNG.normal(size=(N, D)) / np.sqrt(D), RNG.normal(size=(K, D)), RNG.choice([0.0, 1.0], N)
V = balanced_output_weights(K)
TORCH_X, TORCH_W, TORCH_Y, TORCH_V = (torch.tensor(array) for array in (X, W, Y, V))


def rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    yield _descent("textbook NumPy", textbook, 5.0)
    yield _descent("NumPy, unsafe log(1 + e^z)", unsafe, None)
    yield _descent("torch autograd", autograd, 3.0)
    yield Row(
        what="gram",
        baseline_name="JJ^T of vmap(jacrev)",
        size=SIZE,
        ours=lambda: softplus_gram(W, X, V),
        baseline=by_jacobian,
        target=25.0,
    )


def _descent(name: str, baseline: Callable[[], object], target: float | None) -> Row:
    return Row(
        what="descent",
        baseline_name=name,
        size=SIZE,
        ours=lambda: train(W, X, Y, V, ETA, STEPS),
        baseline=baseline,
        ours_units=STEPS,
        baseline_units=FEW,
        target=target,
    )


def textbook() -> np.ndarray:
    """The formulas as they stand, with functions that are safe at every argument."""
    weights = W
    for _ in range(FEW):
        Z = X @ weights.T
        residual = np.logaddexp(0.0, Z) @ V - Y
        weights = weights - ETA * ((residual[:, np.newaxis] * expit(Z) * V).T @ X)
    return weights


def unsafe() -> np.ndarray:
    """The same with e^z once, which overflows from z = 710 on."""
    weights = W
    for _ in range(FEW):
        e = np.exp(X @ weights.T)
        residual = np.log1p(e) @ V - Y
        weights = weights - ETA * ((residual[:, np.newaxis] * (e / (1 + e)) * V).T @ X)
    return weights


def autograd() -> torch.Tensor:
    """The same by ``backward``."""
    weights = TORCH_W.clone().requires_grad_()
    for _ in range(FEW):
        loss = torch.sum((torch.nn.functional.softplus(TORCH_X @ weights.T) @ TORCH_V - TORCH_Y) ** 2) / 2
        (slope,) = torch.autograd.grad(loss, weights)
        weights = (weights - ETA * slope).detach().requires_grad_()
    return weights


def by_jacobian() -> torch.Tensor:
    """One row of the Jacobian per sample, then the product."""
    rows = torch.func.vmap(torch.func.jacrev(_output), in_dims=(None, 0))(TORCH_W, TORCH_X)
    J = rows.reshape(N, D * K)
    return J @ J.T


def _output(weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.softplus(weights @ x) @ TORCH_V
