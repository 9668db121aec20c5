r"""Lemma G.4: a process that contracts in an interval rarely stays above its lower end. Appendix G, Eq 185.

Let $0 < c_1 < c_2$, $0 < \gamma < 1$, and let $A[0], \dots, A[T]$ be random and $E_0, \dots, E_{T-1}$ events such that, given the
past with $A[t] \in [c_1, c_2]$, $t < T$, either $E_t$ happens, or $E[A[t+1]] \le (1-\gamma) A[t]$ and
$\mathrm{Var}[A[t+1]] \le a$. If $A[0] \in [c_1, c_2]$ and $(1-\gamma)^T c_2 < c_1$, then
$$P\Bigl(\min_{t \le T} A[t] > c_1,\ \max_{t \le T} A[t] \le c_2,\ \text{no } E_t\Bigr)
  \le \exp\Bigl(-\frac{2 (c_1 (1-\gamma)^{-T} - A[0])^2}{a \sum_{t=1}^T (1-\gamma)^{-2t}}\Bigr).$$

*Reading.* Mean and variance are conditional on the past, which also tells whether $E_t$ happens. The lemma prints no range of
$\gamma$; its use and the division by $(1-\gamma)^T$ leave $0 < \gamma < 1$. The bound divides by a, so $a > 0$. Sum and numerator
are those of the proof, Eq 188.

*Instances.* Finite processes: binary trees of T steps, so that the event's probability is a finite sum. A node leaps just
above $c_1$, climbs within the interval, drifts to its mean, or stands still, which only $E_t$ allows it. The mean is the
largest allowed, the upper chance the largest that the variance (or the interval) allows. A[0] is often $c_2$.

*Tightness.* The printed bound fails by any factor. For the corrected one let $x = (c_1 (1-\gamma)^{-T} - A[0]) (1-\gamma)^T / \sqrt a$:
a single step stays above with chance $1 - x$, the bound is $e^{-2x^2}$. That is within a factor 0.82 up to x = 1/2, and at
x = 0.715 an exponent larger by a quarter is violated.

*Remarks.* Azuma's inequality needs bounded increments, as in Lemma G.3: variance a alone allows a leap by g the chance
$a/(a + g^2)$. The counterexample also violates the bound with $1/\gamma$ in place of the sum, since the sum is the larger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator

from models import processes
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise import _contracting_processes as contracting
from theorems.label_noise._contracting_processes import MEAN, RANGE, Frame, Law

STAY = "P(min A > c₁, max A ≤ c₂, no E_t) ≤ exp(-2(c₁(1-γ)^{-T} - A[0])²/(a Σ_t (1-γ)^{-2t}))"
STRONGER = "P(min A > c₁, max A ≤ c₂, no E_t) ≤ exp(-2.5(c₁(1-γ)^{-T} - A[0])²/(a Σ_t (1-γ)^{-2t}))"
WITH_EVENTS = "P(min A > c₁, max A ≤ c₂) ≤ exp(-2(c₁(1-γ)^{-T} - A[0])²/(a Σ_t (1-γ)^{-2t}))"
REACHED = "(1-γ)^T c₂ < c₁"


@dataclass(frozen=True)
class Sizes:
    T: int


@dataclass(frozen=True)
class Instance:
    """A tree of ``models.processes``: ``chance`` is a node's probability given its predecessor; E is 1 where E_t happens."""

    A: Float[ndarray, "trials nodes"]
    chance: Float[ndarray, "trials nodes"]
    E: Int[ndarray, "trials inner"]
    c1: Float[ndarray, " trials"]
    c2: Float[ndarray, " trials"]
    gamma: Float[ndarray, " trials"]
    a: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(T=choose.integer("T", 1, 6))


def grown(sizes: Sizes, draws: Draws, law: Law, drift: float = -1.0) -> Instance:
    """Trees whose conditional means are (1 + drift γ) A[t]; c₂ is c₁ (1-γ)^{-T} to a power in [0.01, 0.99]."""
    c1, gamma = extremes.scale(draws, 3)[:, np.newaxis], 0.9 * 10.0 ** draws.uniform(-4.0, 0.0, 1)
    c2 = c1 * (1 - gamma) ** (-sizes.T * draws.uniform(0.01, 0.99, 1))
    a = c1**2 * 10.0 ** draws.uniform(-2.0, 2.0, 1)
    start = np.where(draws.integers(0, 1, 1) == 0, c2, c1 + draws.uniform(0.0, 1.0, 1) * (c2 - c1))
    tree = contracting.grown(Frame(low=c1, high=c2, goal=c1, gamma=gamma, a=a), start, sizes.T, draws, law, drift)
    return Instance(tree.A, tree.chance, tree.stands.astype(np.int64), c1[:, 0], c2[:, 0], gamma[:, 0], a[:, 0])


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, processes.leap_by_variance)


def bounded(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_range)


def wide(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_twice_the_range)


def expanding(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_range, drift=1.0)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from framed(sizes, x)
    yield contracting.mean_clause(x.A, x.chance, x.gamma, spoken_of(x), x.c2)
    yield contracting.variance_clause(x.A, x.chance, x.a, spoken_of(x), x.c2)


def corrected(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from framed(sizes, x)
    yield contracting.mean_clause(x.A, x.chance, x.gamma, spoken_of(x), x.c2)
    yield contracting.range_clause(x.A, x.chance, x.a, spoken_of(x), x.c2)


def framed(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("c₁ > 0", x.c1)
    yield at_most("c₁ < c₂", x.c1, x.c2 * (1 - 1e-12))
    yield from contracting.proper(x.chance, x.gamma, x.a)
    yield at_most(REACHED, (1 - x.gamma) ** sizes.T * x.c2, x.c1 * (1 - 1e-12))
    yield at_least("A[0] ≥ c₁", x.A[:, 0], x.c1)
    yield at_most("A[0] ≤ c₂", x.A[:, 0], x.c2)


def spoken_of(x: Instance) -> Bool[ndarray, "trials inner"]:
    """The nodes in [c₁, c₂] at which E_t does not happen: there the hypotheses bind."""
    inside = contracting.within(processes.predecessors(x.A), x.c1[:, np.newaxis], x.c2[:, np.newaxis])
    return inside & (x.E == 0)


def law(_sizes: Sizes, x: Instance) -> Interval:
    chance = np.minimum(processes.probability_of_paths(x.chance, staying(x) & without_events(x)), 1.0)
    return chance, chance


def staying(x: Instance) -> Bool[ndarray, "trials nodes"]:
    """The nodes in (c₁, c₂]."""
    return (x.c1[:, np.newaxis] < x.A) & (x.c2[:, np.newaxis] >= x.A)


def without_events(x: Instance) -> Bool[ndarray, "trials nodes"]:
    """The nodes at which E_t does not happen; there is no such event at time T."""
    return np.concatenate([x.E == 0, np.ones((len(x.E), x.E.shape[1] + 1), dtype=bool)], axis=1)


def event(_sizes: Sizes, x: Instance, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    admitted = (staying(x) & without_events(x))[0]
    return admitted[processes.paths(x.chance[0], generator, repetitions)].all(axis=1)


def bound(sizes: Sizes, x: Instance, exponent: float = 1.0) -> Float[ndarray, " trials"]:
    shrinking = 1 - x.gamma
    weights = (shrinking[:, np.newaxis] ** (-2.0 * np.arange(1, sizes.T + 1))).sum(axis=1)
    missing = x.c1 * shrinking ** -float(sizes.T) - x.A[:, 0]
    return np.exp(-exponent * 2 * missing**2 / (x.a * weights))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(STAY, law(sizes, x), bound(sizes, x))


def stronger(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(STRONGER, law(sizes, x), bound(sizes, x, 1.25))


def with_events(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(WITH_EVENTS, processes.probability_of_paths(x.chance, staying(x)), bound(sizes, x))


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """In rationals up to the exponential; no E_t happens, and every node counts as one that the hypotheses speak of."""
    A, c1, c2, gamma, a = (exact[name] for name in ("A", "c1", "c2", "gamma", "a"))
    yield given("c₁ > 0", c1 / 2, c1)
    yield given("c₁ < c₂", c1, (c1 + c2) / 2)
    yield from contracting.exactly_met(sizes.T, exact)
    yield given(REACHED, (1 - gamma) ** sizes.T * c2, c1 * fmpq(99, 100))
    yield given("A[0] ≥ c₁", c1, A[0])
    yield given("A[0] ≤ c₂", A[0], c2)
    admitted = [c1 < value <= c2 for value in A]
    weights = sum(((1 - gamma) ** (-2 * t) for t in range(1, sizes.T + 1)), fmpq(0))
    exponent = 2 * (c1 * (1 - gamma) ** -sizes.T - A[0]) ** 2 / (a * weights)
    yield concluded(STAY, contracting.exact_chance(exact["chance"], admitted), ball(-exponent).exp())


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem G.4",
        title="a process that contracts in an interval rarely stays above its lower end",
        kind="probability",
        claim=r"P\bigl(\min_{t \le T} A[t] > c_1,\ \max_{t \le T} A[t] \le c_2,\ \text{no } E_t\bigr) \le "
        r"\exp\Bigl(-\frac{2(c_1(1-\gamma)^{-T} - A[0])^2}{a\sum_{t=1}^{T}(1-\gamma)^{-2t}}\Bigr)",
        place="Appendix G, Eq 185",
        reading="mean and variance are conditional on the past, which tells whether E_t happens; 0 < γ < 1 and a > 0; the sum is "
        "that of Eq 188.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("lemma_g_4_counterexample.json"),
        certificate=certificate,
        account="c₁ = 1, c₂ = 3, γ = 1/2, no E_t: from 3 to 3/2, then to 51/50 with chance 1/10 and to 18/25 otherwise. The mean is "
        "half of the last value, the variance a = 81/10000; the bound is exp(-12.3) = 0.000004, the chance 1/10.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        contracting.BOUNDED_INCREMENTS,
        chosen=bounded,
        assumptions=corrected,
    ),
    controls=(
        control("intervals of length 2√a", without_assumption(RANGE, chosen=wide), STAY),
        control("means of (1 + γ) A[t]", without_assumption(MEAN, chosen=expanding), STAY),
        control("paths on which E_t happens", with_conclusions(with_events), WITH_EVENTS),
        control("an exponent larger by a quarter", with_conclusions(stronger), STRONGER),
    ),
)
