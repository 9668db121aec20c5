"""Gradient descent on nonlinear least squares, one run per trial; iterates are streamed, never stored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import apply, transpose

Observed = tuple[ndarray, ndarray, ndarray]  # lesser, greater, and the trials on which they are compared


@runtime_checkable
class Differentiable(Protocol):
    """A map f: R^p -> R^n per trial, with its Jacobian."""

    def value(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n"]: ...

    def jacobian(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n p"]: ...


@dataclass(frozen=True)
class Iterate:
    """Iteration ``t``: the parameters, ``r = f(theta) - y``, ``J(theta)`` and the gradient ``J(theta)^T r``."""

    t: int
    theta: Float[ndarray, "trials p"]
    residual: Float[ndarray, "trials n"]
    jacobian: Float[ndarray, "trials n p"]
    gradient: Float[ndarray, "trials p"]


def descent(
    f: Differentiable,
    y: Float[ndarray, "trials n"],
    start: Float[ndarray, "trials p"],
    eta: Float[ndarray, " trials"],
    steps: int,
) -> Iterator[Iterate]:
    r"""Iterations 0 .. steps of ``theta <- theta - eta J(theta)^T (f(theta) - y)``.

    The gradient of $\frac12\lVert f(\theta)-y\rVert_2^2$, with one step size per trial.
    """
    theta = start
    for t in range(steps + 1):
        residual, jacobian = f.value(theta) - y, f.jacobian(theta)
        gradient = apply(transpose(jacobian), residual)
        yield Iterate(t=t, theta=theta, residual=residual, jacobian=jacobian, gradient=gradient)
        theta = theta - eta[:, np.newaxis] * gradient


def worst(observations: Iterable[Mapping[str, Observed]]) -> dict[str, Observed]:
    """Both sides of every inequality, per trial where ``lesser - greater`` was largest over the iterations.

    A trial on which an inequality was never compared keeps ``where = False``.
    """
    kept: dict[str, Observed] = {}
    for observation in observations:
        for name, new in observation.items():
            kept[name] = _worse(kept[name], new) if name in kept else new
    return kept


def _worse(old: Observed, new: Observed) -> Observed:
    replaces = new[2] & (~old[2] | (new[0] - new[1] > old[0] - old[1]))
    return np.where(replaces, new[0], old[0]), np.where(replaces, new[1], old[1]), old[2] | new[2]
