r"""Section 3.1: one step of the multiplicative walk decreases the expectation of a concave potential, by Taylor's expansion.

For $\varphi : \mathbb{R}_{\ge0} \to \mathbb{R}_{\ge0}$ increasing and concave with $\varphi'' < 0$, for $v > 0$, $0 < \eta < 1$ and
$\xi = \pm1$ equally likely
$$E\,\varphi(v + \eta\xi v) \approx E\bigl[\varphi(v) + \varphi'(v)\eta\xi v + \varphi''(v)\eta^2\xi^2v^2\bigr]
  = \varphi(v) + \varphi''(v)\eta^2v^2 < \varphi(v) .$$

*Reading.* "By Taylor expansion" is read as: up to the remainder of the third order, $\frac16(\eta v)^3\sup|\varphi'''|$ over
$[v - \eta v, v + \eta v]$. That the potential decreases, $E\,\varphi(v + \eta\xi v) < \varphi(v)$, is a clause of its own. The walk
stays at $v > 0$.

*Instances.* The power $v^p$, with $p = \frac12$ on half of the trials, $\log(1 + cv)$, $cv/(1 + cv)$, $1 - e^{-cv}$ and sums of them,
at states and rates over many decades, $\eta$ from 0.001 to nearly 1. Their derivatives are largest in size at $v - \eta v$. The decrease is
computed from formulas in which no digits cancel.

*Tightness.* The printed expansion lacks the factor 1/2 of the second order, so that its error is half of the term that it
keeps. With it the third order cancels: of the third-order remainder at most a tenth is used, and the remainder of the fourth order,
a further clause, is sharp as $\eta \to 0$.

*Remarks.* The slip does no harm: only the sign of the second-order term is used, and that the potential decreases is Jensen's
inequality.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.potentials import Potential
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise._potentials import kind_of_potential, powers, rates, step_sizes, weights

PRINTED_TAYLOR = "|E φ(v+ηξv) - φ(v) - φ''(v) η²v²| ≤ (ηv)³ sup|φ'''|/6"
TAYLOR = "|E φ(v+ηξv) - φ(v) - φ''(v) η²v²/2| ≤ (ηv)³ sup|φ'''|/6"
FOURTH = "|E φ(v+ηξv) - φ(v) - φ''(v) η²v²/2| ≤ (ηv)⁴ sup|φ⁗|/24"
NEARBY = "|E φ(v+ηξv) - φ(v) - 0.51 φ''(v) η²v²| ≤ (ηv)³ sup|φ'''|/6"
SECOND_ORDER = "φ(v) + φ''(v) η²v² < φ(v)"
HALF_ORDER = "φ(v) + φ''(v) η²v²/2 < φ(v)"
DECREASES = "E φ(v+ηξv) < φ(v)"
CONCAVE = "φ'' < 0"


@dataclass(frozen=True)
class Kind:
    """Of the potential."""

    kind: str


@dataclass(frozen=True)
class Instance:
    weight: Float[ndarray, "trials parts"]
    rate: Float[ndarray, "trials parts"]
    p: Float[ndarray, " trials"]
    v: Float[ndarray, " trials"]
    eta: Float[ndarray, " trials"]

    @property
    def potential(self) -> Potential:
        return Potential(weight=self.weight, rate=self.rate, p=self.p)


def setting(choose: Choose) -> Kind:
    return Kind(kind=kind_of_potential(choose))


def chosen(kind: Kind, draws: Draws) -> Instance:
    v = extremes.scale(draws, 2)
    weight, rate = weights(draws, kind.kind), rates(draws) / v[:, np.newaxis]
    return Instance(weight=weight, rate=rate, p=powers(draws), v=v, eta=step_sizes(draws))


def assumptions(_kind: Kind, x: Instance) -> Iterable[Clause]:
    yield positive("η > 0", x.eta)
    yield at_most("η < 1", x.eta, 1 - 1e-6)
    yield positive("v > 0", x.v)
    yield positive("φ' > 0", derivative(x, 1))
    yield positive(CONCAVE, -derivative(x, 2))


def derivative(x: Instance, order: int) -> Float[ndarray, " trials"]:
    return x.potential.derivative(x.v[:, np.newaxis], order)[:, 0]


def decrease(x: Instance) -> Float[ndarray, " trials"]:
    """``φ(v) - E φ(v + ηξv)``"""
    return x.potential.drop(x.v[:, np.newaxis], (x.eta * x.v)[:, np.newaxis])[:, 0]


def expanded(x: Instance, share: float, order: int, name: str) -> Clause:
    """The expansion with ``share`` times the second-order term, up to the remainder of that order.

    The first-order terms cancel; their rounding is left.
    """
    move = x.eta * x.v
    error = np.abs(-decrease(x) - share * derivative(x, 2) * move**2)
    largest = np.abs(x.potential.derivative((x.v - move)[:, np.newaxis], order)[:, 0])
    remainder = move**order / math.factorial(order) * largest
    return at_most(name, error, remainder, rounding=1e-14, scale=derivative(x, 1) * move)


def conclusions(_kind: Kind, x: Instance) -> Iterable[Clause]:
    yield expanded(x, 1.0, 3, PRINTED_TAYLOR)
    yield positive(SECOND_ORDER, -derivative(x, 2) * (x.eta * x.v) ** 2)
    yield positive(DECREASES, decrease(x))


def corrected(_kind: Kind, x: Instance) -> Iterable[Clause]:
    yield expanded(x, 0.5, 3, TAYLOR)
    yield expanded(x, 0.5, 4, FOURTH)
    yield positive(HALF_ORDER, -derivative(x, 2) * (x.eta * x.v) ** 2 / 2)
    yield positive(DECREASES, decrease(x))


def nearby(_kind: Kind, x: Instance) -> Iterable[Clause]:
    yield expanded(x, 0.51, 3, NEARBY)


def convex(kind: Kind, draws: Draws) -> Instance:
    """Powers beyond 1."""
    x = replace(chosen(kind, draws), weight=np.broadcast_to(np.array([1.0, 0.0, 0.0, 0.0]), (draws.trials, 4)))
    return replace(x, p=1 + x.p)


def certificate(_kind: Kind, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For the square root alone: ``φ = √v``, ``φ'' = -v^(-3/2)/4`` and ``φ''' = 3 v^(-5/2)/8``."""
    v, eta, weight, one = ball(exact["v"]), ball(exact["eta"]), exact["weight"], fmpq(1)
    others = max(abs(weight[0] - one), abs(exact["rate"][0] - one), *(abs(w) for w in weight[1:]))
    yield given("φ = √v", max(others, abs(exact["p"] - fmpq(1, 2))), 0)
    yield given("η > 0", exact["eta"] / 2, exact["eta"])
    yield given("η < 1", exact["eta"], (1 + exact["eta"]) / 2)
    yield given("v > 0", exact["v"] / 2, exact["v"])
    mean = ((v + eta * v).sqrt() + (v - eta * v).sqrt()) / 2
    second = (eta * v) ** 2 / (4 * v * v.sqrt())
    low = v - eta * v
    remainder = (eta * v) ** 3 / 16 / (low**2 * low.sqrt())
    yield concluded(PRINTED_TAYLOR, abs(mean - v.sqrt() + second), remainder)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.1-d",
        title="a step of the walk decreases the expectation of a concave potential",
        kind="asymptotic",
        claim=r"E\varphi(v+\eta\xi v) \approx E[\varphi(v) + \varphi'(v)\eta\xi v + \varphi''(v)\eta^2\xi^2v^2] "
        r"= \varphi(v) + \varphi''(v)\eta^2v^2 < \varphi(v)",
        place="Section 3.1, the potential argument",
        reading="The approximation by Taylor's expansion is read as: up to the remainder of the third order.",
        depends_on=("Eq 5",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("section_3_1_d_counterexample.json"),
        certificate=certificate,
        account="φ(v) = √v, v = 1, η = 1/4: the expectation drops by 0.0079, the printed term is 0.0156, and the remainder is "
        "0.0020. Taylor's expansion has 1/2 before the second derivative. Only the sign of the term is used.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "Taylor's expansion has the factor 1/2 before the second-order term. With it the error is within the remainder, and the "
        "conclusion that the expected potential decreases is the same.",
        conclusions=corrected,
    ),
    controls=(
        control("0.51 in place of 1/2", with_conclusions(nearby), NEARBY),
        control("0.99 of the fourth-order remainder", sharpened(FOURTH, 0.99), FOURTH),
        control("a convex potential", without_assumption(CONCAVE, chosen=convex), DECREASES),
    ),
)
