"""The stand-in for deep networks under several noises: small digits, one hidden layer, both layers trained. Appendix A.2, A.3.

The schedule is the paper's in shares of the steps: the step size is divided by 10 after 3/7 and after 5/7 of them, where the
probability of replacing a label (at first 0.1) and the scale of the noise in the logits' gradients are halved.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.digits import unit_digits
from models.noisy_training import Noise, Weights, mean_norm, noisy_training
from theorems.checker.claims import Clause, at_least, at_most, holds
from theorems.checker.draws import Draws

IMAGES, PIXELS, CLASSES = 1797, 64, 10
SLOWER = (3 / 7, 5 / 7)
FLIP, SIZE = 0.1, 0.1  # of the labels; of sigma_ln times the mean norm of z
LOOKS = 14  # at which a run is seen: a multiple of 7 for the schedule, and of 2 for its half


@dataclass(frozen=True)
class Setup:
    """n training images, k hidden units, large and small batches, step size, steps, scales of the noise in the weights."""

    n: int
    k: int
    large: int
    small: int
    steps: int
    sigmas: tuple[float, ...]
    eta: float = 0.5


@dataclass(frozen=True)
class Instance:
    """The order of the images, of which the first n are for training; the weights at first, and the key of the draws."""

    order: Int[ndarray, "#trials images"]
    W: Float[ndarray, "#trials d k"]
    V: Float[ndarray, "#trials k q"]
    key: Int[ndarray, " #trials"]


@dataclass(frozen=True)
class Kind:
    """A batch size with one kind of noise: in the labels, or in the weights."""

    batch: int
    labels: bool = False
    sigma: float = 0.0


def chosen(s: Setup, _draws: Draws) -> Instance:
    """Places for what nature draws: there is nothing to choose."""
    order, key = np.arange(IMAGES)[np.newaxis], np.zeros(1, dtype=np.int64)
    return Instance(order=order, W=np.zeros((1, PIXELS, s.k)), V=np.zeros((1, s.k, CLASSES)), key=key)


def sampled(s: Setup, _x: Instance, generator: Generator, trials: int) -> Instance:
    """The weights' variances are 2 by the number of inputs of their layer."""
    W = np.sqrt(2 / PIXELS) * generator.standard_normal((trials, PIXELS, s.k))
    V = np.sqrt(2 / s.k) * generator.standard_normal((trials, s.k, CLASSES))
    order = generator.permuted(np.broadcast_to(np.arange(IMAGES), (trials, IMAGES)), axis=1)
    return Instance(order=order, W=W, V=V, key=keys(generator, trials))


def assumptions(s: Setup, x: Instance) -> Iterable[Clause]:
    yield holds("every image once", np.all(np.sort(x.order, axis=1) == np.arange(IMAGES), axis=1))
    yield at_least("images are left for testing", IMAGES - s.n, 1)
    yield at_most("the small batch is smaller", s.small, s.large - 1)


def training(s: Setup, x: Instance) -> tuple[Float[ndarray, "#trials n d"], Int[ndarray, "#trials n"]]:
    return taken(x.order[:, : s.n])


def testing(s: Setup, x: Instance) -> tuple[Float[ndarray, "#trials m d"], Int[ndarray, "#trials m"]]:
    return taken(x.order[:, s.n :])


def taken(order: Int[ndarray, "#trials m"]) -> tuple[Float[ndarray, "#trials m d"], Int[ndarray, "#trials m"]]:
    """The images with these numbers, and the digits that they show."""
    images, labels = unit_digits()
    return images[order], labels[order]


def path(s: Setup, x: Instance, kind: Kind, looks: int = LOOKS) -> Iterator[Weights]:
    """The weights at first and at ``looks`` equally spaced times, the last step among them; ``looks`` is a multiple of 7."""
    (X, y), weights, each = training(s, x), Weights(W=x.W, V=x.V), s.steps // looks
    yield weights
    for look in range(looks):
        slower = sum(look >= round(share * looks) for share in SLOWER)
        noise = Noise(weights=kind.sigma)
        if kind.labels:
            noise = Noise(flip=FLIP * 0.5**slower, logits=SIZE / mean_norm(CLASSES) * 0.5**slower)
        weights = noisy_training(weights, X, y, x.key, s.eta * 0.1**slower, kind.batch, noise, each, start=look * each)
        yield weights
