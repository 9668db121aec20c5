r"""Where gradient flow without noise ends, for given data: the exact statements about its limit (Section 2.2).

The kernel of X holds a positive vector w, so that the limit exists: $X = G - G w w^\top/\lVert w\rVert_2^2$ for any G. The
adversary brings one more zero-error $u \ge 0$: from $v_*^2$, or $v_*^2$ plus a multiple of w, towards the zero-error point
that is closest to $v[0]^2$, as far as u stays nonnegative.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb, fmpq
from jaxtyping import Float
from numpy import ndarray

from models import gradient_flow
from models.matrices import apply, euclidean, transpose
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws

CLOSEST = "‖v_∞² - v[0]²‖₂ ≤ 1.01 ‖u - v[0]²‖₂"
LEAST = "D(v_∞², v[0]²) ≤ D(u, v[0]²)"
PYTHAGORAS = "D(u, v[0]²) = D(u, v_∞²) + D(v_∞², v[0]²)"
FAR = "‖v_∞² - v_*²‖_∞ ≥ τ² - 1"
REACHED = "v(t)² → v_∞²"
POSITIVE = "w > 0"
IN_KERNEL = "X w = 0"
LARGE = "τ ≥ 100"


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int


@dataclass(frozen=True)
class Instance:
    X: Float[ndarray, "trials n d"]
    v_star: Float[ndarray, "trials d"]
    tau: Float[ndarray, " trials"]
    w: Float[ndarray, "trials d"]
    u: Float[ndarray, "trials d"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 4)
    return Sizes(n=n, d=choose.integer("d", n + 1, 12))


def drawn(sizes: Sizes, draws: Draws, G: Float[ndarray, "trials n d"], w: Float[ndarray, "trials d"], decades: ndarray) -> Instance:
    """Data whose kernel holds w, τ = 10^decades, and one more zero-error u."""
    X = with_kernel(G, w)
    v_star, tau = draws.integers(0, 1, sizes.d).astype(float), 10.0**decades
    shift = np.where(draws.integers(0, 1) == 0, 0.0, draws.uniform(0.0, 2.0)) * tau**2
    first = v_star**2 + shift[:, np.newaxis] * w
    step = gradient_flow.kernel_solution(X, v_star**2, np.broadcast_to(tau[:, np.newaxis] ** 2, w.shape)) - first
    reach = np.where(step < 0, first, np.inf) / np.where(step < 0, -step, 1.0)
    share = np.minimum(reach.min(axis=1), 1.0) * extremes.fraction(draws)
    return Instance(X=X, v_star=v_star, tau=tau, w=w, u=np.maximum(first + share[:, np.newaxis] * step, 0.0))


def with_kernel(G: Float[ndarray, "trials n d"], w: Float[ndarray, "trials d"]) -> Float[ndarray, "trials n d"]:
    """The rows less their parts along w, taken off twice for the digits; a row along w leaves nothing."""
    unit = (w / euclidean(w)[:, np.newaxis])[:, :, np.newaxis]
    X = G - G @ unit @ transpose(unit)
    X = X - X @ unit @ transpose(unit)
    kept = euclidean(X) > 1e-12 * euclidean(G)
    return np.where(kept[:, :, np.newaxis], X, 0.0)


def chosen(sizes: Sizes, draws: Draws, low: float = -1.0, high: float = 3.0) -> Instance:
    """τ from 10^low to 10^high; w constant, or with entries over a decade."""
    w = np.where(draws.integers(0, 1, 1) == 0, 1.0, 10.0 ** draws.uniform(-1.0, 0.0, sizes.d))
    return drawn(sizes, draws, extremes.matrix(draws, sizes.n, sizes.d), w, draws.uniform(low, high))


def large(sizes: Sizes, draws: Draws) -> Instance:
    return chosen(sizes, draws, low=2.0)


def balanced(sizes: Sizes, draws: Draws) -> Instance:
    """Orthonormal rows: the flow needs no more time than an integrator has."""
    G, w = draws.normal(sizes.n, sizes.d), draws.uniform(0.5, 1.0, sizes.d)
    x = drawn(sizes, draws, G, w, draws.uniform(0.0, 3.0))
    return replace(x, X=gradient_flow.row_space(x.X))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    size = np.abs(x.X).sum(axis=2).max(axis=1)
    yield positive("τ > 0", x.tau)
    yield at_most("v_* is 0 or 1", np.abs(x.v_star * (1 - x.v_star)).max(axis=1), 0.0)
    yield positive(POSITIVE, x.w.min(axis=1))
    yield equals(IN_KERNEL, np.abs(apply(x.X, x.w)).max(axis=1), 0.0, allowance=1e-14 * size * x.w.max(axis=1))
    yield at_least("u ≥ 0", x.u.min(axis=1), 0.0)
    wrong = np.abs(apply(x.X, x.u - x.v_star**2)).max(axis=1)
    yield equals("X u = X v_*²", wrong, 0.0, allowance=1e-13 * size * np.maximum(x.u.max(axis=1), 1.0))


def assumptions_at_large_scale(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from assumptions(sizes, x)
    yield at_least(LARGE, x.tau, 100.0)


def start(x: Instance) -> Float[ndarray, "trials d"]:
    """``v[0]^2 = τ^2 1``"""
    return np.broadcast_to(x.tau[:, np.newaxis] ** 2, x.w.shape)


def limit(x: Instance) -> Float[ndarray, "trials d"]:
    """``v_∞^2``"""
    return gradient_flow.limit(x.X, x.v_star**2, start(x))


def closest(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    scale = euclidean(start(x))
    yield at_most(CLOSEST, euclidean(limit(x) - start(x)), 1.01 * euclidean(x.u - start(x)), scale=scale)


def least_entropy(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    u, entropy = limit(x), gradient_flow.relative_entropy
    size = np.maximum(x.u, start(x)).sum(axis=1)
    yield at_most(LEAST, entropy(u, start(x)), entropy(x.u, start(x)), scale=size)
    yield equals(PYTHAGORAS, entropy(x.u, start(x)), entropy(x.u, u) + entropy(u, start(x)), allowance=1e-12 * size)


def far(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(FAR, np.abs(limit(x) - x.v_star**2).max(axis=1), x.tau**2 - 1, scale=x.tau**2)


def reached(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """In the time scale τ^2 t and the unit τ^2 the flow starts from 1 and has v_*^2/τ^2 in place of v_*^2."""
    runs = zip(x.X, x.v_star / x.tau[:, np.newaxis], strict=True)
    ends = np.stack([gradient_flow.integrated(X, v_star, np.ones(len(v_star)), time=1000.0) for X, v_star in runs])
    wrong = np.abs(ends - limit(x) / x.tau[:, np.newaxis] ** 2).max(axis=1)
    yield equals(REACHED, wrong, 0.0, allowance=1e-7)


def certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """Rows with entries -1, 0, 1 on disjoint columns: each multiplier z solves ``m z - k/z = y/τ^2``, a quadratic equation."""
    X, v_star, tau, w, u = (exact[name] for name in ("X", "v_star", "tau", "w", "u"))

    def times(row: list[fmpq], vector: list[Any]) -> Any:
        return sum((entry * value for entry, value in zip(row, vector, strict=True)), fmpq(0))

    yield given("τ > 0", tau / 2, tau)
    yield given("v_* is 0 or 1", max(abs(v * (1 - v)) for v in v_star), 0)
    yield given(POSITIVE, min(w) / 2, min(w))
    yield given(IN_KERNEL, max(abs(times(row, w)) for row in X), 0)
    yield given("u ≥ 0", 0, min(u))
    yield given("X u = X v_*²", max(abs(times(row, u) - times(row, [v**2 for v in v_star])) for row in X), 0)
    yield given(LARGE, 100, tau)
    moved = arb(0)
    for row in X:
        y, m, k = times(row, [v**2 for v in v_star]) / tau**2, row.count(fmpq(1)), row.count(fmpq(-1))
        z = (ball(y) + ball(y**2 + 4 * m * k).sqrt()) / (2 * m)
        moved += m * (z - 1) ** 2 + k * (1 / z - 1) ** 2
    competing = sum(((value - tau**2) ** 2 for value in u), fmpq(0))
    yield concluded(CLOSEST, ball(tau**2) * moved.sqrt(), ball(fmpq(101, 100)) * ball(competing).sqrt())
