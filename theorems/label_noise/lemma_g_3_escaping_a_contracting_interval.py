r"""Lemma G.3: a process that contracts in an interval rarely leaves it at the top. Appendix G, Eq 179.

Let $c > 0$, $0 < \gamma < 1$, and let $A[0], \dots, A[T]$ be random such that, given the past with $A[t] \in [c/3, c]$,
$t < T$, either $A[t] = A[t+1] = \dots = A[T]$, or $E[A[t+1]] \le (1-\gamma) A[t]$ and $\mathrm{Var}[A[t+1]] \le a$. Then
$$P\bigl(A[T] > c,\ A[0] \le c/2,\ A[t] \in [c/3, c] \text{ for } 0 \le t < T\bigr)
  \le \exp\Bigl(-\frac{c^2}{2a \sum_{t<T} (1-\gamma)^{2t}}\Bigr).$$

*Reading.* Mean and variance are conditional on the past. $a > 0$, as the bound divides by it.

*Instances.* Finite processes: binary trees of T steps, each node with two successors and their chances, so that the
event's probability is a finite sum. A node leaps just above c, climbs within the interval, drifts to its mean, or
freezes; the mean is the largest allowed, the upper chance the largest that the variance (or the interval) allows.

*Tightness.* The printed bound fails by any factor. The corrected one is met up to a factor 0.95 at $a = 100 c^2$, up to
about 0.8 at $a = c^2$, and its exponent cannot be doubled.

*Remarks.* Azuma's inequality needs bounded increments. Variance a alone allows a leap by g the chance $a/(a + g^2)$.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Bool, Float
from numpy import ndarray
from numpy.random import Generator

from models import processes
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise import _contracting_processes as contracting
from theorems.label_noise._contracting_processes import MEAN, RANGE, Frame, Law

ESCAPE = "P(A[T] > c, A[0] ≤ c/2, A[t] ∈ [c/3, c]) ≤ exp(-c²/(2a Σ_t (1-γ)^{2t}))"
DOUBLED = "P(A[T] > c, A[0] ≤ c/2, A[t] ∈ [c/3, c]) ≤ exp(-c²/(a Σ_t (1-γ)^{2t}))"
ANYWHERE = "P(A[T] > c, A[t] ∈ [c/3, c]) ≤ exp(-c²/(2a Σ_t (1-γ)^{2t}))"


@dataclass(frozen=True)
class Sizes:
    T: int


@dataclass(frozen=True)
class Instance:
    """A tree of ``models.processes``: ``chance`` is a node's probability given its predecessor."""

    A: Float[ndarray, "trials nodes"]
    chance: Float[ndarray, "trials nodes"]
    c: Float[ndarray, " trials"]
    gamma: Float[ndarray, " trials"]
    a: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(T=choose.integer("T", 1, 6))


def grown(sizes: Sizes, draws: Draws, law: Law, start: float = 1 / 2, drift: float = -1.0) -> Instance:
    """Trees whose conditional means are (1 + drift γ) A[t], from A[0] up to ``start`` times c."""
    c, gamma = extremes.scale(draws, 3)[:, np.newaxis], 0.99 * 10.0 ** draws.uniform(-4.0, 0.0, 1)
    a = c**2 * 10.0 ** draws.uniform(-2.0, 2.0, 1)
    first = c * np.where(draws.integers(0, 1, 1) == 0, start, draws.uniform(1 / 3, start, 1))
    tree = contracting.grown(Frame(low=c / 3, high=c, goal=c, gamma=gamma, a=a), first, sizes.T, draws, law, drift)
    return Instance(tree.A, tree.chance, c[:, 0], gamma[:, 0], a[:, 0])


def inside(A: ndarray, c: ndarray) -> Bool[ndarray, "trials nodes"]:
    return contracting.within(A, c / 3, c)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, processes.leap_by_variance)


def bounded(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_range)


def wide(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_twice_the_range)


def expanding(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_range, drift=1.0)


def from_above(sizes: Sizes, draws: Draws) -> Instance:
    return grown(sizes, draws, contracting.leap_by_range, start=0.95)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("c > 0", x.c)
    yield from contracting.proper(x.chance, x.gamma, x.a)
    yield contracting.mean_clause(x.A, x.chance, x.gamma, spoken_of(x), x.c)
    yield contracting.variance_clause(x.A, x.chance, x.a, spoken_of(x), x.c)


def corrected(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield positive("c > 0", x.c)
    yield from contracting.proper(x.chance, x.gamma, x.a)
    yield contracting.mean_clause(x.A, x.chance, x.gamma, spoken_of(x), x.c)
    yield contracting.range_clause(x.A, x.chance, x.a, spoken_of(x), x.c)


def spoken_of(x: Instance) -> Bool[ndarray, "trials inner"]:
    """The nodes in [c/3, c] after which A is not constant for good: there the hypotheses bind."""
    return inside(processes.predecessors(x.A), x.c[:, np.newaxis]) & ~processes.constant_for_good(x.A, x.chance)


def law(_sizes: Sizes, x: Instance) -> Interval:
    chance = np.minimum(processes.probability_of_paths(x.chance, escaping(x, x.c / 2)), 1.0)
    return chance, chance


def escaping(x: Instance, start: ndarray) -> Bool[ndarray, "trials nodes"]:
    """The nodes of the event's paths: in [c/3, c] before time T and at most ``start`` at first, above c at time T."""
    admitted = inside(x.A, x.c[:, np.newaxis])
    admitted[:, 0] &= x.A[:, 0] <= start
    last = x.A.shape[1] // 2
    admitted[:, last:] = x.A[:, last:] > x.c[:, np.newaxis]
    return admitted


def event(_sizes: Sizes, x: Instance, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    return escaping(x, x.c / 2)[0, processes.paths(x.chance[0], generator, repetitions)].all(axis=1)


def bound(x: Instance, exponent: float = 1.0) -> Float[ndarray, " trials"]:
    weights = (1 - x.gamma[:, np.newaxis]) ** (2 * np.arange(processes.horizon(x.A)))
    return np.exp(-exponent * x.c**2 / (2 * x.a * weights.sum(axis=1)))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(ESCAPE, law(sizes, x), bound(x))


def doubled(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(DOUBLED, law(sizes, x), bound(x, 2.0))


def from_anywhere(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(ANYWHERE, processes.probability_of_paths(x.chance, escaping(x, x.c)), bound(x))


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """In rationals up to the exponential; every node counts as one that the hypotheses speak of."""
    A, c, gamma, a = (exact[name] for name in ("A", "c", "gamma", "a"))
    yield given("c > 0", c / 2, c)
    yield from contracting.exactly_met(sizes.T, exact)
    last = 2**sizes.T - 1
    admitted = [c / 3 <= value <= c if i < last else value > c for i, value in enumerate(A)]
    admitted[0] = admitted[0] and A[0] <= c / 2
    weights = sum(((1 - gamma) ** (2 * t) for t in range(sizes.T)), fmpq(0))
    yield concluded(ESCAPE, contracting.exact_chance(exact["chance"], admitted), ball(-(c**2) / (2 * a * weights)).exp())


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem G.3",
        title="a process that contracts in an interval rarely leaves it at the top",
        kind="probability",
        claim=r"P\bigl(A[T] > c,\ A[0] \le \tfrac c2,\ A[t] \in [\tfrac c3, c]\ (0 \le t < T)\bigr) \le "
        r"\exp\Bigl(-\frac{c^2}{2a\sum_{t=0}^{T-1}(1-\gamma)^{2t}}\Bigr)",
        place="Appendix G, Eq 179",
        reading="mean and variance are conditional on the past; a > 0, as the bound divides by it.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("lemma_g_3_counterexample.json"),
        certificate=certificate,
        account="c = 1, γ = 1/5: from 1/2 to 2/5, then to 26/25 with chance 1/10 and to 6/25 otherwise. The mean is 4/5 of "
        "the last value, the variance a = 36/625; the bound is exp(-5.29) = 0.005, the chance 1/10.",
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
        control("intervals of length 2√a", without_assumption(RANGE, chosen=wide), ESCAPE),
        control("means of (1 + γ) A[t]", without_assumption(MEAN, chosen=expanding), ESCAPE),
        control("A[0] up to 0.95 c", lambda theorem: replace(theorem, chosen=from_above, conclusions=from_anywhere), ANYWHERE),
        control("twice the exponent", with_conclusions(doubled), DOUBLED),
    ),
)
