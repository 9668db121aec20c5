r"""Stochastic gradient descent with label noise on $f_v(x) = \langle v^2, x\rangle$, many runs at once.

$$v_{t+1} = v_t - \eta\,(\langle v_t^2, x_{i_t}\rangle - y_{i_t} - s_t)\; x_{i_t} \odot v_t, \qquad i_t \sim \mathrm{Unif}[n],
  \quad s_t \sim \mathrm{Unif}\{-\delta, \delta\}, \quad y_i = \langle v_*^2, x_i\rangle.$$

Sample and sign of step t are a function of the run's key and of t (``counters``): a run can be continued or replayed from
any step. Runs advance four at a time, which hides the latency of the inner product; a run's result doesn't depend on
which others it is grouped with.
"""

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit
from numpy import ndarray

from models.counters import index, sign, word

LANES = 4  # runs that advance together
compiled = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})


def label_noise_sgd(
    v: Float[ndarray, "#runs d"],
    target: Float[ndarray, "#runs d"],
    X: Float[ndarray, "#runs n d"],
    keys: Int[ndarray, " runs"],
    eta: Float[ndarray, " #runs"],
    delta: Float[ndarray, " #runs"],
    steps: int,
    start: int = 0,
) -> Float[ndarray, "runs d"]:
    r"""$v_{start + steps}$ from $v_{start}$; ``target`` is $v_*$. Arrays whose first axis is 1 are shared by the runs.

    Raises ValueError where ``steps`` or ``start`` is negative. A run that diverges ends in infinities or NaN.
    """
    if steps < 0 or start < 0:
        raise ValueError(f"steps = {steps} and start = {start} must not be negative")
    state = in_lanes(v, len(keys))
    rate, noise = (in_lanes(scalar, len(keys)) for scalar in (eta, delta))
    advance(state, shared(X), shared(labels(target, X)), in_lanes(keys, len(keys)), rate, noise, steps, start)
    return state[: len(keys)]


def labels(target: Float[ndarray, "#runs d"], X: Float[ndarray, "#runs n d"]) -> Float[ndarray, "runs n"]:
    r"""$y_i = \langle v_*^2, x_i\rangle$"""
    return np.einsum("rnd,rd->rn", X, target**2)


def in_lanes(values: ndarray, runs: int) -> ndarray:
    """A copy for each run, and further copies of the last one up to a multiple of the lanes."""
    spread = np.broadcast_to(values, (runs, *values.shape[1:]))
    missing = -runs % LANES
    return np.ascontiguousarray(np.concatenate([spread, np.repeat(spread[-1:], missing, axis=0)]))


def shared(values: ndarray) -> ndarray:
    """As it is where all runs share it, else in lanes."""
    return np.ascontiguousarray(values) if len(values) == 1 else in_lanes(values, len(values))


@compiled
@no_type_check
def advance(
    V: Float[ndarray, "lanes d"],
    X: Float[ndarray, "#lanes n d"],
    Y: Float[ndarray, "#lanes n"],
    keys: Int[ndarray, " lanes"],
    eta: Float[ndarray, " lanes"],
    delta: Float[ndarray, " lanes"],
    steps: int,
    start: int,
) -> None:
    """Replaces V by the runs' states after ``steps`` steps, four runs side by side."""
    n, d, apart = X.shape[1], X.shape[2], 0 if X.shape[0] == 1 else 1
    labelled = 0 if Y.shape[0] == 1 else 1
    for g in range(0, V.shape[0], 4):
        v0, v1, v2, v3 = V[g], V[g + 1], V[g + 2], V[g + 3]
        X0, X1, X2, X3 = X[apart * g], X[apart * (g + 1)], X[apart * (g + 2)], X[apart * (g + 3)]
        y0, y1, y2, y3 = Y[labelled * g], Y[labelled * (g + 1)], Y[labelled * (g + 2)], Y[labelled * (g + 3)]
        for t in range(start, start + steps):
            b0, b1, b2, b3 = word(keys[g], t), word(keys[g + 1], t), word(keys[g + 2], t), word(keys[g + 3], t)
            i0, i1, i2, i3 = index(b0, n), index(b1, n), index(b2, n), index(b3, n)
            f0 = f1 = f2 = f3 = 0.0
            for k in range(d):
                f0 += v0[k] * v0[k] * X0[i0, k]
                f1 += v1[k] * v1[k] * X1[i1, k]
                f2 += v2[k] * v2[k] * X2[i2, k]
                f3 += v3[k] * v3[k] * X3[i3, k]
            c0 = eta[g] * (f0 - y0[i0] - delta[g] * sign(b0))
            c1 = eta[g + 1] * (f1 - y1[i1] - delta[g + 1] * sign(b1))
            c2 = eta[g + 2] * (f2 - y2[i2] - delta[g + 2] * sign(b2))
            c3 = eta[g + 3] * (f3 - y3[i3] - delta[g + 3] * sign(b3))
            for k in range(d):
                v0[k] -= c0 * X0[i0, k] * v0[k]
            for k in range(d):
                v1[k] -= c1 * X1[i1, k] * v1[k]
            for k in range(d):
                v2[k] -= c2 * X2[i2, k] * v2[k]
            for k in range(d):
                v3[k] -= c3 * X3[i3, k] * v3[k]
