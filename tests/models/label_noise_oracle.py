"""Label-noise SGD and its relatives step by step in NumPy, from the same draws: what the compiled runs must agree with."""

import numpy as np
from numba import njit

from models.counters import index, sign, unit, word


@njit(error_model="numpy")
def draw(key, counter, n):
    bits = word(key, counter)
    return index(bits, n), sign(bits), unit(bits)


def label_noise_path(v, target, X, key, eta, delta, steps, start=0):
    """v at the times start, ..., start + steps, by the formula of one step."""
    path = [v]
    for t in range(start, start + steps):
        i, s, _ = draw(key, t, len(X))
        residual = (v**2 - target**2) @ X[i] - s * delta
        v = v - eta * residual * X[i] * v
        path.append(v)
    return np.array(path)


def gradient(v, target, X):
    return ((X @ (v**2 - target**2))[:, np.newaxis] * X).mean(axis=0) * v
