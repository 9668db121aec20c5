r"""Appendix C, the choice of parameters for Theorem 3.3, Eqs 84-92: they meet the hypotheses of Lemmas C.2, C.3, C.4, C.5 and C.7.

For all $1 \le r \le d$, $0 < \epsilon_1 < 1$ and $0 < \epsilon_{\min} \le 1/d$, with the parameters of ``_parameter_chain``,
$$T \le \tfrac1{\eta^2}, \qquad
  \log\tfrac{6rT^2}\rho \le \log\tfrac{6r}\rho + 4\log\tfrac1\eta \le 4\log\tfrac{6r}\rho\log\tfrac1\eta,$$
$$\eta\log\tfrac1\eta \le Q\log\tfrac1Q = P\Bigl(\tfrac12 + \tfrac{\log(2\log(1/P))}{2\log(1/P)}\Bigr) \le P, \qquad
  \eta\delta^2 \le \delta^2P \le \tfrac{c_1^2}2,$$
$$\tfrac T{\delta^2} \ge \tfrac{16}{\eta^2\delta^4}\log\tfrac{6r}\rho \ge \tfrac{2^6}{c_1^4}\log\tfrac{6r}\rho
  \ge \tfrac{2^9}{c_1^2}\log\tfrac{6r}\rho, \qquad \tfrac{\eta\delta^2}{48} \le \tfrac{c_1^2}{96} \le \tfrac{c_1}{20},$$
and each numerical hypothesis of the five lemmas holds.

*Reading.* T is taken as the real number of its formula, as the chain does. $\epsilon_1 < 1$ is needed for
$\log(1/\epsilon_1) > 0$, on which $T = \tilde\Theta(\log(1/\epsilon_1)/\eta)$ rests.

*Instances.* Ball arithmetic over d and r up to $10^9$, $\epsilon_1$ and $d\,\epsilon_{\min}$ from nearly 1 to $\exp(-10^{18})$, $\delta$
from its least value to $10^6$ times that. $C_x$ is the largest allowed.

*Tightness.* $T \le 1/\eta^2$ is an equality where $4\sqrt\Lambda$ is what bounds $\delta$. The step size could be
eleven times as large before Lemma C.2 objects, since Eq 86 bounds a sum of logarithms by their product.

*Remarks.* $\eta\delta^2/48$ alone would give Lemma C.7's $\frac23\eta\delta^2 > 32(\tilde\epsilon_1^2 + r)C_xb_x^2$ only with
equality; the other term of the minimum, $\rho/(12T\eta)$, is always the smaller one, and makes it strict. Where
$\epsilon_1 > d$, $\epsilon_{\min} = 1/d$ and r = d, the first link of the bound on $T/\delta^2$ fails (a control).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flint import arb, ctx, fmpq

from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing
from theorems.label_noise._parameter_chain import BITS, PROOF, Fixed, Parameters, Problem, ends, parameters, problem

HORIZON = "T ≤ 1/η²"
PRODUCT = "log(6r/ρ) + 4 log(1/η) ≤ 4 log(6r/ρ) log(1/η)"
MONOTONE = "η log(1/η) ≤ Q log(1/Q)"
LOGARITHM = "P (1/2 + log(2 log(1/P))/(2 log(1/P))) ≤ P"
LONG = "T/δ² ≥ (16/(η²δ⁴)) log(6r/ρ)"
POWERS = "(2⁶/c₁⁴) log(6r/ρ) ≥ (2⁹/c₁²) log(6r/ρ)"
STEP_SIZE = "c₁²/(8ηδ²b_x²) ≥ log(6rT²/ρ)"
Conclusions = Callable[[Problem, Nothing], Iterable[Clause]]


def below(name: str, left: arb, right: arb) -> Clause:
    return at_most(name, ends(left), ends(right))


def with_parameters(fixed: Fixed = PROOF, **changes: Any) -> Conclusions:
    """The chain and the hypotheses for one way of choosing the parameters."""

    def compared(given: Problem, _x: Nothing) -> Iterable[Clause]:
        p = parameters(given, fixed, **changes)
        with ctx.workprec(BITS):
            signal = (6 * given.r / arb(fixed.rho)).log()
            return [*about_step_size(p, fixed, signal), *about_time(p, fixed, signal), *hypotheses(p, fixed, given, signal)]

    return compared


def about_step_size(p: Parameters, fixed: Fixed, signal: arb) -> Iterable[Clause]:
    """Eqs 84-89; ``signal`` is log(6r/ρ)."""
    c1, inverse, X = arb(fixed.c1), (1 / p.eta).log(), (1 / p.P).log()
    allowed, last = c1**2 / (8 * p.eta * p.delta**2 * p.bx**2), p.P * (arb(fmpq(1, 2)) + (2 * X).log() / (2 * X))
    yield below(HORIZON, p.T, 1 / p.eta**2)
    yield below("log(6rT²/ρ) ≤ log(6r/ρ) + 4 log(1/η)", signal + 2 * p.T.log(), signal + 4 * inverse)
    yield below(PRODUCT, signal + 4 * inverse, 4 * signal * inverse)
    yield below(MONOTONE, p.eta * inverse, p.Q * (1 / p.Q).log())
    yield below("Q log(1/Q) ≤ P (1/2 + log(2 log(1/P))/(2 log(1/P)))", p.Q * (1 / p.Q).log(), last)
    yield below("Q log(1/Q) ≥ P (1/2 + log(2 log(1/P))/(2 log(1/P)))", last, p.Q * (1 / p.Q).log())
    yield below(LOGARITHM, last, p.P)
    yield at_least("c₁²/(8ηδ²b_x²) ≥ 4 log(6r/ρ) log(1/η)", ends(allowed), ends(4 * signal * inverse))


def about_time(p: Parameters, fixed: Fixed, signal: arb) -> Iterable[Clause]:
    """Eqs 90-92."""
    c1, scaled = arb(fixed.c1), p.eta * p.delta**2
    yield below("ηδ² ≤ δ²P", scaled, p.delta**2 * p.P)
    yield below("δ²P ≤ c₁²/2", p.delta**2 * p.P, c1**2 / 2)
    yield below("ηδ²/48 ≤ c₁²/96", scaled / 48, c1**2 / 96)
    yield below("c₁²/96 ≤ c₁/20", c1**2 / 96, c1 / 20)
    yield below(LONG, 16 / scaled**2 * signal, p.T / p.delta**2)
    yield below("(16/(η²δ⁴)) log(6r/ρ) ≥ (2⁶/c₁⁴) log(6r/ρ)", 64 / c1**4 * signal, 16 / scaled**2 * signal)
    yield below(POWERS, 512 / c1**2 * signal, 64 / c1**4 * signal)


def hypotheses(p: Parameters, fixed: Fixed, given: Problem, signal: arb) -> Iterable[Clause]:
    """Of Lemmas C.2 (which C.4, C.5 and C.7 share), C.3, C.4, C.5 and C.7."""
    c1, rho, scaled = arb(fixed.c1), arb(fixed.rho), p.eta * p.delta**2
    union = signal + 2 * p.T.log()
    final = (6 * arb(given.d).sqrt() / rho).log() + arb(given.aim) / 2
    yield below(STEP_SIZE, union, c1**2 / (8 * scaled * p.bx**2))
    yield below("(ẽ₁² + r) C_x b_x² ≤ c₁/20", p.coherence, c1 / 20)
    yield below("δ ≥ b_x(ẽ₁² + r)", p.bx * p.spread, p.delta)
    yield below("(ẽ₁² + r) C_x ≤ ρ/(12Tηb_x²)", p.coherence / p.bx**2, rho / (12 * p.T * p.eta * p.bx**2))
    yield below("(ẽ₁² + r) C_x b_x² < c₁/12 - c₁²/6", p.coherence, c1 / 12 - c1**2 / 6)
    yield below("ηδ² ≤ c₁/12", scaled, c1 / 12)
    yield below("Tη ≥ (16/c₁) log(1/ε_min)", 16 / c1 * p.start, p.T * p.eta)
    yield below("T/δ² ≥ (2⁹/c₁²) log(6r/ρ)", 512 / c1**2 * signal, p.T / p.delta**2)
    yield below("c₁²/(8ηδ²) ≥ log(6rT²/ρ)", union, c1**2 / (8 * scaled))
    yield below("32 (ẽ₁² + r) C_x b_x² < (2/3) ηδ²", 32 * p.coherence, 2 * scaled / 3)
    yield below("Tη²δ² ≥ 16 log(6√d/(ρ√ε₁))", 16 * final, p.T * scaled * p.eta)


def unassumed(_given: Problem, _x: Nothing) -> Iterable[Clause]:
    return ()


def large_error(choose: Choose) -> Problem:
    """ε₁ = d², ε_min = 1/d and r = d."""
    d = choose.integer("d", 3, 10**6)
    return Problem(d=d, r=d, shrunk=0.0, aim=float(-2 * arb(d).log()), surplus=choose.real("surplus", 1.0, 1e6))


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="App C-a",
        title="the parameters of the first stage meet the hypotheses of its lemmas",
        kind="deterministic",
        claim=r"T \le \tfrac1{\eta^2},\quad \eta\log\tfrac1\eta \le P,\quad \tfrac{c_1^2}{8\eta\delta^2b_x^2} \ge \log\tfrac{6rT^2}\rho,"
        r"\quad \eta\delta^2 \le \tfrac{c_1^2}2,\quad \tfrac T{\delta^2} \ge \tfrac{2^9}{c_1^2}\log\tfrac{6r}\rho",
        place="Appendix C, proof of Theorem 3.3, Eqs 84-92",
        reading="T is the real number of its formula; ε₁ < 1.",
        depends_on=("Lem C.2", "Lem C.3", "Lem C.4", "Lem C.5", "Lem C.7"),
    ),
    setting=problem,
    chosen=nothing,
    assumptions=unassumed,
    conclusions=with_parameters(),
    controls=(
        control("Q = P, without the logarithm", with_conclusions(with_parameters(logarithm=False)), STEP_SIZE),
        control("c₁ = 1/2", with_conclusions(with_parameters(replace(PROOF, c1=fmpq(1, 2)))), POWERS),
        control("0.99 of the least δ", with_conclusions(with_parameters(noise=0.99)), HORIZON),
        control("ε₁ = d²", lambda theorem: replace(theorem, setting=large_error), LONG),
    ),
)
