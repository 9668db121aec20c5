r"""Section 2.2, on bad global minima: their volume dominates the flatness of the minimum at 0. After Theorem 2.2.

The intuition given for that theorem: though the minimum at $v_* = 0$ is the flattest, there are many bad global minima, whose
volume dominates for every $\lambda > 0$, so that the partition function blows up.

*Reading.* There are bad minima where some $\mu > 0$ has $X\mu = 0$: all $v = \sqrt{t\mu}$. Truncated softly at radius R,
$Z(R) = \int e^{-\lambda L(v) - \lVert v\rVert^2/R^2}dv$ is to exceed a million times the volume of the unit ball, which bounds what
the neighbourhood of 0 contributes, for R from $10^{10}$. The printed condition is n < d; the section assumes $n \ll d$ throughout,
and Theorem 2.2 has $n \le d/3$, which is taken here. The step takes n < d alone, word for word, and falls outside of what the
section assumes.

*Instances.* Data orthogonal to any $\mu > 0$, n = 1 and 2, d up to 7, $\lambda$ over four decades; Z(R) by a Fourier formula.

*Tightness.* Z(R) is in proportion to $R^{d-2n}$, so the millionfold is a matter of R; at n = d/2 it would take R near
$e^{10^6}$, and for n > d/2 no R suffices.

*Remarks.* n < d is not what the argument needs: between d/2 and d the set of bad minima is unbounded, yet the loss around it
rises so steeply far out that the partition function is finite.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import acb, arb, ctx, fmpq
from scipy.special import gamma

from models.partition import loss, softened
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.claims import Clause, at_least, equals
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem
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


def limit(X: list[list[fmpq]], rate: fmpq) -> arb:
    r"""The partition function for n = 2, d = 3 and columns on three lines whose signs are never all equal, $\lambda$ = rate.

    $\pi^{3/2}(\lambda/4)^{-3/4}\,\frac{\Gamma(1/4)}{2\pi\,2^{3/4}}\int_0^{2\pi}\prod_k|\sigma_k|^{-1/2}\cos\tfrac\pi4\,d\theta$ with
    $\sigma_k = |x_k|\sin(\theta - \theta_k)$: the Fourier formula of Z(R) at $R = \infty$, in polar coordinates.
    """
    columns = list(zip(*X, strict=True))
    zeros = [arb.atan2(-ball(a), ball(b)) for a, b in columns]
    zeros = sorted((zero if zero >= 0 else zero + arb.pi() for zero in zeros), key=float)
    lengths = [(ball(a) ** 2 + ball(b) ** 2).sqrt() for a, b in columns]
    half = sum((between(zeros[i], zeros[(i + 1) % 3], zeros[(i + 2) % 3]) for i in range(3)), arb(0))
    angular = 2 * half / (lengths[0] * lengths[1] * lengths[2]).sqrt() / arb(2).sqrt()
    radial = arb(fmpq(1, 4)).gamma() / (2 * arb.pi() * arb(2) ** fmpq(3, 4))
    return arb.pi() ** fmpq(3, 2) * (ball(rate) / 4) ** fmpq(-3, 4) * radial * angular


def between(start: arb, end: arb, third: arb) -> arb:
    r"""$\int|\sin(\theta-a)\sin(\theta-b)\sin(\theta-c)|^{-1/2}d\theta$ from a to the next zero b.

    Through $\theta = a + (b-a)\sin^2\varphi$, which leaves an analytic integrand.
    """
    width = end - start if end > start else end - start + arb.pi()

    def integrand(phi: acb, analytic: bool) -> acb:
        near, far = width * phi.sin() ** 2, width * phi.cos() ** 2
        third_sine = (start - third + near).sin()
        return 2 / (near.sinc() * far.sinc()).sqrt(analytic=analytic) / (third_sine**2).sqrt(analytic=analytic).sqrt(analytic=analytic)

    return acb.integral(integrand, 0, arb.pi() / 2).real


def certificate(_shape: Shape, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """With the limit of Z(R), which is above it and less than a part in 10^9 away."""
    X, mu, rate = exact["X"], exact["mu"], exact["rate"]
    yield given("λ > 0", rate / 2, rate)
    yield given("μ > 0", min(mu) / 2, min(mu))
    yield given(MINIMUM, sum((abs(sum((a * b for a, b in zip(row, mu, strict=True)), fmpq(0))) for row in X), fmpq(0)), 0)
    with ctx.workprec(100):
        yield concluded(DOMINATED, 10**6 * arb.pi() * 4 / 3, limit(X, rate))


BASE = Theorem(
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

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 2.2-c-condition",
            title="the same under n < d alone, without the n ≪ d of the section",
            claim=r"\mu > 0,\ X\mu = 0,\ n < d \ \Longrightarrow\ Z(R) \to \infty",
            setting=shaped("1, 3", "2, 3", "2, 6"),
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("section_2_2_c_condition_counterexample.json"),
                certificate=certificate,
                account="Two samples in dimension three, (1, -1, 0) and (0, 1, -1): L is zero on the four lines |v₁| = |v₂| = |v₃|, but at "
                "distance r along them it rises like r² times the squared distance from them, and the partition function is 70.85 at "
                "λ = 1. It is finite whenever n > d/2 and the columns of the data are in general position.",
            ),
        ),
    ),
)
