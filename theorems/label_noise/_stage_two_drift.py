r"""One step of a coordinate of the support in a round: its mean, above and below 1, and its variance, as Lemmas D.3, D.5, D.6 claim.

For $A = \pm(v_k - 1)$ in a window the proofs claim, in two lines,
$$E[A'] \le A - \tfrac23\eta v_k(v_k+1)A + \eta\,w\,C_xb_x^2v_k \le (1-\eta)A,$$
w being $\epsilon_s^2 + 4rc_{s-1}$ or $\epsilon_s^2 + 2rc_s$, and where the window ends at $v_k = 1 + h$ also
$$\mathrm{Var}[v_k'] \le (\eta\delta b_x(1+h))^2 + \eta^2(\epsilon_s^2+r)^2b_x^4(1+h)^2 \le 4\eta^2B.$$
Clauses compare $(E[A'] - A)/\eta$ and $\mathrm{Var}[v_k']/\eta^2$.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

from models.quadratic_regression import cross_moment
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Counterexample, Theorem, keep
from theorems.label_noise import _stage_two_exact as exactly
from theorems.label_noise import _stage_two_steps as steps
from theorems.label_noise._stage_two_steps import Crossing, Sizes, State

STATES = {"setting": steps.setting, "sampled": keep, "quantifier": ALWAYS, "block": 1000}


@dataclass(frozen=True, kw_only=True)
class Drift:
    r"""One drift claim: ``sign`` 1 above and -1 below, the window $[low, high] \cdot c_{s-1}$.

    crossing:  the hypothesis on C_x, whose ``spread`` is the w of the first line
    others:    what w has beside $\epsilon_s^2$, as it is printed
    box:       all coordinates of S are within box times $c_{s-1}$ of 1
    """

    sign: float
    low: float
    high: float
    crossing: Crossing
    others: str
    box: int = 2

    @property
    def error(self) -> str:
        """A"""
        return "ṽ_k-1" if self.sign > 0 else "1-ṽ_k"

    @property
    def mean(self) -> str:
        """E[A']"""
        return "E[ṽ_k' - 1]" if self.sign > 0 else "E[1 - ṽ_k']"

    @property
    def first(self) -> str:
        return f"{self.mean} ≤ ({self.error}) - ⅔ηṽ_k(ṽ_k+1)({self.error}) + η(ε_s²+{self.others})C_xb_x²ṽ_k"

    @property
    def second(self) -> str:
        return f"{self.mean} ≤ (1-η)({self.error})"

    @property
    def claim(self) -> str:
        """Both lines in LaTeX."""
        A, mean = (r"\tilde v_k-1", r"E[\tilde v_k'-1]") if self.sign > 0 else (r"1-\tilde v_k", r"E[1-\tilde v_k']")
        weight = rf"\epsilon_s^2+{self.others}"
        return rf"{mean} \le ({A}) - \tfrac23\eta\tilde v_k(\tilde v_k+1)({A}) + \eta({weight})C_xb_x^2\tilde v_k \le (1-\eta)({A})"

    def chosen(self, sizes: Sizes, draws: Draws) -> State:
        """The coordinate at either end of the window on half of the trials."""
        x = steps.states(sizes, draws, self.crossing, 0, self.sign, self.box)
        inner = draws.uniform(self.low, self.high)
        A = extremes.picked(np.stack([inner, np.full_like(inner, self.low), np.full_like(inner, self.high)]), draws.integers(0, 3)) * x.c
        return replace(x, v=np.where(np.arange(sizes.d) == 0, (1 + self.sign * A)[:, np.newaxis], x.v))

    def assumptions(self, sizes: Sizes, x: State) -> Iterable[Clause]:
        yield from steps.in_the_box(sizes, x, self.box)
        yield self.crossing.clause(sizes, x)
        yield at_least("ṽ_k is in the window, from 1", self.distance(x), self.low * x.c, scale=1.0)
        yield at_most("ṽ_k is in the window, to its far end", self.distance(x), self.high * x.c, scale=1.0)

    def distance(self, x: State) -> ndarray:
        return self.sign * (x.v[:, 0] - 1)

    def conclusions(self, sizes: Sizes, x: State) -> Iterable[Clause]:
        v, A, scale = x.v[:, 0], self.distance(x), x.bx**2
        drift = -self.sign * v * steps.gradient_factor(sizes, x, 0)
        crossed = self.crossing.spread(sizes.r, x.c, x.next_eps) * cross_moment(x.X) * x.bx**2 * v
        yield at_most(self.first, drift + 2 / 3 * v * (v + 1) * A, crossed, scale=scale)
        yield at_most(self.second, A, -drift, scale=scale)

    def certificate(self, sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
        """Of a stored state, in rationals but for ε_s."""
        s = exactly.State(sizes.r, exact)
        v, sign, crossed = s.v[0], int(self.sign), self.crossing.spread(sizes.r, s.c, s.next_eps) * ball(s.cross * s.b**2)
        A, drift = sign * (v - 1), -sign * v * s.gradient_factor(0)
        yield from exactly.in_the_box(s)
        yield given(self.crossing.name, crossed, ball(self.crossing.limit(s.c)))
        yield given("ṽ_k is in the window, from 1", exactly.rational(self.low) * s.c, A)
        yield given("ṽ_k is in the window, to its far end", A, exactly.rational(self.high) * s.c)
        yield concluded(self.first, drift + v * (v + 1) * A * 2 / 3, crossed * ball(v))
        yield concluded(self.second, A, -drift)

    def step(self, parent: Theorem, label: str, title: str, file: Path | None = None, account: str = "") -> Theorem:
        """The two lines as a step of a proof, with what refutes them if they are false."""
        stored = Counterexample(kind="instance", file=file, certificate=self.certificate, account=account) if file else None
        moves = {"chosen": self.chosen, "assumptions": self.assumptions, "conclusions": self.conclusions, "counterexample": stored}
        return step(parent, label=label, title=title, claim=self.claim, **STATES, **moves)

    def variance_step(self, parent: Theorem, label: str, end: str) -> Theorem:
        """The claims on the variance as a step of a proof; ``end`` is what is printed for the far end of the window."""

        def conclusions(sizes: Sizes, x: State) -> Iterable[Clause]:
            top, found, level = (1 + self.high * x.c) ** 2, steps.variance(sizes, x), steps.noise_level(sizes, x)
            yield at_most(f"Var[ṽ_k' | ṽ] ≤ (ηδb_x(1+{end}))² + η²(ε_s²+r)²b_x⁴(1+{end})²", found, level * top)
            yield at_most("Var[ṽ_k' | ṽ] ≤ 4η²b_x²(δ² + b_x²(ε_s²+r)²)", found, 4 * level)

        claim = (
            rf"\mathrm{{Var}}[\tilde v_k'\mid\tilde v] \le (\eta\delta b_x(1+{end}))^2 + \eta^2(\epsilon_s^2+r)^2b_x^4(1+{end})^2 "
            r"\le 4\eta^2B"
        )
        moves = {"chosen": self.chosen, "assumptions": self.assumptions, "conclusions": conclusions}
        return step(parent, label=label, title="the variance of a step", claim=claim, **STATES, **moves)
