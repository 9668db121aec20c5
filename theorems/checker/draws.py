"""The adversary's arrays: one narrow protocol, answered by a generator, by a tape or by Hypothesis (``shrink.py``).

Every array has the trials as its first axis. A statement asks, it never knows who answers, so the function that
samples its instances also serves the optimiser and the shrinker.
"""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator
from scipy.special import ndtr, ndtri

FAR = 8.0  # the normal distribution function is 0 or 1 to float64 beyond this


@runtime_checkable
class Draws(Protocol):
    """Answers a statement's requests for arrays; ``trials`` is the length of every first axis."""

    @property
    def trials(self) -> int: ...

    def normal(self, *shape: int) -> ndarray:
        """Standard normal entries, shape (trials, \\*shape)."""
        ...

    def uniform(self, low: float, high: float, *shape: int) -> ndarray:
        """Entries uniform on [low, high], shape (trials, \\*shape)."""
        ...

    def integers(self, low: int, high: int, *shape: int) -> ndarray:
        """Integer entries from low to high, both included, shape (trials, \\*shape)."""
        ...

    def signs(self, *shape: int) -> ndarray:
        """Entries -1.0 or 1.0, shape (trials, \\*shape)."""
        ...

    def permutation(self, n: int) -> ndarray:
        """An order of 0 .. n-1 per trial, shape (trials, n)."""
        ...


@dataclass(frozen=True)
class Seeded:
    """Answers from a NumPy generator: many trials at once."""

    generator: Generator
    trials: int

    def normal(self, *shape: int) -> ndarray:
        return self.generator.standard_normal((self.trials, *shape))

    def uniform(self, low: float, high: float, *shape: int) -> ndarray:
        return self.generator.uniform(low, high, (self.trials, *shape))

    def integers(self, low: int, high: int, *shape: int) -> ndarray:
        return self.generator.integers(low, high, (self.trials, *shape), endpoint=True)

    def signs(self, *shape: int) -> ndarray:
        return 2.0 * self.integers(0, 1, *shape) - 1.0

    def permutation(self, n: int) -> ndarray:
        return np.argsort(self.generator.random((self.trials, n)), axis=1)


@dataclass
class Tape:
    """Reads the answers off a table of normal coordinates, one row per trial, which an optimiser moves.

    Raises IndexError where the questions outrun the tape.
    """

    coordinates: Float[ndarray, "trials dims"]
    position: int = 0

    @property
    def trials(self) -> int:
        return len(self.coordinates)

    def normal(self, *shape: int) -> ndarray:
        size = int(np.prod(shape))
        if self.position + size > self.coordinates.shape[1]:
            raise IndexError(f"the tape holds {self.coordinates.shape[1]} numbers, {self.position + size} were asked for")
        self.position += size
        return self.coordinates[:, self.position - size : self.position].reshape(self.trials, *shape)

    def uniform(self, low: float, high: float, *shape: int) -> ndarray:
        return low + (high - low) * ndtr(self.normal(*shape))

    def integers(self, low: int, high: int, *shape: int) -> ndarray:
        return np.minimum(low + np.floor((high + 1 - low) * ndtr(self.normal(*shape))), high).astype(np.int64)

    def signs(self, *shape: int) -> ndarray:
        return 2.0 * self.integers(0, 1, *shape) - 1.0

    def permutation(self, n: int) -> ndarray:
        return np.argsort(self.normal(n), axis=1)


@dataclass(frozen=True)
class Recorder:
    """Passes requests on and notes the answers as the tape that would repeat them."""

    draws: Draws
    columns: list[ndarray] = field(default_factory=list)

    @property
    def trials(self) -> int:
        return self.draws.trials

    def tape(self) -> Float[ndarray, "trials dims"]:
        """The coordinates of all answers given so far."""
        return np.concatenate([np.empty((self.trials, 0)), *self.columns], axis=1)

    def normal(self, *shape: int) -> ndarray:
        return self._note(drawn := self.draws.normal(*shape), drawn)

    def uniform(self, low: float, high: float, *shape: int) -> ndarray:
        drawn = self.draws.uniform(low, high, *shape)
        return self._note(drawn, _normal_score((drawn - low) / (high - low) if high > low else np.full_like(drawn, 0.5)))

    def integers(self, low: int, high: int, *shape: int) -> ndarray:
        drawn = self.draws.integers(low, high, *shape)
        return self._note(drawn, _normal_score((drawn - low + 0.5) / (high + 1 - low)))

    def signs(self, *shape: int) -> ndarray:
        return 2.0 * self.integers(0, 1, *shape) - 1.0

    def permutation(self, n: int) -> Int[ndarray, "trials n"]:
        drawn = self.draws.permutation(n)
        return self._note(drawn, _normal_score((np.argsort(drawn, axis=1) + 0.5) / n))

    def _note(self, drawn: ndarray, coordinates: ndarray) -> ndarray:
        self.columns.append(np.asarray(coordinates, dtype=float).reshape(self.trials, -1))
        return drawn


def _normal_score(probability: ndarray) -> ndarray:
    return np.clip(ndtri(np.clip(probability, 0.0, 1.0)), -FAR, FAR)
