r"""Lemma F.1: a random subspace meets the positive orthant. Appendix F, Eqs 159 to 163.

For $n \le d/2 - 9\sqrt d$, the convex cone C of the vectors in $\mathbb{R}^d$ with every coordinate positive, and a random
subspace K of dimension $d - n$, with probability at least 0.999
$$K \cap C \ne \{0\}.$$

*Reading.* K is uniformly distributed, as the kernel of a Gaussian $n \times d$ matrix, and meets C in a vector other than 0. That
is an exact law, stated for its failure: $P(\mathrm{Bin}(d-1, \tfrac12) \le n - 1) \le 0.001$.

*Instances.* Numbers only: d from 328, where n = 1 is first allowed, to $10^8$; n from 1 to the largest allowed. Where it is
affordable the law is held against sampled kernels, with least squares over the orthant for the event.

*Tightness.* The failure is below $10^{-72}$, as n lies 18 standard deviations below the mean. $1.6\sqrt d$ in place of
$9\sqrt d$ would do, $1.5\sqrt d$ would not.

*Remarks.* The proof takes 9 from Theorem I of Amelunxen and others, which needs $a_\eta = \sqrt{8\log(4/\eta)}$ in its place, 8.15
at $\eta = 0.001$; the second step checks that theorem for this cone at every $\eta$.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models.laws import binomial_at_most
from models.orthant import kernel_meets, kernel_misses
from theorems.checker.changes import Change, control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Nothing, Theorem, nothing

MISSES = "P(K ∩ C = ∅) ≤ 0.001"
FEW = "n ≤ d/2 - 9 √d"
DIMENSIONS = (328, 329, 400, 1000, 10**4, 10**6, 10**8)
AFFORDABLE = 20_000  # entries of the matrix, to sample the event
REPEATED = 20  # a failure is too rare to be seen; more would only take time


@dataclass(frozen=True)
class Sizes:
    d: int
    n: int


@dataclass(frozen=True)
class Chance:
    """With the failure probability of Theorem I."""

    d: int
    n: int
    eta: float


def few(factor: float) -> Callable[[Choose], Sizes]:
    """n between 1 and the largest integer up to d/2 - factor √d."""

    def setting(choose: Choose) -> Sizes:
        d, share = int(choose.option("d", DIMENSIONS)), choose.real("share", 0.0, 1.0)
        return Sizes(d=d, n=max(1, int(share * np.floor(d / 2 - factor * np.sqrt(d)))))

    return setting


def half(choose: Choose) -> Sizes:
    d = int(choose.option("d", DIMENSIONS))
    return Sizes(d=d, n=d // 2)


def with_chance(choose: Choose) -> Chance:
    """η at its least, 4 exp(-(d/2 - n)²/(8d)), or above it."""
    sizes = few(4.0)(choose)
    least = max(4 * np.exp(-((sizes.d / 2 - sizes.n) ** 2) / (8 * sizes.d)), 1e-280)
    return Chance(d=sizes.d, n=sizes.n, eta=float(least ** choose.real("rarity", 0.0, 1.0)))


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_least("n ≥ 1", sizes.n, 1)
    yield at_most(FEW, sizes.n, sizes.d / 2 - 9 * np.sqrt(sizes.d))


def unassumed(_sizes: object, _x: Nothing) -> Iterable[Clause]:
    return ()


def law(sizes: Sizes, _x: Nothing) -> Interval:
    return kernel_misses(sizes.n, sizes.d)


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.n * sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    return ~kernel_meets(generator.standard_normal((min(repetitions, REPEATED), sizes.n, sizes.d)))


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(MISSES, law(sizes, x), 0.001)


def row_space(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    """K of dimension n in place of d - n."""
    yield at_most(MISSES, binomial_at_most(sizes.d - sizes.n - 1, sizes.d - 1, 0.5), 0.001)


def far_rarer(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(MISSES, law(sizes, x), 1e-73)


def on(setting: Callable[[Choose], object]) -> Change:
    return lambda theorem: replace(theorem, setting=setting, assumptions=unassumed)


def statistical_dimensions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    total = sizes.d / 2 + (sizes.d - sizes.n)
    yield at_least("δ(C) + δ(K) ≥ d + 9 √d", total, sizes.d + 9 * np.sqrt(sizes.d))
    yield at_least("9 ≥ √(8 log(4/0.001))", 9.0, np.sqrt(8 * np.log(4 / 0.001)))


def beyond_transition(sizes: Chance, _x: Nothing) -> Iterable[Clause]:
    total = sizes.d / 2 + (sizes.d - sizes.n)
    yield at_most("η < 1", sizes.eta, 1.0)
    yield at_least("δ(C) + δ(K) ≥ d + √(8 d log(4/η))", total, sizes.d + np.sqrt(8 * sizes.d * np.log(4 / sizes.eta)))


def as_rare(sizes: Chance, _x: Nothing) -> Iterable[Clause]:
    yield at_most("P(K ∩ C = ∅) ≤ η", kernel_misses(sizes.n, sizes.d), sizes.eta)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem F.1",
        title="a random subspace meets the positive orthant",
        kind="probability",
        claim=r"n \le \tfrac d2 - 9\sqrt d,\ \dim K = d-n \ \Longrightarrow\ P\bigl(K\cap\mathbb{R}^d_{>0} \ne \emptyset\bigr) \ge 0.999",
        place="Appendix F, Eqs 159 to 163",
        reading="K is the kernel of a Gaussian matrix; stated for the failure, an exact law: P(Bin(d-1, 1/2) ≤ n-1) ≤ 0.001.",
        depends_on=("Eq 162",),
    ),
    setting=few(9.0),
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    controls=(
        control("1.5 √d in place of 9 √d", on(few(1.5)), MISSES),
        control("n = d/2", on(half), MISSES),
        control("a subspace of dimension n", with_conclusions(row_space), MISSES),
        control("a failure of 10⁻⁷³", with_conclusions(far_rarer), MISSES),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem F.1-159-163",
            title="the statistical dimensions exceed d by 9√d",
            claim=r"n \le \tfrac d2-9\sqrt d \ \Longrightarrow\ \delta(C)+\delta(K) = \tfrac32d-n \ge d+9\sqrt d,\quad "
            r"9 \ge \sqrt{8\log(4/0.001)}",
            conclusions=statistical_dimensions,
            quantifier=ALWAYS,
        ),
        step(
            BASE,
            label="Lem F.1-Theorem-I",
            title="beyond the transition of the statistical dimensions the cones meet, for the orthant and every η",
            claim=r"\delta(C)+\delta(K) \ge d+\sqrt{8\log(4/\eta)}\sqrt d \ \Longrightarrow\ P(K\cap C = \emptyset) \le \eta",
            setting=with_chance,
            assumptions=beyond_transition,
            conclusions=as_rare,
            quantifier=Exactly(),
        ),
    ),
)
