r"""How likely a signal coordinate leaves its interval within few steps, from below: the likeliest single path.

Two samples $b(1, 1)$ and $b(1, -1)$, $v_* = (1, 0)$, $v_1 = 1 \pm A$ with $A \in [c_1/3, c_1/2]$, $v_2 \le \tilde\epsilon_1$. At every
step one of the four outcomes (sample, sign) moves $v_1$ away from 1 by both the noise and the gradient's own randomness,
$v_1 \to v_1(1 \pm z)$ with
$$z = \eta b\,(\delta + b(v_2^2 \mp (v_1^2 - 1))) \ge \bar z = \eta b\,(\delta + b(w^2 - q)),$$
where $q = |(1 \pm c_1)^2 - 1|$, and w bounds $v_2$ from below: below 1 both coordinates shrink by the same factor, above 1
$v_2 \to v_2(1 - z)$, so that $v_1v_2$ stays. That path is monotone and leaves after at most
$m = \log\frac{1 \pm c_1}{1 \pm A} / \log(1 + \bar z) + 2$ steps (the logarithm taken positive). So for some $t_2 \le t_1 + m$
$$P(A[t_2] > c_1,\ A[t] \in [c_1/3, c_1] \text{ for } t_1 \le t < t_2) \ge 4^{-m}.$$
Azuma's inequality bounds it from above; see ``models.azuma`` for the proxy $\sigma$.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, fmpq
from jaxtyping import Float
from numpy import ndarray

from models.azuma import OUTWARD, squared_weights
from models.quadratic_regression import sup_norm
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_exact as exactly
from theorems.label_noise._design import hadamard_design
from theorems.label_noise._signal_steps import Side
from theorems.label_noise._stage_one import LONGEST, Instance, Sizes

KEPT = 1 - 1e-6  # of v_1 v_2 on a path above 1: what is lost is at most m z², below 1e-8 there
BEGINS, ENOUGH = "A[t₁] ∈ [c₁/3, c₁/2]", "m ≤ T - 1"


def setting(choose: Choose) -> Sizes:
    """Room for every path."""
    return Sizes(d=2, r=1, T=float(np.floor(choose.real("T", 1e17, LONGEST))))


def chosen(side: Side, b: float, with_bx: bool) -> Callable[[Sizes, Draws], Instance]:
    """All mass allowed off the support on half of the trials, A often c₁/2; the step size at its limit on half."""

    def instance(sizes: Sizes, draws: Draws) -> Instance:
        share = np.where(draws.integers(0, 1) == 0, 1 / 2, draws.uniform(1 / 3, 1 / 2))
        v = np.stack([1 + side.sign * sizes.constants.c1 * share, sizes.constants.mass * extremes.fraction(draws)], axis=1)
        X = np.repeat(b * hadamard_design(2), draws.trials, axis=0)
        bx = sup_norm(X)
        delta = stage.least_noise(sizes, bx) / extremes.fraction(draws)
        eta = stage.largest_step_size(sizes, delta, bx if with_bx else 1.0) * extremes.fraction(draws)
        return Instance(v, stage.target(sizes, draws.trials), X, bx, eta, delta)

    return instance


def assumptions(side: Side, about_step_size: Callable[[Sizes, Instance], Clause]) -> Callable[[Sizes, Instance], Iterable[Clause]]:
    def hypotheses(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        yield from stage.inside(sizes, x)
        yield from stage.about_data(sizes, x)
        yield about_step_size(sizes, x)
        A, c1 = side.sign * (x.v[:, 0] - 1), sizes.constants.c1
        yield at_most(BEGINS, np.maximum(c1 / 3 - A, A - c1 / 2), 0.0, scale=1.0)
        yield at_least(ENOUGH, sizes.T - 1, steps(side, sizes, x))

    return hypotheses


def steps(side: Side, sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """m"""
    v, c1 = x.v[:, 0], sizes.constants.c1
    ratio = ((1 + side.sign * c1) / v) ** side.sign
    w = x.v[:, 1] / ratio * KEPT
    z = x.eta * x.bx * (x.delta + x.bx * (w**2 - abs((1 + side.sign * c1) ** 2 - 1)))
    return np.log(ratio) / np.log1p(z) + 2


def largest_in_window(side: Side) -> fmpq:
    """The largest v_k of the interval."""
    return 1 + (exactly.C1 if side.sign > 0 else -exactly.C1 / 3)


def span(side: Side, name: str, with_bx: bool) -> Callable[[Sizes, Instance], Iterable[Clause]]:
    """The printed exponent for m steps, against -log of the probability: from Azuma's bound to that of one path."""

    def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        m, c1 = steps(side, sizes, x), sizes.constants.c1
        weights = x.eta**2 * squared_weights(x.eta, m)
        top = float(largest_in_window(side).p) / float(largest_in_window(side).q)
        proxy = top**2 * (x.delta**2 * x.bx**2 + x.bx**4 * sizes.spread**2)
        azuma = OUTWARD * (c1 - side.sign * (x.v[:, 0] - 1)) ** 2 / (2 * proxy * weights)
        yield at_most(name, c1**2 / (8 * x.delta**2 * (x.bx**2 if with_bx else 1.0) * weights), (azuma, m * np.log(4.0)))

    return conclusions


def certificate(side: Side, name: str, with_bx: bool) -> Callable[[Sizes, Mapping[str, Any]], Iterable[Comparison]]:
    """The same in ball arithmetic."""

    def comparisons(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
        (v, mass), b, eta, delta = exact["v"], exact["bx"], exact["eta"], exact["delta"]
        A, c1, end = side.sign * (v - 1), exactly.C1, 1 + side.sign * exactly.C1
        yield from exactly.inside(sizes, exact)
        yield from exactly.about_data(sizes, exact)
        b2 = b**2 if with_bx else fmpq(1)
        about_step_size = stage.STEP_SIZE if with_bx else stage.STEP_SIZE.replace("b_x²", "")
        yield given(about_step_size, exactly.union(sizes), ball(c1**2 / (8 * eta * delta**2 * b2)))
        rows = [entry for row in exact["X"] for entry in row]
        yield given("the samples are b(1, 1) and b(1, -1)", max(abs(p - q) for p, q in zip(rows, [b, b, b, -b], strict=True)), 0)
        yield given(BEGINS, max(c1 / 3 - A, A - c1 / 2), 0)
        ratio = (end / v) ** side.sign
        z = eta * b * (delta + b * ((mass / ratio * fmpq(10**6 - 1, 10**6)) ** 2 - abs(end**2 - 1)))
        m = ball(ratio).log() / ball(z).log1p() + 2
        yield given(ENOUGH, m, arb(sizes.T - 1))
        weights = ball(eta**2 / (1 - (1 - eta) ** 2)) * -(2 * m * ball(-eta).log1p()).expm1()
        proxy = largest_in_window(side) ** 2 * (delta**2 * b**2 + b**4 * exactly.spread(sizes) ** 2)
        azuma = ball((c1 - A) ** 2 / (2 * proxy)) / weights
        yield concluded(name, ball(c1**2 / (8 * delta**2 * b2)) / weights, azuma.union(m * arb(4).log()))

    return comparisons


def span_step(
    base: Theorem,
    side: Side,
    label: str,
    printed: str,
    b: float,
    about_step_size: Callable[[Sizes, Instance], Clause],
    counterexample: Path,
    account: str,
) -> Theorem:
    """The bound of an escape within few steps; ``printed`` is its exponent's denominator, with ``b_x²`` or without."""
    with_bx = "b_x" in printed
    name = f"c₁²/({printed} Σ_(t<m) (1-η)^(2t)) ≤ -log P({side.later.replace('t+1', 't₂')} > c₁, path | ṽ[t₁]), some t₂ ≤ t₁+m"
    latex = r"8\eta^2\delta^2" + (r"b_x^2" if with_bx else "")
    return step(
        base,
        label=label,
        title="an escape within few steps, given the state at its start",
        claim=rf"P{side.latex_later.replace('t+1', 't_2').replace('[', '(', 1)[:-1]} > c_1,\ \ldots) \le "
        rf"\exp\Bigl(-\frac{{c_1^2}}{{{latex}\sum_{{t<t_2-t_1}}(1-\eta)^{{2t}}}}\Bigr)",
        setting=setting,
        chosen=chosen(side, b, with_bx),
        assumptions=assumptions(side, about_step_size),
        conclusions=span(side, name, with_bx),
        counterexample=Counterexample(
            kind="probability", file=counterexample, certificate=certificate(side, name, with_bx), account=account
        ),
    )
