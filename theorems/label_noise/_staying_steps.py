r"""The proof of Lemma D.6, Eqs 133 to 149: drift and variance near 1, and excursions from c_s/2 to c_s.

For $v_k$ in the window $[1 + \frac13c_s, 1 + c_s]$, and mirrored below 1, the error is to contract by $1 - \eta$, and an excursion from
$c_s/2$ to $c_s$ between two given times is to have probability at most $e^{-c_s^2/(8\eta B)}$. The drift is judged by enumeration on
states in the box, where the other coordinates of S may be as far as $2c_{s-1}$ from 1; the excursions from numbers alone,
where the drift contracts.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.step import step
from theorems.checker.theorem import Nothing, Theorem
from theorems.label_noise import _stage_two as stage
from theorems.label_noise import _stage_two_bounds as bounds
from theorems.label_noise import _stage_two_steps as steps
from theorems.label_noise._stage_two import FROM_NUMBERS, Round
from theorems.label_noise._stage_two_bounds import ABOVE, Side
from theorems.label_noise._stage_two_drift import Drift

STEP_SIZE = "c_s²/(8ηB) ≥ log(5rT²/ρ)"
CROSS = "(ε_s² + 2rc_s) C_x b_x² ≤ c_s/20"
UP = "P(ṽ_k[t₂] - 1 > c_s, ṽ_k[t₁] - 1 ≤ c_s/2, in the window between) ≤ exp(-c_s²/(8ηB))"
DOWN = "P(1 - ṽ_k[t₂] > c_s, 1 - ṽ_k[t₁] ≤ c_s/2, in the window between) ≤ exp(-c_s²/(8ηB))"
UPPER = Drift(
    sign=ABOVE,
    low=1 / 30,
    high=1 / 10,
    crossing=steps.Crossing(CROSS, lambda r, c, eps: eps**2 + r * c / 5, lambda c: c / 200),
    others="2rc_s",
)


def mixed(q: Round) -> float:
    return q.next_eps**2 + 2 * q.r * q.next_c


def needed(q: Round) -> float:
    """The T from which on the step size log(4/c₀)/T obeys the hypothesis on η."""
    return 8 * q.duration * q.B * q.union(5) / q.next_c**2


def hypotheses(q: Round) -> Iterable[Clause]:
    yield at_least(STEP_SIZE, stage.exponent(q, q.next_c**2 / 8), q.union(5))
    yield at_most(CROSS, mixed(q) * q.cross * q.b**2, q.next_c / 20)


def numbers(choose: Choose) -> Round:
    """C_x up to its limit, which it reaches at a corner."""
    q = stage.numbers(choose)
    return stage.paced(replace(q, cross=choose.real("cross", 0.0, 1.0) * q.next_c / (20 * mixed(q) * q.b**2)), needed)


def uncrossed(choose: Choose) -> Round:
    """Where Eq 136 is true: the other coordinates contribute at most what the hypothesis allows for those within c_s of 1."""
    q = numbers(choose)
    return replace(q, cross=min(q.cross, q.next_c / (20 * bounds.residual(q) * q.b**2)))


def supposed(q: Round, _x: Nothing) -> Iterable[Clause]:
    yield from stage.standing(q)
    yield from hypotheses(q)


def near(q: Round) -> tuple[Side, Side]:
    """Above and below 1 in the window."""
    return bounds.two_sides(q, q.next_c / 3, q.next_c)


def contracting(q: Round, x: Nothing) -> Iterable[Clause]:
    """With Eq 136 and its mirror image, which the step takes over."""
    yield from supposed(q, x)
    yield at_least("E[|ṽ_k' - 1|] ≤ (1-η)|ṽ_k - 1| in the window", min(side.rate for side in near(q)), 1.0)


def excursions(q: Round, _x: Nothing) -> Iterable[Clause]:
    printed = np.exp(-stage.exponent(q, q.next_c**2 / 8))
    for name, side in zip((UP, DOWN), near(q), strict=True):
        yield at_most(name, (0.0, np.exp(-side.escape(q, q.next_c, q.next_c / 2))), printed)
    yield at_most("no step is longer than c_s/6", bounds.longest_step(q), q.next_c / 6)
    yield at_most("T² exp(-c_s²/(8ηB)) ≤ ρ/(5r)", q.T**2 * printed, q.rho / (5 * q.r))


def proof_steps(base: Theorem) -> tuple[Theorem, ...]:
    return (
        UPPER.step(
            base,
            "Lem D.6-134-136",
            "the error of a coordinate within c_s of 1 contracts",
            Path(__file__).with_name("lemma_d_6_134_136_counterexample.json"),
            "r = d = 2, samples (1, 49/50) and (1, -1), c_{s-1} = 1/10, ṽ = (301/300, 6/5): the second coordinate may be "
            "2c_{s-1} from 1, not c_s, and contributes 0.44 C_x, where Eq 135 has 0.04 C_x. The data obey "
            "the hypothesis of Lemma D.3 too.",
        ),
        UPPER.variance_step(base, "Lem D.6-137-139", "c_s"),
        step(
            base,
            label="Lem D.6-140-149",
            title="excursions from c_s/2 to c_s are unlikely, given Eq 136",
            claim=r"P\bigl(\tilde v_k[t_2]-1>c_s,\ \tilde v_k[t_1]-1\le\tfrac{c_s}2,\ \text{in the window between}\bigr) "
            r"\le e^{-c_s^2/(8\eta B)},\quad T^2e^{-c_s^2/(8\eta B)} \le \tfrac\rho{5r}",
            **FROM_NUMBERS,
            setting=uncrossed,
            assumptions=contracting,
            conclusions=excursions,
        ),
    )
