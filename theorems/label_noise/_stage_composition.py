r"""How Theorems 3.1, 3.3 and D.1 fit together: what one stage leaves is what the next one asks for, at one noise level.

With $b_0 = 6\tau d/\rho$, $\Lambda_0 = \log\frac{3d^{3/2}\sqrt\tau}{\rho}$ and $b_x$ of the first stage, and $\Lambda$, P and $C_x$ of the
second one:
$$\delta \le 3 \cdot 10^{11}\,\tau^2d^2b_x^3\Lambda_0 \text{ is enough}, \qquad
  \eta_0 = \frac1{32\delta b_x} \ge \frac{6 \cdot 32\,b_x^2(b_0^2+r)\Lambda_0}{\rho\delta^2}, \qquad \epsilon_{\min} \le \frac1d,$$
$$\frac1{C_x} \le 2 \cdot 10^{14}\,r\,\Lambda\,b_x^4\log\tfrac{6r}\rho\log\tfrac1P, \qquad C_xb_x^2 \le \frac1{900r},$$
the latter with the $b_x$ of the rounds. The logarithm of 1/P is about $2\log\delta$: what the theorem's $n \ge \tilde\Theta(r^2)$ leaves
out grows with $\delta$, though only like a power of its logarithm.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.theorem import Nothing
from theorems.label_noise import _rounds as rounds
from theorems.label_noise._three_stages import RHO, Sizes, last_round, shrunk, signal_parameters


@dataclass(frozen=True)
class Fitting:
    r"""``surplus``: $\delta$ in multiples of its least value."""

    sizes: Sizes
    surplus: float


def fitting(choose: Choose) -> Fitting:
    """τ from 1 to d², as the initialization is large but polynomial in d."""
    d = choose.integer("d", 2, 10**9)
    tau = float(d) ** choose.real("log τ/log d", 0.0, 2.0)
    epsilon = choose.real("ε", 1e-30, 0.9)
    return Fitting(Sizes(d, d, choose.integer("r", 1, d), tau, epsilon), choose.real("surplus", 1.0, 1e6))


def assumptions(x: Fitting, _x: Nothing) -> Iterable[Clause]:
    yield at_least("τ ≥ 1", x.sizes.tau, 1.0)
    yield at_most("ε < 1", x.sizes.epsilon, 0.9)


def conclusions(x: Fitting, _x: Nothing) -> Iterable[Clause]:
    sizes, before, p = x.sizes, shrunk(x.sizes), signal_parameters(x.sizes, x.surplus)
    delta, bx = float(p.delta.mid()), float(p.bx.mid())
    yield at_most("δ ≤ 3·10¹¹ τ²d² b_x³ Λ₀", delta / x.surplus, 3e11 * (sizes.tau * sizes.d) ** 2 * before.bx**3 * before.logarithm)
    yield at_most("η₀ ≥ 6·32 b_x²(b₀²+r)Λ₀/(ρδ²)", before.delta / delta, 1.0)
    yield at_most("ε_min ≤ 1/d", np.log(sizes.d), before.start)
    cross = float((p.coherence / (p.bx**2 * p.spread)).mid())
    logs = float((1 / p.P).log().mid()) * np.log(6 * sizes.r / RHO)
    yield at_most("1/C_x ≤ 2·10¹⁴ rΛ b_x⁴ log(6r/ρ) log(1/P)", 1 / cross, 2e14 * sizes.r * float(p.Lambda.mid()) * bx**4 * logs)
    last = last_round(sizes, delta)
    entries = float(rounds.sup_norm(sizes.d, last.rho).mid())
    yield at_most("C_x b_x² ≤ 1/(900r) in every round", cross * entries**2, 1 / (900 * sizes.r))
    yield at_most("ε₁ ≤ c₁", sizes.epsilon / 40**3, 0.1)
    yield at_most("0.01 + 0.01 + 0.01 ≤ 0.1", 3 * RHO, 0.1)
