"""The record: a statement as a game of pure functions.

1. ``setting``: sizes and scalars. 2. ``chosen``: the adversary's arrays, everything quantified "for all" before
chance. 3. ``sampled``: nature's move, what the statement calls random. 4. ``replied``: what the adversary may choose
knowing it. Then ``assumptions`` are asserted on every instance and ``conclusions`` runs the prescribed algorithm and
states the bounds.

A setting and an instance are frozen dataclasses; every field of an instance is an array with the trials first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from theorems.checker.certify import Comparison
from theorems.checker.choose import Choose, Named
from theorems.checker.claims import Clause, Witness
from theorems.checker.draws import Draws
from theorems.checker.plot import Plot
from theorems.checker.quantifiers import Always, Quantifier
from theorems.checker.statement import Statement, slug

S = TypeVar("S")
X = TypeVar("X")
BLOCK = 1000
CONTROL = "control-"  # begins the version name of a control


@dataclass(frozen=True)
class Nothing:
    """The instance of a statement about numbers alone: one trial without arrays."""

    trial: ndarray


def nothing(_setting: object, _draws: Draws) -> Nothing:
    """The adversary has no arrays to choose."""
    return Nothing(trial=np.zeros(1))


def no_reply(_setting: object, instance: X, _draws: Draws) -> X:
    """The adversary does not answer nature's move."""
    return instance


def keep(_setting: object, instance: X, _generator: Generator, _trials: int) -> X:
    """Nature does not move."""
    return instance


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What literal constants would take."""

    steps: float = 0
    bytes: float = 0
    trials: float = 0

    def beyond(self, limit: "Sizes") -> bool:
        return self.steps > limit.steps or self.bytes > limit.bytes or self.trials > limit.trials


ALWAYS = Always()
AT_HAND = Sizes(steps=1e8, bytes=4e9, trials=1e7)


@dataclass(frozen=True, kw_only=True)
class Counterexample:
    """An explicit violation, stored beside the statement and certified outside float64.

    kind:         instance, family or probability
    file:         JSON: schema, id, version, setting and, for an instance, its arrays as fractions
    certificate:  (setting, arrays as exact rationals) -> the statement's clauses in ball or rational arithmetic
    degenerate:   whether its size is a degenerate one (one cluster, an empty set, no steps)
    account:      why it violates, and what the paper overlooked
    """

    kind: str
    file: Path
    certificate: Callable[[Any, Mapping[str, Any]], Iterable[Comparison]]
    account: str
    degenerate: bool = False


@dataclass(frozen=True, kw_only=True)
class Control:
    """A changed version that the same checker must refute, at the clause named ``breaks``."""

    name: str
    change: Callable[["Theorem"], "Theorem"]
    breaks: str


@dataclass(frozen=True, kw_only=True)
class Theorem(Generic[S, X]):
    """One statement, as printed or in a changed version.

    statement:       label, claim, place
    setting:         sizes and scalars, by name and range
    chosen:          the adversary's arrays
    sampled:         nature's move
    replied:         the adversary's answer to it: "on one event, for every W and x"
    assumptions:     hypotheses, asserted on every instance
    conclusions:     runs the algorithm, states the bounds
    quantifier:      always, with a probability, by an exact law, in expectation
    examples:        named settings that join the plan
    steps:           proof steps and remarks, each judged on its own
    needs, limits:   what a setting takes, and what is at hand
    witnesses:       constants exhibited in the hypotheses
    controls:        changed versions that must be refuted
    counterexample:  an explicit violation
    ill_posed:       what, as printed, cannot be evaluated
    reason:          of a version other than the printed one: what changed, and why
    parent:          of a step: the id of the result that it proves
    block:           trials drawn together; part of what a seed means
    deep:            blocks for each example of a statement too slow for the default budget: its records are committed
    plots:           pictures, computed on demand and committed as numbers
    """

    statement: Statement
    setting: Callable[[Choose], S]
    chosen: Callable[[S, Draws], X]
    assumptions: Callable[[S, X], Iterable[Clause]]
    conclusions: Callable[[S, X], Iterable[Clause]]
    sampled: Callable[[S, X, Generator, int], X] = keep
    replied: Callable[[S, X, Draws], X] = no_reply
    quantifier: Quantifier = ALWAYS
    examples: tuple[Named, ...] = ()
    steps: tuple["Theorem", ...] = ()
    needs: Callable[[S], Sizes] | None = None
    limits: Sizes = AT_HAND
    witnesses: tuple[Witness, ...] = ()
    controls: tuple[Control, ...] = ()
    counterexample: Counterexample | None = None
    ill_posed: str | None = None
    reason: str = ""
    version: str = "printed"
    parent: str = ""
    block: int = BLOCK
    deep: int = 0
    plots: Callable[[], tuple[Plot, ...]] | None = None

    @property
    def id(self) -> str:
        """``paper/lemma-6.2``, ``paper/lemma-6.2@corrected``, ``paper/theorem-9.2#eqs-12-14``"""
        version = "" if self.version == "printed" else f"@{self.version}"
        return f"{self.parent}#{slug(self.statement.label)}" if self.parent else self.statement.id + version


def version(base: Theorem, name: str, reason: str, **changes: Any) -> Theorem:
    """The corrected, reading or relaxed version of a printed statement; it drops the counterexample and the steps."""
    return replace(base, **{"version": name, "reason": reason, "counterexample": None, "ill_posed": None, "steps": (), **changes})


def trial_of(instance: X, trial: int) -> X:
    """The instance of one trial; arrays with first axis 1 are shared by all trials."""
    picked = {name: array[:1] if len(array) == 1 else array[trial : trial + 1] for name, array in arrays(instance).items()}
    return replace(instance, **picked)  # type: ignore[type-var]


def arrays(instance: object) -> dict[str, ndarray]:
    """The fields of an instance by name."""
    return {f.name: getattr(instance, f.name) for f in fields(instance)}  # type: ignore[arg-type]
