r"""Label-noise SGD that stops inside a region: the couplings of its analysis, and what a run met on its way.

With S the support of $v_*$, a coupling takes the steps of ``label_noise_sgd`` while
$$\lVert v_{S^c}\rVert_1 \le \epsilon \quad\text{and}\quad l \le v_k \le b \text{ for all } k \in S,$$
and stays where it is from the first time on at which that fails. With S empty the region is $\lVert v\rVert_1 \le \epsilon$.
"""

from dataclasses import dataclass, fields
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from models.counters import index, inlined, sign, word
from models.label_noise_sgd import compiled, in_lanes, labels, shared


@dataclass(frozen=True)
class Region:
    r"""Where a coupling moves.

    support:  S
    mass:     $\epsilon$, the bound on $\lVert v_{S^c}\rVert_1$
    low:      l
    high:     b
    """

    support: Bool[ndarray, "#runs d"]
    mass: Float[ndarray, " #runs"]
    low: Float[ndarray, " #runs"]
    high: Float[ndarray, " #runs"]


@dataclass(frozen=True)
class Coupled:
    r"""A coupling after T steps, and the extremes over times 0, ..., T.

    v:        the coupling at time T
    left:     the first time at which it was outside the region, T + 1 where it never was
    peak:     $\max_t v_k$
    trough:   $\min_t v_k$
    closest:  $\min_t |v_k - v_{*k}|$
    mass:     $\max_t \lVert v_{S^c}\rVert_1$
    norm:     $\max_t \lVert v\rVert_2$
    """

    v: Float[ndarray, "runs d"]
    left: Int[ndarray, " runs"]
    peak: Float[ndarray, "runs d"]
    trough: Float[ndarray, "runs d"]
    closest: Float[ndarray, "runs d"]
    mass: Float[ndarray, " runs"]
    norm: Float[ndarray, " runs"]


def ball(d: int, radius: Float[ndarray, " #runs"]) -> Region:
    r"""$\lVert v\rVert_1 \le$ ``radius``."""
    anything = np.full(1, np.inf)
    return Region(np.zeros((1, d), dtype=bool), radius, -anything, anything)


def coupled(
    v: Float[ndarray, "#runs d"],
    target: Float[ndarray, "#runs d"],
    X: Float[ndarray, "#runs n d"],
    keys: Int[ndarray, " runs"],
    eta: Float[ndarray, " #runs"],
    delta: Float[ndarray, " #runs"],
    steps: int,
    region: Region,
) -> Coupled:
    """The coupling of the run that ``label_noise_sgd`` makes of the same arguments."""
    runs = len(keys)
    state = in_lanes(v, runs)
    on, mass, low, high = (in_lanes(getattr(region, f.name).astype(float), runs) for f in fields(region))
    seen = np.stack([state, state, np.abs(state - target)])
    left, extremes = np.full(len(state), steps + 1), np.zeros((len(state), 2))
    bounds = np.stack([mass, low, high], axis=1)
    rates = np.stack([in_lanes(eta, runs), in_lanes(delta, runs)], axis=1)
    X, Y = shared(X), shared(labels(target, X))
    couple(state, X, Y, in_lanes(target, runs), in_lanes(keys, runs), rates, 0, steps, on, bounds, seen, extremes, left)
    peak, trough, closest = seen[:, :runs]
    return Coupled(state[:runs], left[:runs], peak, trough, closest, extremes[:runs, 0], np.sqrt(extremes[:runs, 1]))


@compiled
@no_type_check
def couple(
    V: Float[ndarray, "lanes d"],
    X: Float[ndarray, "#lanes n d"],
    Y: Float[ndarray, "#lanes n"],
    targets: Float[ndarray, "lanes d"],
    keys: Int[ndarray, " lanes"],
    rates: Float[ndarray, "lanes 2"],
    start: int,
    steps: int,
    on: Float[ndarray, "lanes d"],
    bounds: Float[ndarray, "lanes 3"],
    seen: Float[ndarray, "3 lanes d"],
    extremes: Float[ndarray, "lanes 2"],
    left: Int[ndarray, " lanes"],
) -> None:
    """Replaces V by the couplings ``steps`` after time ``start``, updates what was seen."""
    apart, labelled = 0 if X.shape[0] == 1 else 1, 0 if Y.shape[0] == 1 else 1
    for g in range(0, V.shape[0], 4):
        for m in range(g, g + 4):
            if _observe(m, V, targets, on, bounds, seen, extremes):
                left[m] = min(left[m], start)
        for t in range(start, start + steps):
            for m in range(g, g + 4):
                if left[m] > t:
                    bits = word(keys[m], t)
                    i = index(bits, X.shape[1])
                    f = 0.0
                    for k in range(V.shape[1]):
                        f += V[m, k] * V[m, k] * X[apart * m, i, k]
                    c = rates[m, 0] * (f - Y[labelled * m, i] - rates[m, 1] * sign(bits))
                    for k in range(V.shape[1]):
                        V[m, k] -= c * X[apart * m, i, k] * V[m, k]
                    if _observe(m, V, targets, on, bounds, seen, extremes):
                        left[m] = t + 1


@inlined
@no_type_check
def _observe(
    m: int,
    V: Float[ndarray, "lanes d"],
    targets: Float[ndarray, "lanes d"],
    on: Float[ndarray, "lanes d"],
    bounds: Float[ndarray, "lanes 3"],
    seen: Float[ndarray, "3 lanes d"],
    extremes: Float[ndarray, "lanes 2"],
) -> bool:
    """Takes the state of run m into the extremes (the norm squared); whether it is outside the region."""
    mass = squares = 0.0
    outside = False
    for k in range(V.shape[1]):
        value = V[m, k]
        squares += value * value
        mass += (1.0 - on[m, k]) * abs(value)
        outside |= (value < bounds[m, 1] or value > bounds[m, 2]) and on[m, k] > 0.0
        if value > seen[0, m, k]:
            seen[0, m, k] = value
        if value < seen[1, m, k]:
            seen[1, m, k] = value
        if abs(value - targets[m, k]) < seen[2, m, k]:
            seen[2, m, k] = abs(value - targets[m, k])
    if mass > extremes[m, 0]:
        extremes[m, 0] = mass
    if squares > extremes[m, 1]:
        extremes[m, 1] = squares
    return outside or mass > bounds[m, 0]
