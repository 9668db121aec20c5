r"""Two inputs and the network between them: what Theorems 2.3 and 12.1 share.

The network is $f(W, x) = v^T\varphi(Wx)$ with the output weights v half $1/\sqrt k$, half $-1/\sqrt k$.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import Activation
from models.matrices import euclidean, transpose
from models.networks import balanced_output_weights, jacobian
from theorems.checker import extremes
from theorems.checker.claims import Clause, at_most, equals
from theorems.checker.draws import Draws

ROUNDS = 3  # of the ascents; near the linear regime one suffices


def unit_vector(draws: Draws, d: int) -> Float[ndarray, "trials d"]:
    """A unit vector, generic or extreme; the first coordinate vector in place of zero."""
    return directed(extremes.vector(draws, d), np.eye(d)[0])


def directed(v: Float[ndarray, "*trials d"], otherwise: ndarray) -> Float[ndarray, "*trials d"]:
    """``v / ||v||``, or ``otherwise`` where v is 0."""
    size = euclidean(v)[..., np.newaxis]
    return np.where(size > 0, v / np.where(size > 0, size, 1.0), otherwise)


def unit_pair(draws: Draws, d: int) -> Float[ndarray, "trials 2 d"]:
    """Two distinct unit vectors at any angle from hundredths up to π, and antipodal on a sixth of the trials; always so for d = 1."""
    x = unit_vector(draws, d)
    if d == 1:
        return np.stack([x, -x], axis=1)
    angle = np.pi * np.where(draws.integers(0, 5, 1) == 0, 1.0, 10.0 ** draws.uniform(-2.5, 0.0, 1))
    return np.stack([x, np.cos(angle) * x + np.sin(angle) * orthogonal(draws.normal(d), x)], axis=1)


def orthogonal(g: Float[ndarray, "trials d"], x: Float[ndarray, "trials d"]) -> Float[ndarray, "trials d"]:
    """The unit vector orthogonal to x nearest to g, or to the coordinate that x uses least where g lies along x."""
    least = np.eye(x.shape[1])[np.argmin(np.abs(x), axis=1)]
    across, spare = (y - np.sum(x * y, axis=1, keepdims=True) * x for y in (g, least))
    chosen = np.where(euclidean(across)[:, np.newaxis] > 1e-3, across, spare)
    again = chosen - np.sum(x * chosen, axis=1, keepdims=True) * x
    return again / euclidean(again)[:, np.newaxis]


def on_the_sphere(x: Float[ndarray, "trials n d"], names: tuple[str, ...]) -> list[Clause]:
    """Every input is a unit vector."""
    return [equals(f"‖{name}‖ = 1", euclidean(x[:, i]), 1.0, allowance=1e-14 * x.shape[-1]) for i, name in enumerate(names)]


def smooth(phi: Activation, z: Float[ndarray, "trials ..."]) -> Clause:
    """The bound of the activation, at the arguments that the instance meets."""
    steepest = np.maximum(np.abs(phi.slope(z)), np.abs(phi.curvature(z)))
    return at_most("|φ'|, |φ''| ≤ Γ", steepest.reshape(len(z), -1).max(axis=1), phi.bound)


def gap(W: Float[ndarray, "*#trials k d"], x: Float[ndarray, "*#trials 2 d"], phi: Activation) -> Float[ndarray, "*#trials"]:
    """``f(W, x_2) - f(W, x_1)``, for any stack of weights and of pairs of inputs."""
    values = phi.value(x @ transpose(W)) @ balanced_output_weights(W.shape[-2])
    return values[..., 1] - values[..., 0]


def largest_singular_value(A: Float[ndarray, "*trials k d"]) -> Float[ndarray, "*trials"]:
    """``||A||`` from the Gram matrix of its columns: cheap for a few columns, and the largest keeps all its digits."""
    return np.sqrt(np.maximum(np.linalg.eigvalsh(transpose(A) @ A)[..., -1], 0.0))


def frobenius(A: Float[ndarray, "*trials k d"]) -> Float[ndarray, "*trials"]:
    """``||A||_F``"""
    return euclidean(A.reshape(*A.shape[:-2], -1))


def widening(
    W0: Float[ndarray, "trials k d"], x: Float[ndarray, "#trials 2 d"], phi: Activation, size: float
) -> Float[ndarray, "trials k d"]:
    """Weights at distance ``size`` (Frobenius) from W0 that drive the two outputs apart: the minimum-norm step, repeated."""
    v = balanced_output_weights(W0.shape[1])
    sign, W = np.where(gap(W0, x, phi) < 0, -1.0, 1.0)[:, np.newaxis, np.newaxis], W0
    for _ in range(ROUNDS):
        rows = jacobian(W, x, v, phi)
        W = W0 + size * sign * directed(rows[:, 1] - rows[:, 0], np.eye(W0[0].size)[0]).reshape(W0.shape)
    return W


def worst_reply(lesser: Float[ndarray, "trials replies"], greater: Float[ndarray, "trials replies"]) -> tuple[ndarray, ndarray]:
    """Both sides at the reply that strains ``lesser <= greater`` most."""
    worst = np.argmax(lesser - greater, axis=1)[:, np.newaxis]
    return np.take_along_axis(lesser, worst, 1)[:, 0], np.take_along_axis(greater, worst, 1)[:, 0]
