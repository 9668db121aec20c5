r"""The lines of Lemma C.4's proof: one step of $\log\tilde v_k$ in Eqs 55-58, its variance and range, the exponents of Eqs 59-63.

All are compared divided by $\eta$ (or $\eta^2$). The coordinate k is the first one, which restricts nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq

from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.claims import Clause, at_least, at_most
from theorems.label_noise import _signal_growth as growth
from theorems.label_noise import _stage_one as stage
from theorems.label_noise import _stage_one_exact as exactly
from theorems.label_noise._stage_one import Instance, Sizes

LOW = "ṽ_k ≤ 1 - c₁/2"
CROSS = "(ẽ₁² + r) C_x b_x² < c₁/12 - c₁²/6"
STEP_SIZE = "ηδ² ≤ c₁/12"
SIGNAL_TIME = "Tη ≥ (16/c₁) log(1/ε_min)"
NOISE_TIME = "T/δ² ≥ (2⁹/c₁²) log(6r/ρ)"
WITHOUT_SAMPLES = "E log v̂_k[t+1] ≥ E_s log(1 + ηs + (2/3)η(1 - ṽ_k²) - η(ẽ₁² + r)C_x b_x²) + log ṽ_k"
SIGNAL = "E_s log(1 + ηs + (2/3)η(1 - ṽ_k²) - η(ẽ₁² + r)C_x b_x²) ≥ log(1 + (c₁/4)η)"
RISE = "E log v̂_k[t+1] ≥ log(1 + (c₁/4)η) + log ṽ_k"
VARIANCE = "Var[log v̂_k[t+1]] ≤ (2ηδ)²"
SPREAD = "Var[log v̂_k[t+1]] ≤ (2ηδb_x)²"
RANGE = "the range of log v̂_k[t+1] ≤ log(1+z) - log(1-z)"
BITS = 300  # η is 10^-17, and the logarithms of four factors nearly cancel


def moving(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """A state of the coupling, with the conditions of the lemma that concern one step."""
    c1 = sizes.constants.c1
    yield from stage.on_the_way(sizes, x)
    yield at_most(LOW, x.v[:, 0], 1 - c1 / 2)
    yield from about_one_step(sizes, x)


def about_one_step(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    c1 = sizes.constants.c1
    yield at_most(CROSS, stage.crossing(sizes, x.X, x.bx), c1 / 12 - c1**2 / 6)
    yield at_most(STEP_SIZE, x.eta * x.delta**2, c1 / 12)


def about_time(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    c1, rho = sizes.constants.c1, sizes.constants.rho
    yield at_least(SIGNAL_TIME, sizes.T * x.eta, 16 / c1 * growth.log_start(x))
    yield at_least(NOISE_TIME, sizes.T / x.delta**2, 2**9 / c1**2 * np.log(6 * sizes.r / rho))


def without_samples(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(WITHOUT_SAMPLES, growth.drift(x), growth.without_samples(sizes, x))


def signal(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(SIGNAL, growth.without_samples(sizes, x), np.log1p(sizes.constants.c1 / 4 * x.eta) / x.eta)


def rise(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(RISE, growth.drift(x), np.log1p(sizes.constants.c1 / 4 * x.eta) / x.eta)


def variance(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(VARIANCE, growth.logarithms(x).var(axis=1), 4 * x.delta**2)


def mended(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    logarithms, z = growth.logarithms(x), growth.largest_move(sizes, x)
    yield at_most(SPREAD, logarithms.var(axis=1), 4 * x.delta**2 * x.bx**2)
    yield at_most(RANGE, np.ptp(logarithms, axis=1), (np.log1p(z) - np.log1p(-z)) / x.eta)


def exponents(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Eqs 59 to 63, one exponent after the other."""
    c1, late = sizes.constants.c1, growth.log_start(x)
    rise, noise = np.log1p(c1 / 4 * x.eta), 4 * x.eta**2 * x.delta**2 * sizes.T
    first = 2 * (sizes.T * rise - late - np.log(1 - c1 / 2)) ** 2 / noise
    second, third = 2 * (sizes.T * rise / 2) ** 2 / noise, sizes.T * c1**2 / (2**9 * x.delta**2)
    yield at_least("T log(1 + (c₁/4)η) ≥ 2 log(1/ε_min)", sizes.T * rise, 2 * late)
    yield at_least("log(1 + (c₁/4)η) ≥ (c₁/8)η", rise, c1 / 8 * x.eta)
    yield at_least("2(T log(1 + (c₁/4)η) + log ε_min - log(1 - c₁/2))² ≥ 2(½ T log(1 + (c₁/4)η))²", first, second)
    yield at_least("2(½ T log(1 + (c₁/4)η))²/(T(2ηδ)²) ≥ Tc₁²/(2⁹δ²)", second, third)
    yield at_least("Tc₁²/(2⁹δ²) ≥ log(6r/ρ)", third, np.log(6 * sizes.r / sizes.constants.rho))


def state(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """``moving`` in rationals."""
    c1 = exactly.C1
    yield from exactly.on_the_way(sizes, exact)
    yield given(LOW, exact["v"][0], 1 - c1 / 2)
    yield given(CROSS, coherence(sizes, exact), c1 / 12 - c1**2 / 6)
    yield given(STEP_SIZE, exact["eta"] * exact["delta"] ** 2, c1 / 12)


def coherence(sizes: Sizes, exact: Mapping[str, Any]) -> fmpq:
    return exactly.spread(sizes) * exactly.cross_moment(exact) * exact["bx"] ** 2


def logarithms(exact: Mapping[str, Any]) -> list[arb]:
    """``growth.logarithms`` in ball arithmetic."""
    squares = [v**2 - goal**2 for v, goal in zip(exact["v"], exact["target"], strict=True)]
    off = [sum((s * entry for s, entry in zip(squares, x, strict=True)), fmpq(0)) for x in exact["X"]]
    moves = [(sign * exact["delta"] - f) * x[0] for f, x in zip(off, exact["X"], strict=True) for sign in (1, -1)]
    return [ball(1 + exact["eta"] * move).log() / ball(exact["eta"]) for move in moves]


def mean(values: list[arb]) -> arb:
    return sum(values, arb(0)) / len(values)


def without_samples_certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    with ctx.workprec(BITS):
        a, eta, delta = fmpq(2, 3) * (1 - exact["v"][0] ** 2) - coherence(sizes, exact), exact["eta"], exact["delta"]
        right = mean([ball(1 + eta * (a + sign * delta)).log() / ball(eta) for sign in (1, -1)])
        return [*state(sizes, exact), concluded(WITHOUT_SAMPLES, right, mean(logarithms(exact)))]


def variance_certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    with ctx.workprec(BITS):
        found = logarithms(exact)
        middle = mean(found)
        return [*state(sizes, exact), concluded(VARIANCE, mean([(value - middle) ** 2 for value in found]), 4 * exact["delta"] ** 2)]
