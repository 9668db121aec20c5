r"""Footnote 6: no increasing concave function on the whole line is bounded from below. Section 3.1.

For $\varphi : \mathbb{R} \to \mathbb{R}$ increasing and concave and every $M \in \mathbb{R}$ there is an x with $\varphi(x) \le M$. So the
argument with a potential does not reach the additive walk of Equation 6, which does not stay nonnegative.

*Reading.* The footnote says concave; potentials of this section are increasing, with $\varphi'' < 0$. Constants are concave too
and bounded: a control. Points a < b with $\varphi(a) < \varphi(b)$ are given with the function.

*Instances.* Soft minima $-\log\sum_i e^{-(s_i x + c_i)}$ of up to six lines, with slopes $s_i \ge 0$ that differ, and minima of lines
with slopes $s_i > 0$, a line itself included; a and b apart or close. The point x is the one of the proof: the line through
$\varphi$ at a and b lies above $\varphi$ to the left of a and falls to M at $x = a - (\varphi(a) - M)/s$, s its slope.

*Tightness.* Where $\varphi$ is a line both clauses, the bound by the line through a and b and $\varphi(x) \le M$, are equations.

*Remarks.* The step judges the footnote's first half: for every $t \ge 1$ the additive walk is negative with positive probability,
$P(v_t < 0) = P(z > 1/(\eta\sqrt t))$ with z standard normal, which tends to 1/2.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from numpy.random import Generator
from scipy.special import logsumexp

from models import laws, walks
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Nothing, Theorem, nothing

BELOW = "φ(x) ≤ M for some x"
LINE = "φ(x) ≤ φ(a) - s (a - x) for x ≤ a"
INCREASING = "φ(a) < φ(b)"
CONCAVE = "φ is a minimum, not a maximum"
NEGATIVE = "P(v_t < 0) > 0"
APART = 1e-6  # the least φ(b) - φ(a): closer together, rounding eats the slope


@dataclass(frozen=True)
class Sizes:
    """The number of lines."""

    m: int


@dataclass(frozen=True)
class Walk:
    """t steps of the additive walk."""

    eta: float
    t: int


@dataclass(frozen=True)
class Instance:
    """φ is the soft minimum of the lines ``slope x + height`` or, where ``sharp``, their minimum; the maximum where ``convex``."""

    slope: Float[ndarray, "trials m"]
    height: Float[ndarray, "trials m"]
    sharp: Bool[ndarray, " trials"]
    convex: Bool[ndarray, " trials"]
    a: Float[ndarray, " trials"]
    b: Float[ndarray, " trials"]
    M: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(m=choose.integer("m", 2, 6))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """The slopes of a soft minimum lie between 0, which one line has on half of the trials, and 2."""
    sharp = draws.integers(0, 1) == 0
    slope = draws.integers(1, 16, sizes.m) / 8
    slope = np.where(draws.integers(0, 3, 1) == 0, slope[:, :1], slope)
    flat = (np.arange(sizes.m) == 0) & (draws.integers(0, 1, 1) == 0) & ~sharp[:, np.newaxis]
    a = draws.uniform(-3.0, 2.0)
    b = a + 10.0 ** draws.uniform(-2.0, 0.0)
    M = draws.signs() * 10.0 ** draws.uniform(-1.0, 4.0)
    height = draws.integers(-4, 4, sizes.m) / 2
    no = np.zeros_like(sharp)
    return Instance(slope=np.where(flat, 0.0, slope), height=height, sharp=sharp, convex=no, a=a, b=b, M=M)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("a < b", x.b - x.a, 1e-3)
    yield at_least(INCREASING, potential(x, x.b) - potential(x, x.a), APART)
    yield at_most(CONCAVE, x.convex.astype(float), 0.0)


def potential(x: Instance, at: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    lines = x.slope * at[:, np.newaxis] + x.height
    sign = np.where(x.convex, -1.0, 1.0)
    upside = sign[:, np.newaxis] * lines
    return sign * np.where(x.sharp, upside.min(axis=1), -logsumexp(-upside, axis=1))


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """At the point where the line through a and b falls to M, or at a where it is below M already."""
    low = potential(x, x.a)
    slope = (potential(x, x.b) - low) / (x.b - x.a)
    safe = np.where(slope > 0, slope, 1.0)
    back = np.maximum(low - x.M, 0.0) / safe
    reached = potential(x, x.a - back)
    size = 16 * (1 + back + np.abs(x.a) + (1 + np.abs(low)) * back / (safe * (x.b - x.a)))
    yield at_most(LINE, reached, low - slope * back, scale=size)
    yield at_most(BELOW, reached, x.M, scale=size)


def on_the_half_line(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("φ(x) ≤ M for some x ≥ 0", potential(x, np.zeros_like(x.a)), x.M)


def constant(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, slope=np.zeros_like(x.slope))


def bent_upwards(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, convex=np.ones_like(x.convex))


def walked(choose: Choose) -> Walk:
    return Walk(eta=choose.real("eta", 0.05, 10.0), t=choose.integer("t", 1, 100))


def negative(walk: Walk, _x: Nothing) -> Interval:
    """Half of ``P(|z| > 1/(η √t))``"""
    low, high = laws.normal_beyond(1 / (walk.eta * np.sqrt(walk.t)))
    return low / 2, high / 2


def happens(walk: Walk, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    noise = generator.standard_normal((repetitions, walk.t))
    return walks.additive(noise, np.full(repetitions, walk.eta))[:, -1] < 0


def unassumed(_walk: Walk, _x: Nothing) -> Iterable[Clause]:
    return ()


def not_nonnegative(walk: Walk, x: Nothing) -> Iterable[Clause]:
    yield at_least(NEGATIVE, negative(walk, x), np.finfo(float).tiny)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Fn 6",
        title="no increasing concave function on the line is bounded from below",
        kind="deterministic",
        claim=r"\varphi:\mathbb{R}\to\mathbb{R} \text{ increasing, concave} \ \Longrightarrow\ \inf_x \varphi(x) = -\infty",
        place="footnote 6, Section 3.1",
        reading="Potentials are increasing, as in the section; constants are concave and bounded.",
        depends_on=("Eq 6",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("constants admitted", without_assumption(INCREASING, chosen=constant), BELOW),
        control("convex in place of concave", without_assumption(CONCAVE, chosen=bent_upwards), LINE),
        control("on the half line", with_conclusions(on_the_half_line), "φ(x) ≤ M for some x ≥ 0"),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Fn 6-negative",
            title="the additive walk is negative with positive probability",
            claim=r"P(v_t < 0) = P\bigl(z > \tfrac1{\eta\sqrt t}\bigr) > 0",
            setting=walked,
            chosen=nothing,
            assumptions=unassumed,
            conclusions=not_nonnegative,
            quantifier=Exactly(Frequency(negative, happens)),
        ),
    ),
)
