r"""The parameters that the proof of Theorem 3.3 chooses, in ball arithmetic: $\eta$ near $10^{-22}$, T near $10^{31}$.

With $\rho = 1/100$, $c_1 = 1/10$, $\tilde\epsilon_1 = 12/\rho$ and $\Lambda = \log\frac{6\sqrt d}{\rho\,\epsilon_{\min}\sqrt{\epsilon_1}}$:
$$b_x = \sqrt{2\log(30d^2/\rho)}, \quad \delta \ge \max\{4\sqrt\Lambda,\ b_x(\tilde\epsilon_1^2 + r)\}, \quad
  P = \frac{c_1^2}{32\,\delta^2b_x^2\log(6r/\rho)}, \quad Q = \frac{P}{2\log(1/P)},$$
$$\eta = \min\{Q,\ c_1/(12\delta^2)\}, \quad T = \frac{16\Lambda}{\eta^2\delta^2}, \quad
  (\tilde\epsilon_1^2 + r)\,C_xb_x^2 = \min\{\eta\delta^2/48,\ \rho/(12T\eta)\}.$$
"""

import math
from dataclasses import dataclass

import numpy as np
from flint import arb, ctx, fmpq

from theorems.checker.choose import Choose

BITS = 160
Ends = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Problem:
    r"""What the theorem is given; $\delta$ is ``surplus`` times its least value.

    shrunk:  $\log\frac1{d\,\epsilon_{\min}}$
    aim:     $\log(1/\epsilon_1)$
    """

    d: int
    r: int
    shrunk: float
    aim: float
    surplus: float


@dataclass(frozen=True)
class Fixed:
    r"""$\rho$, $c_1$, and $\tilde\epsilon_1 = 12/\rho$."""

    rho: fmpq
    c1: fmpq

    @property
    def mass(self) -> fmpq:
        return 12 / self.rho


PROOF = Fixed(rho=fmpq(1, 100), c1=fmpq(1, 10))


@dataclass(frozen=True)
class Parameters:
    """The proof's choice. ``Lambda`` is Λ, ``start`` is log(1/ε_min), ``coherence`` is (ẽ₁² + r) C_x b_x² at its largest."""

    spread: arb
    Lambda: arb
    start: arb
    bx: arb
    delta: arb
    P: arb
    Q: arb
    eta: arb
    T: arb
    coherence: arb


def problem(choose: Choose) -> Problem:
    """From d = 1 and ε₁, dε_min nearly 1 to r = d = 10^9 and logarithms of 10^18, where Λ bounds δ and not ẽ₁² + r."""
    d = choose.integer("d", 1, 10**9)
    r = choose.integer("r", 1, d)
    shrunk, aim = choose.real("log 1/(dε_min)", 1e-9, 1e18), choose.real("log 1/ε₁", 1e-9, 1e18)
    return Problem(d, r, shrunk, aim, surplus=choose.real("surplus", 1.0, 1e6))


def parameters(given: Problem, fixed: Fixed = PROOF, logarithm: bool = True, noise: float = 1.0) -> Parameters:
    """``logarithm`` False leaves Q at P, ``noise`` multiplies δ: both for controls."""
    with ctx.workprec(BITS):
        rho, c1, spread = arb(fixed.rho), arb(fixed.c1), arb(fixed.mass**2 + given.r)
        d, start = arb(given.d), arb(given.shrunk) + arb(given.d).log()
        Lambda = (6 * d.sqrt() / rho).log() + start + arb(given.aim) / 2
        bx = (2 * (30 * d**2 / rho).log()).sqrt()
        delta = arb(noise) * arb(given.surplus) * (4 * Lambda.sqrt()).max(bx * spread)
        P = c1**2 / (32 * delta**2 * bx**2 * (6 * given.r / rho).log())
        Q = P / (2 * (1 / P).log()) if logarithm else P
        eta = Q.min(c1 / (12 * delta**2))
        T = 16 * Lambda / (eta**2 * delta**2)
        coherence = (eta * delta**2 / 48).min(rho / (12 * T * eta))
        return Parameters(spread, Lambda, start, bx, delta, P, Q, eta, T, coherence)


def ends(ball: arb) -> Ends:
    """The ball as an enclosure in float64, rounded outward."""
    with ctx.workprec(BITS):
        low, high = float(ball.lower()), float(ball.upper())
    return np.array([math.nextafter(low, -math.inf)]), np.array([math.nextafter(high, math.inf)])
