r"""Section 3.1: in one dimension, with one sample and $v_* = 0$, label noise alone drives the multiplicative random walk.

Equation 1 for $d = n = 1$ and $v_* = 0$ reads, with $s = \pm\delta$ equally likely,
$$v \leftarrow v - \eta\, v^2 x \cdot x v + \eta\, s\, x v .$$
Without its gradient term (the second one) it is the walk of Equation 5, $v \leftarrow v + \tilde\eta\,\xi v$ with
$\xi = \pm1$ equally likely, and $\tilde\eta = \eta\delta|x|$.

*Reading.* The paper calls the step size of both equations $\eta$. The walk has the printed form with $\tilde\eta$ for its step
size; the two agree where $\delta|x| = 1$. That is a control.

*Instances.* States, inputs, step sizes and noise levels over many decades, inputs of either sign and 0. Both signs of the
noise are enumerated, so that the outcomes are compared as sets of equally likely values.

*Tightness.* An identity.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import factors, growth
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

WALK = "{v + η s x v : s = ±δ} = {v + η̃ ξ v : ξ = ±1} with η̃ = ηδ|x|"
ROUNDING = 1e-13  # of the largest number in the update


@dataclass(frozen=True)
class Sizes:
    n: int


@dataclass(frozen=True)
class Instance:
    v: Float[ndarray, "trials 1"]
    X: Float[ndarray, "trials n 1"]
    eta: Float[ndarray, " trials"]
    delta: Float[ndarray, " trials"]


def setting(_choose: Choose) -> Sizes:
    return Sizes(n=1)


def two_samples(_choose: Choose) -> Sizes:
    return Sizes(n=2)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    v = extremes.vector(draws, 1) * extremes.scale(draws, 3)[:, np.newaxis]
    X = extremes.vector(draws, sizes.n)[:, :, np.newaxis] * extremes.scale(draws, 2)[:, np.newaxis, np.newaxis]
    return Instance(v=v, X=X, eta=extremes.scale(draws, 3), delta=extremes.scale(draws, 3))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("η > 0", x.eta)
    yield at_least("δ ≥ 0", x.delta, 0.0)


def by_noise_alone(x: Instance) -> Float[ndarray, "trials n 2"]:
    """Where Equation 1 leads v for every sample and both signs of the noise, its gradient term left out."""
    target = np.zeros_like(x.v)
    step = growth(x.v, target, x.X, x.eta, x.delta)[..., 0]
    gradient = x.eta[:, np.newaxis] * factors(x.v, target, x.X)[..., 0]
    return (step + gradient[:, :, np.newaxis]) * x.v[:, :, np.newaxis]


def size(x: Instance) -> Float[ndarray, " trials"]:
    """The largest number in the update, which rounding is measured by: ``|v| (1 + η v² x² + ηδ|x|)``"""
    largest = np.abs(x.X).max(axis=(1, 2))
    v = np.abs(x.v[:, 0])
    return v * (1 + x.eta * v**2 * largest**2 + x.eta * x.delta * largest)


def led_alike(x: Instance, outcomes: Float[ndarray, "trials n 2"], step: Float[ndarray, " trials"], name: str) -> Clause:
    """Whether the outcomes of every sample are those of the walk with this step size."""
    walk = x.v * (1 + step[:, np.newaxis] * np.array([-1.0, 1.0]))
    gap = np.abs(np.sort(outcomes, axis=2) - np.sort(walk, axis=1)[:, np.newaxis, :]).max(axis=(1, 2))
    return equals(name, gap, 0.0, allowance=ROUNDING * size(x))


def matched(x: Instance) -> Float[ndarray, " trials"]:
    """``ηδ|x|`` with the first sample."""
    return x.eta * x.delta * np.abs(x.X[:, 0, 0])


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield led_alike(x, by_noise_alone(x), matched(x), WALK)


def with_gradient(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    outcomes = growth(x.v, np.zeros_like(x.v), x.X, x.eta, x.delta)[..., 0] * x.v[:, :, np.newaxis]
    yield led_alike(x, outcomes, matched(x), WALK)


def with_the_same_step(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield led_alike(x, by_noise_alone(x), x.eta, "{v + η s x v} = {v + η ξ v}")


def without_the_input(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield led_alike(x, by_noise_alone(x), x.eta * x.delta, "{v + η s x v} = {v + ηδ ξ v}")


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.1-a",
        title="label noise in one dimension, with one sample, is the multiplicative random walk",
        kind="deterministic",
        claim=r"\{v + \eta s x v : s=\pm\delta\} = \{v + \tilde\eta\,\xi v : \xi=\pm1\},\qquad \tilde\eta = \eta\delta|x|",
        place="Section 3.1, after Eq 5",
        reading="The walk's step size is ηδ|x|, not the η of Equation 1, unless δ|x| = 1.",
        depends_on=("Eq 1", "Eq 5"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("the gradient term kept", with_conclusions(with_gradient), WALK),
        control("the same step size η", with_conclusions(with_the_same_step), "{v + η s x v} = {v + η ξ v}"),
        control("step size ηδ", with_conclusions(without_the_input), "{v + η s x v} = {v + ηδ ξ v}"),
        control("two samples", lambda theorem: replace(theorem, setting=two_samples), WALK),
    ),
)
