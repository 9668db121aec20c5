"""Runs of gradient descent on corrupted labels, with the hypotheses of Theorem 9.2; its proof steps share them.

The map is $f_{\\mathrm{off}} + U(A\\theta + M\\sin(\\omega B\\theta+\\phi))$ with α, β and L certified on all of parameter space.
The true labels are $\\tilde y = f(\\theta_0) - Uc$, so that $f(\\theta_0) - \\tilde y \\in S_+$ = range(U); y = ỹ + e.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.descent import Iterate, Observed, descent, worst
from models.maps import SineMap
from models.matrices import apply, euclidean, transpose
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.early_stopping._families import OnSineMap, bent, conditioned, corruption, signal_basis, within
from theorems.early_stopping._setting import orthonormal_columns

CAP = 300  # iterations: the precision ν is enlarged where reaching ‖Π₊e‖_∞ would take more
FEW = 12  # iterations looked at where matrices are compared: the Jacobian moves most at the beginning
LATER = 20  # iterations past the threshold that are looked at too
STEP_SIZE = "η ≤ min(1, αβ/(L‖r₀‖))/(2β²)"


@dataclass(frozen=True)
class Sizes:
    """n samples, p parameters, q sines, m = dim S₊."""

    m: int
    n: int
    p: int
    q: int


@dataclass(frozen=True)
class Instance(OnSineMap):
    """The map, its constants, the labels and the run; ``steps`` is the last iteration that is looked at."""

    theta0: Float[ndarray, "trials p"]
    y_tilde: Float[ndarray, "trials n"]
    e: Float[ndarray, "trials n"]
    alpha: Float[ndarray, " trials"]
    beta: Float[ndarray, " trials"]
    L: Float[ndarray, " trials"]
    eta: Float[ndarray, " trials"]
    nu: Float[ndarray, " trials"]
    gamma: Float[ndarray, " trials"]
    s: Int[ndarray, " trials"]
    steps: Int[ndarray, " trials"]

    @property
    def y(self) -> Float[ndarray, "trials n"]:
        """The corrupted labels."""
        return self.y_tilde + self.e

    @property
    def size(self) -> Float[ndarray, " trials"]:
        """What rounding errors of residuals are proportional to."""
        return euclidean(self.f.value(self.theta0)) + euclidean(self.y_tilde) + euclidean(self.e) + euclidean(self.offset)


def setting(choose: Choose) -> Sizes:
    m = choose.integer("m", 1, 3)
    return Sizes(m=m, n=choose.integer("n", m, 8), p=choose.integer("p", m, 6), q=choose.integer("q", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    U = signal_basis(draws, sizes.n, sizes.m)
    return corrupted_by(sizes, draws, U, corruption(draws, U))


def corrupted_by(sizes: Sizes, draws: Draws, U: Float[ndarray, "trials n m"], e: Float[ndarray, "trials n"]) -> Instance:
    """Maps into the span of U, labels with the errors e, and a run."""
    inside = initial_residual_inside(draws, U, e)
    r0 = euclidean(apply(U, apply(transpose(U), e) + inside) - e)
    unit = np.maximum(r0, 1e-6 * euclidean(e))  # r₀ = 0 is rounding of e
    f = steep_and_curved(sizes, draws, U, np.where(unit > 0, unit, 1.0))
    alpha, beta, L = f.alpha * loose(draws), f.beta / loose(draws), f.lipschitz / loose(draws)
    eta = step_limit(alpha, beta, L, r0) * np.where(draws.integers(0, 1) == 0, 1.0, draws.uniform(0.1, 1.0))
    theta0 = draws.normal(sizes.p) * (r0 / alpha)[:, np.newaxis]
    y_tilde = f.value(theta0) - apply(U, apply(transpose(U), e) + inside)
    nu = precision(draws, U, e, r0, eta * alpha**2)
    steps = np.ceil(iterations(eta * alpha**2, r0, nu)).astype(np.int64) + draws.integers(0, 1) * draws.integers(0, LATER)
    gamma = least_diffuseness(U) / np.where(draws.integers(0, 1) == 0, 1.0, draws.uniform(0.25, 1.0))
    s = np.minimum(nonzeros(e) + draws.integers(0, 1) * draws.integers(0, sizes.n), sizes.n)
    run = {"theta0": theta0, "y_tilde": y_tilde, "e": e, "eta": eta, "nu": nu, "s": s, "steps": steps}
    return Instance(
        U=U, A=f.A, M=f.M, B=f.B, omega=f.omega, phase=f.phase, offset=f.offset, alpha=alpha, beta=beta, L=L, gamma=gamma, **run
    )


def loose(draws: Draws) -> Float[ndarray, " trials"]:
    """Exactly 1 on three quarters of the trials: by how much a constant is missed elsewhere."""
    return np.where(draws.integers(0, 3) > 0, 1.0, draws.uniform(0.7, 1.0))


def initial_residual_inside(draws: Draws, U: ndarray, e: ndarray) -> Float[ndarray, "trials m"]:
    """U^T r₀ of any size relative to e, or U^T e (then f(θ₀) misses ỹ by 2 Π₊e), or zero."""
    along = apply(transpose(U), e)
    size = np.where(euclidean(e) > 0, euclidean(e), 1.0) * extremes.scale(draws, 1)
    anything = extremes.vector(draws, U.shape[2]) * size[:, np.newaxis]
    return extremes.picked(np.stack([anything, along, -along * draws.uniform(0.0, 4.0, 1)]), draws.integers(0, 3))


def steep_and_curved(sizes: Sizes, draws: Draws, U: ndarray, unit: ndarray) -> SineMap:
    """σ_min(A) = 1 up to a scale; bending up to 0.4; L·unit/(αβ) from 1/2 to 3, so that either step limit acts."""
    steepness = extremes.scale(draws, 2)
    f = SineMap(
        U=U,
        A=conditioned(draws, sizes.m, sizes.p) * steepness[:, np.newaxis, np.newaxis],
        M=extremes.matrix(draws, sizes.m, sizes.q),
        B=extremes.matrix(draws, sizes.q, sizes.p),
        omega=np.ones_like(steepness),
        phase=draws.uniform(-np.pi, np.pi, sizes.q),
        offset=draws.normal(sizes.n) * unit[:, np.newaxis],
    )
    bending = 0.4 * steepness * extremes.fraction(draws)
    flat = replace(f, M=np.zeros_like(f.M))
    alpha, beta = flat.alpha - bending, flat.beta + bending
    return bent(f, bending, draws.uniform(0.5, 3.0) * alpha * beta / unit)


def step_limit(alpha: ndarray, beta: ndarray, L: ndarray, r0: ndarray) -> Float[ndarray, " trials"]:
    """``min(1, αβ/(L‖r₀‖)) / (2β²)``; the second term is infinite for a linear map."""
    return 1 / (2 * beta**2 * np.maximum(1.0, L * r0 / (alpha * beta)))


def iterations(rate: ndarray, r0: ndarray, nu: ndarray) -> Float[ndarray, " trials"]:
    """``(5/(ηα²)) log(‖r₀‖/ν)``, at least 0; ``rate`` is ηα²."""
    return 5 / rate * np.log(np.maximum(r0 / nu, 1.0))


def precision(draws: Draws, U: ndarray, e: ndarray, r0: ndarray, rate: ndarray) -> Float[ndarray, " trials"]:
    """ν = ‖Π₊e‖_∞ or more, and not so small that more than CAP iterations would be needed."""
    least = largest(within(U, e)) / np.where(draws.integers(0, 2) > 0, 1.0, draws.uniform(0.1, 1.0))
    nu = np.maximum(least, r0 * np.exp(-CAP * rate / 5))
    return np.where(nu > 0, nu, 1.0)


def largest(v: Float[ndarray, "trials n"]) -> Float[ndarray, " trials"]:
    """``||v||_∞``"""
    return np.abs(v).max(axis=1)


def least_diffuseness(U: Float[ndarray, "trials n m"]) -> Float[ndarray, " trials"]:
    """``n max_i (P)_ii``, the least γ: on the span of U the largest ``v_i`` at unit norm is the norm of row i of U."""
    return U.shape[1] * euclidean(U).max(axis=1) ** 2


def nonzeros(e: Float[ndarray, "trials n"]) -> Int[ndarray, " trials"]:
    return np.count_nonzero(e, axis=1)


def initial_residual(x: Instance) -> Float[ndarray, "trials n"]:
    return x.f.value(x.theta0) - x.y


def threshold(x: Instance) -> Float[ndarray, " trials"]:
    """The printed number of iterations."""
    return iterations(x.eta * x.alpha**2, euclidean(initial_residual(x)), x.nu)


def run(x: Instance) -> Iterator[Iterate]:
    """All trials until the last one's end; ``steps`` tells where each ends."""
    return descent(x.f, x.y, x.theta0, x.eta, int(x.steps.max()))


def following(x: Instance, now: Iterate) -> Float[ndarray, "trials p"]:
    """``θ_{τ+1}``"""
    return now.theta - x.eta[:, np.newaxis] * now.gradient


def few(sizes: Sizes, draws: Draws) -> Instance:
    """The first FEW iterations of the runs."""
    x = chosen(sizes, draws)
    return replace(x, steps=np.minimum(x.steps, FEW))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    misfit, r0 = x.f.value(x.theta0) - x.y_tilde, euclidean(initial_residual(x))
    yield orthonormal_columns(x.U)
    yield positive("α > 0", x.alpha)
    yield at_most("α ≤ ‖J(θ)ᵀv‖ on S₊", x.alpha, x.f.alpha)
    yield at_most("‖J(θ)ᵀv‖ ≤ β on S₊", x.f.beta, x.beta)
    yield at_most("J is L-smooth", x.f.lipschitz, x.L)
    yield at_most("f(θ₀) - ỹ ∈ S₊", euclidean(misfit - within(x.U, misfit)), 0.0, scale=x.size)
    yield positive("η > 0", x.eta)
    yield at_most(STEP_SIZE, x.eta, step_limit(x.alpha, x.beta, x.L, r0))
    yield positive("ν > 0", x.nu)
    yield at_least("ν ≥ ‖Π₊e‖_∞", x.nu, largest(within(x.U, x.e)))
    yield at_most("e has at most s nonzeros", nonzeros(x.e), x.s)
    yield at_most("S₊ is γ-diffused", least_diffuseness(x.U), x.gamma)


def judged(x: Instance, watch: Callable[[Iterate], dict[str, Observed]], scale: ndarray, squares: tuple[str, ...] = ()) -> Iterable[Clause]:
    """One clause per inequality of ``watch``; ``scale`` is the size of what they compare, or compare the ``squares`` of."""
    seen = worst(map(watch, run(x)))
    return [at_worst(name, seen[name], scale**2 if name in squares else scale) for name in seen]


def at_worst(name: str, seen: Observed, scale: ndarray) -> Clause:
    """The clause at the worst iteration, with the rounding of some hundred iterations; ``scale`` is their size."""
    return at_most(name, seen[0], seen[1], where=seen[2], scale=scale, rounding=1e-11)
