r"""The proof of Lemma D.4, Eqs 115 to 121: the expected mass off the support grows slowly, and Azuma's inequality.

For k off S the proof claims, with $w = \lVert\tilde v_{S^c}^2\rVert_1 + 4rc_{s-1}$ in its first line,
$$E[\tilde v_k'] \le \tilde v_k + \eta\,w\,C_xb_x^2\tilde v_k \le (1 + \eta c_{s-1})\tilde v_k,$$
so that $(1+\eta c_{s-1})^{-t}\lVert\tilde v_{S^c}[t]\rVert_1$ is a supermartingale. Clauses compare
$(E[\tilde v_k'] - \tilde v_k)/(\eta\tilde v_k)$.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from models.quadratic_regression import cross_moment
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Nothing, Theorem
from theorems.label_noise import _stage_two as stage
from theorems.label_noise import _stage_two_bounds as bounds
from theorems.label_noise import _stage_two_exact as exactly
from theorems.label_noise import _stage_two_steps as steps
from theorems.label_noise._stage_two import FROM_NUMBERS, Round
from theorems.label_noise._stage_two_drift import STATES

CROSS = "(ε_s² + 4rc_{s-1}) C_x b_x² ≤ c_{s-1}"
ROOM = "ε_s > (1 + ηc_{s-1})^T ε_{s-1}"
STEP_SIZE = "((1+ηc_{s-1})^{-T} ε_s - ε_{s-1})²/(2Tη²Bε_s²) ≥ log(5/ρ)"
GROWTH = "E[ṽ_k'] ≤ ṽ_k + η(‖ṽ_{S^c}²‖₁ + 4rc_{s-1})C_xb_x²ṽ_k"
SLOW = "E[ṽ_k'] ≤ (1 + ηc_{s-1})ṽ_k"
RATE = "(ε_s² + r((1+2c_{s-1})² - 1)) C_x ≤ c_{s-1}"
CANCELLED = 1e-9  # room(q) is a difference that is 1/300 of its terms at the smallest c, and enters squared
CROSSING = steps.Crossing(CROSS, lambda r, c, eps: eps**2 + 4 * r * c, lambda c: c)


def mixed(q: Round) -> float:
    return q.next_eps**2 + 4 * q.r * q.c


def growing(q: Round, rate: float) -> float:
    """(1 + η · rate)^T"""
    return float(np.exp(q.T * np.log1p(q.eta * rate)))


def room(q: Round) -> float:
    """((1+ηc_{s-1})^{-T} ε_s - ε_{s-1})/ε_s"""
    return 1 / growing(q, q.c) - q.eps / q.next_eps


def needed(q: Round) -> float:
    """The T from which on the step size log(4/c₀)/T obeys the hypothesis on η."""
    return 2 * q.duration**2 * q.B * np.log(5 / q.rho) / room(q) ** 2


def hypotheses(q: Round) -> Iterable[Clause]:
    yield at_most(CROSS, mixed(q) * q.cross * q.b**2, q.c)
    yield at_most(ROOM, growing(q, q.c) * q.eps, q.next_eps)
    yield at_least(STEP_SIZE, room(q) ** 2 / (2 * q.T * q.eta**2 * q.B), np.log(5 / q.rho), rounding=CANCELLED)


def chosen(sizes: steps.Sizes, draws: Draws) -> steps.State:
    """The last coordinate holds all of the mass or is tiny."""
    x = steps.states(sizes, draws, CROSSING, sizes.d - 1, 1.0)
    last = np.where(draws.integers(0, 1) == 0, 1e-3, 1.0) * x.next_eps
    return replace(x, v=np.where(np.arange(sizes.d) < sizes.r, x.v, 0.0) + last[:, np.newaxis] * (np.arange(sizes.d) == sizes.d - 1))


def assumptions(sizes: steps.Sizes, x: steps.State) -> Iterable[Clause]:
    yield from steps.in_the_box(sizes, x)
    yield CROSSING.clause(sizes, x)


def growth(sizes: steps.Sizes, x: steps.State) -> Iterable[Clause]:
    rate = -steps.gradient_factor(sizes, x, sizes.d - 1)
    spread = np.sum(x.v[:, sizes.r :] ** 2, axis=1) + 4 * sizes.r * x.c
    yield at_most(GROWTH, rate, spread * cross_moment(x.X) * x.bx**2, scale=x.bx**2)
    yield at_most(SLOW, rate, x.c, scale=x.bx**2)


def certificate(sizes: steps.Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    s = exactly.State(sizes.r, exact)
    yield from exactly.in_the_box(s)
    yield given(CROSS, (s.next_eps**2 + ball(4 * s.r * s.c)) * ball(s.cross * s.b**2), ball(s.c))
    rate = -s.gradient_factor(s.d - 1)
    spread = sum((v**2 for v in s.v[s.r :]), 4 * s.r * s.c)
    yield concluded(GROWTH, rate, spread * s.cross * s.b**2)
    yield concluded(SLOW, rate, s.c)


def numbers(choose: Choose) -> Round:
    """C_x as large as Eq 118 and the hypothesis allow, or less."""
    q = stage.numbers(choose)
    largest = min(1 / (q.next_eps**2 + q.r * bounds.surplus(2 * q.c)), 1 / (mixed(q) * q.b**2))
    return stage.paced(replace(q, cross=choose.real("cross", 0.0, 1.0) * q.c * largest), needed)


def supposed(q: Round, _x: Nothing) -> Iterable[Clause]:
    """With Eq 118, which the step takes over."""
    yield from stage.standing(q)
    yield from hypotheses(q)
    yield at_most(RATE, bounds.residual(q) * q.cross, q.c)


def failure(q: Round) -> float:
    r"""Azuma's bound: the mass grows at the rate $C_x(\epsilon_s^2 + r((1+2c_{s-1})^2-1))$ at most.

    A step of it is sub-Gaussian with the proxy $\eta\epsilon_s$ times that of ``bounds.noise``.
    """
    gap = 1 / growing(q, bounds.residual(q) * q.cross) - q.eps / q.next_eps
    return float(np.exp(-(max(gap, 0.0) ** 2) / (2 * q.T * (q.eta * bounds.noise(q)) ** 2)))


def azuma(q: Round, _x: Nothing) -> Iterable[Clause]:
    printed = np.exp(-(room(q) ** 2) / (2 * q.T * q.eta**2 * q.B))
    yield at_most("P(‖ṽ_{S^c}[T]‖₁ > ε_s) ≤ exp(-((1+ηc_{s-1})^{-T} ε_s - ε_{s-1})²/(2Tη²Bε_s²))", (0.0, failure(q)), printed)
    yield at_most("exp(-((1+ηc_{s-1})^{-T} ε_s - ε_{s-1})²/(2Tη²Bε_s²)) ≤ ρ/5", printed, q.rho / 5, rounding=CANCELLED)


def proof_steps(base: Theorem) -> tuple[Theorem, ...]:
    return (
        step(
            base,
            label="Lem D.4-115-118",
            title="the expected mass off the support grows slowly",
            claim=r"E[\tilde v_k'] \le \tilde v_k + \eta(\lVert\tilde v_{S^c}^2\rVert_1+4c_{s-1}r)C_xb_x^2\tilde v_k "
            r"\le (1+\eta c_{s-1})\tilde v_k",
            **STATES | {"setting": steps.with_both_kinds},
            chosen=chosen,
            assumptions=assumptions,
            conclusions=growth,
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("lemma_d_4_115_118_counterexample.json"),
                certificate=certificate,
                account="r = 1, d = 3, four samples with b_x = 1 and E_i[x₁x₃] = -6/25, c_{s-1} = 1/10, ṽ = (6/5, 0, 1/1000): the first "
                "coordinate contributes 0.44 · 6/25 > 1/10, since (1+2c_{s-1})² - 1 is larger than 4c_{s-1}.",
            ),
        ),
        step(
            base,
            label="Lem D.4-119-121",
            title="Azuma's inequality for the mass off the support, given Eq 118",
            claim=r"P\bigl(\lVert\tilde v_{S^c}[T]\rVert_1>\epsilon_s\bigr) \le "
            r"\exp\Bigl(-\tfrac{((1+\eta c_{s-1})^{-T}\epsilon_s-\epsilon_{s-1})^2}{2T\eta^2B\epsilon_s^2}\Bigr) \le \tfrac\rho5",
            **FROM_NUMBERS,
            setting=numbers,
            assumptions=supposed,
            conclusions=azuma,
        ),
    )
