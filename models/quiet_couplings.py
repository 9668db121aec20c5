r"""The coupling that stops outside $\lVert v\rVert_1 \le b$, for long runs: unobserved where it cannot come near the bound.

While $\lVert v\rVert_1 \le b$ a step multiplies no coordinate by more than
$$g = 1 + \eta\,b_x\bigl(b_x(b^2 + r) + \delta\bigr), \qquad b_x = \max|x_{ik}|, \quad r = \lVert v_*\rVert_2^2 ,$$
so that a run whose 1-norm times $g^{64}$ is at most b, and at most every norm seen so far, changes neither the time at which
it leaves nor its largest norms during the next 64 steps.
"""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.couplings import couple
from models.label_noise_sgd import advance, compiled, in_lanes, labels, shared

UNSEEN = 64  # steps that a run may take unobserved


@dataclass(frozen=True)
class Mass:
    r"""A coupling after T steps, and its norms over times 0, ..., T.

    v:     the coupling at time T
    left:  the first time at which $\lVert v\rVert_1 > b$, T + 1 where there was none
    mass:  $\max_t \lVert v\rVert_1$
    norm:  $\max_t \lVert v\rVert_2$
    """

    v: Float[ndarray, "runs d"]
    left: Int[ndarray, " runs"]
    mass: Float[ndarray, " runs"]
    norm: Float[ndarray, " runs"]


def coupled_mass(
    v: Float[ndarray, "#runs d"],
    target: Float[ndarray, "#runs d"],
    X: Float[ndarray, "#runs n d"],
    keys: Int[ndarray, " runs"],
    eta: Float[ndarray, " #runs"],
    delta: Float[ndarray, " #runs"],
    steps: int,
    radius: Float[ndarray, " #runs"],
) -> Mass:
    """What ``couplings.coupled`` says of these arguments in the ball of the 1-norm, several times as fast on long runs."""
    runs, largest, r = len(keys), np.abs(X).max(axis=(1, 2)), np.sum(target**2, axis=1)
    growth = (1 + eta * largest * (largest * (radius**2 + r) + delta)) ** UNSEEN
    state, rates = in_lanes(v, runs), np.stack([in_lanes(eta, runs), in_lanes(delta, runs)], axis=1)
    left, extremes = np.full(len(state), steps + 1), np.zeros((len(state), 2))
    bounds = np.stack([in_lanes(radius, runs), in_lanes(growth, runs)], axis=1)
    X, Y = shared(X), shared(labels(target, X))
    _follow(state, X, Y, in_lanes(target, runs), in_lanes(keys, runs), rates, steps, bounds, extremes, left)
    return Mass(state[:runs], left[:runs], extremes[:runs, 0], np.sqrt(extremes[:runs, 1]))


@compiled
@no_type_check
def _follow(
    V: Float[ndarray, "lanes d"],
    X: Float[ndarray, "#lanes n d"],
    Y: Float[ndarray, "#lanes n"],
    targets: Float[ndarray, "lanes d"],
    keys: Int[ndarray, " lanes"],
    rates: Float[ndarray, "lanes 2"],
    steps: int,
    bounds: Float[ndarray, "lanes 2"],
    extremes: Float[ndarray, "lanes 2"],
    left: Int[ndarray, " lanes"],
) -> None:
    """Replaces V by the couplings at time ``steps``; four runs go unobserved where all of them may."""
    d = V.shape[1]
    off, seen = np.zeros((4, d)), np.zeros((3, 4, d))
    limits = np.empty((4, 3))
    limits[:, 1], limits[:, 2] = -np.inf, np.inf
    for g in range(0, V.shape[0], 4):
        four = slice(g, g + 4)
        data, given = X if X.shape[0] == 1 else X[four], Y if Y.shape[0] == 1 else Y[four]
        limits[:, 0] = bounds[four, 0]
        for t in range(0, steps, UNSEEN):
            span = min(UNSEEN, steps - t)
            if _quiet(V[four], bounds[four], extremes[four], left[four], t):
                advance(V[four], data, given, keys[four], rates[four, 0].copy(), rates[four, 1].copy(), span, t)
            else:
                couple(V[four], data, given, targets[four], keys[four], rates[four], t, span, off, limits, seen, extremes[four], left[four])


@compiled
@no_type_check
def _quiet(
    V: Float[ndarray, "4 d"],
    bounds: Float[ndarray, "4 2"],
    extremes: Float[ndarray, "4 2"],
    left: Int[ndarray, " 4"],
    t: int,
) -> bool:
    """Whether all four still move and none can reach its bound, or a norm that it had, within ``UNSEEN`` steps."""
    for m in range(4):
        mass = 0.0
        for k in range(V.shape[1]):
            mass += abs(V[m, k])
        reached = mass * bounds[m, 1]
        if left[m] <= t or reached > bounds[m, 0] or reached > extremes[m, 0] or reached * reached > extremes[m, 1]:
            return False
    return True
