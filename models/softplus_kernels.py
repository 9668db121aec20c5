r"""Compiled inner loops for networks with the softplus $\varphi(z) = \log(1 + e^z)$ and slope $1/(1 + e^{-z})$.

With $e = e^{-|z|} \le 1$ both are safe at every z: $\varphi(z) = \max(z, 0) + \log(1 + e)$, and the slope is 1 or e over 1 + e.
Units lie along the rows and samples along the columns, so that every loop over samples runs in vector registers. A sum of
$\log(1 + e_j)$ over units with the same output weight is one logarithm of a product of factors in (1, 2].

Weights have an even number of rows and a multiple of four columns; the caller pads with zeros.
"""

import math
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit
from numpy import ndarray

ROWS, COLUMNS = 2, 4  # that are multiplied at a time, so that what is loaded is used more than once
FACTORS = 500  # factors of at most 2 that are multiplied before a logarithm is taken: 2^500 is far from overflow
LEAST = -708.0  # exp of it is the least power of e that is no subnormal number
LOG2_E = 1 / math.log(2)
LN2_HIGH, LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10  # ln 2 in two parts; multiples of the first are exact
ROUNDER = 1.5 * 2.0**52  # adding it rounds to an integer, which the last bits of the sum then hold
DEGREE = 12
TAYLOR = tuple(1 / math.factorial(j) for j in range(DEGREE + 1))

# Division as in NumPy: Python's check for 0 would keep the loops out of vector registers. Fused multiplication and addition
# may be used; sums keep their order, except where a dot product says otherwise.
compiled = njit(cache=True, error_model="numpy", fastmath={"contract"})
compiled_sums = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})


@compiled
@no_type_check
def exponential(t: float) -> float:
    r"""$e^t$ for $t \le 0$ to a relative error of a few roundings, and $e^{-708}$ for all t below -708.

    $t = m\ln 2 + r$ with an integer m and $|r| \le \frac12\ln 2$: a Taylor polynomial of degree 12, whose remainder is below
    2e-16, at r, then m added to the bits of the exponent.
    """
    t = max(t, LEAST)
    shifted = t * LOG2_E + ROUNDER
    m = shifted - ROUNDER
    r = (t - m * LN2_HIGH) - m * LN2_LOW
    power = TAYLOR[DEGREE]
    for j in range(DEGREE - 1, -1, -1):
        power = power * r + TAYLOR[j]
    bits = np.float64(power).view(np.int64) + (np.float64(shifted).view(np.int64) << np.int64(52))
    return np.int64(bits).view(np.float64)


@compiled
@no_type_check
def preactivate(W: Float[ndarray, "k d"], X: Float[ndarray, "d b"], Z: Float[ndarray, "k b"]) -> None:
    """``Z = W X``"""
    for j in range(0, len(W), ROWS):
        Z[j] = Z[j + 1] = 0.0
        for c in range(0, len(X), COLUMNS):
            w0, w1, w2, w3 = W[j, c], W[j, c + 1], W[j, c + 2], W[j, c + 3]
            u0, u1, u2, u3 = W[j + 1, c], W[j + 1, c + 1], W[j + 1, c + 2], W[j + 1, c + 3]
            for s in range(X.shape[1]):
                x0, x1, x2, x3 = X[c, s], X[c + 1, s], X[c + 2, s], X[c + 3, s]
                Z[j, s] += w0 * x0 + w1 * x1 + w2 * x2 + w3 * x3
                Z[j + 1, s] += u0 * x0 + u1 * x1 + u2 * x2 + u3 * x3


@compiled
@no_type_check
def activate(Z: Float[ndarray, "units b"], positive: Float[ndarray, " b"], product: Float[ndarray, " b"]) -> None:
    r"""Adds $\sum_j\max(z_j, 0)$, multiplies by $\prod_j(1 + e^{-|z_j|})$, and replaces Z by the slopes."""
    for j in range(len(Z)):
        for s in range(Z.shape[1]):
            z = Z[j, s]
            e = exponential(-abs(z))
            positive[s] += 0.5 * z + 0.5 * abs(z)  # max(z, 0), but not a number where z is none
            product[s] *= 1.0 + e
            Z[j, s] = (1.0 if z >= 0 else e) / (1.0 + e)


@compiled
@no_type_check
def outputs(Z: Float[ndarray, "k b"], ends: Int[ndarray, " runs"], weights: Float[ndarray, " runs"], f: Float[ndarray, " b"]) -> None:
    r"""$f_s = \sum_j v_j\varphi(Z_{js})$, and replaces Z by the slopes.

    ends, weights:  where runs of units with the same output weight end, and that weight
    """
    positive, product = np.empty(len(f)), np.empty(len(f))
    f[:] = 0.0
    start = 0
    for run in range(len(ends)):
        while start < ends[run]:
            stop = min(start + FACTORS, ends[run])
            positive[:], product[:] = 0.0, 1.0
            activate(Z[start:stop], positive, product)
            for s in range(len(f)):
                f[s] += weights[run] * (positive[s] + math.log(product[s]))
            start = stop


@compiled
@no_type_check
def slopes(W: Float[ndarray, "k d"], X: Float[ndarray, "d b"], v: Float[ndarray, " k"]) -> Float[ndarray, "k b"]:
    r"""$v_j\varphi'(z_{js})$ at ``Z = W X``."""
    Z = np.empty((len(W), X.shape[1]))
    preactivate(W, X, Z)
    for j in range(len(Z)):
        for s in range(Z.shape[1]):
            z = Z[j, s]
            e = exponential(-abs(z))
            Z[j, s] = v[j] * (1.0 if z >= 0 else e) / (1.0 + e)
    return Z


@compiled_sums
@no_type_check
def accumulate(A: Float[ndarray, "k b"], B: Float[ndarray, "d b"], G: Float[ndarray, "k d"]) -> None:
    """``G += A B^T``, as dot products over the samples."""
    for j in range(0, len(A), ROWS):
        for c in range(0, len(B), COLUMNS):
            g0 = g1 = g2 = g3 = h0 = h1 = h2 = h3 = 0.0
            for s in range(A.shape[1]):
                a, b = A[j, s], A[j + 1, s]
                x0, x1, x2, x3 = B[c, s], B[c + 1, s], B[c + 2, s], B[c + 3, s]
                g0, g1, g2, g3 = g0 + a * x0, g1 + a * x1, g2 + a * x2, g3 + a * x3
                h0, h1, h2, h3 = h0 + b * x0, h1 + b * x1, h2 + b * x2, h3 + b * x3
            for i, (g, h) in enumerate(((g0, h0), (g1, h1), (g2, h2), (g3, h3))):
                G[j, c + i] += g
                G[j + 1, c + i] += h


@compiled
@no_type_check
def move(W: Float[ndarray, "k d"], G: Float[ndarray, "k d"], ends: Int[ndarray, " runs"], rates: Float[ndarray, " runs"]) -> None:
    """``W -= diag(rates) G``, one rate per run of units."""
    start = 0
    for run in range(len(ends)):
        for j in range(start, ends[run]):
            for c in range(W.shape[1]):
                W[j, c] -= rates[run] * G[j, c]
        start = ends[run]


@compiled
@no_type_check
def descend(
    W: Float[ndarray, "k d"],
    X: Float[ndarray, "blocks d b"],
    y: Float[ndarray, "blocks b"],
    ends: Int[ndarray, " runs"],
    weights: Float[ndarray, " runs"],
    eta: float,
    steps: int,
) -> Float[ndarray, "blocks b"]:
    r"""Moves W by ``steps`` steps of gradient descent on $\frac12\sum(f - y)^2$ and returns f - y as it was before the first."""
    Z, G, weighted = np.empty((len(W), X.shape[2])), np.empty(W.shape), np.empty(X.shape[1:])
    residual, first = np.empty(y.shape), np.empty(y.shape)
    for t in range(max(steps, 1)):
        G[:] = 0.0
        for i in range(len(X)):
            preactivate(W, X[i], Z)
            outputs(Z, ends, weights, residual[i])
            for s in range(X.shape[2]):
                residual[i, s] -= y[i, s]
                for c in range(X.shape[1]):
                    weighted[c, s] = residual[i, s] * X[i, c, s]
            accumulate(Z, weighted, G)
        if t == 0:
            first[:] = residual
        if t < steps:
            move(W, G, ends, eta * weights)
    return first


def padded(A: Float[ndarray, "..."], *multiples: int) -> Float[ndarray, "..."]:
    """A copy of A with zeros after its last entries, such that each axis is a multiple of the number given for it.

    Always float64, with the last axis contiguous, as the loops want it.
    """
    widths = [(0, -size % multiple) for size, multiple in zip(A.shape, multiples, strict=True)]
    return np.ascontiguousarray(np.pad(A, widths), dtype=np.float64)
