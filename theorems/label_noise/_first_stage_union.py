r"""What can go wrong in the first stage, event by event, at the parameters that the proof of Theorem 3.3 chooses.

Data $x^{(i)} \sim N(0, I_d)$, $i \le n \le d$, and the level $t = C_x$ at which $(\tilde\epsilon_1^2 + r)C_xb_x^2$ meets its bound:
$$P(\lVert x^{(i)}\rVert_\infty > b_x) \le 2nd\,Q(b_x), \quad P(E_i[x_k^2] < \tfrac23) \le d\,e^{-n(\log\frac32 - \frac13)/2}, \quad
  P(C_x > t) \le d^2e^{-nt^2(1-t^2)/2},$$
with Q the normal tail; the second is Chernoff's bound for chi-square, the third that for $\frac1n\sum_ix_jx_k$, whose moment
generating function at $n\lambda$ is $(1 - \lambda^2)^{-n/2}$, with $\lambda = t$ and $\log(1 - t^2) \ge -t^2 - t^4$.

Given such data, the coupling's failures are bounded as follows. Overshooting and falling back: Azuma's bound with the proxy
$\eta\sqrt{\delta^2b_x^2 + b_x^4(\tilde\epsilon_1^2 + r)^2}$ times the largest coordinate, over all coordinates and pairs of times.
Too much mass off the support: Markov's $(1 + \eta(\tilde\epsilon_1^2 + r)C_x)^T/\tilde\epsilon_1$. Too slow a rise:
``_signal_growth``. A potential that survives: ``_potential_decay``. All are computed as logarithms.
"""

from dataclasses import dataclass

import numpy as np
from flint import arb, ctx
from scipy.special import log_ndtr

from models.azuma import escape_exponent, least_escape_exponent
from theorems.checker.choose import Choose
from theorems.label_noise._parameter_chain import BITS, PROOF, Parameters, Problem, parameters

RHO, C1, MOST = float(PROOF.rho), float(PROOF.c1), 200
LEAST_MOMENT = 2 / 3


@dataclass(frozen=True)
class Sampled:
    """A problem with n samples in dimension d, and the proof's parameters."""

    given: Problem
    chosen: Parameters
    n: float


@dataclass(frozen=True)
class Scalars:
    """The parameters in float64; ``cross`` is the largest C_x allowed."""

    log_d: float
    r: int
    n: float
    spread: float
    start: float
    aim: float
    bx: float
    delta: float
    eta: float
    T: float
    cross: float

    @property
    def step(self) -> float:
        r"""$\eta(\delta b_x + (\tilde\epsilon_1^2 + r) b_x^2)$, the largest relative move"""
        return self.eta * (self.delta * self.bx + self.spread * self.bx**2)

    @property
    def proxy(self) -> float:
        """The sub-Gaussian proxy of a step of a coordinate of size 1."""
        return self.eta * float(np.hypot(self.delta * self.bx, self.spread * self.bx**2))


def sampled(choose: Choose) -> Sampled:
    """The least n, twice $(b_x / C_x)^2$, or more, up to d; d from 10^70, where that n is less."""
    d, r = int(10 ** choose.real("log10 d", 70.0, float(MOST))), choose.integer("r", 1, 10**6)
    shrunk, aim = choose.real("log 1/(dε_min)", 1e-9, 1e4), choose.real("log 1/ε₁", 1e-9, 1e4)
    given = Problem(d, r, shrunk, aim, choose.real("surplus", 1.0, 1e6))
    chosen, more = parameters(given), choose.real("share of d", 0.0, 1.0)
    least = 2 * (float(chosen.bx) / crossing(chosen)) ** 2
    return Sampled(given, chosen, n=least ** (1 - more) * float(d) ** more)


def crossing(chosen: Parameters) -> float:
    return float(chosen.coherence / (chosen.bx**2 * chosen.spread))


def scalars(sizes: Sampled) -> Scalars:
    with ctx.workprec(BITS):
        p, log_d = sizes.chosen, float(arb(sizes.given.d).log())
    numbers = {name: float(getattr(p, name)) for name in ("spread", "start", "bx", "delta", "eta", "T")}
    return Scalars(log_d=log_d, r=sizes.given.r, n=sizes.n, aim=sizes.given.aim, cross=crossing(p), **numbers)


def large_entry(s: Scalars) -> float:
    """Like the others below, the logarithm of a bound; it may be positive."""
    return float(np.log(2 * s.n) + s.log_d + log_ndtr(-s.bx))


def small_moment(s: Scalars) -> float:
    return s.log_d - s.n * (np.log(1.5) - 1 / 3) / 2


def correlated(s: Scalars) -> float:
    return 2 * s.log_d - s.n * s.cross**2 * (1 - s.cross**2) / 2


def escape(s: Scalars, size: float) -> float:
    """Some coordinate that is at most c₁/2 from 1 comes to be c₁ away; ``size`` is the largest that it can be meanwhile."""
    exponent = least_escape_exponent(C1, C1 / 2, s.eta, size * s.proxy, s.T)[0]
    return float(np.log(s.r / 2) + 2 * np.log(s.T) - exponent)


def large_mass(s: Scalars) -> float:
    return float(s.T * np.log1p(s.eta * s.spread * s.cross) - np.log(float(PROOF.mass)))


def slow_rise(s: Scalars) -> float:
    """For all r coordinates, from ε_min."""
    signal, z = LEAST_MOMENT * (C1 - C1**2 / 4) - s.spread * s.cross, s.step
    behind = s.T * (s.eta * signal - z**2 / (2 * (1 - z))) - s.start - np.log(1 - C1 / 2)
    return float(np.log(s.r) - escape_exponent(behind, 0.0, 0.0, (np.log1p(z) - np.log1p(-z)) / 2, s.T)[0])


def surviving(s: Scalars) -> float:
    q = (1 / 8 - s.step / 2) * LEAST_MOMENT * (s.eta * s.delta) ** 2 - s.eta * s.spread * s.cross / 2
    return s.log_d / 2 + s.aim / 2 - q * s.T
