r"""Equations 26 and 27: Taylor's bound for the square root near 1. Appendix B, in the proof of Lemma B.4.

For $x > -1$ and M the largest $|g'''(1 + x')|$ with $x'$ between 0 and x, where $g(y) = \sqrt y$,
$$g(1 + x) \le g(1) + g'(1)\,x + \tfrac12 g''(1)\,x^2 + \tfrac M6 |x|^3 , \qquad M < 3 \text{ for } |x| \le \tfrac12,$$
so that for $\Delta \in [-\frac12, \frac12]$
$$\sqrt{1 + \Delta} \le 1 + \tfrac12\Delta - \tfrac18\Delta^2 + \tfrac12|\Delta|^3 .$$

*Reading.* The paper defines $g(x) = \sqrt{1 + x}$ and then evaluates g at 1 + x; Equation 27 shows that the root of 1 + x is meant.

*Instances.* x from nearly -1 to 1000, $\Delta$ at both ends of its interval, at 0 and down to $\pm10^{-9}$. With $s = \sqrt{1+x}$
what the quadratic leaves is $\sqrt{1+x} - 1 - \frac x2 + \frac{x^2}8 = x^3\,\frac{s+3}{8(s+1)^3}$, a clause of its own; compared
in this form, no digits cancel. As a step, the quotient by $|\Delta|^3$ is enclosed over the whole interval by ball arithmetic, and so is M.

*Tightness.* Equation 26 is sharp as $x \downarrow 0$. In Equation 27 the factor 1/2 could be 1/16, sharp as $\Delta \downarrow 0$,
and $\Delta < 0$ needs none. The bound on M could be $\frac38\, 2^{5/2} = 2.1213$, attained at $\Delta = -\frac12$.

*Remarks.* By the identity Equation 27 holds for all $\Delta \ge -1$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from flint import arb
from jaxtyping import Float
from numpy import ndarray

from models.intervals import largest_value
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Nothing, Theorem, nothing

TAYLOR = "√(1+x) - 1 - x/2 + x²/8 ≤ (M/6)|x|³"
THIRD = "M < 3 for |Δ| ≤ 1/2"
PRINTED_27 = "√(1+Δ) ≤ 1 + Δ/2 - Δ²/8 + |Δ|³/2"
CUBIC = "√(1+Δ) - 1 - Δ/2 + Δ²/8 ≤ |Δ|³/2"
IDENTITY = "√(1+Δ) - 1 - Δ/2 + Δ²/8 = Δ³ (s+3)/(8(s+1)³) with s = √(1+Δ)"
SHIFTED = "√(1+Δ) - 1 - Δ/2 + Δ²/7 ≤ |Δ|³/2"
NO_CUBIC = "√(1+Δ) - 1 - Δ/2 + Δ²/8 ≤ 0"
RIGHT, LEFT, BOUND = "sup (√(1+Δ) - 1 - Δ/2 + Δ²/8)/Δ³ over [0, 1/2] ≤ 1/2", "0 ≤ its infimum over [-1/2, 0]", "sup M < 3 over [-1/2, 1/2]"
WIDTH = 1e-9  # of the enclosures


@dataclass(frozen=True)
class Real:
    """A statement about real numbers has no sizes."""


@dataclass(frozen=True)
class Instance:
    """``x`` of Equation 26 and ``Delta`` of Equation 27."""

    x: Float[ndarray, " trials"]
    Delta: Float[ndarray, " trials"]


def setting(_choose: Choose) -> Real:
    return Real()


def chosen(_real: Real, draws: Draws) -> Instance:
    near_one = -1 + 10.0 ** draws.uniform(-6.0, 0.0)
    small = draws.signs() * 10.0 ** draws.uniform(-9.0, -0.5)
    x = extremes.picked(np.stack([10.0 ** draws.uniform(-9.0, 3.0), near_one, small]), draws.integers(0, 2))
    ends = 0.5 * draws.integers(-1, 1)
    Delta = extremes.picked(np.stack([draws.uniform(-0.5, 0.5), ends, small]), draws.integers(0, 2))
    return Instance(x=x, Delta=Delta)


def assumptions(_real: Real, x: Instance) -> Iterable[Clause]:
    yield at_least("x > -1", x.x, -1 + 1e-7)
    yield at_most("|Δ| ≤ 1/2", np.abs(x.Delta), 0.5)


def quotient(x: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    """$(\\sqrt{1+x} - 1 - x/2 + x^2/8) / x^3 = (s + 3) / (8 (s + 1)^3)$"""
    s = np.sqrt(1 + x)
    return (s + 3) / (8 * (s + 1) ** 3)


def largest_third(x: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    """$M = \\frac38 (1 + \\min(x, 0))^{-5/2}$, as $g'''(y) = \\frac38 y^{-5/2}$ decreases."""
    return 3 / 8 * (1 + np.minimum(x, 0.0)) ** -2.5


def conclusions(_real: Real, x: Instance) -> Iterable[Clause]:
    yield at_most(TAYLOR, quotient(x.x) * x.x**3, largest_third(x.x) / 6 * np.abs(x.x) ** 3)
    yield at_most(THIRD, largest_third(x.Delta), 3.0)
    quadratic = 1 + x.Delta / 2 - x.Delta**2 / 8
    yield at_most(PRINTED_27, np.sqrt(1 + x.Delta), quadratic + np.abs(x.Delta) ** 3 / 2, rounding=1e-15)
    yield equals(IDENTITY, np.sqrt(1 + x.Delta) - quadratic, quotient(x.Delta) * x.Delta**3, allowance=1e-15)
    yield at_most(CUBIC, quotient(x.Delta) * x.Delta**3, np.abs(x.Delta) ** 3 / 2)


def another_quadratic(_real: Real, x: Instance) -> Iterable[Clause]:
    left = quotient(x.Delta) * x.Delta**3 + (1 / 7 - 1 / 8) * x.Delta**2
    yield at_most(SHIFTED, left, np.abs(x.Delta) ** 3 / 2)


def without_the_cubic(_real: Real, x: Instance) -> Iterable[Clause]:
    yield at_most(NO_CUBIC, quotient(x.Delta) * x.Delta**3, 0.0)


def quotient_ball(Delta: arb) -> arb:
    """``quotient`` in ball arithmetic."""
    s = (1 + Delta).sqrt()
    return (s + 3) / (8 * (s + 1) ** 3)


def third_ball(Delta: arb) -> arb:
    """$g'''(1 + \\Delta)$ in ball arithmetic."""
    y = 1 + Delta
    return 3 / (8 * y**2 * y.sqrt())


def over_the_interval(_real: Real, _x: Nothing) -> Iterable[Clause]:
    """For $\\Delta > 0$ the quotient is what the factor 1/2 must reach; for $\\Delta < 0$ it need only not be below -1/2."""
    least = largest_value(lambda Delta: -quotient_ball(Delta), -0.5, 0.0, WIDTH)
    yield at_most(RIGHT, _ends(largest_value(quotient_ball, 0.0, 0.5, WIDTH)), 0.5)
    yield at_least(LEFT, _ends((-least[1], -least[0])), 0.0)
    yield at_most(BOUND, _ends(largest_value(third_ball, -0.5, 0.5, WIDTH)), 3.0)


def _ends(enclosure: tuple[float, float]) -> tuple[ndarray, ndarray]:
    return np.atleast_1d(enclosure[0]), np.atleast_1d(enclosure[1])


def unassumed(_real: Real, _x: Nothing) -> Iterable[Clause]:
    return ()


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Eq 26",
        title="Taylor's bound for the square root near 1",
        kind="deterministic",
        claim=r"\sqrt{1+x} \le 1 + \tfrac x2 - \tfrac{x^2}8 + \tfrac M6|x|^3,\qquad "
        r"\sqrt{1+\Delta} \le 1 + \tfrac\Delta2 - \tfrac{\Delta^2}8 + \tfrac12|\Delta|^3 \quad (|\Delta| \le \tfrac12)",
        place="Appendix B, Eqs 26 and 27",
        reading="The root of 1 + x is expanded around x = 0.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.999 M", sharpened(TAYLOR, 0.999), TAYLOR),
        control("M < 2.1", sharpened(THIRD, 0.7), THIRD),
        control("0.06 |Δ|³", sharpened(CUBIC, 0.12), CUBIC),
        control("-Δ²/7 in place of -Δ²/8", with_conclusions(another_quadratic), SHIFTED),
        control("no cubic term", with_conclusions(without_the_cubic), NO_CUBIC),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Eq 26-whole-interval",
            title="Equation 27 and the bound on M over the whole interval, by ball arithmetic",
            claim=r"0 \le \frac{\sqrt{1+\Delta} - 1 - \Delta/2 + \Delta^2/8}{\Delta^3} \le \tfrac12,\quad g'''(1+\Delta) < 3"
            r"\qquad (|\Delta| \le \tfrac12)",
            chosen=nothing,
            assumptions=unassumed,
            conclusions=over_the_interval,
        ),
    ),
)
