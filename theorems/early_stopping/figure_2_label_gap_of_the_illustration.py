r"""Figure 2: the label gap of the illustrated data set. Caption of Figure 2.

Six clusters of five points each, n = 30, in three classes with labels $\alpha_1 = -1$, $\alpha_2 = 0.1$, $\alpha_3 = 1$:
$$\delta = \min_{r \ne s}|\alpha_r - \alpha_s| = 0.9.$$

*Reading.* $\delta$ is the largest value that Eq 1 allows, as the caption infers it from the labels.

*Evaluation.* In decimal fractions: 0.1 is no binary number. The pictured points are not to scale, as the caption says; nothing
is claimed of their places.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, holds
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing

LABELS = (Decimal("-1"), Decimal("0.1"), Decimal("1"))
GAP = "δ = 0.9"
RANGE = "α_r ∈ [-1, 1]"
POINTS = "n = 30 in 6 clusters of 5, K̄ ≤ K"


@dataclass(frozen=True)
class Figure:
    """K clusters of ``points`` each, n in all."""

    K: int
    points: int
    n: int


def setting(_choose: Choose) -> Figure:
    return Figure(K=6, points=5, n=30)


def assumptions(_figure: Figure, _x: Nothing) -> Iterable[Clause]:
    return ()


def conclusions(figure: Figure, _x: Nothing) -> Iterable[Clause]:
    return described(figure, LABELS)


def described(figure: Figure, labels: tuple[Decimal, ...]) -> Iterable[Clause]:
    gap = min(abs(one - other) for one, other in combinations(labels, 2))
    yield holds(GAP, gap == Decimal("0.9"))
    yield holds(RANGE, max(map(abs, labels)) <= 1)
    yield holds(POINTS, figure.n == figure.K * figure.points and len(labels) <= figure.K)


def zero_for_a_tenth(figure: Figure, _x: Nothing) -> Iterable[Clause]:
    return described(figure, (Decimal("-1"), Decimal("0"), Decimal("1")))


def binary(figure: Figure, _x: Nothing) -> Iterable[Clause]:
    """The label 0.1 as the float nearest to it."""
    return described(figure, (Decimal("-1"), Decimal.from_float(0.1), Decimal("1")))


def largest_gap(_figure: Figure, _x: Nothing) -> Iterable[Clause]:
    yield holds(GAP, max(abs(one - other) for one, other in combinations(LABELS, 2)) == Decimal("0.9"))


def first_gap(_figure: Figure, _x: Nothing) -> Iterable[Clause]:
    yield holds(GAP, abs(LABELS[0] - LABELS[1]) == Decimal("0.9"))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Fig 2",
        title="the label gap of the illustrated data set",
        kind="deterministic",
        claim=r"\alpha = (-1,\ 0.1,\ 1) \ \Longrightarrow\ \delta = \min_{r \ne s}|\alpha_r-\alpha_s| = 0.9",
        place="Figure 2",
        reading="δ is the largest value that Eq 1 allows.",
        depends_on=("Def 1.1",),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0 for 0.1", with_conclusions(zero_for_a_tenth), GAP),
        control("0.1 as a binary number", with_conclusions(binary), GAP),
        control("the largest gap", with_conclusions(largest_gap), GAP),
        control("the gap of the first two", with_conclusions(first_gap), GAP),
    ),
)
