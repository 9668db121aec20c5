r"""What Azuma's inequality gives for a round of Appendix D, from its numbers alone.

In the box $\lVert v_S - 1\rVert_\infty \le R = 2c_{s-1}$, $\lVert v_{S^c}\rVert_1 \le \epsilon_s$ write $A = v_k - 1$ above 1 and
$A = 1 - v_k$ below, and $m = \min_k E_i[x_k^2]$. The other coordinates contribute at most
$X = C_x(\epsilon_s^2 + (r-1)(2+R)R)$ to the gradient, so that
$$E[A'] \le A - \eta(1+A)\bigl(m(2+A)A - X\bigr) \text{ above}, \qquad E[A'] \le A - \eta(1-A)\bigl(m(2-A)A - X\bigr) \text{ below}.$$
Given the past a step is sub-Gaussian with the proxy $\eta v_k\sqrt{\delta^2b_x^2 + b_x^4(\epsilon_s^2 + r(2+R)R)^2}$: Hoeffding's lemma
for the sign given the sample, then for the sample. That is what the paper calls the variance; Lemma G.3, which asks for
the variance only, is false, but ``models.azuma`` gives its conclusion for such steps.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from models.azuma import escape_exponent, least_escape_exponent
from theorems.label_noise._stage_two import Round

ABOVE, BELOW = 1.0, -1.0
Exponent = Callable[[float, float, float, float, float], ndarray]


def residual(q: Round) -> float:
    r"""$\epsilon_s^2 + r(2+R)R$, which bounds $\lVert v^2 - v_*^2\rVert_1$ in the box"""
    return q.next_eps**2 + q.r * surplus(2 * q.c)


def surplus(R: float) -> float:
    r"""$(1+R)^2 - 1$, which bounds $\lvert v_j^2 - 1\rvert$"""
    return (2 + R) * R


def crossing(q: Round) -> float:
    """X"""
    return q.cross * (q.next_eps**2 + (q.r - 1) * surplus(2 * q.c))


def noise(q: Round) -> float:
    r"""The proxy of a step in multiples of $\eta v_k$."""
    return float(np.sqrt((q.delta * q.b) ** 2 + (q.b**2 * residual(q)) ** 2))


def longest_step(q: Round) -> float:
    """The most by which a coordinate of the support moves in one step."""
    return q.eta * (1 + 2 * q.c) * (q.delta * q.b + q.b**2 * residual(q))


@dataclass(frozen=True)
class Side:
    r"""One side of 1: ``rate`` with $E[A'] \le (1 - rate \cdot \eta)A$ in a window, ``sigma`` the proxy of a step there."""

    rate: float
    sigma: float

    def escape(self, q: Round, top: float, start: float) -> float:
        """The exponent of P(A > top at some given time, from A <= start, in the window between)."""
        return self._at(least_escape_exponent, q, top, start)

    def stay(self, q: Round, top: float, start: float) -> float:
        """The exponent of P(A > top up to time T, from A <= start)."""
        return self._at(escape_exponent, q, top, start)

    def _at(self, exponent: Exponent, q: Round, top: float, start: float) -> float:
        if self.rate <= 0:
            return 0.0
        return float(exponent(top, start, self.rate * q.eta, self.sigma * q.eta, q.T)[0])


def side(q: Round, sign: float, low: float, high: float, proportional: float = 0.0, constant: float | None = None) -> Side:
    r"""The window $A \in [low, high]$, where X is at most ``proportional`` · A + ``constant``.

    With these p and s the rate is the least of $(1+A)(m(2+A) - p - s/A)$, which increases where it is positive, or of
    $(1-A)(m(2-A) - p - s/A)$, which increases up to some A and decreases from there on: least at an end either way.
    """
    s = crossing(q) if constant is None else constant
    ends = (low, high)
    rate = min((1 + sign * A) * (q.moment * (2 + sign * A) - proportional - s / A) for A in ends)
    return Side(rate, (1 + high if sign == ABOVE else 1.0) * noise(q))


def union(exponents: list[float], count: float) -> float:
    """``min(1, count · Σ exp(-exponent))``"""
    return min(1.0, float(np.sum(count * np.exp(-np.array(exponents)))))


def two_sides(q: Round, low: float, high: float) -> tuple[Side, Side]:
    return side(q, ABOVE, low, high), side(q, BELOW, low, high)
