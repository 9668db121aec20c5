r"""From the condition on L to the printed width, about numbers alone. Section 10.3, Eqs 80-82.

$\beta = \Gamma\lVert C\rVert\sqrt{c_{up}n/K}$, $L = \beta/\sqrt k$, $\eta\tau_0 = C_1\frac{K}{n\lambda}\ell$,
$\Theta = C_0\Gamma\sqrt{n\log K}$ with $C_0 = \sqrt{204} + 1/\sqrt{\log 2}$, $\ell = \log(\Gamma\sqrt{n\log K}/\rho)$;
$\Gamma \ge 1$ as in Theorem 10.13.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float, Int
from numpy import ndarray

from theorems.checker import extremes
from theorems.checker.certify import Comparison, assumed, ball, concluded
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, positive, up_to
from theorems.checker.draws import Draws
from theorems.early_stopping._literal_sizes import C0

ENOUGH = "k = 1000Γ²n(τ₀ηβ)⁴Θ² ⇒ L ≤ 2/(5τ₀ηΘ(1 + 8ητ₀β²))"
ENOUGH_MENDED = "k = 1000Γ²(c_up‖C‖²n/K)(τ₀ηβ)⁴Θ² ⇒ L ≤ 2/(5τ₀ηΘ(1 + 8ητ₀β²))"
ORDER = "1000Γ²n(τ₀ηβ)⁴Θ² ≤ cΓ¹⁰(K²‖C‖⁴/λ⁴)ℓ⁴log²K"
IMPLIED = "ℓ⁴log²K ≤ cℓ⁶"
COLLECTED = Witness("c/(C₁⁴c_up²)", 1000 * C0**2 / log(2), "the powers collected give 1000 C₀² Γ⁸ log K, and log K ≥ log 2")
LOGARITHMS = Witness("c", 18.1, "(log K/ℓ)² is largest, 18.08, at K = n = 2 and Γ = ρ = 1")


@dataclass(frozen=True)
class Sizes:
    K: int


@dataclass(frozen=True)
class Instance:
    """``norm2`` is ‖C‖², ``lam`` is λ(C)."""

    n: Int[ndarray, " trials"]
    c_up: Float[ndarray, " trials"]
    norm2: Float[ndarray, " trials"]
    lam: Float[ndarray, " trials"]
    Gamma: Float[ndarray, " trials"]
    C1: Float[ndarray, " trials"]
    rho: Float[ndarray, " trials"]


@dataclass(frozen=True)
class Derived:
    """``time`` is ητ₀, ``s`` is ητ₀β²."""

    log_ratio: ndarray
    beta: ndarray
    time: ndarray
    misfit: ndarray

    @property
    def s(self) -> ndarray:
        return self.time * self.beta**2

    @property
    def limit(self) -> ndarray:
        return 2 / (5 * self.time * self.misfit * (1 + 8 * self.s))


def setting(choose: Choose) -> Sizes:
    return Sizes(K=choose.integer("K", 2, 12))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """c_up and ‖C‖² from 1 to K, at the ends on two thirds of the trials; s = 1 where C₁ ≥ 1 allows it."""
    n = sizes.K * draws.integers(1, 40)
    c_up, norm2 = (1 + (sizes.K - 1) * ends(draws) for _ in range(2))
    Gamma, rho = 10.0 ** (draws.uniform(0.0, 1.0) * draws.integers(0, 1)), extremes.fraction(draws)
    lam = Gamma**2 * extremes.fraction(draws)
    log_ratio = np.log(Gamma * np.sqrt(n * np.log(sizes.K)) / rho)
    least = lam / (log_ratio * norm2 * Gamma**2 * c_up)  # the C₁ with s = 1
    C1 = np.maximum(1.0, least) * 10.0 ** (draws.uniform(0.0, 2.0) * draws.integers(0, 1))
    return Instance(n=n, c_up=c_up, norm2=norm2, lam=lam, Gamma=Gamma, C1=C1, rho=rho)


def ends(draws: Draws) -> Float[ndarray, " trials"]:
    """A number in [0, 1], an end of it on two thirds of the trials."""
    kinds = np.stack([np.zeros(draws.trials), np.ones(draws.trials), draws.uniform(0.0, 1.0)])
    return extremes.picked(kinds, draws.integers(0, 2))


def derived(sizes: Sizes, x: Instance) -> Derived:
    root = x.Gamma * np.sqrt(x.n * np.log(sizes.K))
    log_ratio = np.log(root / x.rho)
    beta = x.Gamma * np.sqrt(x.norm2 * x.c_up * x.n / sizes.K)
    return Derived(log_ratio=log_ratio, beta=beta, time=x.C1 * sizes.K / (x.n * x.lam) * log_ratio, misfit=C0 * root)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("n ≥ K ≥ 2", x.n, sizes.K)
    yield at_least("c_up ≥ 1", x.c_up, 1.0)
    yield at_least("‖C‖² ≥ 1", x.norm2, 1.0)
    yield at_most("‖C‖² ≤ K", x.norm2, sizes.K)
    yield positive("λ(C) > 0", x.lam)
    yield at_most("λ(C) ≤ Γ²", x.lam, x.Gamma**2)
    yield at_least("Γ ≥ 1", x.Gamma, 1.0)
    yield at_least("C₁ ≥ 1", x.C1, 1.0)
    yield at_most("ρ ≤ 1", x.rho, 1.0)
    yield at_least("ητ₀β² ≥ 1", derived(sizes, x).s, 1.0)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    y = derived(sizes, x)
    k = 1000 * x.Gamma**2 * x.n * (y.time * y.beta) ** 4 * y.misfit**2
    yield at_most(ENOUGH, y.beta / np.sqrt(k), y.limit)
    yield from orders(sizes, x, y, k)


def orders(sizes: Sizes, x: Instance, y: Derived, k: ndarray) -> Iterable[Clause]:
    scale = x.Gamma**10 * sizes.K**2 * x.norm2**2 / x.lam**4 * y.log_ratio**4 * np.log(sizes.K) ** 2
    yield up_to(COLLECTED, ORDER, k, x.C1**4 * x.c_up**2 * scale)
    yield up_to(LOGARITHMS, IMPLIED, y.log_ratio**4 * np.log(sizes.K) ** 2, y.log_ratio**6)


def mended(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    y = derived(sizes, x)
    k = 1000 * y.beta**2 * (y.time * y.beta) ** 4 * y.misfit**2
    yield at_most(ENOUGH_MENDED, y.beta / np.sqrt(k), y.limit)


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    n, c_up, norm2, lam, Gamma, C1, rho = (exact[name] for name in ("n", "c_up", "norm2", "lam", "Gamma", "C1", "rho"))
    for name, least, most in (("n ≥ K ≥ 2", sizes.K, n), ("c_up ≥ 1", 1, c_up), ("‖C‖² ≥ 1", 1, norm2), ("‖C‖² ≤ K", norm2, sizes.K)):
        yield assumed(name, least, most)
    yield assumed("λ(C) > 0", lam / 2, lam)
    yield assumed("λ(C) ≤ Γ²", lam, Gamma**2)
    yield assumed("Γ ≥ 1", 1, Gamma)
    yield assumed("C₁ ≥ 1", 1, C1)
    yield assumed("ρ ≤ 1", rho, 1)
    root = ball(Gamma) * (ball(n) * ball(sizes.K).log()).sqrt()
    beta2 = Gamma**2 * norm2 * c_up * n / sizes.K
    time = ball(C1 * sizes.K / (n * lam)) * (root / ball(rho)).log()
    misfit, s = ball(fmpq(*C0.as_integer_ratio())) * root, time * ball(beta2)
    yield assumed("ητ₀β² ≥ 1", 1, s)
    k = 1000 * ball(Gamma**2 * n) * (time * time * ball(beta2)) ** 2 * misfit**2
    yield concluded(ENOUGH, (ball(beta2) / k).sqrt(), 2 / (5 * time * misfit * (1 + 8 * s)))
