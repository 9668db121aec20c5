r"""The experiment on noise of different shapes: data, runs and errors. Appendix A.1.

All runs start from $v = \mathbb{1}$, see the same data and take the full gradient plus noise of one kind. Label noise decays its
step by 10 after each third of the steps; Gaussian noise has ``longer`` times the steps.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.noisy_descent import Noise, noisy_descent
from models.quadratic_regression import loss, test_error
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws

DIVERGED = 1e300  # the error of a run that left float64
DECAY = (1.0, 0.1, 0.01)


@dataclass(frozen=True)
class Setup:
    """n samples in dimension d, the first r coordinates of v* are 1; step size, steps, and the scales of Gaussian noise."""

    d: int
    n: int
    r: int
    eta: float
    steps: int
    sigmas: tuple[float, ...]
    longer: int = 4


@dataclass(frozen=True)
class Instance:
    """Samples as rows, and the key of the draws."""

    X: Float[ndarray, "#trials n d"]
    key: Int[ndarray, " #trials"]


@dataclass(frozen=True)
class Kind:
    """One kind of noise with its scale, its step sizes in equal shares of its steps, and its steps as a multiple of ``steps``."""

    noise: Noise
    sigma: float = 1.0
    decay: tuple[float, ...] = (1.0,)
    longer: int = 1


FULL_BATCH, MINI_BATCH, LABEL = Kind(Noise.NONE), Kind(Noise.MINI_BATCH), Kind(Noise.LABEL, decay=DECAY)


def gaussian(s: Setup, sigma: float) -> Kind:
    return Kind(Noise.GAUSSIAN, sigma, longer=s.longer)


def chosen(s: Setup, _draws: Draws) -> Instance:
    """Places for what nature draws: there is nothing to choose."""
    return Instance(X=np.zeros((1, s.n, s.d)), key=np.zeros(1, dtype=np.int64))


def sampled(s: Setup, _x: Instance, generator: Generator, trials: int) -> Instance:
    return Instance(X=generator.standard_normal((trials, s.n, s.d)), key=keys(generator, trials))


def assumptions(s: Setup, x: Instance) -> Iterable[Clause]:
    yield at_most("n < d", np.full(len(x.X), s.n), s.d - 1)
    yield at_most("1 ≤ r ≤ d", np.full(len(x.X), s.r), s.d)


def target(s: Setup) -> Float[ndarray, "1 d"]:
    """v*"""
    return (np.arange(s.d) < s.r).astype(float)[np.newaxis]


def path(s: Setup, x: Instance, kind: Kind, looks: int) -> Iterator[Float[ndarray, "trials d"]]:
    """v at ``looks`` equally spaced times, the last step among them; ``looks`` is a multiple of the number of step sizes."""
    v, each = np.ones((len(x.key), s.d)), kind.longer * s.steps // looks
    for look in range(looks):
        eta = s.eta * kind.decay[look * len(kind.decay) // looks]
        v = noisy_descent(v, target(s), x.X, x.key, eta, kind.noise, kind.sigma, each, start=look * each)
        yield v


def end(s: Setup, x: Instance, kind: Kind) -> Float[ndarray, "trials d"]:
    """v after the last step."""
    *_, last = path(s, x, kind, len(kind.decay))
    return last


def error(s: Setup, v: Float[ndarray, "trials d"]) -> Float[ndarray, " trials"]:
    r"""$\lVert v^2 - v_*^2\rVert_2^2$"""
    with np.errstate(over="ignore", invalid="ignore"):
        return within_float64(test_error(v, target(s)))


def training_loss(s: Setup, x: Instance, v: Float[ndarray, "trials d"]) -> Float[ndarray, " trials"]:
    with np.errstate(over="ignore", invalid="ignore"):
        return within_float64(loss(v, target(s), x.X))


def within_float64(values: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    return np.where(np.isfinite(values), values, DIVERGED)
