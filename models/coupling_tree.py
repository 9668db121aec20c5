r"""All runs of a coupling of label-noise SGD at once: the exact law of its state after a few steps.

The coupling takes the steps of ``label_noise_sgd`` while $\lVert v\rVert_1 \le b$, and stays where it is from the first time on at
which that fails. With n samples and two signs of the noise it has $(2n)^T$ equally likely outcomes after T steps.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import growth


def outcomes(
    v: Float[ndarray, "trials d"],
    target: Float[ndarray, "trials d"],
    X: Float[ndarray, "trials n d"],
    eta: Float[ndarray, " trials"],
    delta: Float[ndarray, " trials"],
    mass: Float[ndarray, " trials"],
    steps: int,
) -> Float[ndarray, "trials paths d"]:
    r"""The $(2n)^T$ equally likely states at time T = ``steps`` from the state v at time 0; ``mass`` is b, ``target`` is $v_*$."""
    trials, d = v.shape
    states = v
    for _ in range(steps):
        each = len(states) // trials
        target_, X_, eta_, delta_, mass_ = (np.repeat(values, each, axis=0) for values in (target, X, eta, delta, mass))
        factors = growth(states, target_, X_, eta_, delta_).reshape(len(states), -1, d)
        moves = np.abs(states).sum(axis=1) <= mass_
        states = (states[:, np.newaxis, :] * np.where(moves[:, np.newaxis, np.newaxis], factors, 1.0)).reshape(-1, d)
    return states.reshape(trials, -1, d)
