r"""Section 3.3: the step size is annealed between stage 0 and stage 1, as printed from the order of $1/\delta^2$ to $1/\delta$.

With $\eta_0$ the step size of stage 0 (Theorem 3.1) and $\eta_1$ that of stage 1 (Theorem 3.3), for some constant C and all $\delta$
$$\frac1{C\delta^2} \le \eta_0 \le \frac C{\delta^2}, \qquad \frac1{C\delta} \le \eta_1 \le \frac C\delta .$$

*Reading.* The step sizes are those of the two proofs: for stage 0 the upper end of its range, as Theorem 2.1 has it, and for stage 1
$$\eta_0 = \frac1{32\,\delta b_x}, \qquad \eta_1 = \frac P{2\log(1/P)}, \qquad P = \frac{c_1^2}{32\,\delta^2 b_x^2\log(6r/\rho)},$$
with $b_x = \sqrt{2\log(30d^2/\rho)}$, $\rho = \frac1{100}$, $c_1 = \frac1{10}$. d, r and $\tau$ are fixed while $\delta$ grows without
bound, so that no power of their logarithms can stand in for C, which is tried up to $10^6$.

*Instances.* $\delta$ from the least that both theorems allow to $10^6$ times as much.

*Tightness.* In the corrected version both lower bounds are equations.

*Remarks.* The two orders are exchanged: for $\delta > 1$ the printed ones would increase the step size, against the word annealed, and
against Theorems 2.1 and 3.3, where $\eta_1$ is of the order of $1/\delta^2$. That one has a factor $\log\delta$ in it as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, fmpq
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, up_to
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version

ZERO_MOST, ZERO_LEAST = "η₀ ≤ C/δ²", "1/δ² ≤ C η₀"
ONE_MOST, ONE_LEAST = "η₁ ≤ C/δ", "1/δ ≤ C η₁"
ZERO_MOST_RIGHT, ZERO_LEAST_RIGHT = "η₀ ≤ C/δ", "1/δ ≤ C b_x η₀"
ONE_MOST_RIGHT, ONE_LEAST_RIGHT = "η₁ ≤ C/δ²", "1/δ² ≤ C b_x² log(6r/ρ) log(1/P) η₁"
ANNEALED = "η₁ ≤ η₀/δ"
LOUD = "δ ≥ 6·32² b_x³ (b₀² + r) log(3d√τ/(ρ√ε₀))/ρ"
LOUD_TOO = "δ ≥ b_x ((12/ρ)² + r)"
RHO, C1 = fmpq(1, 100), fmpq(1, 10)
LARGEST_TRIED = 10**6
EXACT = Witness("C", 32.0, "the proof's choice of η₀")
STAGE_ONE = Witness("C", 6400.0, "the proof's choice of η₁: 64/c₁²")
UNIT = Witness("C", 1.0, "derived: b_x ≥ 1, and P ≤ 1/(3200 δ²)")


@dataclass(frozen=True)
class Sizes:
    d: int
    r: int
    tau: int


@dataclass(frozen=True)
class Instance:
    delta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    d = choose.integer("d", 2, 1000)
    return Sizes(d=d, r=choose.integer("r", 1, min(d, 20)), tau=choose.integer("tau", 1, 1000))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    least = max(float(bound) for bound in least_noise(sizes).values())
    return Instance(delta=least * 10.0 ** (draws.integers(0, 2) * draws.uniform(0.0, 3.0)))


def sup_norm(sizes: Sizes) -> arb:
    """``b_x``"""
    return (2 * ball(30 * sizes.d**2 / RHO).log()).sqrt()


def least_noise(sizes: Sizes) -> dict[str, arb]:
    """What the proofs of the two theorems ask of δ, by the name of the assumption."""
    bx, d, tau = sup_norm(sizes), arb(sizes.d), arb(sizes.tau)
    b0 = 6 * sizes.tau * sizes.d / RHO
    length = (3 * d * tau.sqrt() * d.sqrt() / ball(RHO)).log()
    return {LOUD: 6 * 32**2 * bx**3 * ball(b0**2 + sizes.r) * length / ball(RHO), LOUD_TOO: bx * ball((12 / RHO) ** 2 + sizes.r)}


def share(sizes: Sizes) -> arb:
    """``P δ²``"""
    return ball(C1**2) / (32 * sup_norm(sizes) ** 2 * ball(6 * sizes.r / RHO).log())


def step_sizes(sizes: Sizes, x: Instance) -> tuple[Float[ndarray, " trials"], Float[ndarray, " trials"]]:
    """``η₀`` and ``η₁``"""
    P = float(share(sizes)) / x.delta**2
    return 1 / (32 * x.delta * float(sup_norm(sizes))), P / (2 * np.log(1 / P))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    for name, bound in least_noise(sizes).items():
        yield at_least(name, x.delta, float(bound))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    first, second = step_sizes(sizes, x)
    yield at_most(ZERO_MOST, first, LARGEST_TRIED / x.delta**2)
    yield at_most(ZERO_LEAST, 1 / x.delta**2, LARGEST_TRIED * first)
    yield at_most(ONE_MOST, second, LARGEST_TRIED / x.delta)
    yield at_most(ONE_LEAST, 1 / x.delta, LARGEST_TRIED * second)


def corrected(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return in_order(sizes, x, *step_sizes(sizes, x))


def in_order(sizes: Sizes, x: Instance, first: Float[ndarray, " trials"], second: Float[ndarray, " trials"]) -> Iterable[Clause]:
    """From the order of 1/δ to that of 1/δ²."""
    bx, logarithm = float(sup_norm(sizes)), np.log(600 * sizes.r) * np.log(x.delta**2 / float(share(sizes)))
    yield up_to(UNIT, ZERO_MOST_RIGHT, first, 1 / x.delta)
    yield up_to(EXACT, ZERO_LEAST_RIGHT, 1 / x.delta, bx * first)
    yield up_to(UNIT, ONE_MOST_RIGHT, second, 1 / x.delta**2)
    yield up_to(STAGE_ONE, ONE_LEAST_RIGHT, 1 / x.delta**2, bx**2 * logarithm * second)
    yield at_most(ANNEALED, second, first / x.delta)


def never_annealed(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    first, _ = step_sizes(sizes, x)
    return in_order(sizes, x, first, first)


def annealed_at_once(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    _, second = step_sizes(sizes, x)
    return in_order(sizes, x, second, second)


def without_logarithm(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    _, second = step_sizes(sizes, x)
    right = float(sup_norm(sizes)) ** 2 * np.log(600 * sizes.r) * second
    yield up_to(STAGE_ONE, "1/δ² ≤ C b_x² log(6r/ρ) η₁", 1 / x.delta**2, right)


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    delta = ball(exact["delta"])
    for name, bound in least_noise(sizes).items():
        yield given(name, bound, delta)
    P = share(sizes) / delta**2
    first, second = 1 / (32 * delta * sup_norm(sizes)), P / (2 * (1 / P).log())
    yield concluded(ZERO_MOST, first, LARGEST_TRIED / delta**2)
    yield concluded(ZERO_LEAST, 1 / delta**2, LARGEST_TRIED * first)
    yield concluded(ONE_MOST, second, LARGEST_TRIED / delta)
    yield concluded(ONE_LEAST, 1 / delta, LARGEST_TRIED * second)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.3-b",
        title="the step size is annealed from the order of 1/δ² to 1/δ",
        kind="informal",
        claim=r"\eta_0 = \Theta(1/\delta^2) \text{ in stage 0},\qquad \eta_1 = \Theta(1/\delta) \text{ in stage 1}",
        place="Section 3.3, before Theorem 3.3",
        reading="The step sizes are those of the proofs of Theorems 3.1 and 3.3; C is one number for all δ and at most 10⁶.",
        depends_on=("Thm 2.1", "Thm 3.1", "Thm 3.3"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="family",
        file=Path(__file__).with_name("section_3_3_b_counterexample.json"),
        certificate=certificate,
        account="d = 2, r = τ = 1, δ = 10¹⁵: η₀δ² and 1/(η₁δ) exceed 10¹², and both grow in proportion to δ or faster, which Theorem 2.1 "
        "lets be as large as one likes. The two orders are exchanged.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "From the order of 1/δ in stage 0 to that of 1/δ² in stage 1, as Theorems 2.1 and 3.3 have it: the step size falls by a factor "
        "of δ or more.",
        conclusions=corrected,
    ),
    controls=(
        control("no annealing", with_conclusions(never_annealed), ONE_MOST_RIGHT),
        control("the step size of stage 1 from the start", with_conclusions(annealed_at_once), ZERO_LEAST_RIGHT),
        control("0.99 of 32", sharpened(ZERO_LEAST_RIGHT, 0.99), ZERO_LEAST_RIGHT),
        control("without log δ", with_conclusions(without_logarithm), "1/δ² ≤ C b_x² log(6r/ρ) η₁"),
    ),
)
