r"""Equation 9: the expected root of a coordinate is the root now times the expected root of its growth. Section 3.2.

With $\varphi = \sqrt{\cdot}$, which satisfies $\varphi(ab) = \varphi(a)\varphi(b)$ for $a, b > 0$, and with i and $s = \pm\delta$ random
$$E\,\varphi(v_k[t+1]) = E\,\varphi\bigl(v_k[t]\,(1 - \eta s x_{ik} - \eta g_k^{(i)})\bigr)
  = \varphi(v_k[t])\; E\,\varphi(1 - \eta s x_{ik} - \eta g_k^{(i)}) .$$

*Reading.* The root needs both factors to be nonnegative. $v[t] > 0$ and $\eta\,(|g_k^{(i)}| + \delta|x_{ik}|) \le 1$ hold throughout the
stage that Equation 9 is made for (Theorem 3.1).

*Instances.* Positive states over many decades, steps up to the limit, without noise on some trials. The next state comes from values
of the perturbed loss, all 2n outcomes enumerated.

*Tightness.* An identity. At the limit some growth factors are 0, where the root has half of the digits of its argument.

*Remarks.* Where both factors are negative the left side is defined and the right is not: a control, with $\varphi$ continued by 0.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import growth
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.claims import Clause, at_most, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise._one_step import Sizes, State, descended, positive_states, reach, setting, terms
from theorems.label_noise._one_step import assumptions as one_step

MULTIPLIES = "φ(v_k (1 - ηs x_ik - ηg_k)) = φ(v_k) φ(1 - ηs x_ik - ηg_k) for every i and s"
FACTORISES = "E φ(v_k[t+1]) = φ(v_k[t]) E φ(1 - ηs x_ik - ηg_k)"
INSIDE = "E φ(v_k[t+1]) = φ(v_k[t]) φ(E[1 - ηs x_ik - ηg_k])"
POSITIVE, LIMIT = "v > 0", "η (|g_k| + δ|x_ik|) ≤ 1"
ROUNDING = 1e-13  # of the sizes of the terms of an update; near 0 the root of a number that is known up to e is known up to √e
Potential = Callable[[ndarray], ndarray]


def chosen(sizes: Sizes, draws: Draws) -> State:
    return positive_states(sizes, draws)


def assumptions(sizes: Sizes, x: State) -> Iterable[Clause]:
    yield from one_step(sizes, x)
    yield positive(POSITIVE, x.v.min(axis=1))
    yield at_most(LIMIT, x.eta * reach(x), 1.0)


def root(a: ndarray) -> ndarray:
    """The root, 0 for negative numbers."""
    return np.sqrt(np.maximum(a, 0.0))


def factorised(x: State, phi: Potential) -> Iterable[Clause]:
    now, growing = x.v[:, np.newaxis, np.newaxis, :], growth(x.v, x.target, x.X, x.eta, x.delta)
    gap = np.abs(phi(now * growing) - phi(now) * phi(growing)) / phi(np.abs(now))
    yield equals(MULTIPLIES, gap.max(axis=(1, 2, 3)), 0.0, allowance=1e-12)
    yield averaged(x, phi, phi(growing).mean(axis=(1, 2)), FACTORISES)


def averaged(x: State, phi: Potential, factor: Float[ndarray, "trials d"], name: str) -> Clause:
    """Both sides relative to ``φ(v_k)``."""
    gap = np.abs(phi(descended(x)).mean(axis=(1, 2)) - phi(x.v) * factor) / phi(np.abs(x.v))
    size = (terms(x).max(axis=(1, 2)) / np.abs(x.v)).max(axis=1)
    return equals(name, gap.max(axis=1), 0.0, allowance=np.sqrt(ROUNDING * size))


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    return factorised(x, root)


def with_logarithm(_sizes: Sizes, x: State) -> Iterable[Clause]:
    return factorised(x, lambda a: np.log1p(np.maximum(a, 0.0)))


def saturating(_sizes: Sizes, x: State) -> Iterable[Clause]:
    return factorised(x, lambda a: np.maximum(a, 0.0) / (1 + np.abs(a)))


def mean_inside(_sizes: Sizes, x: State) -> Iterable[Clause]:
    mean = growth(x.v, x.target, x.X, x.eta, x.delta).mean(axis=(1, 2))
    yield averaged(x, root, root(mean), INSIDE)


def negative(sizes: Sizes, draws: Draws) -> State:
    """Negative states, and steps up to four times beyond the limit."""
    x = chosen(sizes, draws)
    return replace(x, v=-x.v, eta=4 * x.eta)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Eq 9",
        title="the expected root of a coordinate is the root now times the expected root of its growth",
        kind="deterministic",
        claim=r"E\sqrt{v_k[t+1]} = \sqrt{v_k[t]}\; E\sqrt{1 - \eta s x_{ik} - \eta g_k^{(i)}}",
        place="Section 3.2, Eq 9",
        reading="Both factors are nonnegative, as throughout the stage of Theorem 3.1.",
        depends_on=("Eq 8",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("φ = log(1 + v)", with_conclusions(with_logarithm), MULTIPLIES),
        control("φ = v/(1 + v)", with_conclusions(saturating), FACTORISES),
        control("the expectation inside the root", with_conclusions(mean_inside), INSIDE),
        control("negative factors", without_assumption(POSITIVE, LIMIT, chosen=negative), MULTIPLIES),
    ),
)
