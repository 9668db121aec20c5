r"""One step of a round of Appendix D: its mean and variance given a state in the box, by enumeration of samples and signs.

The step size divides out: $(E[v_k'] - v_k)/\eta = -v_k E_i[g_k^{(i)}]$ and $\mathrm{Var}[v_k']/\eta^2$ do not depend on it. The tested
coordinate is the first one, in S, or the last one, off S. Its cross moments have the size that the hypothesis on $C_x$
allows, and the other coordinates stand where they push it outwards.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import cross_moment, factors, growth, least_second_moment, sup_norm
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.label_noise._design import LEAST_MOMENT, with_moments
from theorems.label_noise._stage_two import C0, MOMENT

INSIDE, OFF = "‖ṽ_S - 1‖_∞ ≤ 2c_{s-1}", "‖ṽ_{S^c}‖₁ ≤ ε_s"
BOXES = {1: "‖ṽ_S - 1‖_∞ ≤ c_{s-1}", 2: INSIDE}
Numbers = Float[ndarray, " trials"]


@dataclass(frozen=True)
class Sizes:
    r: int
    d: int


@dataclass(frozen=True)
class State:
    r"""A state v of the coupling; ``c`` is $c_{s-1}$, ``eps`` $\epsilon_{s-1}$."""

    X: Float[ndarray, "trials n d"]
    v: Float[ndarray, "trials d"]
    c: Numbers
    eps: Numbers
    delta: Numbers

    @property
    def next_eps(self) -> Numbers:
        r"""$\epsilon_s$"""
        return grown(self.c, self.eps)

    @property
    def bx(self) -> Numbers:
        return sup_norm(self.X)


@dataclass(frozen=True)
class Crossing:
    """The hypothesis ``spread(r, c, ε_s) · C_x b_x² ≤ limit(c)``, by its printed name; both functions serve arrays and rationals."""

    name: str
    spread: Callable[[int, Any, Any], Any]
    limit: Callable[[Any], Any]

    def clause(self, sizes: Sizes, x: State) -> Clause:
        left = self.spread(sizes.r, x.c, x.next_eps) * cross_moment(x.X) * x.bx**2
        return at_most(self.name, left, self.limit(x.c), scale=x.bx**4)


def setting(choose: Choose) -> Sizes:
    r = choose.integer("r", 1, 6)
    return Sizes(r=r, d=r + choose.integer("off", 0, 2))


def with_both_kinds(choose: Choose) -> Sizes:
    r = choose.integer("r", 1, 6)
    return Sizes(r=r, d=r + choose.integer("off", 1, 2))


def grown(c: Numbers, eps: Numbers) -> Numbers:
    r"""$\epsilon_s = (4/c_0)^{2c_{s-1}}\epsilon_{s-1}$"""
    return (4 / C0) ** (2 * c) * eps


def states(sizes: Sizes, draws: Draws, crossing: Crossing, tested: int, sign: float, box: int = 2) -> State:
    """Data and other coordinates that push coordinate ``tested`` in the direction of ``sign``; the caller places that one.

    The other coordinates of S are at most ``box`` times $c_{s-1}$ from 1.
    """
    c = np.where(draws.integers(0, 1) == 0, C0, 10.0 ** draws.uniform(-4.0, -1.0))
    eps = c * np.where(draws.integers(0, 1) == 0, 1.0, 10.0 ** draws.uniform(-6.0, 0.0))
    signs = np.where(draws.integers(0, 1, 1) == 0, -sign, draws.signs(sizes.d))
    signs[:, tested] = 1.0
    X = pushing(signs, draws, crossing.spread(sizes.r, c, grown(c, eps)), crossing.limit(c))
    on = 1 - sign * signs[:, : sizes.r] * (box * c * extremes.fraction(draws))[:, np.newaxis]
    delta = np.where(draws.integers(0, 2) == 0, 0.0, extremes.scale(draws, 2))
    off = spread_out(sizes.d - sizes.r, draws, grown(c, eps))
    return State(X, np.concatenate([on, off], axis=1), c, eps, delta)


def pushing(signs: Float[ndarray, "trials d"], draws: Draws, spread: Numbers, limit: Numbers) -> Float[ndarray, "trials n d"]:
    r"""Data with $E_i[x_jx_k]$ = ± C for the product of two signs, C as large as ``spread · C b_x² ≤ limit`` allows."""
    d = signs.shape[1]
    off = signs[:, :, np.newaxis] * signs[:, np.newaxis, :] * (1 - np.eye(d))
    square = np.where(draws.integers(0, 2, 1) > 0, LEAST_MOMENT, LEAST_MOMENT * 10.0 ** draws.uniform(0.0, 1.0, d))
    diagonal = square[:, :, np.newaxis] * np.eye(d)
    size = np.minimum(limit / (spread * LEAST_MOMENT), 0.9 * LEAST_MOMENT / max(d - 1, 1))
    X = with_moments(diagonal + size[:, np.newaxis, np.newaxis] * off)
    size = np.minimum(size, limit / (spread * sup_norm(X) ** 2))
    return with_moments(diagonal + size[:, np.newaxis, np.newaxis] * off)


def spread_out(off: int, draws: Draws, mass: Numbers) -> Float[ndarray, "trials off"]:
    """Entries whose sizes add up to ``mass`` or to a little of it: in one coordinate or in all."""
    share = np.where(draws.integers(0, 1, 1) == 0, np.arange(off) == 0, 1 / max(off, 1))
    return (mass * extremes.fraction(draws))[:, np.newaxis] * share * draws.signs(off)


def target(sizes: Sizes) -> Float[ndarray, "1 d"]:
    return (np.arange(sizes.d) < sizes.r).astype(float)[np.newaxis]


def gradient_factor(sizes: Sizes, x: State, tested: int) -> Numbers:
    """$E_i[g_k^{(i)}]$"""
    return factors(x.v, target(sizes), x.X).mean(axis=1)[:, tested]


def variance(sizes: Sizes, x: State) -> Numbers:
    r"""$\mathrm{Var}[v_k' \mid v]/\eta^2$ of the first coordinate, over all samples and signs"""
    outcomes = growth(x.v, target(sizes), x.X, np.ones(1), x.delta)[..., 0] - 1
    return x.v[:, 0] ** 2 * np.var(outcomes, axis=(1, 2))


def noise_level(sizes: Sizes, x: State) -> Numbers:
    r"""$B = b_x^2(\delta^2 + b_x^2(\epsilon_s^2 + r)^2)$"""
    return x.bx**2 * (x.delta**2 + x.bx**2 * (x.next_eps**2 + sizes.r) ** 2)


def in_the_box(sizes: Sizes, x: State, box: int = 2) -> Iterable[Clause]:
    """The coupling moves, and the data are what all lemmas assume."""
    yield at_most(BOXES[box], np.abs(x.v[:, : sizes.r] - 1).max(axis=1), box * x.c, scale=1.0)
    yield at_most(OFF, np.abs(x.v[:, sizes.r :]).sum(axis=1), x.next_eps)
    yield at_most("ε_{s-1} ≤ c_{s-1}", x.eps, x.c)
    yield at_most("c_{s-1} ≤ c₀", x.c, C0)
    yield at_least(MOMENT, least_second_moment(x.X), LEAST_MOMENT)
    yield at_least("δ ≥ 0", x.delta, 0.0)
