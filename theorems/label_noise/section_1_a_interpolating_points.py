r"""Section 1: at a point that interpolates the data mini-batch SGD stays forever, and label noise does not vanish.

If $\langle v^2, x_i\rangle = y_i$ for every i, then for every i
$$\nabla\ell_i(v) = 0, \qquad \nabla\ell_i(v) - \nabla L(v) = 0, \qquad s\,x_i \odot v \ne 0 \quad (s = \pm\delta \ne 0),$$
so that SGD without label noise that reaches or starts at v never leaves it, and one step with label noise does.

*Reading.* $v \ne 0$: the text speaks of solutions that overfit. The vector 0 interpolates where all labels are 0, and there
label noise vanishes as well; with $v_* \ne 0$ and Gaussian data that has probability 0. So has an input with a zero among its
coordinates.

*Instances.* All numbers are fractions with a small power of 2 below, so that every clause holds without rounding. Two coordinates
make v a solution: $v_0^2 - v_{*0}^2 = \pm1$, so that coordinate 0 of the inputs can be solved for, and the sign of coordinate 1 keeps
it away from 0. The others are free: v with zeros, equal to $v_*$ or far from it. n < d as in the section.

*Tightness.* The first two are equations.

*Remarks.* Data for which v is a solution exist for every $v \ne v_*$ that differs from it in two coordinates or more; where it
differs in one alone, every solution has a zero in that coordinate of all inputs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import gradient, residuals, sample_gradients
from theorems.checker import extremes
from theorems.checker.changes import control, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, equals, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

GRADIENT = "∇ℓ_i(v) = 0 for every i"
SPREAD = "∇ℓ_i(v) - ∇L(v) = 0 for every i"
STAYS = "v[T] = v[0] without label noise"
NOISE = "min_i ‖s x_i⊙v‖_∞ > 0"
MOVES = "min_i ‖v[1] - v[0]‖_∞ > 0 with label noise"
SOLVED = "⟨v², x_i⟩ = y_i for every i"
NONZERO, INPUTS, NOISY = "v ≠ 0", "x_ik ≠ 0", "δ > 0"
LEAST = 2.0**-12  # of a number other than 0 that the generator makes


@dataclass(frozen=True)
class Sizes:
    """n < d"""

    n: int
    d: int


@dataclass(frozen=True)
class Instance:
    v: Float[ndarray, "trials d"]
    target: Float[ndarray, "trials d"]
    X: Float[ndarray, "trials n d"]
    eta: Float[ndarray, " trials"]
    delta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    d = choose.integer("d", 2, 7)
    return Sizes(n=choose.integer("n", 1, d - 1), d=d)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    target = draws.integers(0, 1, sizes.d).astype(float)
    far = draws.integers(-16, 16, sizes.d) / 4.0
    v = extremes.picked(np.stack([far, np.zeros_like(far), target]), draws.integers(0, 2))
    v[:, 0] = 1 - target[:, 0]
    v[:, 1] = draws.signs() * (2 + np.abs(far[:, 1]))
    delta, eta = 2.0 ** draws.integers(-4, 8), 2.0 ** draws.integers(-6, 6)
    return Instance(v=v, target=target, X=solving(draws, sizes, v**2 - target**2), eta=eta, delta=delta)


def solving(draws: Draws, sizes: Sizes, w: Float[ndarray, "trials d"]) -> Float[ndarray, "trials n d"]:
    """Inputs without zeros and orthogonal to w, whose first entry is 1 or -1 and whose second is not 0."""
    X = draws.signs(sizes.n, sizes.d) * draws.integers(1, 32, sizes.n, sizes.d) / 8.0
    others = -w[:, :1] * np.einsum("tnd,td->tn", X[:, :, 1:], w[:, 1:])
    X[:, :, 1] = np.where(others == 0, -X[:, :, 1], X[:, :, 1])
    X[:, :, 0] = -w[:, :1] * np.einsum("tnd,td->tn", X[:, :, 1:], w[:, 1:])
    return X


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield holds("v* ∈ {0, 1}^d", np.all((x.target == 0) | (x.target == 1), axis=1))
    yield equals(SOLVED, np.abs(residuals(x.v, x.target, x.X)).max(axis=1), 0.0, allowance=0.0)
    yield at_least(NONZERO, np.abs(x.v).max(axis=1), LEAST)
    yield at_least(INPUTS, np.abs(x.X).min(axis=(1, 2)), LEAST)
    yield at_least(NOISY, x.delta, LEAST)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    gradients = sample_gradients(x.v, x.target, x.X)
    own = gradients - gradient(x.v, x.target, x.X)[:, np.newaxis, :]
    yield equals(GRADIENT, np.abs(gradients).max(axis=(1, 2)), 0.0, allowance=0.0)
    yield equals(SPREAD, np.abs(own).max(axis=(1, 2)), 0.0, allowance=0.0)
    yield equals(STAYS, np.abs(after_an_epoch(x) - x.v).max(axis=1), 0.0, allowance=0.0)
    noise = x.delta[:, np.newaxis, np.newaxis] * x.X * x.v[:, np.newaxis, :]
    moves = x.eta[:, np.newaxis, np.newaxis] * (noise - gradients)
    yield at_least(NOISE, np.abs(noise).max(axis=2).min(axis=1), LEAST**3)
    yield at_least(MOVES, np.abs(moves).max(axis=2).min(axis=1), LEAST**4)


def after_an_epoch(x: Instance) -> Float[ndarray, "trials d"]:
    """Steps without label noise on one sample after the other, all of them."""
    v = x.v
    for i in range(x.X.shape[1]):
        v = v - x.eta[:, np.newaxis] * sample_gradients(v, x.target, x.X)[:, i]
    return v


def at_zero(sizes: Sizes, draws: Draws) -> Instance:
    """v = v* = 0: all labels are 0."""
    x = chosen(sizes, draws)
    return replace(x, v=np.zeros_like(x.v), target=np.zeros_like(x.v))


def not_a_solution(sizes: Sizes, draws: Draws) -> Instance:
    """The first input's coordinate 0 moved by 1/8; small steps, lest the epoch diverge."""
    x = chosen(sizes, draws)
    X = x.X.copy()
    X[:, 0, 0] += 0.125
    return replace(x, X=X, eta=2.0**-20 * x.eta)


def off_the_support(sizes: Sizes, draws: Draws) -> Instance:
    """The first input is 0 except where v = v* = 0."""
    x = chosen(sizes, draws)
    X = x.X.copy()
    X[:, 0] = np.where((x.v == 0) & (x.target == 0), X[:, 0], 0.0)
    return replace(x, X=X)


def silent(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, delta=np.zeros_like(x.delta))


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 1-a",
        title="at a point that interpolates the data mini-batch SGD stays forever, label noise does not vanish",
        kind="deterministic",
        claim=r"\langle v^2, x_i\rangle = y_i\ (i \in [n]) \ \Longrightarrow\ \nabla\ell_i(v) = 0 = \nabla\ell_i(v) - \nabla L(v),"
        r"\quad s\, x_i\odot v \ne 0",
        place="Section 1, on the choice of label noise",
        reading="v ≠ 0, since the text speaks of solutions that overfit; inputs without zeros, as Gaussian data are almost surely.",
        depends_on=("Sec 2.1-a", "Eq 1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("v = 0 where all labels are 0", without_assumption(NONZERO, chosen=at_zero), NOISE),
        control("v that misses one label", without_assumption(SOLVED, INPUTS, chosen=not_a_solution), STAYS),
        control("an input that is 0 on the support of v", without_assumption(INPUTS, chosen=off_the_support), NOISE),
        control("labels without noise", without_assumption(NOISY, chosen=silent), MOVES),
    ),
)
