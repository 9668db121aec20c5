r"""Lemma C.3: the mass off the support stays bounded. Appendix C, Eqs 50 to 54.

In the setting of Lemma C.2 (``_stage_one``), with $\tilde\epsilon_1 = 12/\rho$, let
$$(\tilde\epsilon_1^2 + r)\, C_x \le \frac\rho{12T\eta b_x^2}.$$
Then $P(\lVert\tilde v_{S^c}[T]\rVert_1 \le \tilde\epsilon_1) \ge 1 - \rho/6$.

*Reading.* Eqs 50 and 51 speak of $k \notin S$.

*Instances.* As printed, the failure is enclosed for T up to 10^17 (for longer runs float64 does not resolve the $C_x$ allowed):
while the coupling moves, $-E_i[g_k] \le (\tilde\epsilon_1^2 + r) C_x$ for $k \notin S$, so that by Markov's inequality
$$P(\lVert\tilde v_{S^c}[T]\rVert_1 > \tilde\epsilon_1)
  \le \frac{\lVert v_{S^c}[0]\rVert_1}{\tilde\epsilon_1} \bigl(1 + \eta(\tilde\epsilon_1^2 + r) C_x\bigr)^T.$$
The relaxed version is simulated.

*Tightness.* That bound is about $\rho/12$ times the mass at the start. The runs stay far below it: a coordinate off the support
is also pulled down by its own gradient.

*Remarks.* Eq 51 fails where $b_x < 1$, since $C_x b_x^2 < C_x$ there; in Theorem 3.3 $b_x$ is above 1 and Eq 51 true. The lemma
holds all the same, as $b_x^2 \ge 2/3$ and the growth compounds to a factor of at most $e^{\rho/8}$.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import cross_moment, factors
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Always, Exactly, Interval, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_controls as broken
from theorems.label_noise import _stage_one_exact as exactly
from theorems.label_noise import _stage_one_runs as runs
from theorems.label_noise._signal_steps import as_printed, at_least_one
from theorems.label_noise._stage_one import FINE, Constants, Instance, Sizes, Started
from theorems.label_noise._stage_one_runs import Run, RunSizes

SMALL_CROSS = "(ẽ₁² + r) C_x ≤ ρ/(12Tηb_x²)"
FAILURE = "P(‖ṽ_{S^c}[T]‖₁ > ẽ₁) ≤ ρ/6"
MEAN = "E[ṽ_k[t+1]] ≤ ṽ_k + η(ẽ₁²+r)C_x b_x²ṽ_k, k ∉ S"
MENDED = "E[ṽ_k[t+1]] ≤ ṽ_k + η(ẽ₁²+r)C_x max(1, b_x²)ṽ_k, k ∉ S"
MARKOV = "E‖ṽ_{S^c}[T]‖₁/ẽ₁ ≤ (1 + Tηẽ₁(ẽ₁²+r)C_x b_x²)/ẽ₁"
TOTAL = "(1 + Tηẽ₁(ẽ₁²+r)C_x b_x²)/ẽ₁ ≤ ρ/6"
BOUNDED = "‖ṽ_{S^c}[T]‖₁ ≤ ẽ₁"
LONGEST = 1e17
PRACTICE = Constants(rho=0.9, c1=0.4, mass=2.0)


def cross_limit(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """ρ/(12Tη)"""
    return sizes.constants.rho / (12 * sizes.T * x.eta)


def limited(sizes: Sizes, x: Started) -> Started:
    return stage.with_less_crossing(sizes, x, cross_limit(sizes, x))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return limited(sizes, stage.started(sizes, draws))


def states(sizes: Sizes, draws: Draws) -> Instance:
    return limited(sizes, stage.instance(sizes, draws, stage.box(sizes, draws)))


def small_cross(sizes: Sizes, x: Instance) -> Clause:
    crossing = stage.crossing(sizes, x.X, x.bx)
    return at_most(SMALL_CROSS, crossing, cross_limit(sizes, x), rounding=FINE, scale=sizes.spread * x.bx**4)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.starting(sizes, x)
    yield small_cross(sizes, x)


def on_the_way(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.on_the_way(sizes, x)
    yield small_cross(sizes, x)


def mean_mass(sizes: Sizes, x: Instance) -> Interval:
    """E‖ṽ_{S^c}[T]‖₁: an enclosure."""
    rate = np.log1p(x.eta * sizes.spread * cross_moment(x.X))
    high = x.v[:, sizes.r :].sum(axis=1) * np.exp(sizes.T * rate)
    return np.zeros_like(high), high


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    low, high = mean_mass(sizes, x)
    yield at_most(FAILURE, (low, np.minimum(high / sizes.constants.mass, 1.0)), sizes.constants.rho / 6)


def mean(name: str, b2: Callable[[ndarray], ndarray]) -> Callable[[Sizes, Instance], Iterable[Clause]]:
    """For the last coordinate, divided by ``ηṽ_k``: ``-E_i[g_k] ≤ (ẽ₁²+r) C_x b_x²``."""

    def one_step(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        growth = -factors(x.v, x.target, x.X)[:, :, -1].mean(axis=1)
        bound = sizes.spread * cross_moment(x.X) * b2(x.bx**2)
        yield at_most(name, growth, bound, rounding=FINE, scale=sizes.spread * x.bx**2)

    return one_step


def markov(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    mass = sizes.constants.mass
    low, high = mean_mass(sizes, x)
    bound = (1 + sizes.T * x.eta * mass * stage.crossing(sizes, x.X, x.bx)) / mass
    yield at_most(MARKOV, (low, high / mass), bound)
    yield at_most(TOTAL, bound, sizes.constants.rho / 6, rounding=5e-7)  # C_x as small as 1e-10 keeps seven digits


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """In rationals."""
    bx, cross = exact["bx"], exactly.cross_moment(exact)
    yield from exactly.on_the_way(sizes, exact)
    limit = exactly.RHO / (12 * fmpq(int(sizes.T)) * exact["eta"])
    yield given(SMALL_CROSS, exactly.spread(sizes) * cross * bx**2, limit)
    growth = -exactly.mean_factor(exact, len(exact["v"]) - 1)
    yield concluded(MEAN, growth, exactly.spread(sizes) * cross * bx**2)


def started(sizes: RunSizes, draws: Draws) -> Run:
    return limited(sizes, runs.started(sizes, draws))


def simulated(sizes: RunSizes, x: Run) -> Iterable[Clause]:
    yield at_most(BOUNDED, runs.followed(sizes, x).v[:, sizes.r :].sum(axis=1), sizes.constants.mass)


def at_least(sizes: RunSizes, _x: Run) -> float:
    """1/ẽ₁ is what Markov's inequality gives for the mass at the start; ρ/12 that of the growth."""
    return 1 - 1 / sizes.constants.mass - sizes.constants.rho / 12


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem C.3",
        title="the mass off the support stays bounded",
        kind="probability",
        claim=r"(\tilde\epsilon_1^2+r)C_x \le \tfrac{\rho}{12T\eta b_x^2}\ \Longrightarrow\ "
        r"P\bigl(\lVert\tilde v_{S^c}[T]\rVert_1 \le \tilde\epsilon_1\bigr) \ge 1-\tfrac\rho6",
        place="Appendix C, Eqs 50 to 54",
        reading="the failure is enclosed by 0 and a rigorous bound computed from the instance; Eqs 50 and 51 are for k ∉ S.",
        depends_on=("Def C.1",),
    ),
    setting=stage.with_both_kinds(LONGEST),
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(),
)

ON_THE_WAY = replace(BASE, chosen=states, assumptions=on_the_way, quantifier=Always())

PRINTED = replace(
    BASE,
    steps=(
        step(
            ON_THE_WAY,
            label="Lem C.3-50-51",
            title="the mean of one step off the support, bounded with b_x²",
            claim=r"E[\tilde v_k[t+1]] \le \tilde v_k + \eta(\tilde\epsilon_1^2+r)C_xb_x^2\tilde v_k,\ k\notin S",
            conclusions=mean(MEAN, as_printed),
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("lemma_c_3_51_counterexample.json"),
                certificate=certificate,
                account="Four samples in three dimensions with b_x = 105/128, nearly all of ẽ₁ in one of the two coordinates off the "
                "support: the other one's mean grows by 1199² C_x, which is more than (ẽ₁² + 1) C_x b_x².",
            ),
        ),
        step(
            ON_THE_WAY,
            label="Lem C.3-50-51-mended",
            title="the mean of one step off the support, bounded with max(1, b_x²)",
            claim=r"E[\tilde v_k[t+1]] \le \tilde v_k + \eta(\tilde\epsilon_1^2+r)C_x\max(1,b_x^2)\tilde v_k,\ k\notin S",
            conclusions=mean(MENDED, at_least_one),
        ),
        step(
            BASE,
            label="Lem C.3-52-54",
            title="Markov's inequality for the mass",
            claim=r"\frac{E\lVert\tilde v_{S^c}[T]\rVert_1}{\tilde\epsilon_1} \le "
            r"\frac{1+T\eta\tilde\epsilon_1(\tilde\epsilon_1^2+r)C_xb_x^2}{\tilde\epsilon_1} \le \frac\rho6",
            conclusions=markov,
        ),
    ),
)

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "The literal ẽ₁ = 1200 leaves step sizes below 10^-15, at which no run moves. Here ẽ₁ = 2 is free of ρ = 9/10, so that Markov's "
        "inequality gives 1/ẽ₁ + ρ/12 in place of ρ/6, and c₁ = 2/5; the coupling is followed for about 2/η steps.",
        setting=runs.setting(PRACTICE, 2.0),
        chosen=started,
        sampled=runs.moved,
        conclusions=simulated,
        quantifier=WithProbability(at_least),
        block=32,
    ),
    controls=(
        control(
            "a quarter of ẽ₁",
            lambda theorem: sharpened(BOUNDED, 0.25)(replace(theorem, setting=broken.only(PRACTICE, 4, 1), chosen=runs.from_the_top)),
            BOUNDED,
        ),
        control(
            "coordinates that move together",
            without_assumption(stage.CROSS, SMALL_CROSS, setting=broken.only(PRACTICE, 8, 1), chosen=broken.moving_together),
            BOUNDED,
        ),
        control(
            "ascent in place of descent",
            without_assumption(stage.STEP_SIZE, SMALL_CROSS, setting=broken.only(PRACTICE, 2, 1), chosen=broken.ascending),
            BOUNDED,
        ),
    ),
)
