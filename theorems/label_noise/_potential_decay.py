r"""One step of the potential $\Phi(v) = \sum_{k \notin S}\sqrt{v_k}$ off the support, and Markov's bound for a whole run.

With $Z_k = \eta s x_{ik} - \eta g_k^{(i)}$, in the box at most $z = \eta(\delta b_x + (\tilde\epsilon_1^2 + r) b_x^2)$ in size,
Equation 27 gives
$$E\sqrt{1 + Z_k} \le 1 + \tfrac12E[Z_k] - (\tfrac18 - \tfrac z2)E[Z_k^2] \le 1 - q, \quad
  q := (\tfrac18 - \tfrac z2)\,m\,\eta^2\delta^2 - \tfrac12\eta(\tilde\epsilon_1^2 + r)C_x, \quad m = \min_k E_i[x_{ik}^2],$$
as $E[Z_k] \le \eta(\tilde\epsilon_1^2 + r)C_x$ off the support. By Markov's inequality $\Phi(\tilde v[T])$ exceeds
$\sqrt{\epsilon_1}$ with probability at most $e^{-qT}\Phi(v[0])/\sqrt{\epsilon_1}$.

Decreases of $\Phi$ are compared divided by $\eta^2\delta^2$.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import cross_moment, factors, least_second_moment
from theorems.checker.choose import Choose
from theorems.checker.draws import Draws
from theorems.label_noise import _stage_one as stage
from theorems.label_noise._signal_growth import between, largest_move
from theorems.label_noise._stage_one import Instance, Sizes

STRICTLY = 1 - 1e-9  # "<" in float64


@dataclass(frozen=True)
class Start(Instance):
    """An instance that starts, with the error aimed at."""

    eps1: Float[ndarray, " trials"]


def long_runs(choose: Choose) -> Sizes:
    """Runs long enough for the least noise and the smallest error that are drawn."""
    d = choose.integer("d", 2, 6)
    return Sizes(d=d, r=choose.integer("r", 1, d - 1), T=float(np.floor(choose.real("T", 1e32, 1e40))))


def wanted(sizes: Sizes, eps1: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    r"""$16\log\frac{6\sqrt d}{\rho\sqrt{\epsilon_1}}$"""
    return 16 * (np.log(6 * np.sqrt(sizes.d) / sizes.constants.rho) - np.log(eps1) / 2)


def decaying(sizes: Sizes, draws: Draws) -> Start:
    """Starts that meet the hypotheses of Lemma C.7; noise and step size at either end of what these leave, or between."""
    x, eps1 = nearly_uncorrelated(sizes, draws, stage.start(sizes, draws)), 10.0 ** draws.uniform(-30.0, 0.0)
    scaled = np.sqrt(wanted(sizes, eps1) / sizes.T)  # the least ηδ
    c1 = sizes.constants.c1
    delta = between(draws, stage.least_noise(sizes, x.bx), c1**2 / (8 * x.bx**2 * sizes.union * scaled))
    least = np.maximum(48 * stage.crossing(sizes, x.X, x.bx) / (delta**2 * STRICTLY), scaled / delta)
    eta = between(draws, least, stage.largest_step_size(sizes, delta, x.bx))
    return Start(**{**shallow(x), "delta": delta, "eta": eta, "eps1": eps1})


def shallow(x: Instance) -> dict[str, ndarray]:
    """The fields by name, to build an instance that has more of them."""
    return {field.name: getattr(x, field.name) for field in fields(x)}


def nearly_uncorrelated(sizes: Sizes, draws: Draws, v: Float[ndarray, "trials d"]) -> Instance:
    """C_x so small that 32 (ẽ₁² + r) C_x b_x² < (2/3)ηδ² leaves room below the largest η: the least η then is its equality.

    C_x is near 10^-13. Where rounding makes more of it than there should be, the data get C_x = 0, which is exact.
    """
    x = stage.instance(sizes, draws, v)
    limit = sizes.constants.c1**2 / (8 * x.bx**2 * sizes.union) / 48 * STRICTLY
    less = stage.with_less_crossing(sizes, x, limit / 2)
    exact = stage.uncrossed(x.X, np.zeros(draws.trials))
    fits = stage.crossing(sizes, less.X, x.bx) <= limit
    return replace(x, X=np.where(fits[:, np.newaxis, np.newaxis], less.X, exact))


def somewhere(sizes: Sizes, draws: Draws) -> Instance:
    """States in the box under the hypotheses of Lemma C.7 that concern one step; half of them have next to nothing off the support.

    A large coordinate off the support is pulled down by itself, far more than the noise would.
    """
    v = stage.box(sizes, draws)
    v[:, sizes.r :] *= np.where(draws.integers(0, 1, 1) == 0, 1.0, 1e-6)
    x = nearly_uncorrelated(sizes, draws, v)
    largest = stage.largest_step_size(sizes, x.delta, x.bx)
    least = 48 * stage.crossing(sizes, x.X, x.bx) / (x.delta**2 * STRICTLY)
    return replace(x, eta=between(draws, np.maximum(least, largest / 10), largest))


def off(sizes: Sizes, values: ndarray) -> ndarray:
    """The coordinates off the support, which is the last axis."""
    return values[..., sizes.r :]


def root_change(Z: ndarray) -> ndarray:
    r"""$\sqrt{1 + Z} - 1 - \frac Z2$, without cancellation: $-\frac{Z^2}{2(1 + \sqrt{1+Z})^2}$."""
    return -(Z**2) / (2 * (1 + np.sqrt(1 + Z)) ** 2)


def change(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""$(E\Phi(\tilde v[t+1]) - \Phi(\tilde v[t])) / (\eta^2\delta^2\,\Phi(\tilde v[t]))$, the next state counting even outside the box."""
    roots = np.sqrt(off(sizes, x.v))
    eta, noise = x.eta[:, np.newaxis, np.newaxis], x.delta[:, np.newaxis, np.newaxis] * off(sizes, x.X)
    g = off(sizes, factors(x.v, x.target, x.X))
    rest = (root_change(eta * (noise - g)) + root_change(eta * (-noise - g))) / 2
    strength = (x.eta * x.delta)[:, np.newaxis] ** 2
    each = -g.mean(axis=1) / (2 * x.eta * x.delta**2)[:, np.newaxis] + rest.mean(axis=1) / strength
    return np.sum(roots * each, axis=1) / roots.sum(axis=1)


def without_gradient(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""The same for the right side of Eq 78, in which $\eta\kappa$ with $\kappa$ = ``crossing`` replaces the gradient's $-\eta g_k$."""
    roots, kappa = np.sqrt(off(sizes, x.v)), stage.crossing(sizes, x.X, x.bx)
    eta, noise = x.eta[:, np.newaxis, np.newaxis], x.delta[:, np.newaxis, np.newaxis] * off(sizes, x.X)
    shift = kappa[:, np.newaxis, np.newaxis]
    rest = (root_change(eta * (noise + shift)) + root_change(eta * (-noise + shift))) / 2
    each = (kappa / (2 * x.eta * x.delta**2))[:, np.newaxis] + rest.mean(axis=1) / (x.eta * x.delta)[:, np.newaxis] ** 2
    return np.sum(roots * each, axis=1) / roots.sum(axis=1)


def surviving(sizes: Sizes, x: Start) -> Float[ndarray, " trials"]:
    r"""Markov's bound of $P(\Phi(\tilde v[T]) > \sqrt{\epsilon_1})$."""
    m = least_second_moment(x.X)
    q = (1 / 8 - largest_move(sizes, x) / 2) * m * (x.eta * x.delta) ** 2 - x.eta * sizes.spread * cross_moment(x.X) / 2
    start = np.log(np.sqrt(off(sizes, x.v)).sum(axis=1)) - np.log(x.eps1) / 2
    return np.exp(np.minimum(start - q * sizes.T, 0.0))
