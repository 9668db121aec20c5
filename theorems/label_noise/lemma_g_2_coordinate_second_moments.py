r"""Lemma G.2: every coordinate of Gaussian data has second moment at least 2/3. Appendix G, Eqs 177 and 178.

For $x^{(1)}, \dots, x^{(n)} \sim N(0, I_d)$ independent, $\rho \in (0, 1)$ and $n \ge 24 \log(d/\rho)$, with probability at
least $1 - \rho$
$$\frac1n \sum_{i} \bigl(x_k^{(i)}\bigr)^2 \ge \frac23 \qquad \text{for every } k \in [d].$$

*Reading.* The exponent n/24 of Eq 178 is the one from which the union bound gives $24\log(d/\rho)$. Independent coordinates make
this an exact law, stated for its failure: with F the distribution function of chi-square with n degrees,
$1 - (1 - F(2n/3))^d \le \rho$. The paper's 2/3 is the one that its Lemma C.2 needs.

*Instances.* Numbers only: d up to 10^12, $\rho$ over many decades, n the least integer allowed or a multiple of it.

*Tightness.* The tail of the mean at x = 2/3 decays with the rate $(x - 1 - \ln x)/2 = 0.036066$ per sample. As
$24 \cdot 0.036066 < 1$, the failure exceeds $\rho$ by about $(d/\rho)^{0.134}$ up to a factor $\sqrt{n}$, from
about $d/\rho = 10^9$ on; no larger d repairs it.

*Remarks.* The step is the proof's inner bound, Eq 178, $P(\cdot < 2/3) \le e^{-n/24}$ for one coordinate, false for the same reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models import laws
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import Change, control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Nothing, Theorem, nothing, version

SMALL = "P(some k: (1/n) Σᵢ (x_k⁽ⁱ⁾)² < 2/3) ≤ ρ"
INNER = "P((1/n) Σᵢ (x_k⁽ⁱ⁾)² < 2/3) ≤ exp(-n/24)"
ENOUGH = "n ≥ 24 log(d/ρ)"
PRECISION = 3000  # bits: the series of the incomplete gamma function cancels about n of them
AFFORDABLE = 100  # numbers per repetition, to sample the event


@dataclass(frozen=True)
class Sizes:
    d: int
    n: int
    rho: float


@dataclass(frozen=True)
class Samples:
    n: int


def sized(choose: Choose, per_logarithm: float) -> Sizes:
    """n = ceil(per_logarithm log(d/ρ)), or a multiple of it."""
    d = int(choose.option("d", (1, 2, 10, 1000, 10**6, 10**8, 10**10, 10**12)))
    rho = choose.real("rho", 1e-9, 0.99)
    return Sizes(d=d, n=int(np.ceil(per_logarithm * choose.real("excess", 1.0, 1.5) * np.log(d / rho))), rho=rho)


def setting(choose: Choose) -> Sizes:
    return sized(choose, 24.0)


def more(choose: Choose) -> Sizes:
    return sized(choose, 28.0)


def one_coordinate(choose: Choose) -> Samples:
    return Samples(n=int(choose.option("n", (1, 2, 10, 100, 400, 500, 1000, 3000))))


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_least(ENOUGH, sizes.n, 24 * np.log(sizes.d / sizes.rho))


def corrected(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_least("n ≥ 28 log(d/ρ)", sizes.n, 28 * np.log(sizes.d / sizes.rho))


def unassumed(_sizes: object, _x: Nothing) -> Iterable[Clause]:
    return ()


def law(sizes: Sizes, _x: Nothing, least: float = 2 / 3) -> Interval:
    """$1 - (1 - F(n \\cdot least))^d$"""
    return laws.some_of(sizes.d, laws.chi_square_below(sizes.n, least * sizes.n))


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.n * sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    data = generator.standard_normal((repetitions, sizes.n, sizes.d))
    return (np.mean(data**2, axis=1) < 2 / 3).any(axis=1)


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(SMALL, law(sizes, x), sizes.rho)


def higher(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most("P(some k: (1/n) Σᵢ (x_k⁽ⁱ⁾)² < 0.7) ≤ ρ", law(sizes, x, 0.7), sizes.rho)


def without_union(choose: Choose) -> Sizes:
    """n for one coordinate only."""
    sizes = more(choose)
    return replace(sizes, n=int(np.ceil(28 * np.log(1 / sizes.rho))))


def on(setting_: Any, assumptions_: Any) -> Change:
    """The statement on other settings, under other hypotheses."""
    return lambda theorem: replace(theorem, setting=setting_, assumptions=assumptions_)


def inner(samples: Samples, _x: Nothing) -> Iterable[Clause]:
    yield at_most(INNER, laws.chi_square_below(samples.n, 2 * samples.n / 3), np.exp(-samples.n / 24))


def below_two_thirds(n: int) -> arb:
    """P(chi2_n < 2n/3) as a ball."""
    return arb(fmpq(n, 3)).gamma_lower(arb(fmpq(n, 2)), regularized=1)


def certificate(sizes: Sizes, _exact: Mapping[str, Any]) -> Iterable[Comparison]:
    with ctx.workprec(PRECISION):
        rho = arb(sizes.rho)
        some = 1 - (1 - below_two_thirds(sizes.n)) ** sizes.d
        return [given(ENOUGH, 24 * (sizes.d / rho).log(), arb(sizes.n)), concluded(SMALL, some, rho)]


def inner_certificate(samples: Samples, _exact: Mapping[str, Any]) -> Iterable[Comparison]:
    with ctx.workprec(PRECISION):
        return [concluded(INNER, below_two_thirds(samples.n), (-arb(fmpq(samples.n, 24))).exp())]


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem G.2",
        title="every coordinate of Gaussian data has second moment at least 2/3",
        kind="probability",
        claim=r"n \ge 24\log(d/\rho)\ \Longrightarrow\ "
        r"P\Bigl(\tfrac1n\sum_i (x_k^{(i)})^2 \ge \tfrac23 \text{ for every } k\in[d]\Bigr) \ge 1-\rho",
        place="Appendix G, Eq 177",
        reading="stated for the failure, an exact law: 1 - (1 - F(2n/3))^d ≤ ρ with F of chi-square with n degrees.",
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
)

PRINTED = replace(
    BASE,
    counterexample=Counterexample(
        kind="probability",
        file=Path(__file__).with_name("lemma_g_2_counterexample.json"),
        certificate=certificate,
        account="At d = 10^10 and ρ = 1/64 the least n is 653, and the failure has probability above ρ. The chi-square tail "
        "at 2/3 decays like exp(-0.0361 n), slower than the exp(-n/24) that Hoeffding's inequality, which is for bounded "
        "variables, was to give.",
    ),
    steps=(
        step(
            BASE,
            label="Lem G.2-178",
            title="the inner bound for one coordinate",
            claim=r"P\bigl(\tfrac1n\sum_i (x_k^{(i)})^2 < \tfrac23\bigr) \le e^{-n/24}",
            setting=one_coordinate,
            assumptions=unassumed,
            conclusions=inner,
            quantifier=Exactly(),
            counterexample=Counterexample(
                kind="probability",
                file=Path(__file__).with_name("lemma_g_2_178_counterexample.json"),
                certificate=inner_certificate,
                account="The rate of the chi-square tail at 2/3 is (ln(3/2) - 1/3)/2 = 0.036066 < 1/24; at n = 1000 it shows.",
            ),
        ),
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "Chernoff's bound gives P((1/n) Σ x² < 2/3) ≤ exp(-0.036066 n), so n ≥ 28 log(d/ρ) suffices, as 28 · 0.036066 > 1.",
        setting=more,
        assumptions=corrected,
    ),
    controls=(
        control("n = 24 log(d/ρ)", on(setting, assumptions), SMALL),
        control("0.7 in place of 2/3", with_conclusions(higher), "P(some k: (1/n) Σᵢ (x_k⁽ⁱ⁾)² < 0.7) ≤ ρ"),
        control("no union over the coordinates", on(without_union, unassumed), SMALL),
        control("half of ρ", sharpened(SMALL, 0.5), SMALL),
    ),
)
