r"""Steps around Theorem 7.1: the width in its proof (Eq 49), and how the constants that its bounds need grow.

Eq 49: with $\beta = \sqrt{c_{up}n/K}\,\Gamma\lVert C\rVert$, $L = \beta/\sqrt k$, $\alpha = \alpha_0/2$,
$\alpha_0 = \sqrt{c_{low}n\lambda/(2K)}$, $R = 4\lVert r_0\rVert/\alpha$, and $\lVert r_0\rVert \le \Gamma\sqrt{c_0n\log K/128}$, the width
$k \ge 8c_0\Gamma^4\lVert C\rVert^2c_{up}K\log K/(c_{low}^2\lambda^2)$ gives $LR \le \alpha$ and $\alpha\beta/(L\lVert r_0\rVert) \ge 1$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.cluster_descent import cluster_descent, cluster_means
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, compared, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem
from theorems.early_stopping import _perfect_clusters as clusters
from theorems.early_stopping._perfect_clusters import Instance, Sizes

GROWTH = 0.1
FAR = "max ‖W_τ - W₀‖_F ≲ Γ√(K log K/λ(C))"
LATE = "time until |f(W_τ, x_i) - ỹ_i| ≤ 4ρ for good ≲ K/(ηnλ(C)) log(Γ√(n log K)/ρ)"
ENOUGH = "k ≥ 8c₀Γ⁴‖C‖²c_up K log(K)/(c_low²λ²)"


@dataclass(frozen=True)
class Unsized:
    """Eq 49 is about numbers only."""


@dataclass(frozen=True)
class Numbers:
    """``norm`` is ‖C‖; the width k counts as a real number."""

    K: Int[ndarray, " trials"]
    n: Int[ndarray, " trials"]
    c_low: Float[ndarray, " trials"]
    c_up: Float[ndarray, " trials"]
    Gamma: Float[ndarray, " trials"]
    norm: Float[ndarray, " trials"]
    least: Float[ndarray, " trials"]
    c0: Float[ndarray, " trials"]
    r0: Float[ndarray, " trials"]
    k: Float[ndarray, " trials"]


def unsized(_choose: Choose) -> Unsized:
    return Unsized()


def numbers(_sizes: Unsized, draws: Draws) -> Numbers:
    """λ ≤ Γ² and 1 ≤ ‖C‖ ≤ √K, as unit centres have; every hypothesis an equation on half of the trials."""
    K = draws.integers(2, 50)
    n, c_low = K * draws.integers(1, 30), extremes.fraction(draws)
    c_up, Gamma, c0 = 1 / extremes.fraction(draws), extremes.scale(draws, 3), extremes.scale(draws, 3)
    norm = np.sqrt(1 + (K - 1) * draws.uniform(0.0, 1.0) * draws.integers(0, 1))
    least = Gamma**2 * extremes.fraction(draws)
    r0 = Gamma * np.sqrt(c0 * n * np.log(K) / 128) * extremes.fraction(draws)
    k = wide_enough(K, c_low, c_up, Gamma, norm, least, c0) / extremes.fraction(draws)
    return Numbers(K=K, n=n, c_low=c_low, c_up=c_up, Gamma=Gamma, norm=norm, least=least, c0=c0, r0=r0, k=k)


def wide_enough(K: ndarray, c_low: ndarray, c_up: ndarray, Gamma: ndarray, norm: ndarray, least: ndarray, c0: ndarray) -> ndarray:
    """``8c₀Γ⁴‖C‖²c_up K log K/(c_low²λ²)``"""
    return 8 * c0 * Gamma**4 * norm**2 * c_up * K * np.log(K) / (c_low * least) ** 2


def width_assumptions(_sizes: Unsized, x: Numbers) -> Iterable[Clause]:
    yield at_most("c_low ≤ 1", x.c_low, 1.0)
    yield at_least("c_up ≥ 1", x.c_up, 1.0)
    yield at_least("‖C‖ ≥ 1", x.norm, 1.0)
    yield at_most("λ ≤ Γ²", x.least, x.Gamma**2)
    yield at_most("‖r₀‖ ≤ Γ√(c₀ n log K/128)", x.r0, x.Gamma * np.sqrt(x.c0 * x.n * np.log(x.K) / 128))
    yield at_least(ENOUGH, x.k, wide_enough(x.K, x.c_low, x.c_up, x.Gamma, x.norm, x.least, x.c0))


def width_conclusions(_sizes: Unsized, x: Numbers) -> Iterable[Clause]:
    beta = np.sqrt(x.c_up * x.n / x.K) * x.Gamma * x.norm
    alpha, L = np.sqrt(x.c_low * x.n * x.least / (2 * x.K)) / 2, beta / np.sqrt(x.k)
    R, printed = 4 * x.r0 / alpha, x.Gamma * np.sqrt(x.c0 * x.K * np.log(x.K) / (x.c_low * x.least))
    product = x.Gamma**2 * x.norm * np.sqrt(x.c_up * x.c0 * x.n * np.log(x.K) / (x.c_low * x.k * x.least))
    yield at_most("R = 4‖r₀‖/α ≤ Γ√(c₀K log K/(c_low λ))", R, printed)
    yield at_most("LR ≤ Γ²‖C‖√(c_up c₀ n log K/(c_low kλ))", L * R, product)
    yield at_most("Γ²‖C‖√(c_up c₀ n log K/(c_low kλ)) ≤ α₀/2", product, alpha)
    half = np.sqrt(x.c_low * x.n * x.least / (8 * x.K))
    yield equals("α₀/2 = √(c_low nλ/(8K))", alpha, half, allowance=1e-12 * half)
    yield at_least("αβ/(L‖r₀‖) ≥ 1", alpha * beta / (L * x.r0), 1.0)
    limit = x.K / (2 * x.c_up * x.n * x.Gamma**2 * x.norm**2)
    yield equals("1/(2β²) = K/(2c_up nΓ²‖C‖²)", 1 / (2 * beta**2), limit, allowance=1e-12 * limit)


def width_step(base: Theorem) -> Theorem:
    return step(
        base,
        label="Eq 49",
        title="the width that keeps the Jacobian steep over the whole way",
        claim=r"k \ge \tfrac{8c_0\Gamma^4\lVert C\rVert^2c_{up}K\log K}{c_{low}^2\lambda^2} \Longrightarrow LR \le "
        r"\Gamma^2\lVert C\rVert\sqrt{\tfrac{c_{up}c_0n\log K}{c_{low}k\lambda}} \le \tfrac{\alpha_0}{2},\ "
        r"\tfrac{\alpha\beta}{L\lVert r_0\rVert} \ge 1",
        setting=unsized,
        chosen=numbers,
        assumptions=width_assumptions,
        conclusions=width_conclusions,
        quantifier=ALWAYS,
    )


def growing(choose: Choose) -> Sizes:
    """Orthonormal centres, labels -1 and 1, a quarter of them flipped; k = 0 stands for the least width."""
    K, per_cluster = choose.integer("K", 2, 32), choose.integer("per_cluster", 4, 400)
    shape = {"c_low": 1.0, "classes": 2, "delta": 2.0, "rho": 0.25, "cosine": 0.0}
    k = choose.integer("k", 0, 4000) or clusters.width(K, 0.0, "sinmix", 1.0, 1.0, 8.0)
    return Sizes(K=K, d=K, k=k, per_cluster=per_cluster, activation="sinmix", scale=1.0, Gamma=1.0, **shape)


def growing_assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return clusters.hypotheses(sizes, x, 8.0)


def needed(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Of the largest distance, and of the first iteration from which every error stays within 4ρ, what nine trials in ten keep to."""
    unit = clusters.unit_of_time(sizes, x) * sizes.base_log
    radius = np.sqrt(sizes.K * np.log(sizes.K) / clusters.least(sizes, x))
    right, means = x.values[:, sizes.class_of], cluster_means(x.y, sizes.n_l)
    distance, arrival = np.zeros(len(x.W0)), np.zeros(len(x.W0))
    for now in cluster_descent(x.W0, x.centres, sizes.n_l, means, sizes.v, sizes.phi, x.eta, int(np.ceil(unit.max()))):
        away = np.abs(now.outputs - right).max(axis=1) > 4 * sizes.rho
        distance, arrival = np.maximum(distance, now.distance), np.where(away, now.t + 1.0, arrival)
    yield compared(FAR, np.quantile(distance, 0.9), radius)
    yield compared(LATE, np.quantile(arrival, 0.9), unit)


def half_steps(sizes: Sizes, draws: Draws) -> Instance:
    x = clusters.chosen(sizes, draws)
    return replace(x, eta=clusters.step_limit(sizes, x.centres) / 2)


def sweeps(relaxed: Theorem) -> tuple[Theorem, ...]:
    """The constants needed along K, k and n, one at a time."""
    points = (4, 8, 16, 32, 64, 128, 256)
    return (
        sweep(relaxed, "clusters", "K", [{"K": K, "per_cluster": 8, "k": 0} for K in (2, 3, 4, 6, 8, 12, 16, 20)], 40),
        sweep(relaxed, "width", "k", [{"K": 2, "per_cluster": 8, "k": 2**power} for power in range(5, 12)], 300),
        sweep(relaxed, "points", "per_cluster", [{"K": 2, "per_cluster": count, "k": 64} for count in points], 400),
    )


def sweep(relaxed: Theorem, name: str, over: str, examples: list[dict[str, int]], block: int) -> Theorem:
    return step(
        relaxed,
        label=f"Thm 7.1 along {name}",
        title=f"the constants that both bounds need, as {over} grows",
        claim=r"\max_\tau\lVert W_\tau-W_0\rVert_F \lesssim \Gamma\sqrt{K\log K/\lambda(C)},\quad "
        r"\tau_0 \lesssim \tfrac{K}{\eta n\lambda(C)}\log\tfrac{\Gamma\sqrt{n\log K}}{\rho}",
        setting=growing,
        chosen=half_steps,
        assumptions=growing_assumptions,
        conclusions=needed,
        quantifier=Sweep(over, GROWTH),
        examples=tuple(examples),
        block=block,
    )
