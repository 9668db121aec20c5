r"""Perfectly clustered data with corrupted labels, and what the proof of Theorem 7.1 makes of them.

K centres with equal inner products $\cos$, clusters of sizes $n_l$ with $c_{low}n/K \le n_l \le c_{up}n/K$, labels in
$[-1,1]$ at least $\delta$ apart, at most $\rho n_l$ of them replaced in cluster l; $\varepsilon_0 = 0$. The network is
$f(W, x) = v^T\varphi(Wx)$ with half the entries of v $1/\sqrt k$ and half $-1/\sqrt k$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.activations import ACTIVATIONS, Activation
from models.cluster_descent import cluster_means, within_clusters
from models.corruption import corrupted_labels, corrupted_share, farthest, shifted, spread
from models.data import balance, equiangular_centres, label_values, membership, unequal_sizes
from models.kernels import least_eigenvalue, slope_kernel
from models.matrices import euclidean, spectral_norm
from models.networks import balanced_output_weights, least_singular_value, output
from theorems.checker.claims import Clause, at_least, at_most, equals, holds, positive
from theorems.checker.draws import Draws

B = np.sqrt(204) + 1 / np.sqrt(np.log(2))  # of the initial misfit: ‖r₀‖ ≤ BΓ√(n log K) by a union bound
CHERNOFF = (1 - np.log(2)) / 2  # P(least eigenvalue of a sum below half of its mean) ≤ K exp(-CHERNOFF mean/largest summand)
STEP_SIZE = "η ≤ K/(2c_up nΓ²‖C‖²)"


@dataclass(frozen=True)
class Sizes:
    """K clusters of n/K points on average, in d dimensions, k hidden units; φ is ``scale`` times the named activation.

    cosine:  of the angle between two centres
    Gamma:   the bound on |φ'| and |φ''|
    """

    K: int
    d: int
    k: int
    per_cluster: int
    c_low: float
    classes: int
    delta: float
    rho: float
    cosine: float
    activation: str
    scale: float
    Gamma: float

    @property
    def n(self) -> int:
        return self.K * self.per_cluster

    @property
    def n_l(self) -> Int[ndarray, " K"]:
        return unequal_sizes(self.n, self.K, self.c_low, 2 - self.c_low)

    @property
    def balance(self) -> tuple[float, float]:
        """The tightest c_low and c_up."""
        return balance(membership(self.n_l), self.K)

    @property
    def class_of(self) -> Int[ndarray, " K"]:
        """Clusters take the classes in turn, so that several may share one."""
        return np.arange(self.K) % self.classes

    @property
    def truth_class(self) -> Int[ndarray, " n"]:
        return np.repeat(self.class_of, self.n_l)

    @property
    def phi(self) -> Activation:
        return scaled(self.activation, self.scale)

    @property
    def v(self) -> Float[ndarray, " k"]:
        return balanced_output_weights(self.k)

    @property
    def base_log(self) -> float:
        """``log(Γ√(n log K)/ρ)``"""
        return float(np.log(self.Gamma * np.sqrt(self.n * np.log(self.K)) / self.rho))


@dataclass(frozen=True)
class Instance:
    """``W0`` is 0 until nature moves; y holds the corrupted labels, the points of a cluster side by side."""

    centres: Float[ndarray, "#trials K d"]
    values: Float[ndarray, "#trials classes"]
    y: Float[ndarray, "#trials n"]
    eta: Float[ndarray, " #trials"]
    W0: Float[ndarray, "#trials k d"]


@cache
def scaled(name: str, scale: float) -> Activation:
    """``scale`` times an activation."""
    phi = ACTIVATIONS[name]
    return Activation(
        f"{scale:g} {name}",
        value=lambda z: scale * phi.value(z),
        slope=lambda z: scale * phi.slope(z),
        curvature=lambda z: scale * phi.curvature(z),
        slope_bound=scale * phi.slope_bound,
        curvature_bound=scale * phi.curvature_bound,
    )


def geometry(K: int, cosine: float, activation: str, scale: float) -> tuple[float, float]:
    """λ(C) and ‖C‖² of K unit centres with equal inner products."""
    diagonal, beside = slope_kernel(np.array([1.0, cosine]), ACTIVATIONS[activation]) * (scale**2 * np.array([1.0, cosine]))
    return float(diagonal + min(-beside, (K - 1) * beside)), 1 + max(-cosine, (K - 1) * cosine)


def width(K: int, cosine: float, activation: str, scale: float, Gamma: float, factor: float) -> int:
    """The least even k with ``k ≥ factor · Γ⁴K log(K)‖C‖²/λ(C)²``."""
    least, norm = geometry(K, cosine, activation, scale)
    return 2 * int(np.ceil(factor * Gamma**4 * K * np.log(K) * norm / least**2 / 2))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """Corruption of the whole allowance: to the farthest label, or to any other; both ends of [-1, 1] are labels on half."""
    ends = np.linspace(0.0, 1.0, sizes.classes) >= 0.5
    shares = draws.uniform(0.0, 1.0, sizes.classes)
    values = label_values(np.where(draws.integers(0, 1, 1) == 0, ends, shares), sizes.delta)
    offset = draws.integers(1, sizes.classes - 1, sizes.n)
    far = draws.integers(0, 2, 1) > 0
    target = np.where(far, farthest(sizes.truth_class, values), shifted(sizes.truth_class, sizes.classes, offset))
    mask = spread(membership(sizes.n_l), sizes.K, sizes.rho, draws.uniform(0.0, 1.0, sizes.n))
    centres = equiangular_centres(draws.normal(sizes.K, sizes.d), np.sqrt(2 - 2 * sizes.cosine))
    eta = step_limit(sizes, centres) * np.where(draws.integers(0, 2) > 0, 1.0, draws.uniform(0.5, 1.0))
    y = corrupted_labels(sizes.truth_class, values, mask, target)
    return Instance(centres=centres, values=values, y=y, eta=eta, W0=np.zeros((1, sizes.k, sizes.d)))


def gaussian(sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    """W₀ with independent standard normal entries."""
    return replace(x, W0=generator.standard_normal((trials, sizes.k, sizes.d)))


def least(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """λ(C)"""
    return sizes.scale**2 * least_eigenvalue(x.centres, ACTIVATIONS[sizes.activation])


def step_limit(sizes: Sizes, centres: Float[ndarray, "#trials K d"]) -> Float[ndarray, " #trials"]:
    """``K/(2c_up nΓ²‖C‖²)``"""
    return sizes.K / (2 * sizes.balance[1] * sizes.n * sizes.Gamma**2 * spectral_norm(centres) ** 2)


def unit_of_time(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """``K/(ηnλ(C))``"""
    return sizes.K / (x.eta * sizes.n * least(sizes, x))


def truth(sizes: Sizes, x: Instance) -> Float[ndarray, "#trials n"]:
    """ỹ"""
    return x.values[:, sizes.truth_class]


def initial_misfit(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """``‖r₀‖``"""
    apart = output(x.W0, x.centres, sizes.v, sizes.phi) - cluster_means(x.y, sizes.n_l)
    return np.sqrt(apart**2 @ sizes.n_l + within_clusters(x.y, sizes.n_l))


def initial_slope(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """``σ_min(J(W₀, C))``"""
    return least_singular_value(x.W0, x.centres, sizes.v, sizes.phi)


def hypotheses(sizes: Sizes, x: Instance, factor: float) -> Iterable[Clause]:
    """What Theorem 7.1 and the definitions before it assume; ``factor`` stands in for C."""
    share = corrupted_share(membership(sizes.n_l), sizes.K, x.y, truth(sizes, x))
    norm = spectral_norm(x.centres)
    needed = factor * sizes.Gamma**4 * sizes.K * np.log(sizes.K) * norm**2 / least(sizes, x) ** 2
    yield at_least("K ≥ 2", sizes.K, 2)
    yield equals("‖c_l‖ = 1", euclidean(x.centres).max(axis=1), 1.0, allowance=1e-12)
    yield at_most("|α_r| ≤ 1", np.abs(x.values).max(axis=1), 1.0)
    yield at_least("|α_r - α_s| ≥ δ", np.diff(x.values, axis=1).min(axis=1), sizes.delta)
    yield holds("y ∈ {α_1, …}", (x.y[:, :, np.newaxis] == x.values[:, np.newaxis]).any(axis=2).all(axis=1))
    yield at_most("at most ρn_l labels of a cluster are replaced", share, sizes.rho)
    yield at_most("|φ'|, |φ''| ≤ Γ", sizes.phi.bound, sizes.Gamma)
    yield positive("λ(C) > 0", least(sizes, x))
    yield at_least("k ≥ CΓ⁴K log(K)‖C‖²/λ(C)²", sizes.k, needed)
    yield at_most(STEP_SIZE, x.eta, step_limit(sizes, x.centres))
