"""Certificates: a counterexample's assumptions and its violated bound, outside float64.

A certificate is a list of comparisons by clause name, evaluated in rationals or in ball arithmetic (python-flint), so
that "certainly true" and "certainly false" are theorems of the arithmetic. A test holds their midpoints against the
float clauses on the same instance, lest a certificate certify another inequality.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flint import arb, fmpq, fmpz

Exact = arb | fmpq | fmpz | int
SHOWN = 60  # characters of a rational that a reader may want to check by hand


class Uncertified(ArithmeticError):
    """A certificate that does not prove what it should: an assumption in doubt, or no bound certainly violated."""


@dataclass(frozen=True)
class Comparison:
    """``lesser <= greater`` in exact or ball arithmetic; ``assumed`` tells hypotheses from conclusions."""

    name: str
    lesser: Exact
    greater: Exact
    assumed: bool = False

    @property
    def certainly_true(self) -> bool:
        return _at_most(self.lesser, self.greater)

    @property
    def certainly_false(self) -> bool:
        return _below(self.greater, self.lesser)

    def __str__(self) -> str:
        relation = "<=" if self.certainly_true else ">" if self.certainly_false else "?"
        return f"{self.name}: {_shown(self.lesser)} {relation} {_shown(self.greater)}"


def assumed(name: str, lesser: Exact, greater: Exact) -> Comparison:
    """A hypothesis ``lesser <= greater``; an equation is two of them."""
    return Comparison(name, lesser, greater, assumed=True)


def concluded(name: str, lesser: Exact, greater: Exact) -> Comparison:
    """A conclusion ``lesser <= greater``, under the name of the float clause."""
    return Comparison(name, lesser, greater)


def certified(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """The comparisons, if they prove a violation: every hypothesis certainly true, some conclusion certainly false.

    Raises Uncertified otherwise, naming the comparison in doubt.
    """
    listed = list(comparisons)
    doubtful = [c for c in listed if c.assumed and not c.certainly_true]
    if doubtful:
        raise Uncertified(f"the hypothesis is not certainly met: {doubtful[0]}")
    if not any(c.certainly_false for c in listed if not c.assumed):
        raise Uncertified("no conclusion is certainly violated: " + "; ".join(str(c) for c in listed if not c.assumed))
    return listed


def ball(number: Exact) -> arb:
    """The number as a ball: exact rationals become their enclosure at the working precision."""
    return number if isinstance(number, arb) else arb(number)


def _at_most(left: Exact, right: Exact) -> bool:
    rational = not (isinstance(left, arb) or isinstance(right, arb))
    return bool(fmpq(left) <= fmpq(right)) if rational else bool(ball(left) <= ball(right))  # type: ignore[arg-type]


def _below(left: Exact, right: Exact) -> bool:
    rational = not (isinstance(left, arb) or isinstance(right, arb))
    return bool(fmpq(left) < fmpq(right)) if rational else bool(ball(left) < ball(right))  # type: ignore[arg-type]


def _shown(number: Exact) -> str:
    """A short rational as it is; anything else in decimals, a ball without a certain digit by its ends."""
    exact = "" if isinstance(number, arb) else str(number)
    if exact and len(exact) <= SHOWN:
        return exact
    shown = ball(number)
    decimals = shown.str(12, radius=False)
    return f"[{_end(shown.lower())}, {_end(shown.upper())}]" if decimals.startswith("0e") else decimals


def _end(number: arb) -> str:
    return number.str(3, radius=False)
