r"""How far the points of a cluster lie apart in any direction: the norm of $X - \tilde X = \sqrt{2/d}\,\varepsilon_0 G$, G standard normal.

$P(\lVert G\rVert > a)$ for an $s \times d$ matrix as an enclosure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models import laws
from models.matrices import spectral_norm
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.quantifiers import Interval
from theorems.checker.theorem import Nothing

SPREAD = "P(‖X - X̃‖ > √2 (√(s/d) + 2) ε₀) ≤ exp(-d/2)"
SPREAD_FIVE = "P(‖X - X̃‖ > 5ε₀) ≤ exp(-d/2)"
AFFORDABLE = 100  # numbers per repetition, to sample the event


@dataclass(frozen=True)
class Pairs:
    d: int
    s: int


def pairs(choose: Choose) -> Pairs:
    d = int(choose.option("d", (1, 2, 5, 20, 100, 1000)))
    return Pairs(d=d, s=max(1, int(d * choose.real("s/d", 0.0, 1.0))))


def beyond(sizes: Pairs, a: float) -> Interval:
    """``P(||G|| > a)`` for an s x d matrix of standard normal entries.

    Exact at s = 1. Else at least some row's norm, at most Frobenius' and at most exp(-(a - √s - √d)²/2) beyond √s + √d.
    """
    if sizes.s == 1:
        return laws.chi_square_above(sizes.d, a**2)
    least = laws.some_of(sizes.s, laws.chi_square_above(sizes.d, a**2))[0]
    concentrated = np.exp(-(max(a - np.sqrt(sizes.s) - np.sqrt(sizes.d), 0.0) ** 2) / 2)
    return least, np.minimum(concentrated, laws.chi_square_above(sizes.s * sizes.d, a**2)[1])


def threshold(sizes: Pairs) -> float:
    """√s + 2√d, where ‖X - X̃‖ = √2 ε₀ ‖G‖/√d reaches √2 (√(s/d) + 2) ε₀."""
    return float(np.sqrt(sizes.s) + 2 * np.sqrt(sizes.d))


def law(sizes: Pairs, _x: Nothing) -> Interval:
    return beyond(sizes, threshold(sizes) - np.sqrt(sizes.d))


def event(sizes: Pairs, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    """‖G‖ > √s + √d, which is met often enough to be counted."""
    if sizes.s * sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    return spectral_norm(generator.standard_normal((repetitions, sizes.s, sizes.d))) > threshold(sizes) - np.sqrt(sizes.d)


def spread(sizes: Pairs, _x: Nothing) -> Iterable[Clause]:
    rate = np.exp(-sizes.d / 2)
    yield at_most(SPREAD, beyond(sizes, threshold(sizes)), rate)
    yield at_most(SPREAD_FIVE, beyond(sizes, 5 * np.sqrt(sizes.d / 2)), rate)
    yield at_most("√2 (√(s/d) + 2) ≤ 5", np.sqrt(2) * (np.sqrt(sizes.s / sizes.d) + 2), 5.0)
