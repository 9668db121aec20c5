"""Functions over whole intervals, in ball arithmetic."""

import math
from collections.abc import Callable

from flint import arb

MOST_CELLS = 100_000


class TooManyCells(ArithmeticError):
    """An enclosure that stays wide however small the cells: the function is discontinuous, or badly written for balls."""


def largest_value(function: Callable[[arb], arb], low: float, high: float, width: float) -> tuple[float, float]:
    """An enclosure, at most ``width`` wide, of the supremum of the function over [low, high].

    Each cell gives a ball that holds all values on it. Cells that cannot hold a larger value than one already met at a
    midpoint are left out, the others are halved. Raises TooManyCells.
    """
    cells, met, opened = [(low, high)], _lower(function(arb(low))), 0
    while True:
        bounds = [_upper(function(_cell(*cell))) for cell in cells]
        met = max(met, *(_lower(function(arb((left + right) / 2))) for left, right in cells))
        if max(bounds) - met <= width:
            return met, max(*bounds, met)
        cells = [half for cell, bound in zip(cells, bounds, strict=True) if bound > met for half in _halves(*cell)]
        opened += len(cells)
        if opened > MOST_CELLS:
            raise TooManyCells(f"the supremum over [{low:g}, {high:g}] is not enclosed to {width:g} within {MOST_CELLS} cells")


def _halves(low: float, high: float) -> list[tuple[float, float]]:
    middle = (low + high) / 2
    return [(low, middle), (middle, high)]


def _cell(low: float, high: float) -> arb:
    return arb(low).union(arb(high))


def _lower(ball: arb) -> float:
    return math.nextafter(float(ball.lower()), -math.inf)


def _upper(ball: arb) -> float:
    """Infinite where a cell is so wide that the function's ball is undefined, for instance by a division."""
    if not ball.is_finite():
        return math.inf
    return math.nextafter(float(ball.upper()), math.inf)
