"""Stochastic gradient descent with label noise at the size of the experiment: trial-steps beside loops in NumPy and torch."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from models.label_noise_sgd import label_noise_sgd
from models.noisy_descent import Noise, noisy_descent
from tests.benchmarks.ratio import Row

N, D, TRIALS, ETA, DELTA = 40, 100, 64, 0.001, 1.0
SIZE = f"n = {N}, d = {D}"
RNG = np.random.default_rng(0)
X, V, TARGET = RNG.normal(size=(1, N, D)), np.ones((1, D)), (np.arange(D) < 5).astype(float)[np.newaxis]
Y, KEYS = X[0] @ TARGET[0] ** 2, RNG.integers(0, 2**53, TRIALS)
STEPS, FULL_STEPS, NUMPY_STEPS, SCRIPT_STEPS = 10_000, 20_000, 10_000, 100
TORCH_X, TORCH_Y, TORCH_TARGET = torch.tensor(X[0]), torch.tensor(Y), torch.tensor(TARGET[0])


def rows() -> Iterator[Row]:
    yield Row(
        what="label-noise SGD",
        baseline_name="NumPy, a step at a time",
        size=f"{SIZE}, {TRIALS} trials",
        ours=lambda: label_noise_sgd(V, TARGET, X, KEYS, np.array([ETA]), np.array([DELTA]), STEPS),
        baseline=in_numpy,
        ours_units=TRIALS * STEPS,
        baseline_units=NUMPY_STEPS,
        target=150.0,
    )
    yield _full_batch("torch autograd and SGD, a step at a time", in_torch, None)
    yield _full_batch("a script of it that records both errors", recorded_in_torch, 500.0)


def _full_batch(name: str, baseline: Callable[[], object], target: float | None) -> Row:
    return Row(
        what="full batch, label noise",
        baseline_name=name,
        size=f"{SIZE}, 1 trial",
        ours=lambda: noisy_descent(V, TARGET, X, KEYS[:1], ETA, Noise.LABEL, DELTA, FULL_STEPS),
        baseline=baseline,
        ours_units=FULL_STEPS,
        baseline_units=SCRIPT_STEPS,
        target=target,
    )


def in_numpy() -> np.ndarray:
    generator, v = np.random.default_rng(1), V[0]
    for _ in range(NUMPY_STEPS):
        i, s = generator.integers(N), DELTA if generator.integers(2) else -DELTA
        x = X[0, i]
        v = v - ETA * (np.dot(v * v, x) - Y[i] - s) * x * v
    return v


def in_torch() -> torch.Tensor:
    *_, last = torch_steps()
    return last


def torch_steps() -> Iterator[torch.Tensor]:
    """As a script would: the gradient of the full loss, plus that of a sample's loss with a noisy label, minus that with its own."""
    torch.set_num_threads(1)
    v = torch.nn.Parameter(torch.ones(D, dtype=torch.float64))
    optimizer = torch.optim.SGD([v], lr=ETA)
    for _ in range(SCRIPT_STEPS):
        optimizer.zero_grad()
        squared_error(v, TORCH_X, TORCH_Y).backward()
        i, s = torch.randint(N, (1,)), DELTA * (2 * torch.randint(2, (1,)) - 1)
        squared_error(v, TORCH_X[i], TORCH_Y[i] + s).backward()
        (-squared_error(v, TORCH_X[i], TORCH_Y[i])).backward()
        optimizer.step()
        yield v.detach()


def recorded_in_torch() -> list[tuple[float, float]]:
    """The same, and the two curves of the figure: training loss and test error at every step."""
    return [(squared_error(v, TORCH_X, TORCH_Y).item(), ((v**2 - TORCH_TARGET**2) ** 2).sum().item()) for v in torch_steps()]


def squared_error(v: torch.Tensor, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return ((X @ v**2 - y) ** 2).mean() / 4
