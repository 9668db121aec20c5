"""A state of a round of Appendix D in rationals: for certificates."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from theorems.checker.certify import Comparison, ball
from theorems.checker.certify import assumed as given
from theorems.label_noise._stage_two import MOMENT
from theorems.label_noise._stage_two_steps import INSIDE, OFF


class State:
    r"""The stored arrays, and what the data amount to; $\epsilon_s = 40^{2c}\epsilon_{s-1}$ is a ball."""

    def __init__(self, r: int, exact: Mapping[str, Any]) -> None:
        self.r, self.X, self.v = r, exact["X"], exact["v"]
        self.c, self.eps, self.delta = exact["c"], exact["eps"], exact["delta"]
        self.n, self.d = len(self.X), len(self.v)
        self.next_eps = arb(40) ** ball(2 * self.c) * ball(self.eps)
        self.b = max(abs(entry) for row in self.X for entry in row)
        moments = [[self.mean(j, k) for k in range(self.d)] for j in range(self.d)]
        self.moment = min(moments[k][k] for k in range(self.d))
        self.cross = max(abs(moments[j][k]) for j in range(self.d) for k in range(self.d) if j != k)

    def mean(self, j: int, k: int) -> fmpq:
        """$E_i[x_jx_k]$"""
        return sum((row[j] * row[k] for row in self.X), fmpq(0)) / self.n

    def gradient_factor(self, k: int) -> fmpq:
        """$E_i[g_k^{(i)}] = \\sum_j (v_j^2 - v_{*j}^2) E_i[x_jx_k]$"""
        return sum(((self.v[j] ** 2 - int(j < self.r)) * self.mean(j, k) for j in range(self.d)), fmpq(0))


def rational(number: float) -> fmpq:
    """The fraction with a small denominator that a float like 2/3 stands for."""
    fraction = Fraction(number).limit_denominator(1000)
    return fmpq(fraction.numerator, fraction.denominator)


def in_the_box(s: State) -> Iterable[Comparison]:
    yield given(INSIDE, max(abs(s.v[j] - 1) for j in range(s.r)), 2 * s.c)
    yield given(OFF, ball(sum((abs(s.v[j]) for j in range(s.r, s.d)), fmpq(0))), s.next_eps)
    yield given("ε_{s-1} > 0", s.eps / 2, s.eps)
    yield given("ε_{s-1} ≤ c_{s-1}", s.eps, s.c)
    yield given("c_{s-1} ≤ c₀", s.c, fmpq(1, 10))
    yield given(MOMENT, fmpq(2, 3), s.moment)
    yield given("δ ≥ 0", 0, s.delta)
