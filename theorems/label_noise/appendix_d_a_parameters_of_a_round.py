r"""Appendix D, the choice of parameters for Theorem D.1, Eqs 150-154: they meet the hypotheses of Lemmas D.3 to D.6.

With the parameters of ``_rounds``, $P = (4/c_0)^{c_{s-1}}$ and $0 < \epsilon_{s-1} \le c_{s-1} \le c_0 = 1/10$,
$$(1+\eta c_{s-1})^T \le P, \qquad \epsilon_s = P^2\epsilon_{s-1} > (1+\eta c_{s-1})^T\epsilon_{s-1},$$
$$\frac{((1+\eta c_{s-1})^{-T}\epsilon_s - \epsilon_{s-1})^2}{2T\eta^2B\epsilon_s^2} \ge \frac{(P^{-1}-P^{-2})^2}{2T\eta^2B}
  \ge \frac{(P-1)^2}{2T\eta^2B} \ge \frac{c_{s-1}^2}{2\eta B} \ge \log\frac5\rho,$$
$$(1-\eta)^T\,2c_{s-1} \le \bigl(\tfrac1e\bigr)^{\log(4/c_0)}2c_{s-1} = \tfrac{c_s}2,$$
and the other hypotheses of the four lemmas hold.

*Reading.* The chains take $T = \log(4/c_0)/\eta$ as a real number. The algorithm takes the next whole number: the lemmas' own
hypotheses are compared there. The common factor $1/(2\eta B)$ of Eqs 152-154 is left out.

*Instances.* Ball arithmetic over d and r up to $10^9$, $\delta$ absent or up to $10^{12}$, $c_{s-1}$ down to $10^{-13}$, the
largest step size or a share of it; $C_x$ is the largest allowed. Where the two sides differ by a factor $1 + O(\eta)$, their
logarithms are compared, divided by $\eta$.

*Tightness.* At $c_{s-1} = c_0$ the repaired link, $(P^{-1}-P^{-2})^2 \ge c_{s-1}^2T\eta$, has 19% to spare; it fails from
$c_{s-1} = 0.12$ on.

*Remarks.* Eq 153 is false for every $c_{s-1} > 0$, since $P^{-1}-P^{-2} = (P-1)/P^2 < P - 1$; any other reading of its numerator in
which $P^{-1}$ stands alone is too. Both ends of the chain are right. With T rounded up $(1+\eta c_{s-1})^T \le P$ itself may fail,
by a factor below $1+\eta c_{s-1}$, which Lemma D.4 does not notice; rounded down, every link would hold.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flint import arb, ctx, fmpq

from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as supposed
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Nothing, Theorem, nothing, version
from theorems.label_noise import _rounds as rounds
from theorems.label_noise._rounds import BITS, C0, Given, Round, below

RATE = "c_{s-1} ≤ c₀"
DROPPED = "(P⁻¹ - P⁻²)²/(Tη) ≥ (P - 1)²/(Tη)"
REPAIRED = "(P⁻¹ - P⁻²)²/(Tη) ≥ c_{s-1}²"
AZUMA = "((1+ηc_{s-1})^{-T} ε_s - ε_{s-1})²/(2Tη²Bε_s²) ≥ log(5/ρ)"
CONTRACTED = "(1-η)^T 2c_{s-1} < c_s/2"
UNION = "c_s²/(8ηB) ≥ log(5rT²/ρ)"
Conclusions = Callable[[Given, Nothing], Iterable[Clause]]


def chain(repaired: bool, **changes: Any) -> Conclusions:
    """The chain as printed, or with its false link left out; the hypotheses of the lemmas."""

    def compared(x: Given, _x: Nothing) -> Iterable[Clause]:
        p = rounds.parameters(x, **changes)
        with ctx.workprec(BITS):
            return [*about_growth(x, p), *about_deviation(x, p, repaired), *hypotheses(x, p)]

    return compared


def about_growth(x: Given, p: Round) -> Iterable[Clause]:
    """Eqs 150, 151 and the last line, at T = log(4/c₀)/η; differences of logarithms are divided by what they are of the size of."""
    c, growth = arb(x.c), p.horizon * (p.eta * arb(x.c)).log1p()
    yield below("(1+ηc_{s-1})^T ≤ P", (growth - p.P.log()) / (p.eta * c * c), arb(0))
    yield below("ε_s > (1+ηc_{s-1})^T ε_{s-1}", growth, (p.epsilon / arb(x.epsilon)).log())
    yield below("(1-η)^T ≤ (1/e)^{log(4/c₀)}", (p.horizon * (-p.eta).log1p() + rounds.log_ratio()) / p.eta, arb(0))
    yield below("(1/e)^{log(4/c₀)} 2c_{s-1} ≤ c_s/2", (-rounds.log_ratio()).exp() * 2 * c, C0 * c / 2)


def about_deviation(x: Given, p: Round, repaired: bool) -> Iterable[Clause]:
    """Eqs 152-154 times 2ηB, at T = log(4/c₀)/η."""
    c, duration, difference = arb(x.c), rounds.log_ratio(), (1 / p.P - 1 / p.P**2) ** 2
    kept = (-p.horizon * (p.eta * c).log1p()).exp() - arb(x.epsilon) / p.epsilon
    yield below("((1+ηc_{s-1})^{-T} - ε_{s-1}/ε_s)²/(Tη) ≥ (P⁻¹ - P⁻²)²/(Tη)", difference / duration, kept * kept / duration)
    if repaired:
        yield below(REPAIRED, c**2, difference / duration)
    else:
        yield below(DROPPED, (p.P - 1) ** 2 / duration, difference / duration)
        yield below("(P - 1)²/(Tη) ≥ c_{s-1}²", c**2, (p.P - 1) ** 2 / duration)
    yield below("c_{s-1}²/(2ηB) ≥ log(5/ρ)", (5 / arb(x.rho)).log(), c**2 / (2 * p.eta * p.B))


def hypotheses(x: Given, p: Round) -> Iterable[Clause]:
    """Of Lemmas D.3, D.4, D.5 and D.6, with T rounded up."""
    c, r, T = arb(x.c), x.r, arb(p.T)
    rest = p.epsilon**2 + 4 * c * r
    exponent, once = 1 / (p.eta * p.B), (5 / arb(x.rho)).log()
    kept = (-T * (p.eta * c).log1p()).exp() - arb(x.epsilon) / p.epsilon
    yield below("c_{s-1}²/(2ηB) ≥ log(10rT²/ρ)", rounds.union(x, T), c**2 / 2 * exponent)
    yield below("(ε_s² + 4rc_{s-1})C_x b_x² ≤ c_{s-1}/10", rest * p.crossing, c / 10)
    yield below("ε_s > (1+ηc_{s-1})^⌈T⌉ ε_{s-1}", T * (p.eta * c).log1p(), (p.epsilon / arb(x.epsilon)).log())
    yield below(AZUMA, once, kept * kept / (2 * T * p.eta) * exponent)
    yield below(CONTRACTED, (T * (-p.eta).log1p() + rounds.log_ratio()) / p.eta, arb(0))
    yield below("c_{s-1}²/(2ηB) ≥ log(5r/ρ)", (5 * r / arb(x.rho)).log(), c**2 / 2 * exponent)
    yield below("(ε_s² + 4c_{s-1}r)C_x b_x² ≤ c_s/10", rest * p.crossing, C0 * c / 10)
    yield below(UNION, once + (r * T**2).log(), (C0 * c) ** 2 / 8 * exponent)
    yield below("(ε_s² + 2rc_s)C_x b_x² ≤ c_s/20", (p.epsilon**2 + 2 * r * C0 * c) * p.crossing, C0 * c / 20)
    yield below("1/(900r) ≤ C_x b_x²", arb(1) / (900 * r), p.crossing)


def assumptions(x: Given, _x: Nothing) -> Iterable[Clause]:
    yield at_most("ε_{s-1} ≤ c_{s-1}", float(x.epsilon), float(x.c))
    yield at_most(RATE, float(x.c), float(C0))


def unassumed(_x: Given, _nothing: Nothing) -> Iterable[Clause]:
    return ()


def farther(choose: Choose) -> Given:
    """c_{s-1} up to 1/5."""
    return rounds.given(choose, 2 * C0)


def certificate(x: Given, _exact: Mapping[str, Any]) -> Iterable[Comparison]:
    with ctx.workprec(BITS):
        P = arb(40) ** arb(x.c)
        left, right = (P - 1) ** 2 / arb(40).log(), (1 / P - 1 / P**2) ** 2 / arb(40).log()
        return [supposed("ε_{s-1} ≤ c_{s-1}", x.epsilon, x.c), supposed(RATE, x.c, fmpq(1, 10)), concluded(DROPPED, left, right)]


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="App D-a",
        title="the parameters of a bootstrapping round meet the hypotheses of its lemmas",
        kind="deterministic",
        claim=r"\frac{((1+\eta c_{s-1})^{-T}\epsilon_s-\epsilon_{s-1})^2}{2T\eta^2B\epsilon_s^2} \ge \frac{(P^{-1}-P^{-2})^2}{2T\eta^2B} "
        r"\ge \frac{(P-1)^2}{2T\eta^2B} \ge \frac{c_{s-1}^2}{2\eta B},\quad (1-\eta)^T2c_{s-1} \le \tfrac{c_s}2",
        place="Appendix D, proof of Theorem D.1, Eqs 150-154",
        reading="T is the real number log(4/c₀)/η in the chains, and rounded up in the hypotheses of the lemmas.",
        depends_on=("Lem D.3", "Lem D.4", "Lem D.5", "Lem D.6"),
    ),
    setting=rounds.given,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=chain(repaired=False),
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("appendix_d_a_counterexample.json"),
        certificate=certificate,
        account="P⁻¹ - P⁻² = (P - 1)/P² is less than P - 1 whenever P > 1. At c_{s-1} = 1/10, the first round, P = 40^{1/10} = 1.446: the "
        "left side is 0.0123, the right side 0.0540.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "Without the detour: (P⁻¹ - P⁻²)² ≥ c_{s-1}² Tη = c_{s-1}² log 40 holds for every c_{s-1} ≤ 1/10, so that the chain ends where "
        "it is printed to end.",
        conclusions=chain(repaired=True),
    ),
    controls=(
        control("c_{s-1} up to 2c₀", lambda theorem: replace(theorem, setting=farther, assumptions=unassumed), REPAIRED),
        control("0.8 of the bound for the repaired link", sharpened(REPAIRED, 0.8), REPAIRED),
        control("ε_s = P ε_{s-1}", with_conclusions(chain(repaired=True, growth=1)), AZUMA),
        control("three times the largest step size", with_conclusions(chain(repaired=True, longer=3.0)), UNION),
        control("nine tenths of the steps", with_conclusions(chain(repaired=True, lasting=0.9)), CONTRACTED),
    ),
)
