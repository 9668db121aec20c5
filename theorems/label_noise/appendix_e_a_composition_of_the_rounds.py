r"""Appendix E, the rounds that follow one another in the proof of Theorem 2.1: one step size serves all, and they end within ε.

For a target $0 < \epsilon < 1$ let $n_s = \lceil\log_{10}(1/\epsilon)\rceil$, $\epsilon_1 = \epsilon/40^3$, $c_1 = c_0 = 1/10$ and
$\rho = 0.01/n_s$, and let rounds $s = 2, \dots, n_s$ of Theorem D.1 follow one another. Then
$$\tfrac1{10}\epsilon \le c_{n_s} \le \epsilon, \qquad 0 < \epsilon_{s-1} \le c_{s-1} \le c_0, \qquad
  \epsilon_{n_s} \le \prod_{s\ge2}\Bigl(\frac4{c_0}\Bigr)^{2c_{s-1}}\epsilon_1 \le 40^3\epsilon_1 = \epsilon ,$$
one $\eta_2 = \tilde\Theta(\epsilon^2/\delta^2)$ meets what every round asks of the step size, $T_2\eta_2 = \tilde\Theta(1)$, and the three
stages fail with probability at most $0.03 \le 0.1$.

*Reading.* $\epsilon < 1$: from 1 on there is no round over which $\rho$ could be shared. The index s counts from the first stage,
so that $n_s - 1$ rounds lead from $c_1$ to $c_{n_s}$. $\tilde\Theta$ in $\eta_2$ stands for $801\,b_x^4\log(10rT^2/\rho)$, and
$\delta^2$ for $\delta^2 + r^2$, as in Theorem D.1: $\delta \ge \tilde\Theta(\tau^2d^2)$ exceeds r for $\tau \ge 1$.

*Instances.* Ball arithmetic: $\epsilon$ has three digits and any power of ten, some are powers of ten, d and r up to $10^9$, any
$\delta$. $C_xb_x^2 = 1/(900r)$ throughout, and T is the horizon of a round rounded up.

*Tightness.* $c_{n_s} = \epsilon$ at powers of ten; $c_{n_s}$ comes near $\epsilon/10$ just above one. The product is
$40^{2/9} = 2.27$, far below $40^3$.

*Remarks.* The last round asks for the smallest step. In $\eta_2$ the constant is 801, where $r^2$ alone would give 800, since the proof
has $(\epsilon_s^2 + r)^2$, a little more than $r^2$.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flint import arb, ctx, fmpq

from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing
from theorems.label_noise import _rounds as rounds
from theorems.label_noise._parameter_chain import ends
from theorems.label_noise._rounds import BITS, C0, Given, below

WITHIN = "c_{n_s} ≤ ε"
NOT_BELOW = "(1/10)ε ≤ c_{n_s}"
VANISHED = "ε_{n_s} ≤ ε"
STEP_SIZE = "c_s²/(8η₂B) ≥ log(10rT²/ρ)"
FAILURE = "0.01 + 0.01 + (n_s - 1)ρ ≤ 0.03"
START = "ε_{s-1} ≤ c_{s-1}"
FIRST_MASS = fmpq(1, 40**3)


@dataclass(frozen=True)
class Problem:
    r"""``target`` is $\epsilon$."""

    d: int
    r: int
    delta: fmpq
    target: fmpq


@dataclass(frozen=True)
class Schedule:
    r"""The proof's choice; changed for controls.

    last:        (n_s) -> the index of the last round
    first_mass:  $\epsilon_1/\epsilon$
    paced_by:    (rounds) -> the one whose step size is taken
    failure:     (n_s) -> $\rho$
    """

    last: Callable[[int], int] = lambda n: n
    first_mass: fmpq = FIRST_MASS
    paced_by: Callable[[list[Given]], Given] = lambda given: given[-1]
    failure: Callable[[int], fmpq] = lambda n: fmpq(1, 100 * n)


PROOF = Schedule()


def problem(choose: Choose) -> Problem:
    """ε = a 10^{-k-3} with 100 ≤ a ≤ 999: from 0.999 to 10^-31."""
    d = choose.integer("d", 1, 10**9)
    target = fmpq(choose.integer("a", 100, 999), 10 ** (choose.integer("k", 0, 30) + 3))
    delta = rounds.exactly(choose.real("δ", 1e-3, 1e12)) * int(choose.option("noisy", (0, 1)))
    return Problem(d, choose.integer("r", 1, d), delta, target)


def series(x: Problem, schedule: Schedule) -> list[Given]:
    """What the rounds 2, ..., n_s are given, and the one after the last; ε_{s-1} is rounded up."""
    n = rounds.decades(x.target)
    rho, epsilon, listed = schedule.failure(n), schedule.first_mass * x.target, []
    for s in range(2, schedule.last(n) + 2):
        c = fmpq(1, 10 ** (s - 1))
        listed.append(Given(x.d, x.r, rho, x.delta, c, epsilon))
        epsilon = above(arb(40) ** arb(2 * c) * arb(epsilon))
    return listed


def above(ball: arb) -> fmpq:
    """A rational number just above the ball."""
    mantissa, exponent = ball.upper().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def composed(schedule: Schedule = PROOF) -> Callable[[Problem, Nothing], Iterable[Clause]]:
    def conclusions(x: Problem, _x: Nothing) -> Iterable[Clause]:
        with ctx.workprec(BITS):
            *played, final = series(x, schedule)
            clauses = [*about_end(x, schedule, final)]
            if played:
                clauses += [*about_rounds(x, played, schedule.paced_by(played))]
            return clauses

    return conclusions


def about_end(x: Problem, schedule: Schedule, final: Given) -> Iterable[Clause]:
    n = rounds.decades(x.target)
    yield at_most(WITHIN, float(final.c), float(x.target))
    yield at_most(NOT_BELOW, float(x.target / 10), float(final.c))
    yield at_most(VANISHED, float(final.epsilon), float(x.target))
    yield below("∏ (4/c₀)^{2c_{s-1}} ≤ 40³", arb(40) ** (2 * arb(fmpq(1, 9))), arb(40**3))
    yield at_most(FAILURE, 0.02 + (schedule.last(n) - 1) * float(schedule.failure(n)), 0.03)
    yield at_most("0.03 ≤ 0.1", 0.03, 0.1)


def about_rounds(x: Problem, played: list[Given], pace: Given) -> Iterable[Clause]:
    """The hypotheses of Theorem D.1 on every round: of each the round that comes nearest to breaking it."""
    bx = rounds.sup_norm(x.d, pace.rho)
    spreads = [rounds.spread(given, bx, arb(40) ** arb(2 * given.c) * arb(given.epsilon)) for given in played]
    B = spreads[played.index(pace)]
    eta = rounds.largest_step_size(pace, B)
    T = (rounds.log_ratio() / eta).ceil()
    yield worst(START, [(arb(given.epsilon), arb(given.c)) for given in played])
    yield worst("c_{s-1} ≤ c₀", [(arb(given.c), arb(C0)) for given in played])
    room = [arb(C0 * given.c) ** 2 / (8 * eta * B) for given, B in zip(played, spreads, strict=True)]
    yield worst(STEP_SIZE, [(rounds.union(pace, T), each) for each in room])
    crossing = arb(1) / (900 * x.r)
    yield worst("(ε_s² + 4c_{s-1}r)C_x b_x² ≤ c_s/20", [(rest(given) * crossing, arb(C0 * given.c) / 20) for given in played])
    spread, factor = arb(x.delta) ** 2 + arb(x.r) ** 2, 801 * bx**4 * rounds.union(pace, T)
    yield below("ε²/(η₂(δ²+r²)) ≤ 801 b_x⁴ log(10rT²/ρ)", arb(x.target) ** 2 / (eta * spread), factor)
    yield below("T₂η₂ ≤ 3.7n_s", len(played) * T * eta, arb(fmpq(37, 10)) * (len(played) + 1))


def rest(given: Given) -> arb:
    """ε_s² + 4c_{s-1}r"""
    epsilon = arb(40) ** arb(2 * given.c) * arb(given.epsilon)
    return epsilon * epsilon + 4 * arb(given.c) * given.r


def worst(name: str, sides: list[tuple[arb, arb]]) -> Clause:
    """The comparison with the largest left/right."""
    left, right = max(sides, key=lambda pair: float((pair[0] / pair[1]).mid()))
    return at_most(name, ends(left / right), 1.0)


def assumptions(x: Problem, _x: Nothing) -> Iterable[Clause]:
    yield at_most("ε < 1", float(x.target), 0.999)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="App E-a",
        title="one step size serves all bootstrapping rounds, and they end within the target error",
        kind="deterministic",
        claim=r"n_s = \lceil\log_{10}\tfrac1\epsilon\rceil \Longrightarrow \tfrac1{10}\epsilon \le c_{n_s} \le \epsilon,\quad "
        r"\epsilon_{n_s} \le \prod_{s\ge2}\bigl(\tfrac4{c_0}\bigr)^{2c_{s-1}}\epsilon_1 \le 40^3\epsilon_1 = \epsilon,\quad "
        r"\eta_2 = \tilde\Theta(\epsilon^2/\delta^2)",
        place="Appendix E, proof of Theorem 2.1",
        reading="0 < ε < 1; n_s - 1 rounds lead from c₁ to c_{n_s}; Θ̃ stands for 801 b_x⁴ log(10rT²/ρ), and δ² for δ² + r².",
        depends_on=("Thm D.1", "Thm 3.3"),
    ),
    setting=problem,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=composed(),
    controls=(
        control("one round fewer", with_conclusions(composed(replace(PROOF, last=lambda n: max(n - 1, 1)))), WITHIN),
        control("ε₁ = ε", with_conclusions(composed(replace(PROOF, first_mass=fmpq(1)))), VANISHED),
        control("the step size of the first round", with_conclusions(composed(replace(PROOF, paced_by=lambda given: given[0]))), STEP_SIZE),
        control("ρ = 0.01 for every round", with_conclusions(composed(replace(PROOF, failure=lambda _n: fmpq(1, 100)))), FAILURE),
        control("nine tenths of c_{n_s}", sharpened(NOT_BELOW, 0.9), NOT_BELOW),
    ),
)
