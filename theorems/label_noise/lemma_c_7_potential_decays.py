r"""Lemma C.7: off the support the potential decays. Appendix C, Definition C.6 and Eqs 76 to 83.

In the setting of Lemma C.2 (``_stage_one``), with
$$\tfrac23\eta\delta^2 > 32(\tilde\epsilon_1^2 + r)C_xb_x^2, \qquad T\eta^2\delta^2 \ge 16\log\frac{6\sqrt d}{\rho\sqrt{\epsilon_1}},$$
with $\tilde v$ the $(1 + c_1, \tilde\epsilon_1)$-bounded coupling of the run, and $\Phi(v) = \sum_{k \notin S}\sqrt{v_k}$ in the box
$\lVert v_{S^c}\rVert_1 \le \tilde\epsilon_1$, $\lVert v_S\rVert_\infty \le 1 + c_1$ and 0 outside,
$$P\bigl(\Phi(\tilde v[T]) \le \sqrt{\epsilon_1}\bigr) \ge 1 - \rho/6.$$

*Reading.* The setting of Lemma C.2 includes that lemma's hypotheses.

*Instances.* As printed, the failure is enclosed by Markov's inequality and a one-step factor computed from the instance
(``_potential_decay``), for T from 10^32 to 10^40, noise and step size at the ends of what the hypotheses leave. The steps
enumerate samples and signs, with states anywhere in the box. The relaxed version is simulated.

*Tightness.* In Eq 79 the step size allows 7/96 in place of 1/16, and 1/12 without correlations. A typical path decays much faster
than the mean: in the simulations a thousandth of $\sqrt{\epsilon_1}$ is rarely exceeded.

*Remarks.* Where $b_x < 1$ a single coordinate's gradient can exceed the $(\tilde\epsilon_1^2 + r)C_xb_x^2$ that Eq 78 puts in
its place, since $C_xb_x^2 < C_x$; the sum over k, in which large coordinates are pulled down by themselves, is not affected.
Eq 78 also replaces a gradient that depends on the sample by its mean. At $C_x = 0$ that is right only up to a term of third
order, about $\eta$ times the change itself, far below what float64 shows. Eq 79 has room for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import sup_norm
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Always, Exactly, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem, version
from theorems.label_noise import _potential_decay as decay
from theorems.label_noise import _signal_growth as growth
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_runs as runs
from theorems.label_noise._potential_decay import Start
from theorems.label_noise._stage_one import FINE, Constants, Instance, Sizes
from theorems.label_noise._stage_one_runs import Run, RunSizes

FAILURE = "P(Φ(ṽ[T]) > √ε₁) ≤ ρ/6"
CROSS = "32 (ẽ₁² + r) C_x b_x² < (2/3)ηδ²"
TIME = "Tη²δ² ≥ 16 log(6√d/(ρ√ε₁))"
REPLACED = "E Φ(ṽ[t+1]) ≤ Σ_{k∉S} √ṽ_k E √(1 + ηs x_k + η(ẽ₁² + r)C_x b_x²)"
EXPANDED = "Σ_{k∉S} √ṽ_k E √(1 + ηs x_k + η(ẽ₁² + r)C_x b_x²) ≤ (1 - η²δ²/16) Φ(ṽ)"
SHRINKS = "E Φ(ṽ[t+1]) ≤ (1 - η²δ²/16) Φ(ṽ[t])"
SMALL = "Φ(ṽ[T]) ≤ √ε₁"
MOVE = "η(δb_x + (ẽ₁² + r)b_x²) ≤ 1/16"
PRACTICE = Constants(rho=0.9, c1=0.4, mass=2.0)
AIM = 1 / 200  # ε₁ of the simulated runs
ETA, SCALED = 0.009, 0.03  # their η and ηδ²


def about_one_step(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.on_the_way(sizes, x)
    yield cross_clause(sizes, x)


def cross_clause(sizes: Sizes, x: Instance) -> Clause:
    return at_most(CROSS, 32 * stage.crossing(sizes, x.X, x.bx), 2 / 3 * x.eta * x.delta**2 * (1 - 1e-10))


def assumptions(sizes: Sizes, x: Start) -> Iterable[Clause]:
    yield from stage.starting(sizes, x)
    yield cross_clause(sizes, x)
    yield at_least(TIME, sizes.T * x.eta**2 * x.delta**2, decay.wanted(sizes, x.eps1))


def conclusions(sizes: Sizes, x: Start) -> Iterable[Clause]:
    bound = decay.surviving(sizes, x)
    yield at_most(FAILURE, (np.zeros_like(bound), bound), sizes.constants.rho / 6)


def rounding(x: Instance) -> Float[ndarray, " trials"]:
    """The size of what cancels in the mean of a gradient."""
    return np.abs(x.v**2 - x.target**2).sum(axis=1) * x.bx**2 / (x.eta * x.delta**2)


def replaced(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(REPLACED, -decay.change(sizes, x), -decay.without_gradient(sizes, x), rounding=FINE, scale=rounding(x))


def expanded(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(EXPANDED, -decay.without_gradient(sizes, x), 1 / 16)


def shrinks(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(SHRINKS, -decay.change(sizes, x), 1 / 16, rounding=FINE, scale=rounding(x))


def markov(sizes: Sizes, x: Start) -> Iterable[Clause]:
    """Eqs 81 to 83 in logarithms."""
    start, scaled = np.log(np.sqrt(decay.off(sizes, x.v)).sum(axis=1)), x.eta**2 * x.delta**2 / 16
    aim, after = np.log(x.eps1) / 2, np.log(sizes.d) / 2 - sizes.T * scaled
    yield at_most("Φ(v[0]) ≤ √d", np.exp(start), np.sqrt(sizes.d))
    yield at_most("(1 - η²δ²/16)^T √d ≤ e^{-Tη²δ²/16} √d", np.log(sizes.d) / 2 + sizes.T * np.log1p(-scaled), after, scale=np.abs(after))
    yield at_most("e^{-Tη²δ²/16} √d/√ε₁ ≤ ρ/6", after - aim, np.log(sizes.constants.rho / 6), scale=np.abs(after))


def practical(_choose: Choose) -> RunSizes:
    """T is the least number of steps that the hypothesis allows."""
    sizes = RunSizes(d=3, r=1, T=1.0, constants=PRACTICE)
    return replace(sizes, T=float(np.ceil(decay.wanted(sizes, np.full(1, AIM))[0] / (ETA * SCALED))))


def started(sizes: RunSizes, draws: Draws, noise: float = 1.0) -> Run:
    """A Hadamard design; from 1/d everywhere."""
    v, X = np.full((draws.trials, sizes.d), 1 / sizes.d), runs.design(sizes, draws)
    eta, delta = np.full(draws.trials, ETA), np.full(draws.trials, noise * np.sqrt(SCALED / ETA))
    return Run(v, stage.target(sizes, draws.trials), X, sup_norm(X), eta, delta, np.zeros(draws.trials, dtype=np.int64))


def practical_assumptions(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    yield from stage.small_start(sizes, x)
    yield from (clause for clause in stage.about_data(sizes, x) if clause.name != stage.NOISE)
    yield cross_clause(sizes, x)
    yield at_least(TIME, sizes.T * x.eta**2 * x.delta**2, decay.wanted(sizes, np.full(1, AIM)))
    yield at_most(MOVE, growth.largest_move(sizes, x), 1 / 16)


def simulated(speed: float = 1.0, labelled: bool = False) -> Callable[[RunSizes, Run], Iterable[Clause]]:
    """``speed`` divides the number of steps; ``labelled`` makes all coordinates part of the labels, not of S."""

    def conclusions(sizes: RunSizes, x: Run) -> Iterable[Clause]:
        found = followed(replace(sizes, T=np.ceil(sizes.T / speed)), x, labelled)
        yield at_most(SMALL, found, np.sqrt(AIM))

    return conclusions


def followed(sizes: RunSizes, x: Run, labelled: bool) -> Float[ndarray, " trials"]:
    """Φ at time T: 0 where the coupling has stopped."""
    run = runs.followed(sizes, replace(x, target=np.ones_like(x.target)) if labelled else x)
    return np.where(run.left > sizes.T, np.sqrt(decay.off(sizes, run.v)).sum(axis=1), 0.0)


def with_little_noise(sizes: RunSizes, draws: Draws) -> Run:
    return started(sizes, draws, 1e-3)


def at_least_so_often(sizes: RunSizes, _x: Run) -> float:
    return 1 - sizes.constants.rho / 6


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem C.7",
        title="off the support the potential decays",
        kind="probability",
        claim=r"P\bigl(\Phi(\tilde v[T]) \le \sqrt{\epsilon_1}\bigr) \ge 1-\tfrac\rho6",
        place="Appendix C, Definition C.6 and Eqs 76 to 83",
        reading="the hypotheses of Lemma C.2 belong to its setting; the failure is enclosed by 0 and a rigorous bound.",
        depends_on=("Def C.1", "Def C.6", "Eq 26"),
    ),
    setting=decay.long_runs,
    chosen=decay.decaying,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(),
)

AT_ONE_STEP = {"setting": stage.with_both_kinds(), "chosen": decay.somewhere, "assumptions": about_one_step, "quantifier": Always()}

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem C.7-76-78",
            title="the gradient replaced by the bound of its mean",
            claim=r"E\Phi(\tilde v[t+1]) \le \sum_{k\notin S}\sqrt{\tilde v_k}\,"
            r"E\sqrt{1+\eta s x_k+\eta(\tilde\epsilon_1^2+r)C_xb_x^2}",
            conclusions=replaced,
            **AT_ONE_STEP,
        ),
        step(
            BASE,
            label="Lem C.7-78-79",
            title="Taylor's bound",
            claim=r"\sum_{k\notin S}\sqrt{\tilde v_k}\,E\sqrt{1+\eta s x_k+\eta(\tilde\epsilon_1^2+r)C_xb_x^2} \le "
            r"(1-\tfrac1{16}\eta^2\delta^2)\Phi(\tilde v)",
            conclusions=expanded,
            **AT_ONE_STEP,
        ),
        step(
            BASE,
            label="Lem C.7-76-79",
            title="the potential contracts in the mean",
            claim=r"E\Phi(\tilde v[t+1]) \le (1-\tfrac1{16}\eta^2\delta^2)\Phi(\tilde v[t])",
            conclusions=shrinks,
            **AT_ONE_STEP,
        ),
        step(
            BASE,
            label="Lem C.7-80-83",
            title="Markov's inequality",
            claim=r"\frac{(1-\frac1{16}\eta^2\delta^2)^T\sqrt d}{\sqrt{\epsilon_1}} \le "
            r"\frac{e^{-T\eta^2\delta^2/16}\sqrt d}{\sqrt{\epsilon_1}} \le \frac\rho6",
            conclusions=markov,
            quantifier=Always(),
        ),
    ),
)

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "The literal ẽ₁ = 1200 asks for more than 10^23 steps. Here ρ = 9/10, c₁ = 2/5, ẽ₁ = 2, and in place of the bounds on step size "
        "and noise stands what the expansion of the root needs, η(δb_x + (ẽ₁² + r)b_x²) ≤ 1/16.",
        setting=practical,
        chosen=started,
        sampled=runs.moved,
        assumptions=practical_assumptions,
        conclusions=simulated(),
        quantifier=WithProbability(at_least_so_often),
        block=50,
    ),
    controls=(
        control("a fortieth of the steps", with_conclusions(simulated(speed=40.0)), SMALL),
        control("labels that contain every coordinate", with_conclusions(simulated(labelled=True)), SMALL),
        control("a thousandth of the noise", without_assumption(TIME, chosen=with_little_noise), SMALL),
        control("√ε₁ times 10^-8", sharpened(SMALL, 1e-8), SMALL),
    ),
)
