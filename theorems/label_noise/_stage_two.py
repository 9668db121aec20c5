r"""The setting of Appendix D: one round that takes the error on the support from $c_{s-1}$ to $c_s = c_0c_{s-1}$.

With S the first r coordinates, $v_* = 1_S$ and $c_0 = 1/10$, a round starts at $\lVert v_S - 1\rVert_\infty \le c_{s-1}$ and
$\lVert v_{S^c}\rVert_1 \le \epsilon_{s-1}$, where $0 < \epsilon_{s-1} \le c_{s-1} \le c_0$, and takes
$T = \log(4/c_0)/\eta$ steps, rounded up. With
$$\epsilon_s = (4/c_0)^{2c_{s-1}}\epsilon_{s-1}, \qquad B = b_x^2\bigl(\delta^2 + b_x^2(\epsilon_s^2 + r)^2\bigr)$$
the coupling moves while $\lVert v_S - 1\rVert_\infty \le 2c_{s-1}$ and $\lVert v_{S^c}\rVert_1 \le \epsilon_s$. The data
obey $\lVert x_i\rVert_\infty \le b_x$ and $E_i[x_k^2] \ge 2/3$, and $C_x$ is the largest $\lvert E_i[x_jx_k]\rvert$, $j \ne k$.

*Reading.* "In the setting of Lemma D.3" brings what stands above. The inequalities that Lemma D.3 assumes for $\eta$ and $C_x$ are
its own: the other lemmas assume others in their place, some weaker. Of the Gaussian samples the lemmas assume what stands above,
for some $b_x > 0$, so that all data which obey it are admitted, few samples and dimensions too. The step size is the one that these
inequalities ask for, in place of Theorem D.1's $\tilde\Theta(c_s^2/(\delta^2 + r^2))$, which has no constant. That S are the first
coordinates restricts nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.couplings import Coupled, Region, coupled
from models.quadratic_regression import cross_moment, least_second_moment, sup_norm
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly
from theorems.checker.theorem import keep, nothing
from theorems.label_noise._design import LEAST_MOMENT, with_moments

C0 = 1 / 10
BOUNDED = "‖x_i‖_∞ ≤ b_x"
MOMENT = "E_i[x_k²] ≥ 2/3"
ERROR = "‖v_S[0] - 1‖_∞ ≤ c_{s-1}"
MASS = "‖v_{S^c}[0]‖₁ ≤ ε_{s-1}"
WHOLE = 1e-12  # log(4/c₀)/η may be a whole number up to rounding
FROM_NUMBERS = {"chosen": nothing, "sampled": keep, "quantifier": Exactly(), "block": 1}  # moves of a claim about a round's numbers alone


@dataclass(frozen=True, kw_only=True)
class Round:
    r"""The numbers of a round.

    c:       $c_{s-1}$
    eps:     $\epsilon_{s-1}$
    b:       $b_x$
    cross:   $C_x$
    moment:  the least $E_i[x_k^2]$
    """

    r: int
    c: float
    eps: float
    delta: float
    rho: float
    b: float
    cross: float
    moment: float = LEAST_MOMENT
    eta: float = 1.0
    c0: float = C0

    @property
    def next_c(self) -> float:
        """$c_s$"""
        return self.c0 * self.c

    @property
    def next_eps(self) -> float:
        r"""$\epsilon_s$"""
        return (4 / self.c0) ** (2 * self.c) * self.eps

    @property
    def B(self) -> float:
        return self.b**2 * (self.delta**2 + self.b**2 * (self.next_eps**2 + self.r) ** 2)

    @property
    def duration(self) -> float:
        """$\\log(4/c_0)$, which is ηT but for the rounding of T"""
        return float(np.log(4 / self.c0))

    @property
    def T(self) -> float:
        """A whole number, which may be too large for an integer type."""
        return float(np.ceil((1 - WHOLE) * self.duration / self.eta))

    def union(self, count: float) -> float:
        r"""$\log(count \cdot rT^2/\rho)$"""
        return float(np.log(count * self.r / self.rho) + 2 * np.log(self.T))


@dataclass(frozen=True)
class Run:
    """The data, the start ``v`` and one key per run; all runs share the first two."""

    X: Float[ndarray, "1 n d"]
    v: Float[ndarray, "1 d"]
    keys: Int[ndarray, " runs"]


Needed = Callable[[Round], float]  # the T that a hypothesis on η asks for, where it depends on T itself at the round's


def paced(q: Round, needed: Needed, slower: float = 1.0) -> Round:
    """The round with the largest step size log(4/c₀)/T that a hypothesis allows, or one ``slower`` times smaller.

    The hypothesis asks for T >= needed(round), which grows with T slowly: iterated from T = 1 it reaches the least such T.
    """
    T, least = 0.0, 1.0
    while least > T:
        T = least
        least = float(np.ceil(slower * needed(replace(q, eta=q.duration / T))))
    return replace(q, eta=q.duration / T)


def exponent(q: Round, numerator: float) -> float:
    r"""$numerator/(\eta B)$"""
    return numerator / (q.eta * q.B)


def numbers(choose: Choose) -> Round:
    """Everything but C_x and η, over many decades."""
    r, c = int(choose.option("r", (1, 2, 3, 12, 1000))), float(choose.option("c", (0.1, 0.03, 0.001)))
    b = float(choose.option("b", (float(np.sqrt(LEAST_MOMENT)), 1.0, 3.0)))
    eps, delta = c * choose.real("eps", 1e-6, 1.0), float(choose.option("delta", (0.0, 0.1, 1.0, 10.0, 1000.0)))
    return Round(r=r, c=c, eps=eps, delta=delta, rho=choose.real("rho", 1e-9, 0.99), b=b, cross=0.0)


def small(choose: Choose) -> Round:
    """Rounds that can be run: r = 1, 2 and few decades."""
    r, c = choose.integer("r", 1, 2), float(choose.option("c", (0.1, 0.09)))
    eps, delta = c * float(choose.option("eps", (1.0, 0.01))), float(choose.option("delta", (0.0, 0.5, 1.0)))
    return Round(r=r, c=c, eps=eps, delta=delta, rho=float(choose.option("rho", (0.99, 0.6))), b=1.0, cross=0.0)


def negative(d: int, size: float, moment: float = LEAST_MOMENT) -> Float[ndarray, "1 n d"]:
    r"""Data with $E_i[x_k^2]$ = ``moment`` and $E_i[x_jx_k] = -$ ``size``, or nearly as far as that is possible."""
    size = min(size, 0.9 * moment / max(d - 1, 1))
    return with_moments(((moment + size) * np.eye(d) - size)[np.newaxis])


def correlated(q: Round, d: int, spread: float, limit: float) -> tuple[Round, Float[ndarray, "1 n d"]]:
    """Negatively correlated data with ``spread · C_x b_x² = limit``, or below it where no data have so large a C_x."""
    widest = negative(d, limit / (spread * LEAST_MOMENT))
    X = negative(d, limit / (spread * sup_norm(widest)[0] ** 2))
    return described(q, X), X


def described(q: Round, X: Float[ndarray, "1 n d"]) -> Round:
    """The round with the numbers of its data."""
    return replace(q, b=float(sup_norm(X)[0]), cross=float(cross_moment(X)[0]), moment=float(least_second_moment(X)[0]))


def target(r: int, d: int) -> Float[ndarray, "1 d"]:
    """v*"""
    return (np.arange(d) < r).astype(float)[np.newaxis]


def start(q: Round, draws: Draws, d: int, error: float, mass: float) -> Float[ndarray, "1 d"]:
    """All of S at 1 + ``error`` or all at 1 - ``error``; off S one coordinate of size ``mass``, of either sign."""
    on = 1 + error * draws.signs(1) * np.ones(q.r)
    off = mass * draws.signs(d - q.r) * (np.arange(d - q.r) == 0)
    return np.concatenate([on, off], axis=1)


def unkeyed(X: Float[ndarray, "1 n d"], v: Float[ndarray, "1 d"]) -> Run:
    """What the adversary chooses, before nature brings the keys."""
    return Run(X, v, np.zeros(1, dtype=np.int64))


def keyed(_q: object, x: Run, generator: Generator, trials: int) -> Run:
    return replace(x, keys=keys(generator, trials))


def followed(q: Round, x: Run, T: float | None = None, labels: Float[ndarray, "1 d"] | None = None) -> Coupled:
    r"""The $(2c_{s-1}, \epsilon_s)$-to-v* coupling over T steps; ``labels`` is another v* that the labels come from."""
    goal = target(q.r, x.X.shape[2])
    mass, low, high = (np.array([end]) for end in (q.next_eps, 1 - 2 * q.c, 1 + 2 * q.c))
    steps, rates = int(q.T if T is None else T), (np.array([q.eta]), np.array([q.delta]))
    return coupled(x.v, goal if labels is None else labels, x.X, x.keys, *rates, steps, Region(goal > 0, mass, low, high))


def error(q: Round, v: Float[ndarray, "runs d"]) -> Float[ndarray, " runs"]:
    r"""$\lVert v_S - 1\rVert_\infty$"""
    return np.abs(v[:, : q.r] - 1).max(axis=1)


def mass(q: Round, v: Float[ndarray, "runs d"]) -> Float[ndarray, " runs"]:
    r"""$\lVert v_{S^c}\rVert_1$"""
    return np.abs(v[:, q.r :]).sum(axis=1)


def standing(q: Round, _x: object = None) -> Iterable[Clause]:
    """What every lemma assumes of the numbers."""
    yield positive("ε_{s-1} > 0", q.eps)
    yield at_most("ε_{s-1} ≤ c_{s-1}", q.eps, q.c)
    yield at_most("c_{s-1} ≤ c₀", q.c, q.c0)
    yield at_least("δ ≥ 0", q.delta, 0.0)
    yield at_least(MOMENT, q.moment, LEAST_MOMENT)
    yield at_least("b_x² ≥ E_i[x_k²]", q.b**2, q.moment)
    yield at_least("T ≥ log(4/c₀)/η", q.T, q.duration / q.eta, rounding=2 * WHOLE)


def starting(q: Round, x: Run) -> Iterable[Clause]:
    """What every lemma assumes of the data and of the start."""
    yield from standing(q)
    yield at_most(BOUNDED, sup_norm(x.X), q.b)
    yield at_most("|E_i[x_j x_k]| ≤ C_x", cross_moment(x.X), q.cross)
    yield at_least("E_i[x_k²] ≥ m, the least of them", least_second_moment(x.X), q.moment)
    yield at_most(ERROR, error(q, x.v), q.c)
    yield at_most(MASS, mass(q, x.v), q.eps)
