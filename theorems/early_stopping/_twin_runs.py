r"""Two descents from the same weights: W on the noisy inputs X, $\tilde W$ on their centres $\tilde X$, with the same labels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.descent import Observed
from models.matrices import euclidean, transpose
from models.networks import output, slopes
from theorems.checker.claims import Clause, at_most
from theorems.early_stopping._twin_data import Instance, Sizes, covariance

ASCENTS = 4  # steps of the attack on a ball; each goes all the way to its border


@dataclass(frozen=True)
class Point:
    """One iteration of one descent: ``residual`` is f(W, X) - y, ``slopes`` the left factor of J(W, X)."""

    t: int
    W: Float[ndarray, "#trials k d"]
    residual: Float[ndarray, "#trials n"]
    slopes: Float[ndarray, "#trials n k"]


def path(sizes: Sizes, x: Instance, X: Float[ndarray, "#trials n d"], steps: int) -> Iterator[Point]:
    r"""Iterations 0 .. steps of $W \leftarrow W - \eta J(W, X)^T(f(W, X) - y)$."""
    W, eta = x.W0, x.eta[:, np.newaxis, np.newaxis]
    for t in range(steps + 1):
        now = Point(t=t, W=W, residual=output(W, X, sizes.v, sizes.phi) - x.y, slopes=slopes(W, X, sizes.v, sizes.phi))
        yield now
        W = W - eta * (transpose(now.slopes * now.residual[..., np.newaxis]) @ X)


def centres(sizes: Sizes, x: Instance) -> Float[ndarray, "#trials n d"]:
    r"""$\tilde X$"""
    return x.C[:, sizes.member]


def twins(sizes: Sizes, x: Instance, steps: int) -> Iterator[tuple[Point, Point]]:
    """The noisy descent and the clean one, side by side."""
    return zip(path(sizes, x, x.X, steps), path(sizes, x, centres(sizes, x), steps), strict=True)


def frobenius(W: Float[ndarray, "#trials k d"]) -> Float[ndarray, " #trials"]:
    """``||W||_F``"""
    return euclidean(W.reshape(len(W), -1))


def output_unit(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """``ε₀Γ√(n log K)``"""
    return x.radius * sizes.Gamma * np.sqrt(sizes.n * np.log(sizes.K))


def path_unit(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """``ηε₀ (Γ⁴Kn/λ(C)) ℓ²``, the printed growth of the distance of both descents in an iteration."""
    return x.eta * x.radius * sizes.Gamma**4 * sizes.K * sizes.n / covariance(sizes, x) * sizes.log_ratio**2


def attacked(sizes: Sizes, x: Instance, W: Float[ndarray, "#trials k d"], sign: float) -> Float[ndarray, "#trials K d"]:
    """An input in each ball of radius ε₀ around a centre where f(W, ·) is as large (sign 1) or small (-1) as ascent finds."""
    inputs = x.C
    for _ in range(ASCENTS):
        uphill = slopes(W, inputs, sizes.v, sizes.phi) @ W
        size = euclidean(uphill)[..., np.newaxis]
        inputs = x.C + sign * x.radius[:, np.newaxis, np.newaxis] * uphill / np.where(size > 0, size, 1.0)
    return inputs


def at_worst(name: str, seen: Observed, scale: ndarray | float, **options) -> Clause:
    """The clause at the worst iteration, with the rounding of some hundred iterations; ``scale`` is the size compared."""
    return at_most(name, seen[0], seen[1], where=seen[2], scale=scale, rounding=1e-11, **options)


def around_centres(sizes: Sizes, x: Instance, W: Float[ndarray, "#trials k d"]) -> tuple[ndarray, ndarray]:
    """Outputs at the inputs and at what ascent finds in both directions, and the class of each one's centre."""
    places = np.concatenate([x.X + np.zeros_like(W[:, :1, :1]), attacked(sizes, x, W, 1.0), attacked(sizes, x, W, -1.0)], axis=1)
    classes = np.concatenate([sizes.class_of[sizes.member], sizes.class_of, sizes.class_of])
    return output(W, places, sizes.v, sizes.phi), classes


def own_and_other(x: Instance, outputs: Float[ndarray, "trials m"], classes: ndarray) -> tuple[ndarray, ndarray]:
    """``|f - ỹ|``, and the least ``|f - α|`` over the other labels."""
    away = np.abs(outputs[:, :, np.newaxis] - x.values[:, np.newaxis, :])
    own = classes[:, np.newaxis] == np.arange(x.values.shape[1])
    return np.sum(np.where(own, away, 0.0), axis=2), np.min(np.where(own, np.inf, away), axis=2)


def at_least_sure(own: ndarray, other: ndarray) -> tuple[ndarray, ndarray]:
    """Both distances where the own label leads by least."""
    worst = np.argmax(own - other, axis=1)[:, np.newaxis]
    return np.take_along_axis(own, worst, axis=1)[:, 0], np.take_along_axis(other, worst, axis=1)[:, 0]
