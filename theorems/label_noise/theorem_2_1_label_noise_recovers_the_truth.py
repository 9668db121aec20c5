r"""Theorem 2.1: stochastic gradient descent with label noise recovers $v_*$ from a large start. Section 2.2, Eq 3.

Let $x_1, \dots, x_n \sim N(0, I_d)$, $n \ge \tilde\Theta(r^2)$, $v_* \in \{0, 1\}^d$ with r ones, $v_0 = \tau\mathbf 1$, a target
$\epsilon > 0$, and any $\delta \ge \tilde\Theta(\tau^2d^2)$. With three step sizes in turn,
$$\eta_0 = \tilde\Theta\Bigl(\frac1\delta\Bigr),\ T_0 = \tilde\Theta(1); \qquad
  \eta_1 = \tilde\Theta\Bigl(\frac1{\delta^2}\Bigr),\ T_1 = \tilde\Theta\Bigl(\frac1{\eta_1}\Bigr); \qquad
  \eta_2 = \tilde\Theta\Bigl(\frac{\epsilon^2}{\delta^2}\Bigr),\ T_2 = \tilde\Theta\Bigl(\frac1{\eta_2}\Bigr),$$
the run ends, with probability at least 0.9, within $\lVert v_{T_0+T_1+T_2} - v_*\rVert_\infty \le \epsilon$.

*Reading.* $\tau \ge 1$ and $\epsilon < 1$. As printed it is taken with the constants of the proofs of Theorems 3.1, 3.3 and D.1.

*Instances.* As printed ``needs`` computes the steps and the memory: at d = 2 the second stage takes more than 10^50 steps. Relaxed:
$\delta = 2\tau^2$, $\eta_0 = 1/(d\delta)$, $\eta_1 = 0.06/\delta^2$, $\eta_2 = 0.2\epsilon^2/\delta^2$ and
$T = 40d^2, 6000/\eta_1, 200/\eta_2$, on fresh Gaussian data for every run, $n < d$. A step, recorded, goes to $\tau = 3$, to
$\epsilon = 0.05$ and to d = 100 with r = 3.

*Tightness.* At $\epsilon = 0.1$ the largest error of 160 runs is 0.08. Without the third stage two runs of five miss $\epsilon$,
without label noise every second run does, and with only two samples most runs do.

*Remarks.* What the theorem hides in $\tilde\Theta$ includes powers of $\log\delta$ (``_stage_composition``), as the union
bounds over time do: n has to grow with them, so that "any $\delta$" means any that is polynomial in d, $\tau$ and $1/\epsilon$. In
the rounds of the third stage the start depends on the data; Theorem D.1 holds for each start, given data that meet its conditions,
which are the same in all rounds. At practical constants the first stage does not shrink the parameter to 1/d, which takes
$\eta_0\delta^2 \gg 1$; Theorem 3.1 shows it at literal ones. The relaxed $\eta_0$ falls with d because a long step can turn the sign of a
coordinate: with $\eta_0 = 0.03/\delta$, which served in small dimensions, 10 of 96 runs at d = 100 ended with a coordinate at -1, with a
third of that step none did. $\tau = 10$ would take $10^4$ times the steps of $\tau = 1$.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from theorems.checker.changes import Change, control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause
from theorems.checker.quantifiers import Always, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem, nothing, version
from theorems.label_noise import _stage_composition as composition
from theorems.label_noise import _three_stages as stages
from theorems.label_noise._three_stages import Run, Schedule, Sizes, practical

WITHIN = "‖v[T₀+T₁+T₂] - v*‖_∞ ≤ ε"


def setting(choose: Choose) -> Sizes:
    """Two or three coordinates; ``needs`` says what they take."""
    return Sizes(choose.integer("d", 2, 3), 1, 1, tau=choose.real("τ", 1.0, 100.0), epsilon=choose.real("ε", 1e-3, 0.5))


def affordable(choose: Choose) -> Sizes:
    d, n, r = ((32, 20, 1), (40, 32, 2))[choose.integer("r", 1, 2) - 1]
    return Sizes(d, n, r, tau=1.0, epsilon=0.1)


def larger(choose: Choose) -> Sizes:
    d, n = choose.integer("d", 32, 100), choose.integer("n", 20, 60)
    return Sizes(d, n, choose.integer("r", 1, 3), tau=choose.real("τ", 1.0, 3.0), epsilon=choose.real("ε", 0.05, 0.1))


def one_signal(_choose: Choose) -> Sizes:
    return Sizes(32, 20, 1, tau=1.0, epsilon=0.1)


def two_samples(_choose: Choose) -> Sizes:
    return Sizes(32, 2, 1, tau=1.0, epsilon=0.1)


def nine_in_ten(_sizes: Sizes, _x: Run) -> float:
    return 0.9


def scheduled(schedule: Callable[[Sizes], Schedule]) -> Callable[[Sizes, Run], Iterable[Clause]]:
    return stages.recovered(WITHIN, schedule)


def without_noise(sizes: Sizes) -> Schedule:
    return replace(practical(sizes), delta=0.0)


def without_third_stage(sizes: Sizes) -> Schedule:
    schedule = practical(sizes)
    return replace(schedule, steps=(*schedule.steps[:2], 0.0))


def slowly(sizes: Sizes) -> Schedule:
    """A hundredth of every step size."""
    schedule = practical(sizes)
    first, second, third = schedule.etas
    return replace(schedule, etas=(first / 100, second / 100, third / 100))


def with_schedule(schedule: Callable[[Sizes], Schedule], block: int) -> Change:
    return lambda theorem: replace(with_conclusions(scheduled(schedule))(theorem), setting=one_signal, block=block)


def on(setting_: Callable[[Choose], Sizes], block: int) -> Change:
    return lambda theorem: replace(theorem, setting=setting_, block=block)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Thm 2.1",
        title="stochastic gradient descent with label noise recovers the truth from a large start",
        kind="probability",
        claim=r"n \ge \tilde\Theta(r^2),\ \delta \ge \tilde\Theta(\tau^2d^2),\ \eta_0 = \tilde\Theta\bigl(\tfrac1\delta\bigr),\ "
        r"\eta_1 = \tilde\Theta\bigl(\tfrac1{\delta^2}\bigr),\ \eta_2 = \tilde\Theta\bigl(\tfrac{\epsilon^2}{\delta^2}\bigr) "
        r"\Longrightarrow P\bigl(\lVert v_{T_0+T_1+T_2}-v_*\rVert_\infty \le \epsilon\bigr) \ge 0.9",
        place="Section 2.2, Eq 3; proof in Appendix E",
        reading="τ ≥ 1, ε < 1; the constants are those of the proofs of Theorems 3.1, 3.3 and D.1.",
        depends_on=("Thm 3.1", "Thm 3.3", "Thm D.1", "App E-a"),
    ),
    setting=setting,
    chosen=stages.chosen,
    sampled=stages.sampled,
    assumptions=stages.assumptions,
    conclusions=scheduled(stages.literal),
    quantifier=WithProbability(nine_in_ten),
    needs=stages.needs,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Thm 2.1-composition",
            title="what each stage leaves is what the next one asks for",
            claim=r"\delta \ge \tilde\Theta(\tau^2d^2),\ n \ge \tilde\Theta(r^2) \Longrightarrow \tfrac1d \ge \epsilon_{\min},\ "
            r"C_xb_x^2 \le \tfrac1{900r},\ \epsilon_1 \le c_1",
            setting=composition.fitting,
            chosen=nothing,
            sampled=lambda _x, instance, _generator, _trials: instance,
            assumptions=composition.assumptions,
            conclusions=composition.conclusions,
            quantifier=Always(),
            needs=None,
        ),
    ),
)

PRACTICAL = replace(
    version(
        PRINTED,
        "relaxed",
        "The proofs' constants ask for more than 10^50 steps and as many samples. Here δ = 2τ², and the step sizes and numbers of steps "
        "have the printed form in τ and ε with calibrated factors; with so little noise the first step size needs 1/d as well.",
        setting=affordable,
        conclusions=scheduled(practical),
        needs=None,
        block=80,
    ),
    controls=(
        control("no label noise", with_schedule(without_noise, 80), WITHIN),
        control("no third stage", with_schedule(without_third_stage, 160), WITHIN),
        control("a hundredth of every step size", with_schedule(slowly, 16), WITHIN),
        control("two samples", on(two_samples, 32), WITHIN),
        control("a tenth of ε", lambda theorem: sharpened(WITHIN, 0.1)(on(one_signal, 48)(theorem)), WITHIN),
    ),
)

RELAXED = replace(
    PRACTICAL,
    steps=(
        step(
            PRACTICAL,
            label="Thm 2.1-larger",
            title="a larger start, a smaller error, and more coordinates",
            claim=r"\tau = 3;\quad \epsilon = \tfrac1{20};\quad d = 100",
            setting=larger,
            examples=(
                {"d": 32, "n": 20, "r": 1, "τ": 3.0, "ε": 0.1},
                {"d": 32, "n": 20, "r": 1, "τ": 1.0, "ε": 0.05},
                {"d": 100, "n": 60, "r": 3, "τ": 1.0, "ε": 0.1},
            ),
            block=24,
            deep=4,
        ),
    ),
)
