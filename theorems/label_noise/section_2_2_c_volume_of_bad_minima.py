r"""Section 2.2, on bad global minima: their volume dominates the flatness of the minimum at 0. After Theorem 2.2.

The intuition given for that theorem: though the minimum at $v_* = 0$ is the flattest, there are many bad global minima, whose
volume dominates for every $\lambda > 0$, so that the partition function blows up.

*Reading.* There are bad minima where some $\mu > 0$ has $X\mu = 0$: all $v = \sqrt{t\mu}$. Truncated softly at radius R,
$Z(R) = \int e^{-\lambda L(v) - \lVert v\rVert^2/R^2}dv$ is to exceed a million times the volume of the unit ball, which bounds what
the neighbourhood of 0 contributes, for R from $10^{10}$. The remark says n < d; the section assumes $n \ll d$ throughout, and
Theorem 2.2 has $n \le d/3$, which is taken here.

*Instances.* Data orthogonal to any $\mu > 0$, n = 1 and 2, d up to 7, $\lambda$ over four decades; Z(R) by a Fourier formula.

*Tightness.* Z(R) is in proportion to $R^{d-2n}$, so the millionfold is a matter of R; at n = d/2 it would take R near
$e^{10^6}$, and for n > d/2 no R suffices.

*Remarks.* n < d alone is not enough, as a control shows at n = 2, d = 3: between d/2 and d the set of bad minima is unbounded,
yet the loss around it rises so steeply far out that the partition function is finite.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.special import gamma

from models.partition import loss, softened
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.claims import Clause, at_least, equals
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise._bad_minima import MINIMUM, Instance, Shape, assumptions, chosen, of_one_sign, shaped

DOMINATED = "Z(R) ≥ 10⁶ vol{‖v‖ ≤ 1}"
FASTER = "Z(R) ≥ R^(d-2n+1) vol{‖v‖ ≤ 1}"


def unit_ball(d: int) -> float:
    """The volume of the unit ball."""
    return float(np.pi ** (d / 2) / gamma(d / 2 + 1))


def conclusions(shape: Shape, x: Instance) -> Iterable[Clause]:
    yield equals("L(√μ) = 0", loss(x.X, x.mu[:, np.newaxis, :])[:, 0], 0.0, allowance=1e-24)
    yield at_least(DOMINATED, softened(x.X, x.rate, shape.R), 1e6 * unit_ball(shape.d))


def one_power_more(shape: Shape, x: Instance) -> Iterable[Clause]:
    bound = shape.R ** (shape.d - 2 * shape.n + 1) * unit_ball(shape.d)
    yield at_least(FASTER, softened(x.X, x.rate, shape.R), bound)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 2.2-c",
        title="the volume of bad global minima dominates the flat minimum at 0",
        kind="informal",
        claim=r"\mu > 0,\ X\mu = 0,\ n \ll d \ \Longrightarrow\ Z(R) = \int e^{-\lambda L(v)-\lVert v\rVert^2/R^2}dv \to \infty "
        r"\text{ for every } \lambda > 0",
        place="Section 2.2, after Theorem 2.2",
        reading="Z(R) exceeds a million times the volume of the unit ball from R = 10¹⁰ on; n ≪ d, which the section assumes throughout, "
        "is taken as n ≤ d/3.",
        depends_on=("Thm 2.2",),
    ),
    setting=shaped("1, 3", "1, 4", "1, 6", "2, 6", "2, 7"),
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("n < d alone", lambda theorem: replace(theorem, setting=shaped("2, 3")), DOMINATED),
        control("no bad minima", without_assumption(MINIMUM, setting=shaped("1, 3"), chosen=of_one_sign), DOMINATED),
        control("one power of R more", with_conclusions(one_power_more), FASTER),
    ),
    block=5,
)
