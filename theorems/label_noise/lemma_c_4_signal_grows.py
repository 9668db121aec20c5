r"""Lemma C.4: a signal coordinate comes near 1. Appendix C, Eqs 55 to 63.

In the setting of Lemma C.2 (``_stage_one``), with $\epsilon_{\min}$ a lower bound of the entries of v[0],
$$(\tilde\epsilon_1^2 + r) C_xb_x^2 < \frac{c_1}{12} - \frac{c_1^2}6, \quad \eta\delta^2 \le \frac{c_1}{12}, \quad
  T\eta \ge \frac{16}{c_1}\log\frac1{\epsilon_{\min}}, \quad \frac T{\delta^2} \ge \frac{2^9}{c_1^2}\log\frac{6r}\rho,$$
and with $\tilde v$ the $(1 + c_1, \tilde\epsilon_1)$-bounded coupling of the run, for each $k \in S$
$$P\bigl(\max_{t \le T}\tilde v_k[t] \ge 1 - \tfrac{c_1}2 \text{ or } \lVert\tilde v_S[T]\rVert_\infty > 1 + c_1
  \text{ or } \lVert\tilde v_{S^c}[T]\rVert_1 > \tilde\epsilon_1\bigr) \ge 1 - \frac\rho{6r}.$$

*Reading.* The setting of Lemma C.2 includes that lemma's hypotheses, since the proof uses $\delta \ge \tilde\epsilon_1^2 + r$. The
thresholds $c_1/12 - c_1^2/6$ and $c_1/12$ are those that Eq 58 needs.

*Instances.* As printed, the failure is enclosed: the expected logarithm grows by $\mu$ in each step, each step stays in a short
interval, and Azuma's inequality bounds the chance to lag behind (``_signal_growth``). T from 10^24 to 10^30; the noise and the step
size at the ends of what the hypotheses leave, which below T = 10^17 is nothing. The relaxed version is simulated.

*Tightness.* The enclosed failure is below $e^{-1000}$ wherever the coordinate has to grow at all. Eq 58 has a factor of 2 to spare.

*Remarks.* The lemma is true, two lines of its proof are not. Eq 57 drops the variance of the gradient, which lowers the expected
logarithm: at $C_x = 0$ and $E_i[x_k^2] = 2/3$ that outweighs what the variance of the noise has lost by $E_i[x_k^2] < 1$. Where
$b_x < 1$ there is a second reason, since $C_xb_x^2 < C_x$ there. The variance bound that goes into Eq 59 lacks $b_x^2$; besides,
Azuma's inequality asks for the range of a step, which is twice as long as the square root of the mended variance bound. The room in
the other hypotheses makes up for both.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Always, Exactly, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise import _signal_growth as growth
from theorems.label_noise import _signal_growth_steps as lines
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_runs as runs
from theorems.label_noise._stage_one import Constants, Instance, Sizes
from theorems.label_noise._stage_one_runs import Run, RunSizes

FAILURE = "P(max_t ṽ_k[t] < 1 - c₁/2, ‖ṽ_S[T]‖_∞ ≤ 1 + c₁, ‖ṽ_{S^c}[T]‖₁ ≤ ẽ₁) ≤ ρ/(6r)"
REACHED = "max_t ṽ_k[t] ≥ 1 - c₁/2, or ‖ṽ_S[T]‖_∞ > 1 + c₁, or ‖ṽ_{S^c}[T]‖₁ > ẽ₁"
PRACTICAL_TIME = "Tη ≥ 5 log(1/ε_min)"
PRACTICE = Constants(rho=0.9, c1=0.4, mass=1.0)
START = 1 / 16  # ε_min
TIMES = 15.0  # T is at least this over η


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.starting(sizes, x)
    yield from lines.about_one_step(sizes, x)
    yield from lines.about_time(sizes, x)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    bound = growth.staying_low(sizes, x)
    yield at_most(FAILURE, (np.zeros_like(bound), bound), sizes.constants.rho / (6 * sizes.r))


def practical(choose: Choose) -> RunSizes:
    """A Hadamard design in two dimensions, or correlated data in four."""
    d = int(choose.option("d", (2, 4)))
    return runs.lasting(RunSizes(d=d, r=1, T=1.0, constants=PRACTICE, crossed=d == 4), TIMES)


def started(sizes: RunSizes, draws: Draws) -> Run:
    """From ε_min on the support and 1/d off it."""
    v = np.where(stage.target(sizes, draws.trials) > 0, START, 1 / sizes.d)
    x, c1 = runs.running(sizes, draws, v, runs.design(sizes, draws)), sizes.constants.c1
    return stage.with_less_crossing(sizes, x, np.full(1, c1 / 12 - c1**2 / 6))


def practical_assumptions(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    yield from stage.starting(sizes, x)
    yield from lines.about_one_step(sizes, x)
    yield at_least(PRACTICAL_TIME, sizes.T * x.eta, 5 * growth.log_start(x))


def simulated(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    """For the first coordinate; a coupling that stopped is outside the box at time T."""
    found = runs.followed(sizes, x)
    yield at_least(REACHED, found.peak[:, 0], 1 - sizes.constants.c1 / 2, where=found.left > sizes.T)


def for_a_fifth_of_the_time(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    return simulated(replace(sizes, T=float(np.ceil(sizes.T / 5))), x)


def with_labels_zero(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    """The region is that of v*, the labels are those of 0."""
    found = runs.followed(sizes, replace(x, target=np.zeros_like(x.target)))
    yield at_least(REACHED, found.peak[:, 0], 1 - sizes.constants.c1 / 2)


def with_louder_noise(sizes: RunSizes, draws: Draws) -> Run:
    """ηδ² above 2: the noise pulls log ṽ_k down by ηδ²/2 for every η that the signal lifts it."""
    x = started(sizes, draws)
    return replace(x, v=np.full_like(x.v, START), delta=4 / np.sqrt(x.eta))


def with_one_feature(sizes: RunSizes, draws: Draws) -> Run:
    """All coordinates of a sample are equal, and grow in proportion: those off the support, twice as large, take most of the signal."""
    v = np.where(stage.target(sizes, draws.trials) > 0, START, 2 * START)
    return runs.running(sizes, draws, v, np.ones_like(runs.design(sizes, draws)))


def at_least_so_often(sizes: RunSizes, _x: Run) -> float:
    return 1 - sizes.constants.rho / (6 * sizes.r)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem C.4",
        title="a signal coordinate comes near 1",
        kind="probability",
        claim=r"P\bigl(\max_{t\le T}\tilde v_k[t] \ge 1-\tfrac{c_1}2 \text{ or } \lVert\tilde v_S[T]\rVert_\infty > 1+c_1 \text{ or } "
        r"\lVert\tilde v_{S^c}[T]\rVert_1 > \tilde\epsilon_1\bigr) \ge 1-\tfrac\rho{6r}",
        place="Appendix C, Eqs 55 to 63",
        reading="the hypotheses of Lemma C.2 belong to its setting; the failure is enclosed by 0 and a rigorous bound.",
        depends_on=("Def C.1",),
    ),
    setting=growth.long_runs,
    chosen=growth.grown,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(),
)

AT_ONE_STEP = {"setting": stage.setting, "chosen": growth.rising, "assumptions": lines.moving, "quantifier": Always()}

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem C.4-55-57",
            title="samples replaced by their moments",
            claim=r"E[\log\hat v_k[t+1]\mid\hat v[t]] \ge E_s\log\bigl(1+\eta s+\tfrac23\eta(1-\tilde v_k^2)-"
            r"\eta(\tilde\epsilon_1^2+r)C_xb_x^2\bigr)+\log\tilde v_k",
            conclusions=lines.without_samples,
            **(AT_ONE_STEP | {"setting": stage.with_both_kinds(), "chosen": growth.diluted}),
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("lemma_c_4_57_counterexample.json"),
                certificate=lines.without_samples_certificate,
                account="Samples (1, 1), (1, -1), (0, 0), so that b_x = 1 and C_x = 0, and ṽ = (19/20, 1200). The first orders in η agree. "
                "Noise and gradient each have nearly the variance (2/3)η²δ², together (4/3)η²δ², of which the logarithm loses half; the "
                "bound has the variance η²δ² of the noise alone, and is too large by η²δ²/6.",
            ),
        ),
        step(
            BASE,
            label="Lem C.4-57-58",
            title="signal beats noise",
            claim=r"E_s\log\bigl(1+\eta s+\tfrac23\eta(1-\tilde v_k^2)-\eta(\tilde\epsilon_1^2+r)C_xb_x^2\bigr) \ge "
            r"\log(1+\tfrac{c_1}4\eta)",
            conclusions=lines.signal,
            **AT_ONE_STEP,
        ),
        step(
            BASE,
            label="Lem C.4-55-58",
            title="the expected logarithm rises while the coordinate is low",
            claim=r"E[\log\hat v_k[t+1]\mid\hat v[t]] \ge \log(1+\tfrac{c_1}4\eta)+\log\hat v_k[t]",
            conclusions=lines.rise,
            **AT_ONE_STEP,
        ),
        step(
            BASE,
            label="Lem C.4-variance",
            title="the variance of a logarithm, without b_x",
            claim=r"\mathrm{Var}[\log\hat v_k[t+1]\mid\hat v[t]] \le (2\eta\delta)^2",
            conclusions=lines.variance,
            **AT_ONE_STEP,
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("lemma_c_4_variance_counterexample.json"),
                certificate=lines.variance_certificate,
                account="Samples (3, 3) and (3, -3): the noise alone has variance 9η²δ².",
            ),
        ),
        step(
            BASE,
            label="Lem C.4-range",
            title="variance and range of a logarithm, with b_x",
            claim=r"\mathrm{Var}[\log\hat v_k[t+1]\mid\hat v[t]] \le (2\eta\delta b_x)^2,\quad "
            r"|\log\tfrac{\hat v_k[t+1]}{\hat v_k[t]}| \text{ within } [\log(1-z), \log(1+z)]",
            conclusions=lines.mended,
            **AT_ONE_STEP,
        ),
        step(
            BASE,
            label="Lem C.4-59-63",
            title="from one exponent to the next",
            claim=r"\frac{2(T\log(1+\frac{c_1}4\eta)+\log\epsilon_{\min}-\log(1-\frac{c_1}2))^2}{T(2\eta\delta)^2} \ge "
            r"\frac{Tc_1^2}{2^9\delta^2} \ge \log\frac{6r}\rho",
            conclusions=lines.exponents,
            quantifier=Always(),
        ),
    ),
)

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "The literal ẽ₁ = 1200 asks for more than 10^17 steps. Here ρ = 9/10, c₁ = 2/5, ẽ₁ = 1, and 5 log(1/ε_min)/η steps instead of "
        "(16/c₁) log(1/ε_min)/η; the hypotheses on data, noise and step size are as printed.",
        setting=practical,
        chosen=started,
        sampled=runs.moved,
        assumptions=practical_assumptions,
        conclusions=simulated,
        quantifier=WithProbability(at_least_so_often),
        block=50,
    ),
    controls=(
        control("a fifth of the steps", with_conclusions(for_a_fifth_of_the_time), REACHED),
        control("labels that carry no signal", with_conclusions(with_labels_zero), REACHED),
        control("noise with ηδ² = 16", without_assumption(lines.STEP_SIZE, stage.STEP_SIZE, chosen=with_louder_noise), REACHED),
        control("one feature only", without_assumption(lines.CROSS, stage.CROSS, chosen=with_one_feature), REACHED),
    ),
)
