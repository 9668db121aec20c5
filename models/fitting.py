"""Parameters that fit labels exactly, near those one starts from, by damped Gauss-Newton steps, one fit per trial."""

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from models.descent import Differentiable
from models.matrices import apply, euclidean, transpose

DAMPINGS = (0.0, 1e-6, 1e-4, 1e-2, 1.0)  # of the squared singular values, as shares of the largest; each is tried
SINGULAR = 1e-11  # singular values below this share of the largest one count as 0
FLAT = 1e-50  # a slope below this is one of a saturated unit
FARTHEST = 1e6  # no step is longer


def nearby_fit(
    f: Differentiable, y: Float[ndarray, "#trials n"], start: Float[ndarray, "trials p"], steps: int
) -> Float[ndarray, "trials p"]:
    r"""A point with $f(\theta) = y$ near ``start``; it may fail to fit, or to be the nearest one.

    Each step is $-J^T(JJ^T + \mu I)^{-1}(f(\theta) - y)$ with the damping $\mu$ that leaves the least residual; $\mu = 0$ is
    the shortest step that fits the linearised map, so an affine map is fitted at once, by the nearest point.
    """
    theta = start
    for _ in range(steps):
        tried = theta + _steps(f.jacobian(theta), f.value(theta) - y)
        left = np.stack([euclidean(f.value(point) - y) for point in tried])
        theta = tried[np.argmin(left, axis=0), np.arange(len(theta))]
    return theta


def _steps(J: Float[ndarray, "trials n p"], residual: Float[ndarray, "trials n"]) -> Float[ndarray, "dampings trials p"]:
    """No step at all, and one for each damping."""
    left, size, right = np.linalg.svd(J, full_matrices=False)
    largest = size[:, :1]
    along, kept = apply(transpose(left), residual), size > np.maximum(SINGULAR * largest, FLAT)
    steps = [np.zeros((len(J), J.shape[2]))]
    for damping in DAMPINGS:
        divisor = np.where(kept, size + damping * largest * (largest / np.where(kept, size, 1.0)), 1.0)
        steps.append(_capped(-apply(transpose(right), np.where(kept, along / divisor, 0.0))))
    return np.stack(steps)


def _capped(step: Float[ndarray, "trials p"]) -> Float[ndarray, "trials p"]:
    return step / np.maximum(euclidean(step) / FARTHEST, 1.0)[:, np.newaxis]


def fitted(
    f: Differentiable, y: Float[ndarray, "#trials n"], theta: Float[ndarray, "trials p"], tolerance: float
) -> Bool[ndarray, " trials"]:
    r"""Whether $\max_i|f_i(\theta) - y_i| \le$ ``tolerance``."""
    return np.max(np.abs(f.value(theta) - y), axis=1) <= tolerance
