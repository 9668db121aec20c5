"""The data of Figures 3 and 6's stand-in and descent on it: random clusters or small digits, labels corrupted at several levels."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.activations import RELU
from models.data import membership
from models.digits import unit_digits
from models.training import CROSS_ENTROPY, LEAST_SQUARES, LOSSES, stable_step, train
from theorems.checker.claims import Clause, at_most, holds
from theorems.checker.draws import Draws
from theorems.early_stopping._experiments import observed_steps, on_spheres, orders, reassigned

RADIUS = 0.5  # of the clusters
STEP = {LEAST_SQUARES.name: 1.8, CROSS_ENTROPY.name: 3.6}  # times 1/(‖X‖² ‖V‖²): cross entropy bends the outputs half as much
SEEN = 80  # steps at which a run is looked at


@dataclass(frozen=True)
class Setup:
    """n samples in R^d of K classes, k hidden units, the shares of labels assigned anew, steps of descent."""

    data: str
    loss: str
    n: int
    d: int
    K: int
    k: int
    levels: tuple[float, ...]
    steps: int


@dataclass(frozen=True)
class Instance:
    """Inputs as rows, true classes, the given classes at every level, weights before descent and of the outputs."""

    X: Float[ndarray, "#trials n d"]
    truth: Int[ndarray, "#trials n"]
    given: Int[ndarray, "#trials levels n"]
    W0: Float[ndarray, "#trials k d"]
    V: Float[ndarray, "#trials k K"]


@dataclass(frozen=True)
class Runs:
    r"""Per trial, level and observed step: the share of given labels that are fitted, and $\lVert W - W_0\rVert_F/\lVert W_0\rVert_F$."""

    accuracy: Float[ndarray, "trials levels times"]
    distance: Float[ndarray, "trials levels times"]


def chosen(s: Setup, _draws: Draws) -> Instance:
    """Places for what nature draws: there is nothing to choose."""
    labels = np.zeros((1, s.n), dtype=np.int64)
    given = np.zeros((1, len(s.levels), s.n), dtype=np.int64)
    return Instance(X=np.zeros((1, s.n, s.d)), truth=labels, given=given, W0=np.zeros((1, s.k, s.d)), V=np.zeros((1, s.k, s.K)))


def sampled(s: Setup, _x: Instance, generator: Generator, trials: int) -> Instance:
    """A higher level corrupts what a lower one does and more; the weights are the same at all levels."""
    X, truth = (digits if s.data == "digits" else clusters)(s, generator, trials)
    place, fresh = orders(generator, trials, s.n), generator.integers(0, s.K, (trials, s.n))
    given = np.stack([reassigned(truth, place, fresh, level) for level in s.levels], axis=1)
    W0 = generator.standard_normal((trials, s.k, s.d))
    return Instance(X=X, truth=truth, given=given, W0=W0, V=generator.choice([-1.0, 1.0], (trials, s.k, s.K)) / np.sqrt(s.k))


def clusters(s: Setup, generator: Generator, trials: int) -> tuple[Float[ndarray, "trials n d"], Int[ndarray, "trials n"]]:
    """K clusters of equal size, a class each."""
    member = membership(np.full(s.K, s.n // s.K))
    return on_spheres(generator, trials, member, s.d, RADIUS)[1], np.broadcast_to(member, (trials, s.n)).copy()


def digits(s: Setup, generator: Generator, trials: int) -> tuple[Float[ndarray, "trials n d"], Int[ndarray, "trials n"]]:
    """n of the digits, drawn without repetition."""
    images, labels = unit_digits()
    picked = np.argsort(generator.random((trials, len(labels))), axis=1)[:, : s.n]
    return images[picked], labels[picked]


def assumptions(s: Setup, x: Instance) -> Iterable[Clause]:
    for level, given in zip(s.levels, np.moveaxis(x.given, 1, 0), strict=True):
        yield at_most(f"#{{y ≠ ỹ}} ≤ {level:.0%} of n", np.sum(given != x.truth, axis=1), level * s.n)
    yield holds("labels are classes", np.all((x.given >= 0) & (x.given < s.K), axis=(1, 2)))


def runs_of(s: Setup, x: Instance) -> Runs:
    """Descent from the same weights at every level, all at once."""
    trials, levels = x.given.shape[:2]
    each = [np.repeat(part, levels, axis=0) for part in (x.W0, x.X, x.V)]
    targets = np.eye(s.K)[x.given.reshape(-1, s.n)]
    eta = np.repeat(stable_step(x.X, x.V, STEP[s.loss]), levels)
    seen = train(each[0], each[1], targets, each[2], RELU, LOSSES[s.loss], eta, observed_steps(s.steps, SEEN))
    classes = np.argmax(seen.outputs, axis=-1).reshape(trials, levels, -1, s.n)
    accuracy = np.mean(classes == x.given[:, :, np.newaxis], axis=-1)
    return Runs(accuracy=accuracy, distance=seen.distance.reshape(trials, levels, -1))
