r"""Where gradient flow without noise ends, for given data: the exact statements about its limit (Section 2.2).

The kernel of X holds a positive vector w, so that the limit exists: $X = G - G w w^\top/\lVert w\rVert_2^2$ for any G. The
adversary brings one more zero-error $u \ge 0$: from $v_*^2$, or $v_*^2$ plus a multiple of w, towards the zero-error point
that is closest to $v[0]^2$, as far as u stays nonnegative.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models import gradient_flow
from models.matrices import apply, euclidean, transpose
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws

APART = "‖v_∞² - û‖₂ ≥ (2-√3)(1-√3/τ²) ‖û - v[0]²‖₂"
NO_FURTHER = "‖v_∞² - û‖₂ ≤ (2-√3)(1+√3/τ²) ‖û - v[0]²‖₂"
LEAST = "D(v_∞², v[0]²) ≤ D(u, v[0]²)"
PYTHAGORAS = "D(u, v[0]²) = D(u, v_∞²) + D(v_∞², v[0]²)"
FAR = "‖v_∞² - v_*²‖_∞ ≥ τ² - 1"
REACHED = "v(t)² → v_∞²"
POSITIVE = "w > 0"
IN_KERNEL = "X w = 0"


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


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """τ from 1/10 to 1000; w constant, or with entries over a decade."""
    w = np.where(draws.integers(0, 1, 1) == 0, 1.0, 10.0 ** draws.uniform(-1.0, 0.0, sizes.d))
    return drawn(sizes, draws, extremes.matrix(draws, sizes.n, sizes.d), w, draws.uniform(-1.0, 3.0))


def quadrupled(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 4)
    return Sizes(n=n, d=4 * n * choose.integer("repeated", 1, 8))


def disjoint(sizes: Sizes, draws: Draws) -> Instance:
    """Rows (-1, 1, 1, 1) on disjoint columns, each column repeated d/(4n) times; τ from 1 to a million; u is û."""
    repeated, copies = sizes.d // (4 * sizes.n), np.ones((draws.trials, 1, 1))
    X = copies * np.kron(np.eye(sizes.n), np.repeat([-1.0, 1.0, 1.0, 1.0], repeated))
    w = copies[:, 0] * np.tile(np.repeat([3.0, 1.0, 1.0, 1.0], repeated), sizes.n)
    v_star, tau = draws.integers(0, 1, sizes.d).astype(float), 10.0 ** (6 * extremes.fraction(draws))
    u = gradient_flow.kernel_solution(X, v_star**2, np.broadcast_to(tau[:, np.newaxis] ** 2, w.shape))
    return Instance(X=X, v_star=v_star, tau=tau, w=w, u=u)


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


def start(x: Instance) -> Float[ndarray, "trials d"]:
    """``v[0]^2 = τ^2 1``"""
    return np.broadcast_to(x.tau[:, np.newaxis] ** 2, x.w.shape)


def limit(x: Instance) -> Float[ndarray, "trials d"]:
    """``v_∞^2``"""
    return gradient_flow.limit(x.X, x.v_star**2, start(x))


def kept_apart(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Two sides: the share is 2 - √3 up to a relative error of √3/τ²."""
    nearest = gradient_flow.kernel_solution(x.X, x.v_star**2, start(x))
    apart, travelled = euclidean(limit(x) - nearest), (2 - np.sqrt(3)) * euclidean(nearest - start(x))
    error, scale = np.sqrt(3) / x.tau**2, euclidean(start(x))
    yield at_least(APART, apart, (1 - error) * travelled, scale=scale)
    yield at_most(NO_FURTHER, apart, (1 + error) * travelled, scale=scale)


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
