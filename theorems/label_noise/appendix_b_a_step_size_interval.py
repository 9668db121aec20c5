r"""Appendix B, in the proof of Theorem 3.1: every step size of the interval meets the hypotheses of Lemmas B.2 and B.4.

Let $\rho = 1/100$, $\epsilon_0 = 1/d$, $b_0 = 6\tau d/\rho$, $\Lambda = \log(3d\sqrt\tau/(\rho\sqrt{\epsilon_0}))$,
$$\delta \ge \frac{6\cdot32^2\,b_x^3(b_0^2+r)\Lambda}\rho, \qquad
  \eta \in \Bigl[\frac{6\cdot32\,b_x^2(b_0^2+r)\Lambda}{\rho\,\delta^2}, \frac1{32\,\delta b_x}\Bigr], \qquad
  T = \Bigl\lceil\frac{32\Lambda}{\eta^2\delta^2}\Bigr\rceil .$$
Then the interval is not empty, the coupling is positive, and
$$\eta \le \frac\rho{6Tb_x^2(b_0^2+r)}, \qquad \eta\delta b_x + \eta(b_0^2+r)b_x^2 \le \tfrac1{16}, \qquad
  \eta\delta^2 \ge 32(b_0^2+r)b_x^2 .$$

*Reading.* $b_x \ge \sqrt{2/3}$, since $E_i[x_k^2] \ge 2/3$, and $\tau \ge 1$: the start is large. The coupling is positive if
$\eta\delta b_x + \eta(b_0^2+r)b_x^2 < 1$, as then every factor of Algorithm 1 is. T is rounded up, as in Lemma B.4. The powers of
$b_x$ in $\delta$ and $\eta$ are those with which the hypotheses become equations; that the rounding breaks the first one does not
depend on them, since the counterexample has $b_x = 1$.

*Instances.* Numbers alone: d up to a million, $1 \le r \le d$, $\tau$ up to 10^4, $b_x$ from $\sqrt{2/3}$ to 20; $\delta$ up to
30 times its least value and equal to it on a third of the trials; $\eta$ at either end of its interval or inside.

*Tightness.* At the left end the first hypothesis would hold with equality were T not rounded up, so that it fails by the factor
$T/(T - \theta)$ with $0 \le \theta < 1$, at most $1 + 10^{-5}$. At the right end $\eta\delta b_x = 1/32$, half of what is allowed.

*Remarks.* Nothing that follows is lost: 33 in place of 32 in the left end, and in $\delta$ accordingly, pays for the rounding, as
$\eta^2\delta^2 \le \Lambda$. Theorem 3.1 leaves these numbers unnamed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version

RHO = 0.01
LEFT, RIGHT = 6 * 32.0, 32.0  # of the interval, as printed
PAID = 6 * 33.0  # the left end that pays for the rounding of T
NOT_EMPTY = "the interval is not empty"
HORIZON = "η ≤ ρ/(6Tb_x²(b₀²+r))"
POSITIVE = "ηδb_x + η(b₀²+r)b_x² < 1"
STRIDE = "ηδb_x + η(b₀²+r)b_x² ≤ 1/16"
NOISE = "ηδ² ≥ 32(b₀²+r)b_x²"
ENOUGH = "δ is at least its least value"


@dataclass(frozen=True)
class Real:
    """A statement about real numbers has no sizes."""


@dataclass(frozen=True)
class Instance:
    """δ is ``excess`` times its least value; ``place`` leads from the left end of the interval, 0, to the right one, 1."""

    d: Float[ndarray, " trials"]
    r: Float[ndarray, " trials"]
    tau: Float[ndarray, " trials"]
    bx: Float[ndarray, " trials"]
    excess: Float[ndarray, " trials"]
    place: Float[ndarray, " trials"]

    @property
    def drift(self) -> Float[ndarray, " trials"]:
        r"""$a = (b_0^2 + r)\,b_x^2$"""
        return ((6 * self.tau * self.d / RHO) ** 2 + self.r) * self.bx**2

    @property
    def level(self) -> Float[ndarray, " trials"]:
        r"""$\Lambda$"""
        return np.log(3 * self.d**1.5 * np.sqrt(self.tau) / RHO)


def setting(_choose: Choose) -> Real:
    return Real()


def chosen(_real: Real, draws: Draws) -> Instance:
    d = np.floor(10.0 ** draws.uniform(0.0, 6.0))
    share, ends = draws.uniform(0.0, 1.0), draws.integers(0, 2)
    r = np.where(draws.integers(0, 1) == 0, 1.0, np.ceil(d * np.maximum(share, 1e-9)))
    tau = np.where(draws.integers(0, 1) == 0, 1.0, 10.0 ** draws.uniform(0.0, 4.0))
    bx = np.where(draws.integers(0, 1) == 0, np.sqrt(2 / 3), draws.uniform(1.0, 20.0))
    excess = np.where(draws.integers(0, 2) == 0, 1.0, 10.0 ** draws.uniform(0.0, 1.5))
    place = extremes.picked(np.stack([draws.uniform(0.0, 1.0), np.zeros_like(d), np.ones_like(d)]), ends)
    return Instance(d=d, r=r, tau=tau, bx=bx, excess=excess, place=place)


def assumptions(_real: Real, x: Instance) -> Iterable[Clause]:
    yield at_least("d ≥ 1", x.d, 1.0)
    yield at_least("r ≥ 1", x.r, 1.0)
    yield at_most("r ≤ d", x.r, x.d)
    yield at_least("τ ≥ 1", x.tau, 1.0)
    yield at_least("b_x² ≥ 2/3", x.bx**2, 2 / 3)
    yield at_least(ENOUGH, x.excess, 1.0)
    yield at_least("η is in the interval, from the left", x.place, 0.0)
    yield at_most("η is in the interval, to the right", x.place, 1.0)


def claimed(x: Instance, left: float, right: float) -> Iterable[Clause]:
    """The hypotheses for the interval ``[left b_x²(b₀²+r)Λ/(ρδ²), 1/(right δb_x)]``, one point at the least δ."""
    a, level = x.drift, x.level
    delta = x.excess * left * right * x.bx * a * level / RHO
    low, high = left * a * level / (RHO * delta**2), 1 / (right * delta * x.bx)
    eta = np.where(x.place == 0, low, np.where(x.place == 1, high, low ** (1 - x.place) * high**x.place))
    steps = np.ceil(32 * level / (eta * delta) ** 2)
    stride = eta * delta * x.bx + eta * a
    yield at_most(NOT_EMPTY, low, high)
    yield at_most(HORIZON, eta, RHO / (6 * steps * a))
    yield at_most(POSITIVE, stride, 1 - 1e-12)
    yield at_most(STRIDE, stride, 1 / 16)
    yield at_least(NOISE, eta * delta**2, 32 * a)


def conclusions(_real: Real, x: Instance) -> Iterable[Clause]:
    return claimed(x, LEFT, RIGHT)


def corrected(_real: Real, x: Instance) -> Iterable[Clause]:
    return claimed(x, PAID, RIGHT)


def wider(_real: Real, x: Instance) -> Iterable[Clause]:
    """The right end at 1/(15 δb_x)."""
    return claimed(x, PAID, 15.0)


def quiet(real: Real, draws: Draws) -> Instance:
    """δ at half of its least value."""
    return replace(chosen(real, draws), excess=np.full(draws.trials, 0.5))


def certificate(_real: Real, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """At the left end, with $\\eta$ and $\\delta$ as rational multiples of powers of the logarithm's ball."""
    d, r, tau, bx, excess, place = (exact[name] for name in ("d", "r", "tau", "bx", "excess", "place"))
    rho = fmpq(1, 100)
    a = ((6 * tau * d / rho) ** 2 + r) * bx**2
    level = (ball(3 * d / rho) * ball(d * tau).sqrt()).log()
    delta = ball(excess * 6 * 32**2 * bx * a / rho) * level
    yield given("η is in the interval, from the left", 0, place)
    yield given("η is in the interval, to the right", place, 0)
    yield from (given(name, 1, value) for name, value in (("d ≥ 1", d), ("r ≥ 1", r), ("τ ≥ 1", tau), (ENOUGH, excess)))
    yield given("r ≤ d", r, d)
    yield given("b_x² ≥ 2/3", fmpq(2, 3), bx**2)
    eta = ball(6 * 32 * a / rho) * level / delta**2
    steps = (32 * level / (eta * delta) ** 2).ceil()
    stride = eta * delta * ball(bx) + eta * ball(a)
    yield concluded(NOT_EMPTY, eta, 1 / (32 * delta * ball(bx)))
    yield concluded(HORIZON, eta, ball(rho) / (6 * steps * ball(a)))
    yield concluded(POSITIVE, stride, ball(1 - fmpq(1, 10**12)))
    yield concluded(STRIDE, stride, fmpq(1, 16))
    yield concluded(NOISE, 32 * ball(a), eta * delta**2)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="App B-a",
        title="the step sizes of Theorem 3.1 meet the hypotheses of its lemmas",
        kind="deterministic",
        claim=r"\delta \ge \tfrac{6\cdot32^2b_x^3(b_0^2+r)\Lambda}{\rho},\ "
        r"\tfrac{6\cdot32b_x^2(b_0^2+r)\Lambda}{\rho\delta^2} \le \eta \le \tfrac{1}{32\delta b_x}\ \Longrightarrow\ "
        r"\eta \le \tfrac{\rho}{6Tb_x^2(b_0^2+r)},\ \eta\delta b_x + \eta(b_0^2+r)b_x^2 \le \tfrac1{16},\ "
        r"\eta\delta^2 \ge 32(b_0^2+r)b_x^2",
        place="Appendix B, proof of Theorem 3.1",
        reading="τ ≥ 1, and b_x² ≥ 2/3 as E_i[x_k²] is; positivity is ηδb_x + η(b₀²+r)b_x² < 1.",
        depends_on=("Lem B.2", "Lem B.4"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    block=5000,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("appendix_b_a_counterexample.json"),
        certificate=certificate,
        account="d = 100, r = 5, τ = 1, b_x = 1, δ twice its least value, η at the left end: 32Λ/(ηδ)² = 2²·32768·Λ is no whole "
        "number, so T = 1653020 is larger and ηT(b₀²+r) exceeds ρ/6 by a relative 3·10⁻⁷. "
        "The proof computes with T before it is rounded up.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "6 · 33 in place of 6 · 32 in the left end of the interval, and in δ 6 · 33 · 32 in place of 6 · 32²: T is at most "
        "32Λ/(ηδ)² + 1, and 1 ≤ Λ/(ηδ)² as ηδ b_x ≤ 1/32.",
        conclusions=corrected,
    ),
    controls=(
        control("the left end as printed", with_conclusions(conclusions), HORIZON),
        control("a right end of 1/(15 δb_x)", with_conclusions(wider), STRIDE),
        control("half of the noise", without_assumption(ENOUGH, chosen=quiet), NOT_EMPTY),
        control("0.96 of ρ", sharpened(HORIZON, 0.96), HORIZON),
    ),
)
