"""The data of Figure 5 and descent on it: two random clusters, some labels assigned anew, one hidden layer of ReLU units."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.activations import RELU
from models.data import membership
from models.matrices import euclidean
from models.networks import balanced_output_weights
from models.training import LEAST_SQUARES, Observed, stable_step, train
from theorems.checker.claims import Clause, at_most, equals, holds
from theorems.checker.draws import Draws
from theorems.early_stopping._experiments import on_spheres, orders, reassigned

FEW_FLIPS = "#{y ≠ ỹ} ≤ 0.3 n"
STEP = 1.8  # times 1/‖X‖²


@dataclass(frozen=True)
class Setup:
    """n inputs in R^d at the distance ``radius`` from two centres, a share of the labels assigned anew, k hidden units."""

    n: int
    d: int
    k: int
    radius: float
    share: float
    early: int
    late: int

    @property
    def member(self) -> Int[ndarray, " n"]:
        return membership(np.array([self.n // 2, self.n // 2]))

    @property
    def V(self) -> Float[ndarray, "1 k 1"]:
        return balanced_output_weights(self.k)[np.newaxis, :, np.newaxis]


@dataclass(frozen=True)
class Instance:
    """``given`` are the labels after some were assigned anew."""

    centres: Float[ndarray, "#trials 2 d"]
    X: Float[ndarray, "#trials n d"]
    given: Int[ndarray, "#trials n"]
    W0: Float[ndarray, "#trials k d"]


def chosen(s: Setup, _draws: Draws) -> Instance:
    """Places for what nature draws: there is nothing to choose."""
    centres, X, W0 = np.zeros((1, 2, s.d)), np.zeros((1, s.n, s.d)), np.zeros((1, s.k, s.d))
    return Instance(centres=centres, X=X, given=s.member[np.newaxis], W0=W0)


def sampled(s: Setup, _x: Instance, generator: Generator, trials: int) -> Instance:
    centres, X = on_spheres(generator, trials, s.member, s.d, s.radius)
    fresh = generator.integers(0, 2, (trials, s.n))
    given = reassigned(s.member[np.newaxis], orders(generator, trials, s.n), fresh, s.share)
    return Instance(centres=centres, X=X, given=given, W0=generator.standard_normal((trials, s.k, s.d)))


def assumptions(s: Setup, x: Instance) -> Iterable[Clause]:
    yield equals("‖c_l‖ = 1", np.max(np.abs(euclidean(x.centres) - 1), axis=1), 0.0, allowance=1e-12)
    away = np.abs(euclidean(x.X - x.centres[:, s.member]) - s.radius)
    yield equals("‖xᵢ - c_l‖ = ε₀", np.max(away, axis=1), 0.0, allowance=1e-12)
    yield at_most(FEW_FLIPS, np.sum(x.given != s.member, axis=1), s.share * s.n)
    yield holds("yᵢ ∈ {0, 1}", np.all((x.given == 0) | (x.given == 1), axis=1))


def seen(s: Setup, x: Instance, at: tuple[int, ...], step: float = STEP) -> Observed:
    """Gradient descent on the given labels."""
    targets = x.given[..., np.newaxis].astype(float)
    return train(x.W0, x.X, targets, s.V, RELU, LEAST_SQUARES, stable_step(x.X, s.V, step), at)


def losses(run: Observed, x: Instance, time: int) -> Float[ndarray, "trials n"]:
    return LEAST_SQUARES.each(run.outputs[:, time], x.given[..., np.newaxis].astype(float))


def overlap(loss: Float[ndarray, "trials n"], flipped: Bool[ndarray, "trials n"]) -> Float[ndarray, " trials"]:
    """The share of pairs of a clean and a flipped sample in which the clean one has the larger loss; 0 without pairs."""
    pairs = ~flipped[:, :, np.newaxis] & flipped[:, np.newaxis, :]
    crossed = pairs & (loss[:, :, np.newaxis] > loss[:, np.newaxis, :])
    return np.sum(crossed, axis=(1, 2)) / np.maximum(np.sum(pairs, axis=(1, 2)), 1)
