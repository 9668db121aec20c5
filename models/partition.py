r"""Partition functions of $L(v) = \frac1{4n}\sum_i\langle v^2, x_i\rangle^2$ over $\mathbb{R}^d$, truncated at radius R.

The rows of X are the data. With $w \sim N(0, I_n)$ and $s = \sqrt{\lambda/2n}\,X^Tw$
$$e^{-\lambda L(v)} = E_w\prod_k e^{i s_k v_k^2},$$
so that integrals over v factor into one-dimensional ones and an integral over $w \in \mathbb{R}^n$ is left.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import expit, fresnel

RADIAL_STEP = 0.2  # of log r: the trapezoidal rule is then exact to about 1e-10
ANGULAR_STEP = 0.4  # of the logit of the angle: about 1e-10
REACH = 48.0  # logit where the angular integrand, of order exp(-|logit|/2), is cut off
HERMITE = 40  # nodes per dimension; with LEGENDRE exact to 1e-14 for entries of X up to 1 and R up to 1.5 rate^(-1/4)
LEGENDRE = 24


def loss(X: Float[ndarray, "trials n d"], u: Float[ndarray, "trials points d"]) -> Float[ndarray, "trials points"]:
    r"""$\frac1{4n}\lVert Xu\rVert^2$, the loss at $v^2 = u$."""
    return np.sum((u @ np.swapaxes(X, 1, 2)) ** 2, axis=2) / (4 * X.shape[1])


def softened(X: Float[ndarray, "trials n d"], rate: Float[ndarray, " trials"], R: float) -> Float[ndarray, " trials"]:
    r"""$Z(R) = \int_{\mathbb{R}^d} e^{-\lambda L(v) - \lVert v\rVert^2/R^2}\,dv = \pi^{d/2}E_w\prod_k(R^{-2} - is_k)^{-1/2}$ for n = 1, 2.

    rate:  λ

    In polar coordinates of w; Z(R) increases to the partition function as R grows. For n = 2 no two columns of X may be parallel.
    Where no vector u > 0 has Xu = 0 the integrand cancels, and digits are lost with R.

    Raises ValueError for n > 2.
    """
    n, d = X.shape[1:]
    sigma, weight = _directions(X)
    slope = np.sqrt(rate / (2 * n))[:, np.newaxis] * np.abs(sigma).max(axis=(1, 2), keepdims=True)[:, :, 0]
    start = -2 * np.log(R) - np.log(slope) - 40 / n
    count = int(np.ceil((np.log(9.0) - start.min()) / RADIAL_STEP))
    r = np.exp(np.log(9.0) - RADIAL_STEP * np.arange(count))
    scale = np.sqrt(rate / (2 * n))[:, np.newaxis] * r
    angular = np.stack([_mean_product(sigma, weight, scale[:, i], R**-2.0) for i in range(count)], axis=1)
    radial = RADIAL_STEP * r**n * np.exp(-(r**2) / 2) / (2 * np.pi) ** (n / 2)
    return np.pi ** (d / 2) * angular @ radial


def _mean_product(sigma: ndarray, weight: ndarray, scale: ndarray, epsilon: float) -> Float[ndarray, " trials"]:
    """The sum over directions of ``Re prod_k (epsilon - i scale sigma_k)^(-1/2)``."""
    s = scale[:, np.newaxis, np.newaxis] * sigma
    size = np.exp(-0.25 * np.log(epsilon**2 + s**2).sum(axis=2))
    phase = 0.5 * np.arctan2(s, epsilon).sum(axis=2)
    return np.sum(weight * size * np.cos(phase), axis=1)


def _directions(X: Float[ndarray, "trials n d"]) -> tuple[Float[ndarray, "trials nodes d"], Float[ndarray, "trials nodes"]]:
    r"""$\langle w, x_k\rangle$ and weights for unit w in one half of the sphere, doubled: opposite directions are conjugate."""
    if X.shape[1] > 2:
        raise ValueError(f"the directions are known here for n = 1 and 2, not for n = {X.shape[1]}")
    return (X, np.full((len(X), 1), 2.0)) if X.shape[1] == 1 else _half_circle(X)


def _half_circle(X: Float[ndarray, "trials 2 d"]) -> tuple[Float[ndarray, "trials nodes d"], Float[ndarray, "trials nodes"]]:
    r"""$\langle w, x_k\rangle = \pm|x_k|\sin(\theta - \theta_k)$ between the angles $\theta_k$, where it vanishes, on a scale of logits.

    Angles are measured from the nearer end of their interval, so that no digits of a small sine are lost.
    """
    angle = np.arctan2(-X[:, 0], X[:, 1])
    length = np.hypot(X[:, 0], X[:, 1]) * np.where((angle >= 0) & (angle < np.pi), 1.0, -1.0)
    order = np.argsort(zero := np.mod(angle, np.pi), axis=1)
    length, zero = np.take_along_axis(length, order, axis=1), np.take_along_axis(zero, order, axis=1)
    following, turn = np.roll(zero, -1, axis=1), np.where(np.arange(X.shape[2]) == X.shape[2] - 1, -1.0, 1.0)
    width = (following - zero + np.where(turn < 0, np.pi, 0.0))[:, :, np.newaxis]
    logit = -ANGULAR_STEP * (np.arange(REACH / ANGULAR_STEP) + 0.5)
    sides = [_sines(zero, zero, width * expit(logit)), _sines(following, zero, -width * expit(logit)) * turn[:, np.newaxis, np.newaxis]]
    weight = 2 * ANGULAR_STEP * width * expit(logit) * expit(-logit)
    sigma = length[:, np.newaxis, np.newaxis, :] * np.concatenate(sides, axis=2)
    return sigma.reshape(len(X), -1, X.shape[2]), np.concatenate([weight, weight], axis=2).reshape(len(X), -1)


def _sines(end: ndarray, zero: ndarray, offset: ndarray) -> Float[ndarray, "trials intervals nodes d"]:
    return np.sin((end[:, :, np.newaxis] - zero[:, np.newaxis, :])[:, :, np.newaxis, :] + offset[..., np.newaxis])


def in_box(
    X: Float[ndarray, "trials n d"], rate: Float[ndarray, " trials"], R: Float[ndarray, " trials"], target: float = 0.0
) -> Float[ndarray, " trials"]:
    r"""$\int_{[-R,R]^d} e^{-\lambda L(v)}\,dv$ by Gauss and Legendre in v, with $v^2 - target$ in place of $v^2$ in L."""
    node, weight = np.polynomial.legendre.leggauss(LEGENDRE)
    d = X.shape[2]
    v = np.stack(np.meshgrid(*[(node + 1) / 2] * d, indexing="ij")).reshape(d, -1).T
    weights = np.prod(np.stack(np.meshgrid(*[weight] * d, indexing="ij")).reshape(d, -1), axis=0)
    u = (R[:, np.newaxis, np.newaxis] * v) ** 2 - target
    return R**d * (np.exp(-rate[:, np.newaxis] * loss(X, u)) @ weights)


def in_box_by_fresnel(
    X: Float[ndarray, "trials n d"], rate: Float[ndarray, " trials"], R: Float[ndarray, " trials"]
) -> Float[ndarray, " trials"]:
    r"""The same as $E_w\prod_k\int_{-R}^R e^{is_kv^2}\,dv$: Fresnel integrals, by Gauss and Hermite in w."""
    node, weight = np.polynomial.hermite.hermgauss(HERMITE)
    n = X.shape[1]
    w = np.sqrt(2.0) * np.stack(np.meshgrid(*[node] * n, indexing="ij")).reshape(n, -1).T
    weights = np.prod(np.stack(np.meshgrid(*[weight] * n, indexing="ij")).reshape(n, -1), axis=0) / np.pi ** (n / 2)
    s = np.sqrt(rate / (2 * n))[:, np.newaxis, np.newaxis] * (w @ X)
    return np.prod(_fresnel(s, R[:, np.newaxis, np.newaxis]), axis=2).real @ weights


def _fresnel(s: ndarray, R: ndarray) -> ndarray:
    r"""$\int_{-R}^R e^{isv^2}\,dv$, 2R at s = 0."""
    z = R * np.sqrt(2 * np.abs(s) / np.pi)
    sine, cosine = fresnel(z)
    safe = np.where(z > 0, z, 1.0)
    return 2 * R * np.where(z > 0, (cosine + 1j * np.sign(s) * sine) / safe, 1.0)
