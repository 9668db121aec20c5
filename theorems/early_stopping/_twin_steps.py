r"""The proof of Theorem 10.12 up to its recursions, along its own runs from any $W_0$. Section 10.3, Eqs 62-72.

$d_i = \lVert W_i - \tilde W_i\rVert_F$, $p_i = \lVert r_i - \tilde r_i\rVert_2$, $r_i = f(W_i, X) - y$, $J_i = J(W_i, X)$,
$J_{i+1,i}$ the Jacobian averaged over the step; a tilde is the same on the centres. In what is mended,
$E = \Gamma\sqrt n\varepsilon_0(1 + \lVert W\rVert/\sqrt k)$.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import ACTIVATIONS
from models.descent import Observed, worst
from models.matrices import apply, euclidean, spectral_norm, transpose
from models.networks import average_slopes, khatri_rao_distance, khatri_rao_norm
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause
from theorems.checker.draws import Draws
from theorems.early_stopping import _twin_data as noisy
from theorems.early_stopping._twin_data import LITERAL, Instance, Sizes, jacobian_bound
from theorems.early_stopping._twin_runs import Point, at_worst, centres, frobenius, twins

ITERATIONS = 4
ORDER = 16  # of the quadrature that averages a Jacobian over one step
NEAR_AT_START = "‖J(W₀,X) - J(W₀,X̃)‖ ≤ Γ√nε₀"
NEAR = "‖J_τ - J̃_τ‖ ≤ Ld_τ + Γ√nε₀"
NEAR_AVERAGED = "‖J_{τ+1,τ} - J̃_{τ+1,τ}‖ ≤ L(d_τ + d_{τ+1})/2 + Γ√nε₀"
RESIDUALS = "r_{i+1} - r̃_{i+1} as in Eq 69"
PATHS = "d_{i+1} ≤ d_i + η((Ld_i + Γ√nε₀)‖r̃₀‖ + βp_i)"
OUTPUTS = "p_{i+1} ≤ p_i + ηβ(‖r̃₀‖ + p_i)(L(3d_i + d_{i+1})/2 + 2Γ√nε₀)"


def setting(choose: Choose) -> Sizes:
    K, phi = choose.integer("K", 2, 3), str(choose.option("activation", list(ACTIVATIONS)))
    k = LITERAL if phi == "identity" else 2 * choose.integer("k/2", 1, 4)
    points, extra, rho = choose.integer("points", 1, 3), choose.integer("extra", 0, 1), choose.real("rho", 0.25, 0.5)
    return Sizes(K=K, d=K, points=points, extra=extra, delta=2.0 / (K - 1), rho=rho, activation=phi, k=k)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """W₀ of any size; for the linear network, on half of the trials, one that fits the clean labels of the centres."""
    x = noisy.clustered(sizes, draws)
    x = noisy.displaced(sizes, draws, x, 0.4 * extremes.fraction(draws))
    W0 = draws.normal(len(sizes.v), sizes.d) * 10.0 ** draws.uniform(-1.0, 1.0, 1, 1)
    if sizes.k == LITERAL:
        fitted = np.linalg.solve(x.C, x.values[:, sizes.class_of, np.newaxis])
        W0 = np.where(draws.integers(0, 1, 1, 1) == 0, transpose(fitted), W0)
    return Instance(C=x.C, X=x.X, values=x.values, y=x.y, W0=W0, radius=x.radius, eta=x.eta)


@dataclass(frozen=True)
class Stride:
    """One iteration of both descents and what the proof measures of it; ``clean`` is the descent on the centres."""

    sizes: Sizes
    x: Instance
    now: tuple[Point, Point]
    after: tuple[Point, Point]

    @property
    def apart(self) -> tuple[ndarray, ndarray]:
        """``d_i, d_{i+1}``"""
        return frobenius(self.now[0].W - self.now[1].W), frobenius(self.after[0].W - self.after[1].W)

    @property
    def gap(self) -> tuple[ndarray, ndarray]:
        """``p_i, p_{i+1}``"""
        return euclidean(self.now[0].residual - self.now[1].residual), euclidean(self.after[0].residual - self.after[1].residual)

    @property
    def inputs(self) -> tuple[ndarray, ndarray]:
        return self.x.X, centres(self.sizes, self.x)

    @cached_property
    def averaged(self) -> tuple[ndarray, ndarray]:
        """The left factors of ``J_{i+1,i}`` and of its clean counterpart."""
        pairs = zip(self.after, self.now, self.inputs, strict=True)
        noisy_one, clean_one = (average_slopes(b.W, a.W, X, self.sizes.v, self.sizes.phi, ORDER) for b, a, X in pairs)
        return noisy_one, clean_one

    @property
    def distance(self) -> Float[ndarray, " trials"]:
        """``||J_i - J̃_i||``"""
        return khatri_rao_distance(self.now[0].slopes, self.inputs[0], self.now[1].slopes, self.inputs[1])

    @property
    def averaged_distance(self) -> Float[ndarray, " trials"]:
        """``||J_{i+1,i} - J̃_{i+1,i}||``"""
        return khatri_rao_distance(self.averaged[0], self.inputs[0], self.averaged[1], self.inputs[1])

    @cached_property
    def contraction(self) -> Float[ndarray, "trials n n"]:
        """``I - ηJ̃_{i+1,i}J̃_iᵀ``"""
        X = self.inputs[1]
        return np.eye(self.sizes.n) - self.x.eta[:, np.newaxis, np.newaxis] * product(self.averaged[1], X, self.now[1].slopes, X)

    @property
    def predicted(self) -> Float[ndarray, "trials n"]:
        """The right side of Eq 69."""
        (X, centre), (averaged, clean), r = self.inputs, self.averaged, self.now[0].residual
        slopes, clean_slopes = self.now[0].slopes, self.now[1].slopes
        first = product(averaged, X, slopes, X) - product(clean, centre, slopes, X)
        second = product(clean, centre, slopes, X) - product(clean, centre, clean_slopes, centre)
        kept = apply(self.contraction, r - self.now[1].residual)
        return kept - self.x.eta[:, np.newaxis] * apply(first + second, r)

    @property
    def spread(self) -> Float[ndarray, " trials"]:
        """``max(||W_i||, ||W_{i+1}||)/√k``"""
        return np.maximum(spectral_norm(self.now[0].W), spectral_norm(self.after[0].W)) / np.sqrt(len(self.sizes.v))


def product(A: ndarray, X: ndarray, B: ndarray, Y: ndarray) -> Float[ndarray, "trials n n"]:
    """``(A * X)(B * Y)ᵀ = (ABᵀ) ⊙ (XYᵀ)``"""
    return (A @ transpose(B)) * (X @ transpose(Y))


def judged(sizes: Sizes, x: Instance, watch: Callable[[Stride], dict[str, Observed]]) -> Iterable[Clause]:
    """One clause per inequality, at its worst iteration."""
    strides = (Stride(sizes, x, now, after) for now, after in pairwise(twins(sizes, x, ITERATIONS)))
    size = 1.0 + frobenius(x.W0) * np.sqrt(sizes.n)
    seen = worst(map(watch, strides))
    return [at_worst(name, seen[name], size) for name in seen]


def first_or_all(stride: Stride, first: bool = False) -> ndarray:
    return np.full(stride.x.eta.shape, not first or stride.now[0].t == 0)


def jacobians(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    L, g = jacobian_bound(sizes, x) / np.sqrt(len(sizes.v)), sizes.Gamma * np.sqrt(sizes.n) * x.radius

    def watch(s: Stride) -> dict[str, Observed]:
        d, after = s.apart
        return {
            NEAR_AT_START: (s.distance, g, first_or_all(s, first=True)),
            NEAR: (s.distance, L * d + g, first_or_all(s)),
            NEAR_AVERAGED: (s.averaged_distance, L * (d + after) / 2 + g, first_or_all(s)),
        }

    return judged(sizes, x, watch)


def recursions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    beta, g = jacobian_bound(sizes, x), sizes.Gamma * np.sqrt(sizes.n) * x.radius
    L = beta / np.sqrt(len(sizes.v))
    start = euclidean(next(iter(twins(sizes, x, 0)))[1].residual)

    def watch(s: Stride) -> dict[str, Observed]:
        (d, after), (p, later) = s.apart, s.gap
        missed = euclidean(s.after[0].residual - s.after[1].residual - s.predicted)
        return {
            RESIDUALS: (missed, np.zeros_like(p), first_or_all(s)),
            PATHS: (after, d + x.eta * ((L * d + g) * start + beta * p), first_or_all(s)),
            OUTPUTS: (later, p + x.eta * beta * (start + p) * (L * (3 * d + after) / 2 + 2 * g), first_or_all(s)),
        }

    return judged(sizes, x, watch)


def mended(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    g = sizes.Gamma * np.sqrt(sizes.n) * x.radius
    beta = jacobian_bound(sizes, x)
    L = beta / np.sqrt(len(sizes.v))

    def watch(s: Stride) -> dict[str, Observed]:
        (d, after), (p, later), E = s.apart, s.gap, g * (1 + s.spread)
        clean, factor = euclidean(s.now[1].residual), spectral_norm(s.contraction)
        grown = factor * p + x.eta * (beta + g) * (clean + p) * (L * (3 * d + after) / 2 + 2 * E)
        return {
            "‖J_τ - J̃_τ‖ ≤ Ld_τ + E": (s.distance, L * d + E, first_or_all(s)),
            "‖J_{τ+1,τ} - J̃_{τ+1,τ}‖ ≤ L(d_τ + d_{τ+1})/2 + E": (s.averaged_distance, L * (d + after) / 2 + E, first_or_all(s)),
            "‖J_τ‖ ≤ β + Γ√nε₀": (khatri_rao_norm(s.now[0].slopes, x.X), beta + g, first_or_all(s)),
            "d_{i+1} ≤ d_i + η((Ld_i + E)‖r̃_i‖ + (β + Γ√nε₀)p_i)": (
                after,
                d + x.eta * ((L * d + E) * clean + (beta + g) * p),
                first_or_all(s),
            ),
            "p_{i+1} ≤ ‖I - ηJ̃_{i+1,i}J̃_iᵀ‖p_i + η(β + Γ√nε₀)(‖r̃_i‖ + p_i)(L(3d_i + d_{i+1})/2 + 2E)": (later, grown, first_or_all(s)),
        }

    return judged(sizes, x, watch)
