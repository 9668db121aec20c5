r"""The proof of Lemma D.3, Eqs 94 to 114: drift, variance, excursions, union.

For $v_k$ in the window $[1 + \frac23c_{s-1}, 1 + 2c_{s-1}]$, and mirrored below 1, the error is to contract by $1 - \eta$; an
excursion from $c_{s-1}$ to $2c_{s-1}$ between two given times is to have probability at most $e^{-c_{s-1}^2/(2\eta B)}$; and $2rT^2$ of
those are to sum up to $\rho/5$. The drift is judged by enumeration on states in the box, the rest from numbers alone: their
enclosures [0, bound] hold for every instance with these numbers.
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
from theorems.label_noise._stage_two_bounds import ABOVE, BELOW
from theorems.label_noise._stage_two_drift import Drift

STEP_SIZE = "c_{s-1}²/(2ηB) ≥ log(10rT²/ρ)"
CROSS = "(ε_s² + 4rc_{s-1}) C_x b_x² ≤ c_{s-1}/10"
UP = "P(ṽ_k[t₂] - 1 > 2c_{s-1}, ṽ_k[t₁] - 1 ≤ c_{s-1}, in the window between) ≤ exp(-c_{s-1}²/(2ηB))"
DOWN = "P(1 - ṽ_k[t₂] > 2c_{s-1}, 1 - ṽ_k[t₁] ≤ c_{s-1}, in the window between) ≤ exp(-c_{s-1}²/(2ηB))"
CROSSING = steps.Crossing(CROSS, lambda r, c, eps: eps**2 + 4 * r * c, lambda c: c / 10)
UPPER = Drift(sign=ABOVE, low=2 / 3, high=2.0, crossing=CROSSING, others="4rc_{s-1}")
LOWER = replace(UPPER, sign=BELOW)


def mixed(q: Round) -> float:
    return q.next_eps**2 + 4 * q.r * q.c


def needed(q: Round) -> float:
    """The T from which on the step size log(4/c₀)/T obeys the hypothesis on η."""
    return 2 * q.duration * q.B * q.union(10) / q.c**2


def hypotheses(q: Round) -> Iterable[Clause]:
    yield at_least(STEP_SIZE, stage.exponent(q, q.c**2 / 2), q.union(10))
    yield at_most(CROSS, mixed(q) * q.cross * q.b**2, q.c / 10)


def numbers(choose: Choose) -> Round:
    """C_x up to its limit, which it reaches at a corner."""
    q = stage.numbers(choose)
    q = replace(q, cross=choose.real("cross", 0.0, 1.0) * q.c / (10 * mixed(q) * q.b**2))
    return stage.paced(q, needed)


def supposed(q: Round, _x: Nothing) -> Iterable[Clause]:
    yield from stage.standing(q)
    yield from hypotheses(q)


ALONE = FROM_NUMBERS | {"setting": numbers, "assumptions": supposed}


def exponents(q: Round) -> list[float]:
    """Of one excursion from c_{s-1} beyond 2c_{s-1}, above 1 and below."""
    return [side.escape(q, 2 * q.c, q.c) for side in bounds.two_sides(q, 2 / 3 * q.c, 2 * q.c)]


def excursion_step(base: Theorem, label: str, name: str, below: bool) -> Theorem:
    """Of a coordinate above 1 or ``below`` it; ``name`` is the clause's."""

    def conclusions(q: Round, _x: Nothing) -> Iterable[Clause]:
        yield at_most(name, (0.0, np.exp(-exponents(q)[int(below)])), np.exp(-stage.exponent(q, q.c**2 / 2)))

    late, early = (r"1-\tilde v_k[t_2]", r"1-\tilde v_k[t_1]") if below else (r"\tilde v_k[t_2]-1", r"\tilde v_k[t_1]-1")
    return step(
        base,
        label=label,
        title=f"an excursion {'below' if below else 'above'} 1 is unlikely",
        claim=rf"P\bigl({late}>2c_{{s-1}},\ {early}\le c_{{s-1}},\ "
        r"\text{in the window between}\bigr) \le e^{-c_{s-1}^2/(2\eta B)}",
        **ALONE,
        conclusions=conclusions,
    )


def union(q: Round, _x: Nothing) -> Iterable[Clause]:
    """Over all pairs of times: a path that never jumps over a third of c_{s-1} has to cross the window."""
    failure = bounds.union(exponents(q), q.r * q.T**2)
    printed = 2 * q.r * q.T**2 * np.exp(-stage.exponent(q, q.c**2 / 2))
    yield at_most("no step is longer than c_{s-1}/3", bounds.longest_step(q), q.c / 3)
    yield at_most("P(‖ṽ_S[T] - 1‖_∞ > 2c_{s-1}) ≤ 2rT² exp(-c_{s-1}²/(2ηB))", (0.0, failure), printed)
    yield at_most("2rT² exp(-c_{s-1}²/(2ηB)) ≤ ρ/5", printed, q.rho / 5)


def proof_steps(base: Theorem) -> tuple[Theorem, ...]:
    folder = Path(__file__).parent
    return (
        UPPER.step(
            base,
            "Lem D.3-94-96",
            "the error of a coordinate above 1 contracts",
            folder / "lemma_d_3_94_96_counterexample.json",
            "r = d = 3, four samples with entries 49/60 = 0.817 up to a thirtieth, ṽ = (16/15, 6/5, 6/5): the other two coordinates "
            "contribute 2 · 0.44 C_x, and Eq 95 has 12 c_{s-1} b_x² C_x = 0.855 C_x for them. Eq 96 holds nevertheless.",
        ),
        UPPER.variance_step(base, "Lem D.3-97-99", "2c_{s-1}"),
        excursion_step(base, "Lem D.3-100-102", UP, below=False),
        LOWER.step(
            base,
            "Lem D.3-104-106",
            "the error of a coordinate below 1 contracts",
            folder / "lemma_d_3_104_106_counterexample.json",
            "Uncorrelated data with entries ±9/11 and ṽ_k = 4/5: the error contracts at (81/121)(4/5)(9/5) = 0.964 times the rate η.",
        ),
        excursion_step(base, "Lem D.3-107-109", DOWN, below=True),
        step(
            base,
            label="Lem D.3-110-114",
            title="the union over coordinates and pairs of times",
            claim=r"P\bigl(\lVert\tilde v_S[T]-1\rVert_\infty>2c_{s-1}\bigr) \le 2rT^2e^{-c_{s-1}^2/(2\eta B)} \le \tfrac\rho5",
            **ALONE,
            conclusions=union,
        ),
    )
