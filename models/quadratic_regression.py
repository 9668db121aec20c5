r"""Regression with the quadratic parametrisation $f_v(x) = \langle v^2, x\rangle$ ($v^2$ entrywise), stacked over trials.

Labels are $y_i = \langle v_*^2, x_i\rangle$, losses $\ell_i(v) = \frac14(f_v(x_i) - y_i)^2$ and $L = \frac1n\sum_i\ell_i$.
An array whose first axis is 1 is shared by all trials.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

Vector = Float[ndarray, "#trials d"]
Samples = Float[ndarray, "#trials n d"]


def residuals(v: Vector, target: Vector, X: Samples) -> Float[ndarray, "trials n"]:
    r"""$f_v(x_i) - y_i = \langle v^2 - v_*^2, x_i\rangle$; ``target`` is $v_*$."""
    return np.einsum("tnd,td->tn", X, v**2 - target**2)


def loss(v: Vector, target: Vector, X: Samples) -> Float[ndarray, " trials"]:
    r"""$L(v) = \frac1{4n}\sum_i(f_v(x_i) - y_i)^2$"""
    return np.mean(residuals(v, target, X) ** 2, axis=1) / 4


def factors(v: Vector, target: Vector, X: Samples) -> Float[ndarray, "trials n d"]:
    r"""$g_k^{(i)} = \langle v^2 - v_*^2, x_i\rangle x_{ik}$: the gradient of sample i is $g^{(i)} \odot v$."""
    return residuals(v, target, X)[:, :, np.newaxis] * X


def sample_gradients(v: Vector, target: Vector, X: Samples) -> Float[ndarray, "trials n d"]:
    r"""$\nabla\ell_i(v) = \langle v^2 - v_*^2, x_i\rangle\, x_i \odot v$"""
    return factors(v, target, X) * v[:, np.newaxis, :]


def gradient(v: Vector, target: Vector, X: Samples) -> Float[ndarray, "trials d"]:
    r"""$\nabla L(v) = \frac1n\sum_i\nabla\ell_i(v)$"""
    return sample_gradients(v, target, X).mean(axis=1)


def growth(v: Vector, target: Vector, X: Samples, eta: ndarray, delta: ndarray) -> Float[ndarray, "trials n 2 d"]:
    r"""What one step of label-noise SGD multiplies $v_k$ by, for every sample i and both signs of the noise.

    $1 - \eta\, g_k^{(i)} + \eta s\, x_{ik}$ with $s = \delta, -\delta$. All 2n outcomes are equally likely, so that a mean
    over axes 1 and 2 is the conditional expectation. ``eta`` and ``delta`` have one entry per trial (or one in all).
    """
    signs = np.array([1.0, -1.0])[:, np.newaxis]
    drift, noise = factors(v, target, X)[:, :, np.newaxis, :], X[:, :, np.newaxis, :]
    eta, delta = (scalar.reshape(-1, 1, 1, 1) for scalar in (eta, delta))
    return 1 - eta * drift + eta * delta * signs * noise


def test_error(v: Vector, target: Vector) -> Float[ndarray, " trials"]:
    r"""$\lVert v^2 - v_*^2\rVert_2^2 = E_x(f_v(x) - \langle v_*^2, x\rangle)^2$ for a standard normal x."""
    return np.sum((v**2 - target**2) ** 2, axis=1)


def sup_norm(X: Samples) -> Float[ndarray, " #trials"]:
    r"""The least $b_x$ with $\lVert x_i\rVert_\infty \le b_x$ for every sample."""
    return np.abs(X).max(axis=(1, 2))


def second_moments(X: Samples) -> Float[ndarray, "#trials d d"]:
    r"""$E_i[x_{ij} x_{ik}] = \frac1n\sum_i x_{ij} x_{ik}$"""
    return np.einsum("tnj,tnk->tjk", X, X) / X.shape[1]


def least_second_moment(X: Samples) -> Float[ndarray, " #trials"]:
    r"""$\min_k E_i[x_{ik}^2]$"""
    return np.diagonal(second_moments(X), axis1=1, axis2=2).min(axis=1)


def cross_moment(X: Samples) -> Float[ndarray, " #trials"]:
    r"""$C_x = \max_{j\ne k}\lvert E_i[x_{ij} x_{ik}]\rvert$, 0 in dimension one."""
    moments = second_moments(X)
    return np.abs(moments * (1 - np.eye(moments.shape[1]))).max(axis=(1, 2))
