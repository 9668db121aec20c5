"""What a statement says about how often its conclusion holds. ``verdict.py`` judges each; nobody else compares counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jaxtyping import Bool, Float
from numpy import ndarray
from numpy.random import Generator

Interval = tuple[Float[ndarray, " trials"], Float[ndarray, " trials"]]


@dataclass(frozen=True)
class Always:
    """Every instance: one violation beyond rounding refutes."""


@dataclass(frozen=True)
class WithProbability:
    """At least with probability ``at_least(setting, instance)`` over nature's move, for each chosen object.

    The chosen object is drawn once per setting (first axis 1) and held fixed while nature is replicated: pooling over
    chosen objects would test a weaker claim.
    """

    at_least: Callable[[Any, Any], float]


@dataclass(frozen=True)
class Frequency:
    """The event of an exact law, sampled, to hold the law against it.

    law:    enclosure of the event's probability, per trial
    event:  (setting, instance, generator, repetitions) -> whether it happened; the instance has one trial
    """

    law: Callable[[Any, Any], Interval]
    event: Callable[[Any, Any, Generator, int], Bool[ndarray, " repetitions"]]


@dataclass(frozen=True)
class Exactly:
    """The conclusions return enclosures of a probability or an expectation: judged as a deterministic inequality.

    Where the event can also be sampled, the frequency must agree with the enclosure, or the encoding is in error.
    """

    frequency: Frequency | None = None


@dataclass(frozen=True)
class InExpectation:
    """The mean over nature's move of ``greater - lesser`` is not negative; each trial's lies in ``span(setting, instance)``.

    The span makes the error rates exact (Hoeffding); unbounded variables are integrated, not sampled.
    """

    span: Callable[[Any, Any], tuple[float, float]]


@dataclass(frozen=True)
class Sweep:
    """There is a constant, the same at all sizes: the one that the trials need must not grow along the sweep.

    over:    the size that grows, a name of the setting; its values are the statement's examples, fixed beforehand
    growth:  the exponent of growth that is still put down to small sizes, fixed beforehand

    A conclusion is ``compared``; its left/right is the constant needed. SUPPORTED means: over this sweep.
    """

    over: str
    growth: float


def more_often_than_not(_setting: Any, _instance: Any) -> float:
    """1/2: an experiment claims that one fixed ordering or trend is met by more than half of the seeds."""
    return 0.5


Quantifier = Always | WithProbability | Exactly | InExpectation | Sweep
