r"""Training the inner weights of one hidden layer with several outputs, $F(W, x) = V^T\varphi(Wx) \in \mathbb{R}^q$, by gradient descent.

Losses are sums over the samples. The gradient is $(\varphi'(XW^T) \odot RV^T)^TX$ with R the derivatives of the loss in the
outputs; the Jacobian is never formed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import Activation
from models.matrices import spectral_norm, transpose

Outputs = Float[ndarray, "#trials n q"]


@dataclass(frozen=True)
class Loss:
    """A loss of the outputs F and the targets Y.

    each:   per sample
    slope:  its derivative in the outputs
    """

    name: str
    each: Callable[[Outputs, Outputs], Float[ndarray, "#trials n"]]
    slope: Callable[[Outputs, Outputs], Outputs]


def half_square(F: Outputs, Y: Outputs) -> Float[ndarray, "#trials n"]:
    r"""$\frac12\lVert F_i - Y_i\rVert_2^2$"""
    return np.sum((F - Y) ** 2, axis=-1) / 2


def softmax(F: Outputs) -> Outputs:
    r"""$e^{F_{ij}}/\sum_l e^{F_{il}}$, without overflow."""
    powers = np.exp(F - np.max(F, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


def surprise(F: Outputs, Y: Outputs) -> Float[ndarray, "#trials n"]:
    r"""$\log\sum_je^{F_{ij}} - \sum_jY_{ij}F_{ij}$, the cross entropy of softmax outputs and targets that sum to 1."""
    largest = np.max(F, axis=-1)
    return largest + np.log(np.sum(np.exp(F - largest[..., np.newaxis]), axis=-1)) - np.sum(Y * F, axis=-1)


LEAST_SQUARES = Loss("least squares", half_square, lambda F, Y: F - Y)
CROSS_ENTROPY = Loss("cross entropy", surprise, lambda F, Y: softmax(F) - Y)
LOSSES = {loss.name: loss for loss in (LEAST_SQUARES, CROSS_ENTROPY)}


@dataclass(frozen=True)
class Observed:
    r"""What was seen on the way.

    outputs:   $F(W_\tau, X)$ at the observed steps
    distance:  $\lVert W_\tau - W_0\rVert_F/\lVert W_0\rVert_F$
    """

    outputs: Float[ndarray, "trials times n q"]
    distance: Float[ndarray, "trials times"]


def train(
    W0: Float[ndarray, "#trials k d"],
    X: Float[ndarray, "#trials n d"],
    Y: Outputs,
    V: Float[ndarray, "#trials k q"],
    activation: Activation,
    loss: Loss,
    eta: Float[ndarray, " #trials"],
    at: Sequence[int],
) -> Observed:
    r"""$W_{\tau+1} = W_\tau - \eta\nabla\sum_i\ell(F(W_\tau, x_i), Y_i)$, observed at the increasing steps ``at``."""
    trials = max(len(part) for part in (W0, X, Y, V, eta))
    W, outputs, distance = np.broadcast_to(W0, (trials, *W0.shape[1:])), [], []
    for step in range(at[-1] + 1):
        Z = X @ transpose(W)
        F = activation.value(Z) @ V
        if step in at:
            outputs.append(F)
            distance.append(relative_distance(W0, W))
        back = activation.slope(Z) * (loss.slope(F, Y) @ transpose(V))
        W = W - eta[:, np.newaxis, np.newaxis] * (transpose(back) @ X)
    return Observed(outputs=np.stack(outputs, axis=1), distance=np.stack(distance, axis=1))


def relative_distance(W0: Float[ndarray, "#trials k d"], W: Float[ndarray, "#trials k d"]) -> Float[ndarray, " #trials"]:
    r"""$\lVert W - W_0\rVert_F/\lVert W_0\rVert_F$"""
    return np.linalg.norm(W - W0, axis=(1, 2)) / np.linalg.norm(W0, axis=(1, 2))


def stable_step(X: Float[ndarray, "#trials n d"], V: Float[ndarray, "#trials k q"], share: float) -> Float[ndarray, "#trials"]:
    r"""$\eta = \mathrm{share}/(\lVert X\rVert^2\lVert V\rVert^2)$.

    Where $|\varphi'| \le 1$ the Jacobian has norm at most $\lVert X\rVert\lVert V\rVert$, so that $\eta\lVert J\rVert^2$ is at most
    the share, whatever W.
    """
    return share / (spectral_norm(X) * spectral_norm(V)) ** 2
