r"""Lemma C.5: signal coordinates do not fall back. Appendix C, Eqs 64 to 75.

In the setting of Lemma C.2 (``_stage_one``), let
$$(\tilde\epsilon_1^2 + r)\, C_x b_x^2 \le \frac{c_1}{20}, \qquad \frac{c_1^2}{8\eta\delta^2} \ge \log\frac{6rT^2}\rho.$$
Then for every $k \in S$, with probability at least $1 - \rho/(6r)$,
$$\text{either}\quad \max_{t \le T}\tilde v_k[t] < 1 - \frac{c_1}2 \qquad\text{or}\quad \tilde v_k[T] \ge 1 - c_1.$$

*Reading.* The coupling, the constants and the hypotheses on the data and on $\delta$ are those of Lemma C.2. The condition on the
step size is the one displayed, without $b_x^2$; whoever takes that of Lemma C.2 to be in force as well has a weaker claim; the
counterexamples obey that too. Eqs 69 to 71 are taken as Lemma G.3 gives them, for the run from $t_1$ on, given any state at $t_1$.

*Instances.* As printed, the failure is enclosed for any T up to 10^30. While the coupling moves and $A = 1 - \tilde v_k$ is in
$[c_1/3, c_1]$, ``_falling`` bounds mean and variance of its next value by $E_i[x_k^2]$. Both grow with it, so that Bernstein's
inequality (``models.bernstein``) gives a bound without $b_x$ where Azuma's would not. A union over $t_1 < t_2$ ends the proof.
The relaxed version is simulated.

*Tightness.* The exponent is more than four times that of Eq 71. In the simulations $1 - c_1/1000$ is not kept.

*Remarks.* The lemma is true although three lines of its proof are not. Eq 66 fails where $b_x < 1$, as Eq 38 does, but not for the
larger $b_x$ of Theorem 3.3. Eq 68 lacks $b_x^2$: a step's variance is up to $\eta^2\delta^2b_x^2$ from the noise alone. Eq 70,
Lemma G.3 with that variance, fails for few steps, given the state at $t_1$.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from theorems.checker.changes import control, without_assumption
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Always, Exactly, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise import _falling as falling
from theorems.label_noise import _forced_paths as forced
from theorems.label_noise import _signal_steps as one_step
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_controls as broken
from theorems.label_noise import _stage_one_runs as runs
from theorems.label_noise._signal_steps import BELOW
from theorems.label_noise._stage_one import Constants, Instance, Sizes, Started
from theorems.label_noise._stage_one_runs import Run, RunSizes

STEP_SIZE = "c₁²/(8ηδ²) ≥ log(6rT²/ρ)"
FAILURE = "P(max_t ṽ_k[t] ≥ 1-c₁/2, ṽ_k[T] < 1-c₁) ≤ ρ/(6r)"
ESCAPE = "c₁²/(8ηδ²) ≤ -log P(1-ṽ_k[t₂] > c₁, 1-ṽ_k[t₁] ≤ c₁/2, path in [1-c₁, 1-c₁/3])"
UNION = "rT² exp(-c₁²/(8ηδ²)) ≤ ρ/6"
KEPT = "max_t ṽ_k[t] ≥ 1-c₁/2 ⇒ ṽ_k[T] ≥ 1-c₁"
CLOSER = "max_t ṽ_k[t] ≥ 1-c₁/2 ⇒ ṽ_k[T] ≥ 1-c₁/1000"
OUTRIGHT = "ṽ_k[T] ≥ 1-c₁"
PRACTICE = Constants(rho=0.9, c1=0.4, mass=1.0)
SMALLEST = broken.only(PRACTICE, 2, 1)
OVERTAKEN = broken.only(PRACTICE, 3, 2, times=12 * 8 / 3)  # b_x² = 8/3 there


def own_step_size(x: Started) -> Started:
    """As small or as large against what is allowed here as it was against what Lemma C.2 allows."""
    return replace(x, eta=x.eta * x.bx**2)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return own_step_size(stage.started(sizes, draws))


def states(sizes: Sizes, draws: Draws) -> Instance:
    return own_step_size(one_step.anywhere(sizes, draws))


def about_step_size(sizes: Sizes, x: Instance) -> Clause:
    return at_least(STEP_SIZE, sizes.constants.c1**2 / (8 * x.eta * x.delta**2), sizes.union)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.small_start(sizes, x)
    yield from stage.about_data(sizes, x)
    yield about_step_size(sizes, x)


def on_the_way(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.inside(sizes, x)
    yield from stage.about_data(sizes, x)
    yield about_step_size(sizes, x)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """There are T(T+1)/2 pairs 0 ≤ t₁ < t₂ ≤ T; t₁ = 0 is possible for d = 1."""
    bound = np.minimum(sizes.T * (sizes.T + 1) / 2 * np.exp(-falling.exponent(sizes, x)), 1.0)
    yield at_most(FAILURE, (np.zeros_like(bound), bound), sizes.constants.rho / (6 * sizes.r))


def escape(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(ESCAPE, sizes.constants.c1**2 / (8 * x.eta * x.delta**2), falling.exponent(sizes, x))


def started(sizes: RunSizes, draws: Draws) -> Run:
    """The first coordinate has the largest start, so that T steps take it above 1 - c₁/2."""
    x = own_step_size(runs.started(sizes, draws))
    return replace(x, v=np.where(np.arange(sizes.d) == 0, 1 / sizes.d, x.v))


def with_a_rival(sizes: RunSizes, draws: Draws) -> Run:
    return own_step_size(broken.with_a_rival(sizes, draws))


def simulated(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    yield from kept(sizes, x, KEPT, 1.0)


def closer(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    yield from kept(sizes, x, CLOSER, 1e-3)


def kept(sizes: RunSizes, x: Run, name: str, share: float) -> Iterable[Clause]:
    path, c1 = runs.followed(sizes, x), sizes.constants.c1
    yield at_least(name, path.v[:, 0], 1 - share * c1, where=path.peak[:, 0] >= 1 - c1 / 2)


def outright(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    yield at_least(OUTRIGHT, runs.followed(sizes, x).v[:, 0], 1 - sizes.constants.c1)


def probability(sizes: RunSizes, _x: Run) -> float:
    return 1 - sizes.constants.rho / (6 * sizes.r)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem C.5",
        title="signal coordinates do not fall back",
        kind="probability",
        claim=r"P\bigl(\max_{t\le T}\tilde v_k[t] < 1-\tfrac{c_1}2 \text{ or } \tilde v_k[T] \ge 1-c_1\bigr) \ge 1-\tfrac{\rho}{6r}"
        r"\quad (k\in S)",
        place="Appendix C, Eqs 64 to 75",
        reading="the failure is enclosed by 0 and a rigorous bound computed from the instance; the step size is bounded as displayed, "
        "without b_x².",
        depends_on=("Def C.1", "Lem G.3"),
    ),
    setting=stage.setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(),
)

IN_WINDOW = replace(BASE, chosen=one_step.near(BELOW), assumptions=one_step.in_window(BELOW), quantifier=Always())

PRINTED = replace(
    BASE,
    steps=(
        *one_step.drift_steps(
            BASE,
            BELOW,
            "Lem C.5",
            (66, 67),
            Path(__file__).with_name("lemma_c_5_66_counterexample.json"),
            "Two samples in two dimensions with b_x = 105/128 and all the mass ẽ₁ in the coordinate off the support: that moves the mean "
            "by ẽ₁² C_x, which is more than (ẽ₁² + 1) C_x b_x².",
        ),
        step(
            IN_WINDOW,
            label="Lem C.5-68",
            title="the variance of one step, without b_x",
            claim=r"\mathrm{Var}[1-\tilde v_k[t+1]] \le (2\eta\delta)^2",
            conclusions=falling.variance,
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("lemma_c_5_68_counterexample.json"),
                certificate=falling.variance_certificate,
                account="Samples (3, 3) and (3, -3), ṽ = (19/20, 1): the noise alone has the variance 9 · (19/20)² η²δ² > 4η²δ².",
            ),
        ),
        step(
            IN_WINDOW,
            label="Lem C.5-68-mended",
            title="the variance of one step, with b_x",
            claim=r"\mathrm{Var}[1-\tilde v_k[t+1]] \le (2\eta\delta b_x)^2",
            conclusions=falling.mended_variance,
        ),
        forced.span_step(
            BASE,
            BELOW,
            "Lem C.5-70",
            "8η²δ²",
            2.0,
            about_step_size,
            Path(__file__).with_name("lemma_c_5_70_counterexample.json"),
            "Samples (2, 2) and (2, -2), ṽ = (19/20, 1200): the path on which noise and gradient always push together leaves after m steps "
            "with probability 4^{-m}, more than the printed exp(-6.1 m).",
        ),
        step(
            IN_WINDOW,
            label="Lem C.5-69-one-step",
            title="the mean and the variance of one step by the coordinate's own moment",
            claim=r"E[1-\tilde v_k[t+1]] \le (1-\eta\kappa)(1-\tilde v_k),\quad \mathrm{Var}[1-\tilde v_k[t+1]] \le V",
            conclusions=falling.one_step_claims,
        ),
        step(
            BASE,
            label="Lem C.5-69-71",
            title="a fall within any number of steps",
            claim=r"P\bigl(1-\tilde v_k[t_2]>c_1,\ 1-\tilde v_k[t_1]\le\tfrac{c_1}2,\ \ldots\bigr) \le "
            r"\exp\Bigl(-\frac{c_1^2}{8\eta\delta^2}\Bigr)",
            conclusions=escape,
        ),
        step(
            BASE,
            label="Lem C.5-72-75",
            title="every fall is an escape, and the union bound",
            claim=r"T^2\exp\Bigl(-\frac{c_1^2}{8\eta\delta^2}\Bigr) \le \frac{\rho}{6r}",
            chosen=states,
            assumptions=on_the_way,
            conclusions=one_step.union_bound(UNION, with_bx=False),
            quantifier=Always(),
        ),
    ),
)

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "The literal ẽ₁ = 1200 leaves step sizes below 10^-15, at which no run moves. Here ρ = 9/10, c₁ = 2/5 and ẽ₁ = 1, every other "
        "hypothesis is as printed, and the coupling is followed for about 5/η steps.",
        setting=runs.setting(PRACTICE, 5.0),
        chosen=started,
        sampled=runs.moved,
        conclusions=simulated,
        quantifier=WithProbability(probability),
        block=96,
    ),
    controls=(
        control("a rival for the signal", without_assumption(stage.CROSS, setting=OVERTAKEN, chosen=with_a_rival, block=16), KEPT),
        control(
            "a thousandth of c₁",
            lambda theorem: replace(theorem, setting=SMALLEST, chosen=runs.from_the_top, conclusions=closer),
            CLOSER,
        ),
        control(
            "without the first alternative",
            lambda theorem: replace(theorem, setting=SMALLEST, chosen=broken.from_far_below, conclusions=outright),
            OUTRIGHT,
        ),
    ),
)
