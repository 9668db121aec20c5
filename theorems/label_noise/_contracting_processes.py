r"""Processes that contract while they are in an interval, as binary trees: what Lemmas G.3 and G.4 share.

While $A[t] \in [low, high]$ the hypotheses ask for $E[A[t+1] \mid past] \le (1-\gamma) A[t]$ and bound either the conditional
variance or the length of an interval that holds A[t+1]. A node of a tree then leaps just above a goal, climbs within the
interval, drifts to its mean, or stands still for good. The mean is the largest allowed, and the chance of the upper
successor the largest that the variance, or the interval, leaves it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Bool, Float
from numpy import ndarray

from models import processes
from theorems.checker.certify import Comparison
from theorems.checker.certify import assumed as given
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws

MEAN = "E[A[t+1] | past] ≤ (1-γ) A[t]"
VARIANCE = "Var[A[t+1] | past] ≤ a"
RANGE = "A[t+1] | past in an interval of length √a"
BOUNDED_INCREMENTS = (  # why the corrected versions have a range in place of a variance
    "Given the past, A[t+1] lies in an interval of length √a. Azuma-Hoeffding needs bounded increments: weighted by "
    "(1-γ)^{-(t+1)} it gives the printed exponent exactly."
)
BEYOND = 1 + 2.0**-20  # a leap ends just above the goal
LEAP, CLIMB, DRIFT, STAND = range(4)

Nodes = Float[ndarray, "trials nodes"]
Column = Float[ndarray, "trials 1"]
Inner = Bool[ndarray, "trials inner"]
Law = Callable[[ndarray, ndarray], processes.Split]


@dataclass(frozen=True)
class Frame:
    """The interval [low, high] where the hypotheses bind, the goal of a leap, and the numbers of the hypotheses."""

    low: Column
    high: Column
    goal: Column
    gamma: Column
    a: Column


@dataclass(frozen=True)
class Tree:
    """Node i has the successors 2i + 1 and 2i + 2; ``chance`` is a node's probability given its predecessor."""

    A: Nodes
    chance: Nodes
    stands: Inner


def grown(frame: Frame, start: Column, steps: int, draws: Draws, law: Law, drift: float) -> Tree:
    """Trees whose conditional means are (1 + drift γ) A[t], except where the process stands still."""
    levels, chances, stands = [start], [np.ones_like(start)], []
    patient, kind = draws.integers(0, 1, 1) == 0, np.full(start.shape, DRIFT)
    for t in range(steps):
        at_last = LEAP if t == steps - 1 else DRIFT
        kind = np.where(kind == STAND, STAND, np.where(patient, at_last, draws.integers(LEAP, STAND, 2**t)))
        kind = np.where(within(levels[-1], frame.low, frame.high), kind, STAND)
        mean = np.where(kind == STAND, 1.0, 1 + drift * frame.gamma) * levels[-1]
        climb = np.minimum(mean + draws.uniform(0.0, 1.0, 2**t) * (frame.high - mean), frame.high)
        target = np.where(kind == LEAP, BEYOND * frame.goal, climb)
        moves = (kind <= CLIMB) & (target - mean > 1e-6 * frame.goal)
        p, rest, below = law(np.where(moves, target - mean, frame.goal), frame.a)
        levels.append(processes.paired(np.where(moves, target, mean), np.where(moves, mean - below, mean)))
        chances.append(processes.paired(np.where(moves, p, 0.5), np.where(moves, rest, 0.5)))
        stands.append(kind == STAND)
        kind = np.repeat(kind, 2, axis=1)
    return Tree(*(np.concatenate(parts, axis=1) for parts in (levels, chances, stands)))


def within(A: Nodes, low: Column, high: Column) -> Bool[ndarray, "trials nodes"]:
    return np.greater_equal(A, low) & np.less_equal(A, high)


def leap_by_range(gap: ndarray, a: ndarray) -> processes.Split:
    return processes.leap_by_range(gap, np.sqrt(a))


def leap_by_twice_the_range(gap: ndarray, a: ndarray) -> processes.Split:
    return processes.leap_by_range(gap, 2 * np.sqrt(a))


def proper(chance: Nodes, gamma: Float[ndarray, " trials"], a: Float[ndarray, " trials"]) -> Iterable[Clause]:
    """Numbers and chances as they must be; a > 0, as the bounds divide by it."""
    yield positive("a > 0", a)
    yield positive("γ > 0", gamma)
    yield at_most("γ < 1", gamma, 1 - 1e-12)
    yield at_least("the chances are not negative", chance.min(axis=1), 0.0)
    total = processes.successors(chance).sum(axis=2)
    yield equals("the chances add up to 1", np.abs(total - 1).max(axis=1), 0.0, allowance=1e-12)


def mean_clause(A: Nodes, chance: Nodes, gamma: Float[ndarray, " trials"], binds: Inner, scale: Float[ndarray, " trials"]) -> Clause:
    excess = processes.conditional_mean(A, chance) - (1 - gamma[:, np.newaxis]) * processes.predecessors(A)
    return at_most(MEAN, np.where(binds, excess, 0.0).max(axis=1), 0.0, scale=scale)


def variance_clause(A: Nodes, chance: Nodes, a: Float[ndarray, " trials"], binds: Inner, scale: Float[ndarray, " trials"]) -> Clause:
    spread = np.where(binds, processes.conditional_variance(A, chance), 0.0)
    return at_most(VARIANCE, spread.max(axis=1), a, scale=scale * np.sqrt(a))


def range_clause(A: Nodes, chance: Nodes, a: Float[ndarray, " trials"], binds: Inner, scale: Float[ndarray, " trials"]) -> Clause:
    length = np.where(binds, processes.conditional_range(A, chance), 0.0)
    return at_most(RANGE, length.max(axis=1), np.sqrt(a), scale=scale)


def exactly_met(steps: int, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """The hypotheses on chances, mean and variance in rationals; every inner node counts as one that they bind."""
    A, p, gamma, a = (exact[name] for name in ("A", "chance", "gamma", "a"))
    inner = [(i, 2 * i + 1, 2 * i + 2) for i in range(2**steps - 1)]
    yield given("a > 0", a / 2, a)
    yield given("γ > 0", gamma / 2, gamma)
    yield given("γ < 1", gamma, (1 + gamma) / 2)
    yield given("the chances are not negative", 0, min(p))
    yield given("the chances add up to 1", max(abs(p[j] + p[k] - 1) for _, j, k in inner), 0)
    yield given(MEAN, max(p[j] * A[j] + p[k] * A[k] - (1 - gamma) * A[i] for i, j, k in inner), 0)
    yield given(VARIANCE, max(p[j] * p[k] * (A[j] - A[k]) ** 2 for _, j, k in inner), a)


def exact_chance(chance: Sequence[fmpq], admitted: Sequence[bool], node: int = 0) -> fmpq:
    """The probability that the path from a node on meets admitted nodes only."""
    if not admitted[node]:
        return fmpq(0)
    if 2 * node + 1 >= len(chance):
        return fmpq(1)
    return sum((chance[i] * exact_chance(chance, admitted, i) for i in (2 * node + 1, 2 * node + 2)), fmpq(0))
