r"""Noisy clusterable data, Gaussian weights and what Section 10.3 computes from them; Theorems 2.2, 10.12 and 10.13 share them.

Inputs X within $\varepsilon_0$ of their centres $\tilde X$, labels y with at most $\rho n_l$ corrupted ones in cluster l,
$$\ell = \log(\Gamma\sqrt{n\log K}/\rho), \quad \beta = \Gamma\lVert C\rVert\sqrt{c_{up}n/K}, \quad L = \beta/\sqrt k, \quad
\eta \le \frac{1}{2\beta^2} = \frac{K}{2c_{up}n\Gamma^2\lVert C\rVert^2}.$$

A network with identity activation and k balanced neurons is the linear function of $u = W^Tv$, with the same descent and the
same distances, and $u_0 \sim N(0, I_d)$ whatever k: one linear neuron plays it at every width, ``k = LITERAL`` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.activations import ACTIVATIONS, Activation
from models.corruption import corrupted_labels, corrupted_share, farthest, shifted, spread
from models.data import around, balance, equiangular_centres, label_values, membership, separation
from models.kernels import least_eigenvalue
from models.matrices import euclidean, spectral_norm
from models.networks import balanced_output_weights
from theorems.checker import extremes
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws

DISTANCES = (np.sqrt(2), 1.2, 1.0)  # of any two centres
LITERAL = 0  # the width that the theorem asks for, whatever it is
STEP_SIZE = "η ≤ K/(2c_up nΓ²‖C‖²)"
RADIUS = "‖x_i - x̃_i‖ ≤ ε₀"


@dataclass(frozen=True)
class Sizes:
    """K clusters in dimension d, the first with ``points + extra`` inputs, the others with ``points``.

    ``distance`` is that of any two centres; 0 leaves it to the trials.
    """

    K: int
    d: int
    points: int
    extra: int
    delta: float
    rho: float
    activation: str
    k: int
    distance: float = 0.0

    @property
    def member(self) -> Int[ndarray, " n"]:
        return membership(self.points + self.extra * (np.arange(self.K) == 0))

    @property
    def n(self) -> int:
        return self.K * self.points + self.extra

    @property
    def classes(self) -> int:
        """As many as fit δ apart into [-1, 1], at most one for each cluster."""
        return min(self.K, int(2 / self.delta + 1e-9) + 1)

    @property
    def class_of(self) -> Int[ndarray, " K"]:
        return np.arange(self.K) % self.classes

    @property
    def phi(self) -> Activation:
        return ACTIVATIONS[self.activation]

    @property
    def Gamma(self) -> float:
        return max(self.phi.bound, abs(self.phi.at_zero), 1.0)

    @property
    def v(self) -> Float[ndarray, " k"]:
        """The output weights; 1 for the one neuron that plays a linear network of any width."""
        if self.k == LITERAL and self.activation != "identity":
            raise ValueError(f"one neuron cannot play a network with activation {self.activation}: give it a width")
        return balanced_output_weights(self.k) if self.k else np.ones(1)

    @property
    def c_low(self) -> float:
        return balance(self.member, self.K)[0]

    @property
    def c_up(self) -> float:
        return balance(self.member, self.K)[1]

    @property
    def log_ratio(self) -> float:
        """``ℓ = log(Γ√(n log K)/ρ)``, positive for K >= 2"""
        return float(np.log(self.Gamma * np.sqrt(self.n * np.log(self.K)) / self.rho))


@dataclass(frozen=True)
class Instance:
    """Rows of ``C`` are the centres, of ``X`` the inputs; ``values`` the label of each class; ``radius`` is ε₀."""

    C: Float[ndarray, "#trials K d"]
    X: Float[ndarray, "#trials n d"]
    values: Float[ndarray, "#trials classes"]
    y: Float[ndarray, "#trials n"]
    W0: Float[ndarray, "#trials k d"]
    radius: Float[ndarray, " #trials"]
    eta: Float[ndarray, " #trials"]


def clustered(sizes: Sizes, draws: Draws) -> Instance:
    """Centres at equal distances, orthonormal ones on half of the trials; inputs at the centres, W₀ = 0, no radius yet."""
    normal, clean = draws.normal(sizes.K, sizes.d), sizes.class_of[sizes.member]
    distances = (sizes.distance,) if sizes.distance else DISTANCES
    C = extremes.picked(np.stack([equiangular_centres(normal, apart) for apart in distances]), draws.integers(0, 3))
    whole = np.tile(np.arange(sizes.classes) / max(sizes.classes - 1, 1), (draws.trials, 1))
    values = label_values(np.where(draws.integers(0, 1, 1) == 0, whole, draws.uniform(0, 1, sizes.classes)), sizes.delta)
    other = shifted(clean, sizes.classes, draws.integers(1, max(sizes.classes - 1, 1), sizes.n))
    target = np.where(draws.integers(0, 1, 1) == 0, farthest(clean, values), other)
    mask = spread(sizes.member, sizes.K, sizes.rho, draws.permutation(sizes.n).astype(float))
    zero = np.zeros((draws.trials, len(sizes.v), sizes.d))
    eta = step_limit(sizes, C) * np.where(draws.integers(0, 1) == 0, 1.0, draws.uniform(0.5, 1.0))
    y = corrupted_labels(clean, values, mask, target)
    return Instance(C=C, X=C[:, sizes.member], values=values, y=y, W0=zero, radius=np.zeros(draws.trials), eta=eta)


def displaced(sizes: Sizes, draws: Draws, x: Instance, radius: ndarray) -> Instance:
    """Inputs moved by exactly ε₀ or less: every way, all of a cluster the same way, or towards the next centre."""
    ways = draws.normal(sizes.n, sizes.d)
    together = draws.normal(sizes.K, sizes.d)[:, sizes.member]
    kinds = np.stack([ways, together, x.C[:, (sizes.member + 1) % sizes.K]])
    moved = radius[:, np.newaxis] * np.where(draws.integers(0, 1, 1) == 0, 1.0, draws.uniform(0.0, 1.0, sizes.n))
    return replace(x, X=around(x.X, extremes.picked(kinds, draws.integers(0, 2)), moved), radius=radius)


def initialized(_sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    """Nature draws W₀ with standard normal entries."""
    return replace(x, W0=generator.standard_normal((trials, *x.W0.shape[1:])))


def truth(sizes: Sizes, x: Instance) -> Float[ndarray, "#trials n"]:
    r"""$\tilde y$"""
    return x.values[:, sizes.class_of[sizes.member]]


def jacobian_bound(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """``β = Γ‖C‖√(c_up n/K)``"""
    return sizes.Gamma * spectral_norm(x.C) * np.sqrt(sizes.c_up * sizes.n / sizes.K)


def step_limit(sizes: Sizes, C: Float[ndarray, "#trials K d"]) -> Float[ndarray, " #trials"]:
    return sizes.K / (2 * sizes.c_up * sizes.n * sizes.Gamma**2 * spectral_norm(C) ** 2)


def covariance(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """``λ(C)``"""
    return least_eigenvalue(x.C, sizes.phi)


def horizon(sizes: Sizes, x: Instance, C1: float) -> Int[ndarray, " #trials"]:
    """The iterations τ ≤ τ₀ = C₁ (K/(ηnλ(C))) ℓ."""
    return np.floor(C1 * sizes.K / (x.eta * sizes.n * covariance(sizes, x)) * sizes.log_ratio + 1e-9).astype(np.int64)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    unit = max(float(np.abs(euclidean(rows) - 1).max()) for rows in (x.C, x.X))
    yield equals("‖x_i‖ = ‖c_l‖ = 1", unit, 0.0, allowance=1e-12)
    yield at_most(RADIUS, np.max(euclidean(x.X - x.C[:, sizes.member]), axis=1), x.radius, scale=1.0)
    yield at_least("‖c_l - c_m‖ ≥ 2ε₀ in different classes", np.minimum(separation(x.C, sizes.class_of), 2.0), 2 * x.radius)
    gaps = np.diff(np.sort(x.values, axis=1), axis=1)
    yield at_least("|α_r - α_s| ≥ δ", gaps.min(axis=1, initial=2.0), sizes.delta)
    yield at_most("|α_r| ≤ 1", np.abs(x.values).max(axis=1), 1.0)
    yield at_most("at most ρn_l labels are corrupted", corrupted_share(sizes.member, sizes.K, x.y, truth(sizes, x)), sizes.rho)
    yield positive("λ(C) > 0", covariance(sizes, x))
    yield positive("η > 0", x.eta)
    yield at_most(STEP_SIZE, x.eta, step_limit(sizes, x.C))
