r"""The end of the proof of Theorem 10.12, about numbers alone. Section 10.3, Eqs 73-82.

The recursions 66 and 72 are played with equality from $p_0 = d_0 = 0$, with $g = \Gamma\sqrt n\varepsilon_0$, $s = \eta\tau_0\beta^2$:
$$d_{i+1} = d_i + \eta((Ld_i + g)\lVert\tilde r_0\rVert + \beta p_i), \qquad
p_{i+1} = p_i + \eta\beta(\lVert\tilde r_0\rVert + p_i)(L(3d_i + d_{i+1})/2 + 2g).$$
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.descent import worst
from theorems.checker import extremes
from theorems.checker.certify import Comparison, assumed, concluded
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.early_stopping._twin_runs import at_worst

IN_ORDER = "2/(5τ₀ηΘ(1 + 8ητ₀β²)) ≤ 1/(30(τ₀ηβ)²Θ)"
REVERSED = "1/(30(τ₀ηβ)²Θ) ≤ 2/(5τ₀ηΘ(1 + 8ητ₀β²))"
OUTPUTS = "p_t ≤ 8tηΓ√nε₀Θβ"
WITHIN = "8tηΓ√nε₀Θβ ≤ Θ"
PATHS = "d_t ≤ 2tηΓ√nε₀Θ(1 + 8ητ₀β²)"


@dataclass(frozen=True)
class Sizes:
    tau0: int


@dataclass(frozen=True)
class Instance:
    """``noise`` is g, ``start`` is ‖r̃₀‖ and ``p0`` the difference of the residuals at the start."""

    eta: Float[ndarray, " trials"]
    beta: Float[ndarray, " trials"]
    Theta: Float[ndarray, " trials"]
    start: Float[ndarray, " trials"]
    noise: Float[ndarray, " trials"]
    L: Float[ndarray, " trials"]
    p0: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(tau0=choose.integer("tau0", 2, 40))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """Every hypothesis with equality on half of the trials; s from 1 to the step size's limit τ₀/2."""
    beta, Theta = extremes.scale(draws, 2), extremes.scale(draws, 2)
    s = extremes.picked(
        np.stack([np.ones(draws.trials), np.full(draws.trials, sizes.tau0 / 2), draws.uniform(1.0, sizes.tau0 / 2)]), draws.integers(0, 2)
    )
    time = s / beta**2
    noise, L = extremes.fraction(draws) / (8 * time * beta), extremes.fraction(draws) * bending_limit(time, beta, Theta)
    start = Theta * extremes.fraction(draws)
    return Instance(eta=time / sizes.tau0, beta=beta, Theta=Theta, start=start, noise=noise, L=L, p0=np.zeros_like(beta))


def bending_limit(time: ndarray, beta: ndarray, Theta: ndarray) -> ndarray:
    """``2/(5τ₀ηΘ(1 + 8ητ₀β²))``; ``time`` is ητ₀."""
    return 2 / (5 * time * Theta * (1 + 8 * time * beta**2))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    time = x.eta * sizes.tau0
    yield at_least("ητ₀β² ≥ 1", time * x.beta**2, 1.0)
    yield at_most("η ≤ 1/(2β²)", x.eta, 1 / (2 * x.beta**2))
    yield at_most("‖r̃₀‖ ≤ Θ", x.start, x.Theta)
    yield at_most("ε₀ ≤ 1/(8τ₀ηβΓ√n)", x.noise, 1 / (8 * time * x.beta))
    yield at_most("L ≤ 2/(5τ₀ηΘ(1 + 8ητ₀β²))", x.L, bending_limit(time, x.beta, x.Theta))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    time = x.eta * sizes.tau0
    yield at_most(IN_ORDER, bending_limit(time, x.beta, x.Theta), 1 / (30 * (time * x.beta) ** 2 * x.Theta))
    unit = x.eta * x.noise * x.Theta
    seen = worst(
        {
            OUTPUTS: (p, 8 * t * unit * x.beta, np.full(p.shape, True)),
            WITHIN: (8 * t * unit * x.beta, x.Theta, np.full(p.shape, True)),
            PATHS: (d, 2 * t * unit * (1 + 8 * time * x.beta**2), np.full(p.shape, True)),
        }
        for t, p, d in recursion(sizes, x)
    )
    yield from (at_worst(name, seen[name], 0.0) for name in seen)


def recursion(sizes: Sizes, x: Instance) -> Iterator[tuple[int, ndarray, ndarray]]:
    """``t, p_t, d_t`` for t = 1 .. τ₀, both recursions with equality"""
    p, d = x.p0, np.zeros_like(x.p0)
    for t in range(1, sizes.tau0 + 1):
        after = d + x.eta * ((x.L * d + x.noise) * x.start + x.beta * p)
        p = p + x.eta * x.beta * (x.start + p) * (x.L * (3 * d + after) / 2 + 2 * x.noise)
        d = after
        yield t, p, d


def apart_at_the_start(sizes: Sizes, draws: Draws) -> Instance:
    """The difference at the start as large as the mended hypotheses allow, or less."""
    x = chosen(sizes, draws)
    time = x.eta * sizes.tau0
    noise, L = x.noise / 2, x.L * 5 / 8
    most = np.minimum(x.Theta / 2, noise * x.Theta * (1 + 8 * time * x.beta**2) / x.beta)
    return replace(x, noise=noise, L=L, p0=most * extremes.fraction(draws))


def mended_assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    time = x.eta * sizes.tau0
    weight = 1 + 8 * time * x.beta**2
    yield at_least("ητ₀β² ≥ 1", time * x.beta**2, 1.0)
    yield at_most("‖r̃₀‖ ≤ Θ", x.start, x.Theta)
    yield at_most("ε₀ ≤ 1/(16τ₀ηβΓ√n)", x.noise, 1 / (16 * time * x.beta))
    yield at_most("L ≤ 1/(4τ₀ηΘ(1 + 8ητ₀β²))", x.L, 1 / (4 * time * x.Theta * weight))
    yield at_most("p₀ ≤ Θ/2", x.p0, x.Theta / 2)
    yield at_most("βp₀ ≤ Γ√nε₀Θ(1 + 8ητ₀β²)", x.beta * x.p0, x.noise * x.Theta * weight)


def mended(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    time, outputs, paths = x.eta * sizes.tau0, "p_t ≤ p₀ + 8tηΓ√nε₀Θβ", "d_t ≤ 2tη(Γ√nε₀Θ(1 + 8ητ₀β²) + βp₀)"
    yield at_most(REVERSED, 1 / (30 * (time * x.beta) ** 2 * x.Theta), bending_limit(time, x.beta, x.Theta))
    seen = worst(
        {
            outputs: (p, x.p0 + 8 * t * x.eta * x.noise * x.Theta * x.beta, np.full(p.shape, True)),
            paths: (d, 2 * t * x.eta * (x.noise * x.Theta * (1 + 8 * time * x.beta**2) + x.beta * x.p0), np.full(p.shape, True)),
        }
        for t, p, d in recursion(sizes, x)
    )
    yield from (at_worst(name, seen[name], 0.0) for name in seen)


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    time, beta, Theta = exact["eta"] * sizes.tau0, exact["beta"], exact["Theta"]
    s = time * beta**2
    limit = 2 / (5 * time * Theta * (1 + 8 * s))
    yield assumed("ητ₀β² ≥ 1", 1, s)
    yield assumed("η ≤ 1/(2β²)", exact["eta"], 1 / (2 * beta**2))
    yield assumed("‖r̃₀‖ ≤ Θ", exact["start"], Theta)
    yield assumed("ε₀ ≤ 1/(8τ₀ηβΓ√n)", exact["noise"], 1 / (8 * time * beta))
    yield assumed("L ≤ 2/(5τ₀ηΘ(1 + 8ητ₀β²))", exact["L"], limit)
    yield concluded(IN_ORDER, limit, 1 / (30 * (time * beta) ** 2 * Theta))
