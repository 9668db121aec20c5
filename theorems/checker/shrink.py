"""Hypothesis answers a statement's questions: for fuzzing, and to shrink a violation until a person can check it.

Entries are quarters and sixteenths of ranges, drawn as lists of integers, so that what is left after shrinking reads
like ``[[0, 2]]``.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from numpy import ndarray

from theorems.checker.choose import Corner, Noted, Value
from theorems.checker.claims import joint
from theorems.checker.play import assert_assumptions
from theorems.checker.record import generator
from theorems.checker.theorem import Theorem


@dataclass(frozen=True)
class Answers:
    """Settings by Hypothesis: integers from their low end, reals at eighths of their range."""

    draw: Any

    def integer(self, name: str, low: int, high: int) -> int:
        return self.draw(st.integers(low, high), label=name)

    def real(self, name: str, low: float, high: float) -> float:
        part = self.draw(st.integers(0, 8), label=name) / 8
        value = low * (high / low) ** part if low > 0 and high / low > 100 else low + (high - low) * part
        return float(min(max(value, low), high))

    def option(self, name: str, options: Sequence[Value]) -> Value:
        return self.draw(st.sampled_from(list(options)), label=name)


@dataclass(frozen=True)
class Drawn:
    """Arrays by Hypothesis: one trial, scaled integers."""

    draw: Any
    trials: int = 1

    def normal(self, *shape: int) -> ndarray:
        return self.integers(-12, 12, *shape) / 4

    def uniform(self, low: float, high: float, *shape: int) -> ndarray:
        return low + (high - low) * self.integers(0, 16, *shape) / 16

    def integers(self, low: int, high: int, *shape: int) -> ndarray:
        size = int(np.prod(shape))
        entry = st.integers(low, high) if low > 0 or high < 0 else st.one_of(st.just(0), st.integers(low, high))
        return np.array(self.draw(st.lists(entry, min_size=size, max_size=size)), dtype=np.int64).reshape(1, *shape)

    def signs(self, *shape: int) -> ndarray:
        return 2.0 * self.integers(0, 1, *shape) - 1.0

    def permutation(self, n: int) -> ndarray:
        return np.array(self.draw(st.permutations(range(n))), dtype=np.int64).reshape(1, n)


@dataclass(frozen=True)
class Example:
    """One instance of a statement, with its setting by name and whether it violates a conclusion."""

    values: dict[str, Value]
    instance: Any
    violates: bool


@st.composite
def examples(draw: Any, theorem: Theorem, smallest: bool = False) -> Example:
    """Instances of the statement, assumptions asserted; what shrinks is what the statement asked for.

    smallest: only at the low end of every range of the setting
    """
    noted = Noted(Corner() if smallest else Answers(lambda strategy, label=None: draw(strategy)))
    setting = theorem.setting(noted)
    with np.errstate(all="raise", under="ignore"):
        chosen = theorem.chosen(setting, Drawn(draw))
        instance = theorem.sampled(setting, chosen, generator(noted.answers, "nature"), 1)
        assert_assumptions(theorem, setting, instance)
        clauses = list(theorem.conclusions(setting, instance))
    return Example(noted.answers, instance, bool(joint(clauses, 1).any()))


def smallest_violation(theorem: Theorem, tried: int = 2000) -> Example | None:
    """The smallest violating instance that Hypothesis finds, at the smallest setting if there is one; None where it finds none."""
    unhurried = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
    patient = settings(max_examples=tried, deadline=None, database=None, suppress_health_check=unhurried, derandomize=True)
    for smallest in (True, False):
        with suppress(NoSuchExample):
            return find(examples(theorem, smallest), lambda example: example.violates, settings=patient)
    return None
