r"""Theorem 7.1 for linear networks, where everything that it claims is an exact law.

$\varphi(z) = \Gamma z$ with orthonormal centres has $\lambda(C) = \Gamma^2$ and $\lVert C\rVert = 1$; the outputs at the
centres begin as $f_l(0) = \Gamma g_l$ with independent standard normal $g_l$ and obey
$$f_l(\tau) - \bar y_l = (1 - \eta m\Gamma^2)^\tau (f_l(0) - \bar y_l), \qquad
\lVert W_\tau - W_0\rVert_F = \lVert f(\tau) - f(0)\rVert/\Gamma,$$
for m points per cluster with mean label $\bar y_l$. The width k appears nowhere. Labels are 1 and -1, s of every m flipped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from flint import arb, fmpq
from scipy.special import ndtr

from models import laws
from models.laws import Enclosure
from theorems.checker.certify import Comparison, assumed, ball, concluded
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.theorem import Nothing

FAR = "P(‖W_τ - W₀‖_F > cΓ√(K log K/λ(C)) at some τ) ≤ 2/K¹⁰⁰"
WRONG = "P(|f(W_τ, x_i) - ỹ_i| > 4ρ at some τ ≥ τ₀) ≤ 2/K¹⁰⁰"
MISLABELLED = "P(another label is nearer to f(W_τ, x_i) at some τ ≥ τ₀) ≤ 2/K¹⁰⁰"
TINIEST = 1e-100  # what is left of the initial error after more iterations than matter


@dataclass(frozen=True)
class Linear:
    """K clusters of m points, s of them flipped; ``share`` of the step size allowed; c = C is the constant tried."""

    K: int
    m: int
    s: int
    Gamma: float
    share: float
    c: float

    @property
    def rho(self) -> float:
        return self.s / self.m

    @property
    def k(self) -> int:
        return 2 * int(np.ceil(self.c * self.K * np.log(self.K) / 2))

    @property
    def log(self) -> float:
        """``log(Γ√(n log K)/ρ)``"""
        return float(np.log(self.Gamma * np.sqrt(self.K * self.m * np.log(self.K)) / self.rho))

    @property
    def left(self) -> float:
        """The part of the initial error that is left at the first τ ≥ τ₀, a power of ``1 - ηmΓ² = 1 - share/2``."""
        first = max(0.0, np.ceil(self.c * 2 / self.share * self.log))
        return float(max(np.exp(first * np.log1p(-self.share / 2)), TINIEST))


def setting(choose: Choose) -> Linear:
    s = choose.integer("s", 1, 3)
    return Linear(
        K=choose.integer("K", 2, 6),
        m=choose.integer("m", 4 * s, 16),
        s=s,
        Gamma=choose.real("Gamma", 2.0**-24, 2.0),
        share=choose.real("share", 0.25, 1.0),
        c=float(choose.option("c", (10**3, 10**6))),
    )


def assumptions(sizes: Linear, _x: Nothing) -> Iterable[Clause]:
    yield positive("Γ > 0", sizes.Gamma)
    yield at_most("ρ ≤ δ/8", sizes.rho, 1 / 4)
    yield at_least("k ≥ CΓ⁴K log(K)‖C‖²/λ(C)²", sizes.k, sizes.c * sizes.K * np.log(sizes.K))
    yield at_most("η ≤ K/(2c_up nΓ²‖C‖²)", sizes.share, 1.0)


def conclusions(sizes: Linear, _x: Nothing) -> Iterable[Clause]:
    """Both ends of the way of an output lie on a segment, so that its error is largest at the first τ ≥ τ₀ or at last 2ρ."""
    failure, left, mean = 2.0 / sizes.K**100, sizes.left, 1 - 2 * sizes.rho
    yield at_most(FAR, too_far(sizes), failure)
    above, below = (6 * sizes.rho / left + mean) / sizes.Gamma, (mean - 2 * sizes.rho / left) / sizes.Gamma
    yield at_most(WRONG, laws.some_of(sizes.K, one_of(ndtr(-above) + ndtr(below))), failure)
    yield at_most(MISLABELLED, laws.some_of(sizes.K, one_of(ndtr(mean * (1 - 1 / left) / sizes.Gamma))), failure)


def too_far(sizes: Linear) -> Enclosure:
    """‖ȳ/Γ - g‖ > c√(K log K): all entries beyond c√log K would be enough, one is needed."""
    goal, radius = (1 - 2 * sizes.rho) / sizes.Gamma, sizes.c * np.sqrt(np.log(sizes.K))
    low, high = one_of(ndtr(goal - radius) + ndtr(-goal - radius))
    return low**sizes.K, np.minimum(sizes.K * high, 1.0)


def one_of(probability: float) -> Enclosure:
    return laws.widened(probability, probability)


def certificate(sizes: Linear, _exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For an instance whose Γ is so small that τ₀ < 0, whatever c is: the labels are to be right at τ = 0."""
    K, rho, Gamma = sizes.K, fmpq(sizes.s, sizes.m), fmpq(*sizes.Gamma.as_integer_ratio())
    logarithm, failure, mean = arb(K).log(), ball(fmpq(2, K**100)), 1 - 2 * rho
    yield assumed("Γ > 0", Gamma / 2, Gamma)
    yield assumed("ρ ≤ δ/8", rho, fmpq(1, 4))
    yield assumed("k ≥ CΓ⁴K log(K)‖C‖²/λ(C)²", ball(fmpq(int(sizes.c))) * K * logarithm, ball(fmpq(sizes.k)))
    yield assumed("η ≤ K/(2c_up nΓ²‖C‖²)", fmpq(*sizes.share.as_integer_ratio()), 1)
    yield assumed("Γ√(n log K) ≤ ρ, hence τ₀ ≤ 0", ball(Gamma) * (K * sizes.m * logarithm).sqrt(), ball(rho))
    goal, radius = ball(mean / Gamma), int(sizes.c) * logarithm.sqrt()
    one = below(goal - radius) + below(-goal - radius)
    yield concluded(FAR, (one**K).union((K * one).min(arb(1))), failure)
    wrong = below(ball(-(mean + 6 * rho) / Gamma)) + below(ball((mean - 2 * rho) / Gamma))
    yield concluded(WRONG, some_of(K, wrong), failure)
    yield concluded(MISLABELLED, some_of(K, below(arb(0))), failure)


def some_of(count: int, each: arb) -> arb:
    """At least one of independent events; by products, as a power of a ball around 0 is not a number."""
    return 1 - prod([1 - each] * count, start=arb(1))


def below(x: arb) -> arb:
    """P(g < x)"""
    return (-x / arb(2).sqrt()).erfc() / 2
