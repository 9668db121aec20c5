r"""Theorem 2.2: the Gibbs distribution of Langevin dynamics does not exist. Section 2.2, Eq 4; proof in Appendix F.

For $x_1, \dots, x_n \sim N(0, I_d)$ independent, the target $v_* = 0$, $n \le d/3$ and
$L(v) = \frac1{4n}\sum_i\langle v^2, x_i\rangle^2$, with probability at least 0.9 over the data, for every $\lambda > 0$
$$\int_{\mathbb{R}^d} e^{-\lambda L(v)}\,dv = \infty.$$

*Reading.* The paper assumes throughout that n and d exceed a universal constant; $d \ge 13$ is exhibited for it, and n may be any. With
$v = rw$, $\lVert w\rVert = 1$ the integral is in proportion to $\lambda^{-d/4}\int L(w)^{-d/4}dw$ over the sphere. Almost surely the zeros
of L on it form a set of codimension n, which is empty where the kernel of the data misses the positive orthant, so that the
integral is infinite, at all $\lambda$ at once, if the kernel meets the orthant and $n \le d/2$, and finite otherwise. Hence an exact
law, stated for the failure: $P(\mathrm{Bin}(d-1, \tfrac12) \le n-1) \le 0.1$.

*Instances.* Numbers only: d from 13 to $10^8$, n up to the largest integer allowed. Up to d = 30 the law is held against sampled
data, with least squares over the orthant for the event.

*Tightness.* At d = 15, n = 5 the failure is 0.0898. The constant 13 is the least: at d = 12, n = 4 the failure is 0.1133. For
large d the failure is exponentially small; the probability 0.9 could be replaced by any below 1.

*Remarks.* The criterion is checked by the steps, on data whose kernel meets the orthant: truncated at radius R the integral
grows like $R^{d-2n}$, at n = d/2 like log R, and stays bounded for n > d/2. That Langevin diffusion therefore has no proper
stationary distribution is a consequence that is not judged here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models.orthant import kernel_meets, kernel_misses
from models.partition import softened
from theorems.checker.changes import Change, control, sharpened
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, compared
from theorems.checker.quantifiers import Exactly, Frequency, Interval, Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Nothing, Theorem, nothing
from theorems.label_noise import _bad_minima as bad

FINITE = "P(Z(λ) < ∞ for some λ > 0) ≤ 0.1"
LARGE = Witness("d₀", 13, "derived from the exact law: the least dimension from which it holds for every n ≤ d/3")
AFFORDABLE = 30  # dimensions, to sample the event
GROWTH = 0.1  # what different data at different radii may feign


@dataclass(frozen=True)
class Sizes:
    d: int
    n: int


def sized(choose: Choose, least: int, share: float) -> Sizes:
    """n = 1, the largest integer up to share d, or half of it."""
    d = int(choose.option("d", [d for d in (3, 4, 6, 9, 12, 13, 14, 15, 18, 30, 100, 1000, 10**6, 10**8) if d >= least]))
    most = int(np.floor(share * d + 1e-9))
    return Sizes(d=d, n={"1": 1, "half": max(1, most // 2), "most": most}[str(choose.option("n", ("1", "half", "most")))])


def setting(choose: Choose) -> Sizes:
    return sized(choose, 13, 1 / 3)


def from_twelve(choose: Choose) -> Sizes:
    return sized(choose, 12, 1 / 3)


def up_to_half(choose: Choose) -> Sizes:
    return sized(choose, 13, 1 / 2)


def beyond_half(choose: Choose) -> Sizes:
    return sized(choose, 13, 2 / 3)


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_least("n ≥ 1", sizes.n, 1)
    yield at_most("n ≤ d/3", sizes.n, sizes.d / 3)
    yield at_least("d ≥ d₀", sizes.d, LARGE.value)


def unassumed(_sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    return ()


def law(sizes: Sizes, _x: Nothing) -> Interval:
    """The kernel misses the orthant, or n > d/2."""
    return kernel_misses(sizes.n, sizes.d) if 2 * sizes.n <= sizes.d else (np.ones(1), np.ones(1))


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    finite = ~kernel_meets(generator.standard_normal((repetitions, sizes.n, sizes.d)))
    return finite | (2 * sizes.n > sizes.d)


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(FINITE, law(sizes, x), 0.1)


def on(setting_: Callable[[Choose], Sizes]) -> Change:
    return lambda theorem: replace(theorem, setting=setting_, assumptions=unassumed, witnesses=())


def growing(shape: bad.Shape, x: bad.Instance) -> Iterable[Clause]:
    r"""$\zeta(R)$ is $R^{d-2n}$, log R, or 1."""
    excess = shape.d - 2 * shape.n
    zeta = np.log(shape.R) if excess == 0 else shape.R ** max(excess, 0)
    Z = softened(x.X, x.rate, shape.R)
    yield compared("Z(R) ≲ ζ(R)", Z, zeta)
    yield compared("ζ(R) ≲ Z(R)", zeta, Z)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Thm 2.2",
        title="the Gibbs distribution of Langevin dynamics does not exist",
        kind="probability",
        claim=r"v_* = 0,\ n \le \tfrac d3 \ \Longrightarrow\ "
        r"P\Bigl(\int_{\mathbb{R}^d} e^{-\lambda L(v)}dv = \infty \text{ for every } \lambda > 0\Bigr) \ge 0.9",
        place="Section 2.2, Eq 4; proof in Appendix F",
        reading="d ≥ 13 for the universal constant that n and d exceed throughout; the integral is infinite if and only if the kernel "
        "of the data meets the positive orthant and n ≤ d/2, whence an exact law.",
        depends_on=("Lem F.1", "Eq 164-175", "Fn 5"),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    witnesses=(LARGE,),
    controls=(
        control("d = 12", on(from_twelve), FINITE),
        control("n ≤ d/2", on(up_to_half), FINITE),
        control("n ≤ 2d/3", on(beyond_half), FINITE),
        control("probability 0.92", sharpened(FINITE, 0.8), FINITE),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Thm 2.2-growth",
            title="truncated at R the integral grows like R to the d-2n, like log R at n = d/2, not at all for n > d/2",
            claim=r"\mu > 0,\ X\mu = 0 \ \Longrightarrow\ Z(R) = \int e^{-\lambda L(v)-\lVert v\rVert^2/R^2}dv \asymp R^{d-2n},\ "
            r"\log R \text{ or } 1",
            setting=bad.sized,
            chosen=bad.at_unit_rate,
            assumptions=bad.assumptions,
            conclusions=growing,
            quantifier=Sweep("R", GROWTH),
            witnesses=(),
            examples=tuple(
                {"n": n, "d": d, "R": 10.0**decades}
                for n, d in ((1, 2), (1, 3), (1, 6), (2, 3), (2, 4), (2, 5), (2, 6))
                for decades in (2, 4, 6, 8, 10, 12)
            ),
            block=2,
        ),
    ),
)
