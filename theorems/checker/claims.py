"""Clauses: one comparison, evaluated on all trials at once.

Every clause is stored as ``lesser <= greater`` whatever its printed direction, so that one judge reads them all.
The signed margin always exists; the ratio lesser/greater is null where the greater side is not positive.

The only tolerance is for rounding, declared per clause: ``rounding`` times the size of the compared numbers (or of
``scale`` where these are differences of larger ones). A probability is handled by a quantifier, never by a tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

ROUNDING = 1e-12  # for a few hundred float64 operations on well-scaled numbers
CLOSE = 1e-9  # trials nearer to equality than this may fall on either side on another machine
ABOVE_ROUNDING = 1e6  # a bound this many times its allowance for rounding gives a ratio with six digits
Sides = float | ndarray | tuple[float | ndarray, float | ndarray]  # a number, or an enclosure (low, high)


class Inconclusive(ArithmeticError):
    """A comparison whose sides are not finite: a defect of the encoding or of the generator, never a pass."""


class IllPosed(ValueError):
    """What is printed cannot be evaluated: sizes that do not match, a symbol without meaning."""


@dataclass(frozen=True)
class Witness:
    """A value exhibited for a constant that the paper does not name.

    name:    the constant in the paper's notation
    value:   the value exhibited
    source:  where it comes from: derived from the proof, or calibrated (say on what, confirmed on what)
    """

    name: str
    value: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """``lesser <= greater`` on every trial where ``where`` holds.

    lesser, greater:  representative values of both sides, for the ratio
    margin:           greater minus lesser, at its least; it differs from ``best_margin`` only for enclosures
    allowance:        absolute allowance for rounding
    where:            the antecedent per trial
    ceiling:          the largest value the lesser side can take; None where it is unbounded
    witness:          the exhibited constant that is a factor of the greater side
    """

    name: str
    lesser: Float[ndarray, " trials"]
    greater: Float[ndarray, " trials"]
    margin: Float[ndarray, " trials"]
    best_margin: Float[ndarray, " trials"]
    allowance: Float[ndarray, " trials"]
    where: Bool[ndarray, " trials"]
    ceiling: Float[ndarray, " trials"] | None = None
    witness: Witness | None = None
    equality: bool = False

    @property
    def failed(self) -> Bool[ndarray, " trials"]:
        """Certainly violated."""
        return self.where & (self.best_margin < -self.allowance)

    @property
    def undecided(self) -> Bool[ndarray, " trials"]:
        """An enclosure that reaches over both sides."""
        return self.where & (self.margin < -self.allowance) & ~self.failed

    @property
    def close(self) -> Bool[ndarray, " trials"]:
        """So near to equality that another processor's last digits might decide otherwise; 0 <= 0 is exact."""
        size = np.maximum(np.maximum(np.abs(self.lesser), np.abs(self.greater)), self.allowance / ROUNDING)
        return self.where & (size > 0) & (np.abs(self.best_margin) <= CLOSE * size)

    @property
    def vacuous(self) -> Bool[ndarray, " trials"]:
        """Cannot fail on this trial: the antecedent is false, or the bound lies beyond the ceiling."""
        beyond = np.zeros_like(self.where) if self.ceiling is None else self.greater >= self.ceiling
        return ~self.where | (beyond & ~self.failed)

    @property
    def ratio(self) -> Float[ndarray, " trials"]:
        """lesser/greater; nan for an equation, and where the antecedent is false or the greater side 0 up to rounding.

        Of an enclosure the end that speaks against what is decided: the upper one, and where the clause failed the lower one.
        """
        half = (self.best_margin - self.margin) / 2
        lesser = self.lesser + np.where(self.failed, -half, half)
        sized = self.failed | (self.greater > ABOVE_ROUNDING * self.allowance)
        told = self.where & (self.greater > 0) & sized & (not self.equality)
        return np.where(told, lesser / np.where(told, self.greater, 1.0), np.nan)

    def first(self, trials: int) -> "Clause":
        """The clause on the first trials only."""
        cut = {name: getattr(self, name)[:trials] for name in ("lesser", "greater", "margin", "best_margin", "allowance", "where")}
        return replace(self, **cut, ceiling=None if self.ceiling is None else self.ceiling[:trials])


def at_most(
    name: str,
    left: Sides,
    right: Sides,
    *,
    rounding: float = ROUNDING,
    scale: float | ndarray = 0.0,
    where: bool | ndarray = True,
    ceiling: float | ndarray | None = None,
    witness: Witness | None = None,
) -> Clause:
    """``left <= right``; each side one number per trial, or an enclosure ``(low, high)`` of it.

    Raises Inconclusive where a compared side is not finite and the antecedent holds.
    """
    applies, sides = np.asarray(where, dtype=bool), (*_ends(left), *_ends(right))
    shape = np.broadcast_shapes((1,), applies.shape, np.shape(scale), *(side.shape for side in sides))
    if not applies.all():
        sides = tuple(np.where(applies, side, 0.0) for side in sides)
    low, high, bound_low, bound_high = (_spread(side, shape) for side in sides)
    margin = bound_low - high
    _demand_finite(name, margin, low, bound_high)
    exact = low is high and bound_low is bound_high
    lesser, greater = (low, bound_low) if exact else ((low + high) / 2, (bound_low + bound_high) / 2)
    allowance = rounding * np.maximum(np.maximum(np.abs(lesser), np.abs(greater)), scale)
    _demand_finite(name, allowance)
    return Clause(
        name=name,
        lesser=lesser,
        greater=greater,
        margin=margin,
        best_margin=margin if exact else bound_high - low,
        allowance=allowance,
        where=_spread(applies, shape),
        ceiling=None if ceiling is None else _spread(np.asarray(ceiling, dtype=float), shape),
        witness=witness,
    )


def at_least(name: str, left: Sides, right: Sides, **options) -> Clause:
    """``left >= right``: the same comparison read from the other side; ``ceiling`` bounds the right side."""
    return at_most(name, right, left, **options)


def positive(name: str, value: float | ndarray) -> Clause:
    """``value > 0``, as float64 can tell: at least the smallest normal number."""
    return at_least(name, value, np.finfo(float).tiny)


def equals(name: str, left: float | ndarray, right: float | ndarray, *, allowance: float | ndarray, where: bool | ndarray = True) -> Clause:
    """``|left - right| <= allowance``, the allowance being declared: rounding, or a bounded quadrature error."""
    return replace(at_most(name, np.abs(np.subtract(left, right)), allowance, rounding=0.0, where=where), equality=True)


def holds(name: str, condition: bool | ndarray, *, where: bool | ndarray = True) -> Clause:
    """A condition without two sides: integer, combinatorial, exact."""
    return at_most(name, np.where(condition, 0.0, 1.0), 0.0, rounding=0.0, where=where)


def up_to(witness: Witness, name: str, left: Sides, right: float | ndarray, **options) -> Clause:
    """``left <= C * right`` with the exhibited constant C; where it fails the witness was too small."""
    return at_most(name, left, witness.value * np.asarray(right), witness=witness, **options)


def compared(name: str, left: float | ndarray, right: float | ndarray, *, where: bool | ndarray = True) -> Clause:
    """Both sides of a claim up to an unnamed constant: for sweeps, which judge how left/right grows; it fails on no trial."""
    clause = at_most(name, left, right, where=where)
    return replace(clause, margin=np.zeros_like(clause.margin), best_margin=np.zeros_like(clause.margin))


def joint(clauses: Sequence[Clause], trials: int) -> Bool[ndarray, " trials"]:
    """Trials on which some clause failed: conclusions printed under one probability are one event."""
    return some([clause.failed for clause in clauses], trials)


def some(events: Sequence[Bool[ndarray, " trials"]], trials: int) -> Bool[ndarray, " trials"]:
    """Trials on which one of the events happened."""
    return np.any([np.zeros(trials, dtype=bool), *(np.broadcast_to(event, trials) for event in events)], axis=0)


def _ends(side: Sides) -> tuple[ndarray, ndarray]:
    if isinstance(side, tuple):
        return np.asarray(side[0], dtype=float), np.asarray(side[1], dtype=float)
    array = np.asarray(side, dtype=float)
    return array, array


def _spread(array: ndarray, shape: tuple[int, ...]) -> ndarray:
    return array if array.shape == shape else np.broadcast_to(array, shape)


def _demand_finite(name: str, *columns: ndarray) -> None:
    for column in columns:
        if not np.isfinite(column).all():
            trial = int(np.flatnonzero(~np.isfinite(column))[0])
            raise Inconclusive(f"clause '{name}' compares numbers that are not finite on trial {trial}: {column[trial]:g}")
