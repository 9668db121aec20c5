r"""One step of the coupling at a signal coordinate, on either side of 1: what the proofs of Lemmas C.2 and C.5 share.

For $k \in S$ let $A = v_k - 1$ above 1 and $A = 1 - v_k$ below it, $A \in [c_1/3, c_1]$, and let
$g_k = \langle v^2 - v_*^2, x_i\rangle x_{ik}$. Then $v_k[t+1] = (1 - \eta g_k + \eta s x_{ik})\, v_k$, and each expectation or
variance below is a finite sum over the n samples and the two signs. At $\eta = 10^{-17}$ float64 does not tell $v_k[t+1]$ from
$v_k$: claims on means are compared after A is taken from both sides and they are divided by $\eta$, claims on variances divided
by $\eta^2$. The coordinate k is the first one, which restricts nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import cross_moment, factors, residuals
from theorems.checker import extremes
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Always
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_exact as exactly
from theorems.label_noise._stage_one import FINE, Instance, Sizes

Conclusions = Callable[[Sizes, Instance], Iterable[Clause]]
TWO_SUMMANDS = "Var[ṽ_k[t+1]] = Var[ηs x_k ṽ_k] + Var[η g_k ṽ_k]"
LENGTH = "|ṽ_k[t+1] - ṽ_k| ≤ c₁/6"


@dataclass(frozen=True)
class Side:
    """sign: of ṽ_k - 1; distance, latex: A in the paper's notation; later, latex_later: A one step later."""

    sign: int
    distance: str
    later: str
    latex: str
    latex_later: str

    @property
    def middle(self) -> str:
        return f"E[{self.later}] ≤ ({self.distance}) - (2/3)ηṽ_k(ṽ_k+1)({self.distance}) + η(ẽ₁²+r)C_x b_x²ṽ_k"

    @property
    def mended(self) -> str:
        return self.middle.replace("b_x²", "max(1, b_x²)")

    @property
    def ends(self) -> str:
        return f"E[{self.later}] ≤ (1-η)({self.distance})"


ABOVE = Side(1, "ṽ_k-1", "ṽ_k[t+1]-1", r"(\tilde v_k-1)", r"[\tilde v_k[t+1]-1]")
BELOW = Side(-1, "1-ṽ_k", "1-ṽ_k[t+1]", r"(1-\tilde v_k)", r"[1-\tilde v_k[t+1]]")


def near(side: Side) -> Callable[[Sizes, Draws], Instance]:
    """States in the box with A at an end of [c₁/3, c₁], at c₁/2, or in between."""

    def chosen(sizes: Sizes, draws: Draws) -> Instance:
        v = stage.box(sizes, draws)
        anywhere = draws.uniform(1 / 3, 1.0)
        part = extremes.picked(np.stack([anywhere, *(np.full_like(anywhere, end) for end in (1 / 3, 1 / 2, 1.0))]), draws.integers(0, 3))
        v[:, 0] = 1 + side.sign * sizes.constants.c1 * part
        return stage.instance(sizes, draws, v)

    return chosen


def in_window(side: Side) -> Conclusions:
    """The hypotheses of Lemma C.2, and A in its interval."""

    def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        yield from stage.on_the_way(sizes, x)
        A = side.sign * (x.v[:, 0] - 1)
        yield at_least(f"{side.distance} ≥ c₁/3", A, sizes.constants.c1 / 3, scale=1.0)
        yield at_most(f"{side.distance} ≤ c₁", A, sizes.constants.c1, scale=1.0)

    return assumptions


def pull(side: Side, x: Instance) -> Float[ndarray, " trials"]:
    """``E[A - A[t+1]] / η``: the noise has mean 0."""
    return side.sign * x.v[:, 0] * factors(x.v, x.target, x.X)[:, :, 0].mean(axis=1)


def drift(side: Side, name: str, b2: Callable[[ndarray], ndarray]) -> Conclusions:
    def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        v, A = x.v[:, 0], side.sign * (x.v[:, 0] - 1)
        least = 2 / 3 * v * (v + 1) * A - sizes.spread * cross_moment(x.X) * b2(x.bx**2) * v
        yield at_least(name, pull(side, x), least, rounding=FINE, scale=sizes.spread * x.bx**2)

    return conclusions


def as_printed(b2: ndarray) -> ndarray:
    return b2


def at_least_one(b2: ndarray) -> ndarray:
    return np.maximum(b2, 1.0)


def contraction(side: Side) -> Conclusions:
    def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        A = side.sign * (x.v[:, 0] - 1)
        yield at_least(side.ends, pull(side, x), A, rounding=FINE, scale=sizes.spread * x.bx**2)

    return conclusions


def drift_certificate(side: Side) -> Callable[[Sizes, Mapping[str, Any]], Iterable[Comparison]]:
    """In rationals, with b_x² as printed."""

    def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
        yield from exactly.on_the_way(sizes, exact)
        v, bx = exact["v"][0], exact["bx"]
        A = side.sign * (v - 1)
        yield given(f"{side.distance} ≥ c₁/3", exactly.C1 / 3, A)
        yield given(f"{side.distance} ≤ c₁", A, exactly.C1)
        least = fmpq(2, 3) * v * (v + 1) * A - exactly.spread(sizes) * exactly.cross_moment(exact) * bx**2 * v
        yield concluded(side.middle, least, side.sign * v * exactly.mean_factor(exact, 0))

    return certificate


def moves(x: Instance) -> Float[ndarray, "trials n 2"]:
    """``(ṽ_k[t+1] - ṽ_k) / η`` for every sample and both signs of the noise, all equally likely."""
    signs = np.array([1.0, -1.0])
    noise = x.delta[:, np.newaxis, np.newaxis] * signs * x.X[:, :, :1]
    return (noise - factors(x.v, x.target, x.X)[:, :, :1]) * x.v[:, :1, np.newaxis]


def variance(x: Instance) -> Float[ndarray, " trials"]:
    """``Var[ṽ_k[t+1]] / η²``"""
    return moves(x).var(axis=(1, 2))


def two_summands(x: Instance) -> Clause:
    noise = x.delta**2 * np.mean(x.X[:, :, 0] ** 2, axis=1) * x.v[:, 0] ** 2
    gradient = (residuals(x.v, x.target, x.X) * x.X[:, :, 0] * x.v[:, :1]).var(axis=1)
    return equals(TWO_SUMMANDS, variance(x), noise + gradient, allowance=1e-10 * (noise + gradient))


def longest_move(x: Instance) -> Float[ndarray, " trials"]:
    return x.eta * np.abs(moves(x)).max(axis=(1, 2))


def anywhere(sizes: Sizes, draws: Draws) -> Instance:
    """States anywhere in the box."""
    return stage.instance(sizes, draws, stage.box(sizes, draws))


def union_bound(name: str, with_bx: bool) -> Conclusions:
    """No step leaps over the part [c₁/3, c₁/2] where an escape begins, and the union bound; its exponent has b_x² or not."""

    def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
        yield at_most(LENGTH, longest_move(x), sizes.constants.c1 / 6)
        exponent = sizes.constants.c1**2 / (8 * x.eta * x.delta**2 * (x.bx**2 if with_bx else 1.0))
        yield at_most(name, sizes.r * np.exp(2 * np.log(sizes.T) - exponent), sizes.constants.rho / 6)

    return conclusions


def drift_steps(base: Theorem, side: Side, label: str, numbers: tuple[int, int], counterexample: Path, account: str) -> tuple[Theorem, ...]:
    """The mean of one step: its bound as printed, false where b_x < 1, the bound mended, and the contraction that follows."""
    A, later, (first, second) = side.latex, side.latex_later, numbers
    bound = rf"E{later} \le {A} - \tfrac23\eta\tilde v_k(\tilde v_k+1){A} + \eta(\tilde\epsilon_1^2+r)C_x"
    moves: dict[str, Any] = {"chosen": near(side), "assumptions": in_window(side), "quantifier": Always()}
    printed = step(
        base,
        label=f"{label}-{first}",
        title="the mean after one step, bounded with b_x²",
        claim=bound + r"b_x^2\tilde v_k",
        conclusions=drift(side, side.middle, as_printed),
        counterexample=Counterexample(kind="instance", file=counterexample, certificate=drift_certificate(side), account=account),
        **moves,
    )
    mended = step(
        base,
        label=f"{label}-{first}-mended",
        title="the mean after one step, bounded with max(1, b_x²)",
        claim=bound + r"\max(1,b_x^2)\tilde v_k",
        conclusions=drift(side, side.mended, at_least_one),
        **moves,
    )
    claim = rf"E{later} \le (1-\eta){A}"
    title = "a signal coordinate contracts towards 1 in the mean"
    return printed, mended, step(base, label=f"{label}-{second}", title=title, claim=claim, conclusions=contraction(side), **moves)
