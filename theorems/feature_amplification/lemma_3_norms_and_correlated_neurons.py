r"""Lemma 3: norms at initialisation, and the number of neurons correlated with a direction. Section 4.1; proof in A.1.1.

For $\delta \in (0, 1/2)$, $C_0 > 1$, a unit vector $\mu \in \mathbb{R}^d$ and weights $w_1, \dots, w_m \sim N(0, \omega^2 I_d)$
independent, under the standing assumptions with a large enough constant C, with probability at least $1 - \delta$
$$\tfrac12 \omega\sqrt d \le \lVert w_j\rVert \le \tfrac32 \omega\sqrt d \quad \text{for all } j, \qquad
  \#\Bigl\{j : |\langle w_j, \mu\rangle| \ge \frac{\omega}{2C_0}\Bigr\}
  \ge m\Bigl(1 - \frac{1}{2C_0} - \sqrt{\frac{2\log(4/\delta)}{m}}\Bigr).$$

*Reading.* Of the standing assumptions (A1), (A3) and (A5) bear on it; $\omega$ cancels, and the others bound what it does
not mention. C = 43 is exhibited: the proof needs $d \ge 32 \log(4m/\delta)$, which it gives for every $\delta < 1/2$.

*Instances.* Numbers only: m the least that C = 43 allows or a multiple, n and d the least. Both parts have exact laws,
chi-square for the norms and binomial for the count; they share the weights, so the failure lies between the larger and
the sum.

*Tightness.* Loose. By the rate of the chi-square tail at 9/4 the norms need $d \ge C \log(m/\delta)$ with
$C = 2/(1.25 - \ln 2.25) = 4.56$ in the limit; 2 fails. The root cannot be dropped for large $C_0$.

*Remarks.* The steps are the two concentration inequalities of the proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models import laws
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, holds
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Nothing, Theorem, nothing

FAILS = "P(some ‖w_j‖ ∉ [½, 3/2] ω√d, or fewer than m(1 - 1/(2C₀) - √(2 log(4/δ)/m)) correlated) ≤ δ"
UNIFORM = Witness("C", 43.0, "derived from the proof: d ≥ 43 log(m/δ) and m ≥ 43 log(1/δ) give d ≥ 32 log(4m/δ) for every δ < 1/2")
AFFORDABLE = 400  # numbers per repetition, to sample the event
LATTICE = 1e-12  # relative, outward: integers within it of a threshold count on both sides


@dataclass(frozen=True)
class Sizes:
    m: int
    n: int
    d: int
    delta: float
    C0: float


@dataclass(frozen=True)
class ChiSquare:
    d: int
    t: float


@dataclass(frozen=True)
class Indicators:
    m: int
    p: float
    t: float


def setting(choose: Choose) -> Sizes:
    """m, n, d as small as (A5), (A3), (A1) allow, or m larger."""
    delta, C = choose.real("delta", 1e-8, 0.4999), UNIFORM.value
    m = 2 * int(np.ceil(C * np.log(1 / delta) / 2) * choose.integer("width", 1, 20))
    n = int(np.ceil(C * np.log(m / delta)))
    d = int(np.ceil(C * max(np.log(n / delta) ** 2, np.log(m / delta))))
    return Sizes(m=m, n=n, d=d, delta=delta, C0=choose.real("C0", 1.01, 1000.0))


def chi_square(choose: Choose) -> ChiSquare:
    return ChiSquare(d=int(choose.option("d", (1, 2, 10, 100, 1000, 5000))), t=choose.real("t", 1e-3, 0.999))


def indicators(choose: Choose) -> Indicators:
    m = int(choose.option("m", (1, 2, 10, 100, 1000)))
    return Indicators(m=m, p=choose.real("p", 1e-3, 0.999), t=m * choose.real("t/m", 1e-3, 1.0))


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    C, over = UNIFORM.value, 1 / sizes.delta
    yield at_least("(A1): d ≥ C log²(n/δ)", sizes.d, C * np.log(sizes.n * over) ** 2)
    yield at_least("(A1): d ≥ C log(m/δ)", sizes.d, C * np.log(sizes.m * over))
    yield at_least("(A3): n ≥ C log(m/δ)", sizes.n, C * np.log(sizes.m * over))
    yield at_least("(A5): m ≥ C log(1/δ)", sizes.m, C * np.log(over))
    yield holds("m is even", sizes.m % 2 == 0)
    yield holds("0 < δ < 1/2", 0 < sizes.delta < 0.5)
    yield holds("C₀ > 1", sizes.C0 > 1)


def unassumed(_sizes: object, _x: Nothing) -> Iterable[Clause]:
    return ()


def norms(sizes: Sizes, largest: float = 1.5) -> Interval:
    """Some of m chi-square variables outside [d/4, largest² d]."""
    outside = laws.either_of_disjoint(laws.chi_square_below(sizes.d, sizes.d / 4), laws.chi_square_above(sizes.d, largest**2 * sizes.d))
    return laws.some_of(sizes.m, outside)


def count(sizes: Sizes, root: float = 1.0) -> Interval:
    """More than ``m/(2C0) + root sqrt(2 m log(4/δ))`` of m neurons with ``|z| < 1/(2C0)``."""
    allowed = sizes.m / (2 * sizes.C0) + root * np.sqrt(2 * sizes.m * np.log(4 / sizes.delta))
    low, high = laws.normal_within(1 / (2 * sizes.C0))
    most = laws.binomial_at_least(np.floor(allowed * (1 - LATTICE)) + 1, sizes.m, high)[1]
    return laws.binomial_at_least(np.floor(allowed * (1 + LATTICE)) + 1, sizes.m, low)[0], most


def law(sizes: Sizes, _x: Nothing) -> Interval:
    return laws.either(norms(sizes), count(sizes))


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.m * sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    weights = generator.standard_normal((repetitions, sizes.m, sizes.d))
    size = np.linalg.norm(weights, axis=2) / np.sqrt(sizes.d)
    correlated = np.sum(np.abs(weights[:, :, 0]) >= 1 / (2 * sizes.C0), axis=1)
    least = sizes.m * (1 - 1 / (2 * sizes.C0) - np.sqrt(2 * np.log(4 / sizes.delta) / sizes.m))
    return (size < 0.5).any(axis=1) | (size > 1.5).any(axis=1) | (correlated < least)


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(FAILS, law(sizes, x), sizes.delta)


def few_dimensions(choose: Choose) -> Sizes:
    """d = ceil(2 log(m/δ))"""
    sizes = setting(choose)
    return replace(sizes, d=int(np.ceil(2 * np.log(sizes.m / sizes.delta))))


def narrow(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_most("P(some ‖w_j‖ ∉ [½, 1.02] ω√d, or fewer correlated) ≤ δ", laws.either(norms(sizes, 1.02), count(sizes)), sizes.delta)


def rootless(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_most(
        "P(some norm fails, or fewer than m(1 - 1/(2C₀)) correlated) ≤ δ", laws.either(norms(sizes), count(sizes, 0.0)), sizes.delta
    )


def chi_square_bound(sizes: ChiSquare, _x: Nothing) -> Iterable[Clause]:
    below, above = laws.chi_square_below(sizes.d, (1 - sizes.t) * sizes.d), laws.chi_square_above(sizes.d, (1 + sizes.t) * sizes.d)
    bound = 2 * np.exp(-sizes.d * sizes.t**2 / 8)
    yield at_most("P(|χ²_d/d - 1| ≥ t) ≤ 2 exp(-dt²/8)", laws.either_of_disjoint(below, above), bound, ceiling=1.0)


def indicator_bound(sizes: Indicators, _x: Nothing) -> Iterable[Clause]:
    low, high = (deviation(sizes, outward) for outward in (-LATTICE, LATTICE))
    bound = 2 * np.exp(-(sizes.t**2) / (2 * sizes.m))
    yield at_most("P(|Σ U_j - mp| ≥ t) ≤ 2 exp(-t²/(2m))", (low[0], high[1]), bound, ceiling=1.0)


def deviation(sizes: Indicators, outward: float) -> Interval:
    """``P(|Bin(m, p) - mp| >= t)``, integers within ``outward m`` of the thresholds included."""
    top, bottom = sizes.m * (sizes.p - outward) + sizes.t, sizes.m * (sizes.p + outward) - sizes.t
    above = laws.binomial_at_least(np.ceil(top), sizes.m, sizes.p)
    return laws.either_of_disjoint(above, laws.binomial_at_most(np.floor(bottom), sizes.m, sizes.p))


BASE = Theorem(
    statement=Statement(
        paper="feature_amplification",
        label="Lem 3",
        title="norms at initialisation, and the number of neurons correlated with a direction",
        kind="probability",
        claim=r"P\Bigl(\tfrac12\omega\sqrt d \le \lVert w_j\rVert \le \tfrac32\omega\sqrt d\ \forall j,\ "
        r"\#\{j: |\langle w_j,\mu\rangle| \ge \tfrac{\omega}{2C_0}\} \ge m\bigl(1-\tfrac{1}{2C_0}-\sqrt{2\log(4/\delta)/m}\bigr)\Bigr)"
        r" \ge 1-\delta",
        place="Section 4.1",
        reading="(A1), (A3) and (A5) bear on it; ω cancels.",
        depends_on=("A1-A7",),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    witnesses=(UNIFORM,),
    controls=(
        control("d = 2 log(m/δ)", lambda theorem: replace(theorem, setting=few_dimensions, assumptions=unassumed), FAILS),
        control("norms up to 1.02 ω√d", with_conclusions(narrow), "P(some ‖w_j‖ ∉ [½, 1.02] ω√d, or fewer correlated) ≤ δ"),
        control("no root in the count", with_conclusions(rootless), "P(some norm fails, or fewer than m(1 - 1/(2C₀)) correlated) ≤ δ"),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem3-p1",
            title="concentration of chi-square",
            claim=r"P(|\chi^2_d/d - 1| \ge t) \le 2e^{-dt^2/8}, \quad t\in(0,1)",
            setting=chi_square,
            assumptions=unassumed,
            conclusions=chi_square_bound,
            quantifier=Exactly(),
            witnesses=(),
        ),
        step(
            BASE,
            label="Lem3-p2",
            title="concentration of a sum of indicators",
            claim=r"P(|\sum_j (U_j - p)| \ge t) \le 2e^{-t^2/(2m)}",
            setting=indicators,
            assumptions=unassumed,
            conclusions=indicator_bound,
            quantifier=Exactly(),
            witnesses=(),
        ),
    ),
)
