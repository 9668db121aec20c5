r"""What Figure 5 says of its data, by exact laws: how far apart random centres are, and how many labels flip on average."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, fmpq
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator
from scipy.special import betainc

from models.data import unit
from models.laws import widened
from models.matrices import euclidean
from theorems.checker.certify import Comparison, concluded
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, equals
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Nothing, Theorem, keep, nothing
from theorems.early_stopping._experiments import orders, reassigned

NEAR = "P(‖c₁ - c₂‖ < 2ε₀) = 0"
FLIPS = "P(yᵢ ≠ ỹᵢ) = 15%"


@dataclass(frozen=True)
class Spheres:
    """Two centres uniform on the unit sphere of R^d, inputs at the distance ε₀ from them."""

    d: int
    epsilon0: float


@dataclass(frozen=True)
class Labels:
    """n labels of K equally large classes, a share of them assigned anew, uniformly over the classes."""

    n: int
    K: int
    share: float


def spheres(_choose: Choose) -> Spheres:
    return Spheres(d=20, epsilon0=0.5)


def labels(_choose: Choose) -> Labels:
    return Labels(n=400, K=2, share=0.3)


def unassumed(_setting: object, _x: Nothing) -> Iterable[Clause]:
    return ()


def near_law(s: Spheres, _x: Nothing) -> Interval:
    r"""$\langle c_1, c_2\rangle > t = 1 - 2\varepsilon_0^2$: half of what $\mathrm{Beta}(\frac{d-1}2, \frac12)$ has below $1 - t^2$.

    For t >= 0, that is for an ε₀ up to $1/\sqrt2$.
    """
    t = 1 - 2 * s.epsilon0**2
    tail = betainc((s.d - 1) / 2, 0.5, 1 - t**2) / 2
    return widened(tail, tail)


def near_event(s: Spheres, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    centres = unit(generator.standard_normal((repetitions, 2, s.d)))
    return euclidean(centres[:, 0] - centres[:, 1]) < 2 * s.epsilon0


def near(s: Spheres, x: Nothing) -> Iterable[Clause]:
    yield at_most(NEAR, near_law(s, x), 0.0)


def near_certificate(s: Spheres, _exact: Mapping[str, Any]) -> Iterable[Comparison]:
    t = 1 - 2 * arb(s.epsilon0) ** 2
    tail = (1 - t**2).beta_lower(arb(fmpq(s.d - 1, 2)), arb(fmpq(1, 2)), regularized=1) / 2
    return [concluded(NEAR, tail, arb(0))]


def flip_law(s: Labels, _x: Nothing) -> Interval:
    """A label is among those assigned anew, and the new one is not the old one: the share times 1 - 1/K."""
    flipped = round(s.share * s.n) / s.n * (1 - 1 / s.K)
    return widened(flipped, flipped)


def flip_event(s: Labels, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    truth = np.repeat(np.arange(s.K), s.n // s.K)[np.newaxis]
    fresh = generator.integers(0, s.K, (repetitions, s.n))
    return reassigned(truth, orders(generator, repetitions, s.n), fresh, s.share)[:, 0] != truth[:, 0]


def flips(s: Labels, x: Nothing) -> Iterable[Clause]:
    low, high = flip_law(s, x)
    yield equals(FLIPS, (low + high) / 2, 0.15, allowance=1e-10)


def steps_of(parent: Theorem) -> tuple[Theorem, ...]:
    """Both, as steps of the figure."""
    given = {"chosen": nothing, "sampled": keep, "assumptions": unassumed, "examples": ()}
    apart = step(
        parent,
        label="Fig 5-i",
        title="random centres are guaranteed to be at least 2ε₀ apart",
        claim=r"c_1, c_2 \text{ uniform on the unit sphere of } \mathbb{R}^{20},\ \varepsilon_0 = \tfrac12 \ \Longrightarrow\ "
        r"P(\lVert c_1-c_2\rVert_2 < 2\varepsilon_0) = 0",
        setting=spheres,
        conclusions=near,
        quantifier=Exactly(Frequency(near_law, near_event)),
        counterexample=Counterexample(
            kind="probability",
            file=Path(__file__).with_name("figure_5_i_counterexample.json"),
            certificate=near_certificate,
            account="Two uniform centres have an inner product above 1/2, and so are nearer than 1, with probability 0.0105. That "
            "inputs lie at ε₀ = 1/2 from them forces no distance; it has to be asked of the centres.",
        ),
        **given,
    )
    share = step(
        parent,
        label="Fig 5-iii",
        title="15% of the labels flip on average",
        claim=r"\mathbb{E}\,\#\{i : y_i \ne \tilde y_i\} = n\,P(y_1 \ne \tilde y_1) = 0.3\,(1 - \tfrac12)\,n = 0.15\,n",
        setting=labels,
        conclusions=flips,
        quantifier=Exactly(Frequency(flip_law, flip_event)),
        **given,
    )
    return apart, share
