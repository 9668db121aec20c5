r"""One step of label-noise SGD from any state, with all 2n outcomes of its sample and its sign.

The perturbed loss of sample i at the sign s is $\tilde\ell_i(v) = \frac14(\langle v^2, x_i\rangle - y_i - s)^2$ with
$y_i = \langle v_*^2, x_i\rangle$ and $s = \pm\delta$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray

from models.quadratic_regression import factors
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, equals, holds, positive
from theorems.checker.draws import Draws

SIGNS = np.array([1.0, -1.0])
TINY = 1e-40  # imaginary step: its square is lost beside anything
ROUNDING = 1e-13  # relative to the sum of the sizes of the terms of an update


@dataclass(frozen=True)
class Sizes:
    """n samples in dimension d."""

    n: int
    d: int


@dataclass(frozen=True)
class State:
    """The state ``v``, ``target`` = v*, the inputs ``X``, the step size and the noise level."""

    v: Float[ndarray, "trials d"]
    target: Float[ndarray, "trials d"]
    X: Float[ndarray, "trials n d"]
    eta: Float[ndarray, " trials"]
    delta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 4), d=choose.integer("d", 1, 5))


def chosen(sizes: Sizes, draws: Draws) -> State:
    """States anywhere, at a solution or near it; the noise absent on a few trials."""
    target = sparse(draws, sizes.d)
    anywhere = extremes.vector(draws, sizes.d) * extremes.scale(draws, 2)[:, np.newaxis]
    solved = target * draws.signs(sizes.d)
    v = extremes.picked(np.stack([anywhere, solved, solved + 1e-3 * anywhere]), draws.integers(0, 4))
    X = extremes.matrix(draws, sizes.n, sizes.d) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis]
    delta = extremes.scale(draws, 3) * (draws.integers(0, 9) > 0)
    return State(v=v, target=target, X=X, eta=extremes.scale(draws, 3), delta=delta)


def sparse(draws: Draws, d: int) -> Float[ndarray, "trials d"]:
    """v* with entries 0 and 1, all 0 and all 1 among them."""
    return draws.integers(0, 1, d).astype(float)


def positive_states(sizes: Sizes, draws: Draws) -> State:
    """Positive states and steps that leave them so: ``η (|g| + δ|x|) ≤ 1``; the noise absent on a few trials."""
    x = chosen(sizes, draws)
    floor = np.where(draws.integers(0, 1, 1) == 0, 1e-6, 1.0) * extremes.scale(draws, 1)[:, np.newaxis]
    x = replace(x, v=np.abs(x.v) + floor)
    gradients = np.abs(factors(x.v, x.target, x.X)).max(axis=(1, 2))
    noise = np.where(draws.integers(0, 5) > 0, extremes.scale(draws, 2), 0.0) * np.where(gradients > 0, gradients, 1.0)
    largest = np.abs(x.X).max(axis=(1, 2))
    x = replace(x, delta=noise / np.where(largest > 0, largest, 1.0))
    return replace(x, eta=extremes.fraction(draws) / np.where(reach(x) > 0, reach(x), 1.0))


def reach(x: State) -> Float[ndarray, " trials"]:
    r"""$\max_{i,k}(|g_k^{(i)}| + \delta|x_{ik}|)$: the most that a step changes a coordinate by, in multiples of $\eta$ and of it."""
    drift = np.abs(factors(x.v, x.target, x.X))
    return (drift + x.delta[:, np.newaxis, np.newaxis] * np.abs(x.X)).max(axis=(1, 2))


def assumptions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield holds("v* ∈ {0, 1}^d", np.all((x.target == 0) | (x.target == 1), axis=1))
    yield positive("η > 0", x.eta)
    yield at_least("δ ≥ 0", x.delta, 0.0)


def perturbed_losses(v: Complex[ndarray, "trials states d"], x: State) -> Complex[ndarray, "trials states n 2"]:
    r"""$\tilde\ell_i$ at several states, for $s = \delta, -\delta$: the labels first, then the loss, as Algorithm 1 has it."""
    labels = np.einsum("tnd,td->tn", x.X, x.target**2)[:, :, np.newaxis] + x.delta[:, np.newaxis, np.newaxis] * SIGNS
    outputs = np.einsum("tnd,tmd->tmn", x.X, v**2)
    return (outputs[:, :, :, np.newaxis] - labels[:, np.newaxis]) ** 2 / 4


def perturbed_gradients(x: State) -> Float[ndarray, "trials n 2 d"]:
    r"""$\nabla\tilde\ell_i(v)$ from values of the loss: its imaginary part at $v + i h e_k$, divided by h; no digits cancel."""
    moved = x.v[:, np.newaxis, :] + 1j * TINY * np.eye(x.v.shape[1])
    return np.moveaxis(np.imag(perturbed_losses(moved, x)) / TINY, 1, -1)


def descended(x: State) -> Float[ndarray, "trials n 2 d"]:
    r"""Algorithm 1: $v - \eta\nabla\tilde\ell_i(v)$"""
    return x.v[:, np.newaxis, np.newaxis, :] - x.eta[:, np.newaxis, np.newaxis, np.newaxis] * perturbed_gradients(x)


def terms(x: State) -> Float[ndarray, "trials n 2 d"]:
    """The sizes of all terms of an update, added up: what its rounding errors are proportional to."""
    squares = np.einsum("tnd,td->tn", np.abs(x.X), x.v**2 + x.target**2) + x.delta[:, np.newaxis]
    moved = x.eta[:, np.newaxis, np.newaxis] * squares[:, :, np.newaxis] * np.abs(x.X)
    one_sign = np.abs(x.v)[:, np.newaxis, :] * (1 + moved)
    return np.stack([one_sign, one_sign], axis=2)


def alike(name: str, left: Float[ndarray, "trials n 2 d"], right: Float[ndarray, "trials n 2 d"], x: State) -> Clause:
    """Whether two updates agree in every coordinate, for every sample and sign."""
    size = terms(x)
    gap = np.abs(left - right) / np.where(size > 0, size, 1.0)
    return equals(name, gap.max(axis=(1, 2, 3)), 0.0, allowance=ROUNDING)
