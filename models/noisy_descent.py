r"""Full-batch gradient descent on $f_v(x) = \langle v^2, x\rangle$ with noise of a chosen kind added to every gradient.

$$v_{t+1} = v_t - \eta\,(\nabla L(v_t) + \text{noise}_t), \qquad L(v) = \tfrac1{4n}\sum_i \langle v^2 - v_*^2, x_i\rangle^2.$$

With i, j uniform on [n] and drawn independently, s uniform on $\{-1, 1\}$ and $\xi$ standard normal, the noise is

- none: 0;
- label noise: $-s\,\sigma\,x_i \odot v$, what a label shifted by $s\sigma$ adds to the gradient of sample i;
- mini-batch noise: $\sigma(\nabla\ell_i(v) - \nabla\ell_j(v))$;
- Gaussian noise: $\sigma\xi$. Langevin dynamics at inverse temperature $\lambda$ has $\sigma = \sqrt{2/(\eta\lambda)}$.

All draws of step t are functions of the run's key and of t (``counters``).
"""

from enum import IntEnum
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import uint64
from numpy import ndarray

from models.counters import index, normals, sign, word
from models.label_noise_sgd import compiled, labels

ROWS = 4  # samples at a time


class Noise(IntEnum):
    NONE = 0
    LABEL = 1
    MINI_BATCH = 2
    GAUSSIAN = 3


def noisy_descent(
    v: Float[ndarray, "#runs d"],
    target: Float[ndarray, "#runs d"],
    X: Float[ndarray, "#runs n d"],
    keys: Int[ndarray, " runs"],
    eta: float,
    noise: Noise,
    sigma: float,
    steps: int,
    start: int = 0,
) -> Float[ndarray, "runs d"]:
    """$v_{start + steps}$ from $v_{start}$. Arrays whose first axis is 1 are shared by the runs.

    Raises ValueError where ``steps`` or ``start`` is negative. A run that diverges ends in infinities or NaN.
    """
    if steps < 0 or start < 0:
        raise ValueError(f"steps = {steps} and start = {start} must not be negative")
    state = np.broadcast_to(v, (len(keys), v.shape[1])).copy()
    rows = in_rows(X)
    _descend(state, rows, labels(target, rows), X.shape[1], keys, float(eta), int(noise), float(sigma), steps, start)
    return state


def in_rows(X: Float[ndarray, "#runs n d"]) -> Float[ndarray, "#runs rows d"]:
    """Samples 0 are added up to a multiple of the rows: their residuals and gradients are 0."""
    return np.ascontiguousarray(np.pad(X, ((0, 0), (0, -X.shape[1] % ROWS), (0, 0))))


@compiled
@no_type_check
def _descend(
    V: Float[ndarray, "runs d"],
    X: Float[ndarray, "#runs rows d"],
    Y: Float[ndarray, "#runs rows"],
    n: int,
    keys: Int[ndarray, " runs"],
    eta: float,
    noise: int,
    sigma: float,
    steps: int,
    start: int,
) -> None:
    """Replaces V by the runs' states after ``steps`` steps, one run after the other."""
    d = V.shape[1]
    share, step = eta / n, eta * sigma
    squares, gradient, residuals, z = np.zeros(d), np.zeros(d), np.zeros(X.shape[1]), np.zeros(d + 1)
    for run in range(V.shape[0]):
        v, x, y = V[run], X[run if X.shape[0] > 1 else 0], Y[run if Y.shape[0] > 1 else 0]
        for t in range(start, start + steps):
            _gradient(v, x, y, squares, gradient, residuals)
            if noise == Noise.GAUSSIAN:
                normals(keys[run], uint64(t) * uint64(d + 1), z)
                for k in range(d):
                    v[k] -= share * gradient[k] * v[k] + step * z[k]
                continue
            first, second = word(keys[run], 2 * t), word(keys[run], 2 * t + 1)
            i, j = index(first, n), index(second, n)
            along = against = 0.0
            if noise == Noise.LABEL:
                along = -sign(first) * step
            elif noise == Noise.MINI_BATCH:
                along, against = step * residuals[i], -step * residuals[j]
            for k in range(d):
                v[k] -= (share * gradient[k] + along * x[i, k] + against * x[j, k]) * v[k]


@compiled
@no_type_check
def _gradient(
    v: Float[ndarray, " d"],
    x: Float[ndarray, "rows d"],
    y: Float[ndarray, " rows"],
    squares: Float[ndarray, " d"],
    gradient: Float[ndarray, " d"],
    residuals: Float[ndarray, " rows"],
) -> None:
    r"""Writes $v^2$, the residuals, and $\sum_i\langle v^2 - v_*^2, x_i\rangle x_i$."""
    d = v.shape[0]
    for k in range(d):
        squares[k] = v[k] * v[k]
        gradient[k] = 0.0
    for i in range(0, x.shape[0], ROWS):
        f0 = f1 = f2 = f3 = 0.0
        for k in range(d):
            f0 += squares[k] * x[i, k]
            f1 += squares[k] * x[i + 1, k]
            f2 += squares[k] * x[i + 2, k]
            f3 += squares[k] * x[i + 3, k]
        r0, r1, r2, r3 = f0 - y[i], f1 - y[i + 1], f2 - y[i + 2], f3 - y[i + 3]
        residuals[i], residuals[i + 1], residuals[i + 2], residuals[i + 3] = r0, r1, r2, r3
        for k in range(d):
            gradient[k] += r0 * x[i, k] + r1 * x[i + 1, k] + r2 * x[i + 2, k] + r3 * x[i + 3, k]
