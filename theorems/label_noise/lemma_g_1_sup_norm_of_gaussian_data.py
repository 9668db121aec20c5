r"""Lemma G.1: the sup norm of Gaussian data. Appendix G, Eq 176.

For $x^{(1)}, \dots, x^{(n)} \sim N(0, I_d)$ independent and $\rho \in (0, 1)$, with probability at least $1 - \rho$
$$\lVert x^{(i)} \rVert_\infty \le \sqrt{2 \log \frac{2nd}{\rho}} \qquad \text{for every } i \in [n].$$

*Reading.* The nd entries are independent, so the law is exact, stated for its failure: with b the bound and Q the normal
tail, $1 - (1 - 2Q(b))^{nd} \le \rho$.

*Instances.* Numbers only: n and d from 1 to 10^9, $\rho$ over many decades up to nearly 1.

*Tightness.* At most a quarter of $\rho$ is used, at n = d = 1 and $\rho \to 1$; as $2Q(b) \le e^{-b^2/2}$, the factor 2 in
the logarithm could be dropped. The one in front of it is sharp as nd grows: 0.9 of the bound fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models import laws
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, positive
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing

BEYOND = "P(some i: ‖x⁽ⁱ⁾‖_∞ > √(2 log(2nd/ρ))) ≤ ρ"
AFFORDABLE = 100  # entries per repetition, to sample the event
ORDERS = (1, 2, 10, 1000, 10**6, 10**9)


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int
    rho: float


def setting(choose: Choose) -> Sizes:
    return Sizes(n=int(choose.option("n", ORDERS)), d=int(choose.option("d", ORDERS)), rho=choose.real("rho", 1e-12, 0.999))


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield positive("ρ > 0", sizes.rho)
    yield at_most("ρ < 1", sizes.rho, 1 - 1e-12)


def bound(sizes: Sizes) -> float:
    return float(np.sqrt(2 * np.log(2 * sizes.n * sizes.d / sizes.rho)))


def beyond(sizes: Sizes, b: float) -> Interval:
    """$1 - (1 - 2Q(b))^{nd}$"""
    return laws.some_of(sizes.n * sizes.d, laws.normal_beyond(b))


def law(sizes: Sizes, _x: Nothing) -> Interval:
    return beyond(sizes, bound(sizes))


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.n * sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    data = generator.standard_normal((repetitions, sizes.n, sizes.d))
    return np.any(np.abs(data) > bound(sizes), axis=(1, 2))


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(BEYOND, law(sizes, x), sizes.rho)


def shorter(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_most("P(some i: ‖x⁽ⁱ⁾‖_∞ > 0.9 √(2 log(2nd/ρ))) ≤ ρ", beyond(sizes, 0.9 * bound(sizes)), sizes.rho)


def without_the_two(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_most("P(some i: ‖x⁽ⁱ⁾‖_∞ > √(log(2nd/ρ))) ≤ ρ", beyond(sizes, bound(sizes) / np.sqrt(2)), sizes.rho)


def for_one_sample(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    b = float(np.sqrt(2 * np.log(2 * sizes.d / sizes.rho)))
    yield at_most("P(some i: ‖x⁽ⁱ⁾‖_∞ > √(2 log(2d/ρ))) ≤ ρ", beyond(sizes, b), sizes.rho)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem G.1",
        title="the sup norm of Gaussian data",
        kind="probability",
        claim=r"P\Bigl(\lVert x^{(i)}\rVert_\infty \le \sqrt{2\log\tfrac{2nd}{\rho}} \text{ for every } i\in[n]\Bigr) \ge 1-\rho",
        place="Appendix G, Eq 176",
        reading="stated for the failure, an exact law: 1 - (1 - 2Q(b))^{nd} ≤ ρ with Q the normal tail.",
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    controls=(
        control("0.9 of the bound", with_conclusions(shorter), "P(some i: ‖x⁽ⁱ⁾‖_∞ > 0.9 √(2 log(2nd/ρ))) ≤ ρ"),
        control("√(log(2nd/ρ))", with_conclusions(without_the_two), "P(some i: ‖x⁽ⁱ⁾‖_∞ > √(log(2nd/ρ))) ≤ ρ"),
        control("no union over the samples", with_conclusions(for_one_sample), "P(some i: ‖x⁽ⁱ⁾‖_∞ > √(2 log(2d/ρ))) ≤ ρ"),
        control("a fifth of ρ", sharpened(BEYOND, 0.2), BEYOND),
    ),
)
