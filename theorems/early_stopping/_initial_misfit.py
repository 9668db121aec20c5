r"""The misfit of a random network on perfectly clustered labels: instances, and an enclosure of its upper quantiles.

Above: $f(W_0, x) = v^T\varphi(W_0x)$ is a $\Gamma$-Lipschitz function of $W_0$ with mean $(\sum_iv_i)E\varphi(g)$, so that
$P(|f - Ef| > \Gamma t) \le 2e^{-t^2/2}$; there are K inputs, and
$\lVert f - y\rVert \le \sqrt n\max_l|f_l| + \lVert y\rVert$. Below: for $\varphi(z) = \sigma z + b$ every $f_l$ is normal with variance
$\sigma^2$, and $\lVert f - y\rVert^2$ is at least $n_l(f_l - \bar y_l)^2$ plus the variance of the labels within clusters.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator
from scipy.special import ndtri_exp

from models import laws
from models.activations import ACTIVATIONS
from models.cluster_descent import cluster_means, within_clusters
from models.corruption import corrupted_labels, farthest, spread
from models.data import label_values, membership, unit
from models.matrices import euclidean, transpose
from theorems.checker.choose import Choose
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Interval

ABSOLUTE_MEAN = np.sqrt(2 / np.pi)  # E|g|
AFFORDABLE = 500  # numbers per repetition, to sample the event


@dataclass(frozen=True)
class Sizes:
    """K clusters, one with ``large`` points and the others with ``small``; φ is ``scale`` times the named activation."""

    K: int
    large: int
    small: int
    d: int
    k: int
    flips: int
    activation: str

    @property
    def n_l(self) -> Int[ndarray, " K"]:
        return np.where(np.arange(self.K) == 0, self.large, self.small)

    @property
    def n(self) -> int:
        return int(self.n_l.sum())


@dataclass(frozen=True)
class Instance:
    """φ(z) = scale · base(z) + shift."""

    centres: Float[ndarray, "trials K d"]
    y: Float[ndarray, "trials n"]
    v: Float[ndarray, "trials k"]
    scale: Float[ndarray, " trials"]
    shift: Float[ndarray, " trials"]
    Gamma: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(
        K=choose.integer("K", 2, 100),
        large=choose.integer("large", 1, 500),
        small=choose.integer("small", 1, 4),
        d=choose.integer("d", 2, 5),
        k=2 * choose.integer("half_k", 1, 16),
        flips=choose.integer("flips", 0, 1),
        activation=str(choose.option("activation", ("identity", "tanh", "softplus", "sigmoid", "bent"))),
    )


def instances(sizes: Sizes, draws: Draws, scale: Float[ndarray, " trials"], least: float) -> Instance:
    phi, K = ACTIVATIONS[sizes.activation], sizes.K
    clean = np.repeat(np.arange(K) % 2, sizes.n_l)
    values = label_values(np.where(draws.integers(0, 2, 1) > 0, np.array([0.0, 1.0]), draws.uniform(0.0, 1.0, 2)), 0.5)
    mask = spread(membership(sizes.n_l), K, 0.25 * sizes.flips, draws.uniform(0.0, 1.0, sizes.n))
    y = corrupted_labels(clean, values, mask, farthest(clean, values))
    bound = np.maximum(scale * max(phi.slope_bound, abs(phi.at_zero)), least)
    room = bound - scale * abs(phi.at_zero)
    v = np.take_along_axis(np.repeat([[1.0, -1.0]], draws.trials, 0).repeat(sizes.k // 2, 1), draws.permutation(sizes.k), 1)
    return Instance(
        centres=unit(draws.normal(K, sizes.d)),
        y=y,
        v=v / np.sqrt(sizes.k),
        scale=scale,
        shift=room * draws.integers(0, 1),
        Gamma=bound / np.where(draws.integers(0, 2) > 0, 1.0, draws.uniform(0.5, 1.0)),
    )


def quantile(sizes: Sizes, x: Instance, log_chance: float) -> tuple[ndarray, ndarray]:
    """Encloses the misfit that is exceeded with a chance of at most 1/2, given by its logarithm."""
    offset = np.abs(x.v.sum(axis=1)) * (np.abs(x.shift) + x.scale * abs(ACTIVATIONS[sizes.activation].at_zero) + ABSOLUTE_MEAN * x.Gamma)
    reach = x.Gamma * np.sqrt(2 * (np.log(2 * sizes.K) - log_chance))
    high = np.sqrt(sizes.n) * (reach + offset) + euclidean(x.y)
    rest = within_clusters(x.y, sizes.n_l)
    if sizes.activation != "identity":
        return np.sqrt(rest), high
    apart = np.abs(cluster_means(x.y, sizes.n_l) - (x.v.sum(axis=1) * x.shift)[:, np.newaxis])
    alone = x.scale[:, np.newaxis] * -ndtri_exp(log_chance) + apart
    return np.sqrt(np.max(sizes.n_l * alone**2, axis=1) + rest), high


def law(sizes: Sizes, x: Instance) -> Interval:
    """P(‖r₀‖ > the upper end where the union bound is 1/2); for affine φ at least that of the largest cluster alone."""
    level = event_level(sizes, x)
    if sizes.activation != "identity":
        return np.zeros_like(level), np.full_like(level, 0.5)
    apart = np.sqrt(np.maximum(level**2 - within_clusters(x.y, sizes.n_l), 0.0)) / np.sqrt(sizes.large)
    return laws.normal_beyond(apart / x.scale)[0], np.full_like(level, 0.5)  # least for an output centred at the mean label


def event_level(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    return quantile(sizes, x, np.log(0.5))[1]


def event(sizes: Sizes, x: Instance, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.k * sizes.d * sizes.K > AFFORDABLE:
        return np.empty(0, dtype=bool)
    W0 = generator.standard_normal((repetitions, sizes.k, sizes.d))
    hidden = x.scale * ACTIVATIONS[sizes.activation].value(W0 @ transpose(x.centres)) + x.shift
    outputs = x.v[0] @ hidden
    misfit = np.sqrt((outputs - cluster_means(x.y, sizes.n_l)) ** 2 @ sizes.n_l + within_clusters(x.y, sizes.n_l))
    return misfit > event_level(sizes, x)
