"""Small statements whose truth is known beforehand, and the assertion that the checker sees it.

Four kinds of instance carry them: a vector (deterministic claims), a toss of a biased coin (chance), two fair coins
(an exact law), and none at all (numbers alone).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from theorems.checker.certify import assumed, concluded
from theorems.checker.check import Result, check
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, InExpectation, WithProbability
from theorems.checker.replay import dump
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem
from theorems.checker.verdict import Verdict

Conclusions = Callable[[Any, Any], Iterable[Clause]]
SUM = "|v|_1 ≤ c |v|_2"
HEADS = "heads"
MEAN = "E x ≤ b"
LAW = "P(some head) ≤ p"


@dataclass(frozen=True)
class Sizes:
    n: int


@dataclass(frozen=True)
class NoNumbers:
    pass


@dataclass(frozen=True)
class Vector:
    v: Float[ndarray, "trials n"]


@dataclass(frozen=True)
class Toss:
    """``x`` is uniform on [0, 1] once nature has moved; ``wear`` is the adversary's, one for all trials."""

    wear: Float[ndarray, " one"]
    x: Float[ndarray, " trials"]


def statement(label: str, kind: str = "deterministic") -> Statement:
    return Statement(paper="known", label=label, title=label, kind=kind, claim="", place="tests")


def sizes(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 2, 3))


def no_numbers(_choose: Choose) -> NoNumbers:
    return NoNumbers()


def gaussian(setting: Sizes, draws: Draws) -> Vector:
    return Vector(v=draws.normal(setting.n))


def unassuming(_setting: object, _instance: object) -> Iterable[Clause]:
    return ()


def worn(_setting: NoNumbers, draws: Draws) -> Toss:
    return Toss(wear=draws.normal(), x=np.zeros(1))


def tossed(_setting: NoNumbers, toss: Toss, generator: Generator, trials: int) -> Toss:
    return replace(toss, x=generator.random(trials))


def nonnegative(_setting: Sizes, instance: Vector) -> Iterable[Clause]:
    yield at_least("v ≥ 0", instance.v.min(axis=1), 0.0)


def both_norms(instance: Vector) -> tuple[Float[ndarray, " trials"], Float[ndarray, " trials"]]:
    """The sum of the absolute entries, and the Euclidean norm."""
    return np.abs(instance.v).sum(axis=1), np.sqrt((instance.v**2).sum(axis=1))


def about_vectors(label: str, conclusions: Conclusions, **changes: Any) -> Theorem:
    """A deterministic claim about Gaussian vectors."""
    record = Theorem(statement=statement(label), setting=sizes, chosen=gaussian, assumptions=unassuming, conclusions=conclusions, block=200)
    return replace(record, **changes)


def norms_compared(factor: float, *, witness: Witness | None = None, **options: Any) -> Theorem:
    """``|v|_1 <= factor * sqrt(n) |v|_2``: true from factor 1 on, attained where all entries have one size; false below."""

    def conclusions(setting: Sizes, instance: Vector) -> Iterable[Clause]:
        total, length = both_norms(instance)
        yield at_most(SUM, total, factor * np.sqrt(setting.n) * length, witness=witness)

    return about_vectors("Thm norms", conclusions, **options)


def coin(*, fails: float, claimed: float, block: int = 1000) -> Theorem:
    """Heads with probability at least ``1 - claimed``; it fails at the rate ``fails`` exactly."""
    return Theorem(
        statement=statement("Thm coin", "probability"),
        setting=no_numbers,
        chosen=worn,
        sampled=tossed,
        assumptions=unassuming,
        conclusions=lambda _setting, toss: [holds(HEADS, toss.x >= fails)],
        quantifier=WithProbability(lambda _setting, _toss: 1.0 - claimed),
        block=block,
    )


def mean_at_most(bound: float, *, span: tuple[float, float] | None = None, block: int = 5000) -> Theorem:
    """``E x <= bound`` for x uniform on [0, 1]: true from 1/2 on."""
    within = span or (bound - 1.0, bound)
    return replace(
        coin(fails=0.0, claimed=0.0, block=block),
        statement=statement("Thm mean", "expectation"),
        conclusions=lambda _setting, toss: [at_most(MEAN, toss.x, bound)],
        quantifier=InExpectation(lambda _setting, _toss: within),
    )


def some_head(bound: float, *, law: tuple[float, float] = (0.75, 0.75), frequency: bool = True) -> Theorem:
    """``P(some head of two fair coins) <= bound`` by the exact law 3/4."""
    low, high = np.array([law[0]]), np.array([law[1]])

    def event(_setting: object, _instance: object, generator: Generator, repetitions: int) -> ndarray:
        return generator.integers(0, 2, (repetitions, 2)).max(axis=1) > 0

    return about_vectors(
        "Thm two coins",
        lambda _setting, instance: [at_most(LAW, (law[0] * np.ones(len(instance.v)), law[1] * np.ones(len(instance.v))), bound)],
        quantifier=Exactly(Frequency(lambda _setting, _instance: (low, high), event) if frequency else None),
    )


def refuted_by(file: Path, vector: Iterable[float], theorem: Theorem) -> Theorem:
    """The statement with this vector stored as its counterexample in ``file``."""
    v = np.array([list(vector)], dtype=float)
    file.write_text(dump(theorem, {"n": v.shape[1]}, Vector(v=v)))
    return replace(theorem, counterexample=Counterexample(kind="instance", file=file, certificate=squares, account="known"))


def squares(setting: Sizes, exact: Any) -> Iterable[Any]:
    """``|v|_1^2 <= n |v|_2^2 / 4``, what ``norms_compared(1/2)`` says, in rationals."""
    v = exact["v"]
    yield assumed("n entries", abs(len(v) - setting.n), 0)
    total, energy = sum((abs(entry) for entry in v), fmpq(0)), sum((entry**2 for entry in v), fmpq(0))
    yield concluded(SUM, total**2, setting.n * energy / 4)


def assert_verdict(theorem: Theorem, wanted: Verdict, **options: Any) -> Result:
    """Checks the statement and fails with both verdicts, the counts and the first error."""
    result = check(theorem, **options)
    counts = f"{result.failures} of {result.trials} trials violate it, first error: {result.error}"
    assert result.verdict is wanted, f"{theorem.id} came out {result.verdict}, but its truth is known: {wanted} ({counts})"
    return result
