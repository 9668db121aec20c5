r"""A rigorous bound of the probability that a bootstrapping round fails, at any number of steps.

In the setting of Appendix D (``_stage_two``) let $c = c_{s-1}$, let all growth factors be positive, and let A be $v_k - 1$ or
$1 - v_k$ for a coordinate k of S, while the coupling moves and A is in $[l, h]$ with $h \le 2c$. There
$|v_j^2 - 1| \le 4c(1 + c) < 1$ for j in S. Off the diagonal of $E_i[xx^T]$ at most
$X = (\epsilon_s^2 + 4c(1+c)r)\,C_x$ is added up, so that
$$E[A'] \le (1 - \kappa\eta)A, \qquad \kappa = (1 - h)\bigl(\tfrac23(2 - h) - X/l\bigr),$$
and by Hoeffding's lemma, given the sample, the step has the sub-Gaussian proxy $\sigma = \eta(1 + h)\sqrt B$. Steps are no longer than
$\eta(1+h)(\delta b_x + b_x^2(\epsilon_s^2 + r))$. By Azuma's inequality (``models.azuma``) and union bounds over k, over both sides and
over all pairs of times, these are unlikely:

- an A that was at most c exceeds 1.2c (the coupling would move on up to 2c);
- $\lVert v_{S^c}\rVert_1$ exceeds $\epsilon_s$: $(1+\eta c)^{-t}\lVert v_{S^c}\rVert_1$ is a supermartingale whose steps have the proxy
  $\eta\epsilon_s\sqrt B$;
- an A that starts at most at c stays above $c_s/2$ up to time T;
- an A that was at most $c_s/2$ exceeds $c_s$.

If none of them happens, the run is the coupling and ends within $c_s$ and $\epsilon_s$.
"""

import numpy as np

from models.azuma import OUTWARD, escape_exponent, least_escape_exponent
from theorems.label_noise._stage_two import Round

FARTHEST = 1.2  # times c_{s-1}


def contraction(q: Round, low: float, high: float) -> float:
    r"""$\kappa$"""
    others = (q.next_eps**2 + 4 * q.c * (1 + q.c) * q.r) * q.cross
    return (1 - high) * (q.moment * (2 - high) - others / low)


def proxy(q: Round, high: float) -> float:
    r"""$\sigma$"""
    return q.eta * (1 + high) * float(np.sqrt(q.B))


def step_length(q: Round) -> float:
    return q.eta * (1 + 2 * q.c) * (q.delta * q.b + q.b**2 * (q.next_eps**2 + q.r))


def escape(q: Round, start: float, end: float) -> float:
    """That some A gets from at most ``start`` to above ``end``.

    At the last time at ``start`` or below, A is at least 2/3 of that, since the next step is short. The state then tells on
    which side of 1 the excursion is: the r coordinates and T(T+1)/2 <= T² pairs of times need not be counted for both.
    """
    rate = contraction(q, 2 / 3 * start, end) * q.eta
    exponent = float(least_escape_exponent(end, start, rate, proxy(q, end), q.T)[0])
    return small(np.log(q.r) + 2 * np.log(q.T) - exponent)


def staying(q: Round) -> float:
    """That some A stays above c_s/2."""
    high = FARTHEST * q.c
    rate = contraction(q, q.next_c / 2, high) * q.eta
    return small(np.log(q.r) - float(escape_exponent(q.next_c / 2, q.c, rate, proxy(q, high), q.T)[0]))


def growing(q: Round) -> float:
    r"""That the mass off the support exceeds $\epsilon_s$."""
    later, allowed = q.T * np.log1p(q.eta * q.c), 2 * q.c * q.duration  # ε_s = e^allowed ε_{s-1}
    gap = np.exp(-later) * -np.expm1(later - allowed)  # e^-later - e^-allowed, nearly the same for small c
    return small(-OUTWARD * max(gap, 0.0) ** 2 / (2 * q.T * q.eta**2 * q.B))


def small(logarithm: float) -> float:
    return float(np.exp(min(logarithm, 0.0)))


def failure(q: Round) -> float:
    """At most this; 1 where a step is too long for the argument."""
    if step_length(q) > min(q.next_c / 6, 0.5) or (q.next_eps**2 + 4 * q.c * (1 + q.c) * q.r) * q.cross > q.c:
        return 1.0
    parts = escape(q, q.c, FARTHEST * q.c), growing(q), staying(q), escape(q, q.next_c / 2, q.next_c)
    return min(sum(parts), 1.0)
