r"""Lemma B.2: the 1-norm of the coupling stays below b₀ with probability 1 - ρ/3. Appendix B, Eqs 13 to 20.

Let $v_0 = \tau\mathbf{1}$, $\lVert x_i\rVert_\infty \le b_x$, $b_0 = 6\tau d/\rho$ and $\eta \le \frac\rho{6T b_x^2(b_0^2+r)}$. Let
$\tilde v$ be the $b_0$-bounded coupling of label-noise SGD: it stops once $\lVert\tilde v\rVert_1 > b_0$. If it is always positive,
$$P\bigl(\lVert\tilde v_T\rVert_1 \le b_0\bigr) \ge 1 - \frac\rho3 .$$

*Reading.* The probability is over samples and signs, for any fixed data, and the clause bounds that of failure. T and $\delta$ are free,
as nothing but the hypotheses above enters the proof. "Always positive" is read as: on every path.

*Instances.* One to four steps, where all $(2n)^T$ paths are enumerated: an exact law, held against the compiled coupling. The noise
nearly doubles a coordinate in one step; on half of the trials $\rho$ is such that just three, four or five doublings lead beyond
$b_0$; aligned data move all coordinates at once. The step size is at its limit on half of the trials. Positivity is
$\eta\delta b_x + \eta(b_0^2+r)b_x^2 < 1$.

*Tightness.* Half of $\rho/3$ is attained: m doublings have probability $2^{-m}$, and without drift Markov's inequality gives $\rho/6$.
The other half allows for the largest drift at every step, which a run hardly ever has.

*Remarks.* The steps are the proof's: (16) is attained by a state with all of its mass off the support and data that are opposite
there. Runs with the literal constants of the proof are those of Theorem 3.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from numpy.random import Generator

from models.counters import keys
from models.coupling_tree import outcomes
from models.couplings import ball, coupled
from models.quadratic_regression import factors, sup_norm
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem
from theorems.label_noise import _stage_zero as stage
from theorems.label_noise._stage_zero import START, Instance, bound_of, drift

RARE = "P(‖ṽ[T]‖₁ > b₀) ≤ ρ/3"
POSITIVE = "ηδb_x + η(b₀²+r)b_x² < 1"
STEP_SIZE = "η ≤ ρ/(6Tb_x²(b₀²+r))"
DRIFT_16 = "(E ṽ_k[t+1] - ṽ_k[t])/(ηṽ_k[t]) ≤ (‖ṽ[t]²‖₁ + ‖v*²‖₁) b_x²"
DRIFT_17 = "(‖ṽ[t]²‖₁ + ‖v*²‖₁) b_x² ≤ (b₀² + r) b_x²"
SUMMED = "(E‖ṽ[t+1]‖₁ - ‖ṽ[t]‖₁)/η ≤ b₀b_x²(b₀² + r)"
MARKOV = "P(‖ṽ[T]‖₁ > b₀) ≤ E‖ṽ[T]‖₁/b₀"
GROWN = "E‖ṽ[T]‖₁/b₀ ≤ (τd + Tηb₀b_x²(b₀² + r))/b₀"
SMALL = "(τd + Tηb₀b_x²(b₀² + r))/b₀ ≤ ρ/3"
NEARLY = 0.999  # of the noise that positivity allows
ABOVE = 1.006  # ρ is this much more than what puts b₀ at 2^m times the start


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int
    T: int


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 2), d=choose.integer("d", 1, 3), T=choose.integer("T", 1, 4))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return started(sizes, draws, extremes.scale(draws, 2), extremes.fraction(draws))


def started(sizes: Sizes, draws: Draws, tau: Float[ndarray, " trials"], share: Float[ndarray, " trials"]) -> Instance:
    """``share`` of the largest step size; the noise at nearly the most that positivity allows, or below it."""
    X, target, rho = stage.data(draws, sizes.n, sizes.d), stage.support(draws, sizes.d), failure(draws)
    ones = np.ones(draws.trials)
    x = Instance(X, target, stage.start(tau, sizes.d), sup_norm(X), tau, rho, ones, ones)
    eta = share * rho / (6 * sizes.T * drift(x))
    noise = np.where(draws.integers(0, 2) == 0, draws.uniform(0.0, NEARLY), NEARLY) * np.maximum(1 - eta * drift(x), 0.0)
    return replace(x, eta=eta, delta=noise / (eta * x.bx))


def failure(draws: Draws) -> Float[ndarray, " trials"]:
    """ρ such that b₀ lies just below three, four or five doublings of the start, or anything."""
    doublings = [np.full(draws.trials, 6 * ABOVE / 2**m) for m in (3, 4, 5)]
    return extremes.picked(np.stack([draws.uniform(0.01, 0.99), *doublings]), draws.integers(0, 5))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield stage.about_start(x)
    yield at_most(POSITIVE, x.eta * (x.delta * x.bx + drift(x)), 1 - 1e-12)
    yield at_most(STEP_SIZE, x.eta, x.rho / (6 * sizes.T * drift(x)))


def ends(sizes: Sizes, x: Instance) -> Float[ndarray, "trials paths"]:
    """The 1-norm of the coupling at time T, on every path."""
    return outcomes(x.v, x.target, x.X, x.eta, x.delta, bound_of(x), sizes.T).sum(axis=2)


def law(sizes: Sizes, x: Instance) -> Interval:
    """What rounding leaves open is enclosed."""
    mass, limit = ends(sizes, x), bound_of(x)[:, np.newaxis]
    return np.mean(mass > limit * (1 + 1e-12), axis=1), np.mean(mass > limit * (1 - 1e-12), axis=1)


def event(sizes: Sizes, x: Instance, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    region = ball(sizes.d, bound_of(x))
    run = coupled(x.v, x.target, x.X, keys(generator, repetitions), x.eta, x.delta, sizes.T, region)
    return run.v.sum(axis=1) > bound_of(x)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(RARE, law(sizes, x), x.rho / 3)


def anywhere(sizes: Sizes, draws: Draws) -> Instance:
    """A state in the ball, at the same step size and noise."""
    x = chosen(sizes, draws)
    return replace(x, v=stage.state(draws, sizes.d, bound_of(x)))


def on_the_way(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield from stage.about_state(x)


def drifting(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Exact expectations over sample and sign: the noise has mean 0, and what is left is ``-E[g_k]``."""
    mean = -factors(x.v, x.target, x.X).mean(axis=1)
    between = (np.sum(x.v**2, axis=1) + np.sum(x.target**2, axis=1)) * x.bx**2
    yield at_most(DRIFT_16, mean.max(axis=1), between, scale=drift(x))
    yield at_most(DRIFT_17, between, drift(x))
    yield at_most(SUMMED, np.sum(mean * x.v, axis=1), bound_of(x) * drift(x))


def by_markov(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    limit, mean = bound_of(x), ends(sizes, x).mean(axis=1)
    grown = (sizes.d * x.tau + sizes.T * x.eta * limit * drift(x)) / limit
    yield at_most(MARKOV, law(sizes, x), mean / limit)
    yield at_most(GROWN, mean / limit, grown)
    yield at_most(SMALL, grown, x.rho / 3)


def threefold(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, v=3 * x.v)


def striding(sizes: Sizes, draws: Draws) -> Instance:
    """Small starts at nearly the largest step size that positivity allows: the gradient alone leads beyond b₀."""
    x = started(sizes, draws, 10.0 ** draws.uniform(-6.0, -3.0), np.ones(draws.trials))
    eta = 0.9 / drift(x)
    return replace(x, eta=eta, delta=0.05 / (eta * x.bx))


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem B.2",
        title="the 1-norm of the coupling stays bounded",
        kind="probability",
        claim=r"v_0 = \tau\mathbf{1},\ \lVert x_i\rVert_\infty \le b_x,\ \eta \le \tfrac{\rho}{6Tb_x^2(b_0^2+r)},\ \tilde v > 0"
        r"\ \Longrightarrow\ P\bigl(\lVert\tilde v_T\rVert_1 \le b_0 = \tfrac{6\tau d}{\rho}\bigr) \ge 1-\tfrac{\rho}{3}",
        place="Appendix B, Eq 13",
        reading="over samples and signs, for any fixed data, T and δ; stated for the failure. ṽ is positive on every path.",
        depends_on=("Def B.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    block=200,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem B.2-15-17",
            title="the drift of the 1-norm in one step",
            claim=r"\lVert\tilde v_t\rVert_1 \le b_0\ \Longrightarrow\ E\,\tilde v_{t+1,k} - \tilde v_{t,k} \le "
            r"\eta(\lVert\tilde v_t^2\rVert_1 + \lVert v_*^2\rVert_1)b_x^2\tilde v_{t,k} \le \eta(b_0^2+r)b_x^2\tilde v_{t,k}",
            chosen=anywhere,
            assumptions=on_the_way,
            conclusions=drifting,
            quantifier=ALWAYS,
        ),
        step(
            BASE,
            label="Lem B.2-18-20",
            title="Markov's inequality for the 1-norm",
            claim=r"P(\lVert\tilde v_T\rVert_1 > b_0) \le \frac{E\lVert\tilde v_T\rVert_1}{b_0} \le "
            r"\frac{\tau d + T\eta b_0b_x^2(b_0^2+r)}{b_0} \le \frac{\rho}{3}",
            conclusions=by_markov,
            quantifier=ALWAYS,
        ),
    ),
    controls=(
        control("0.49 of ρ/3", sharpened(RARE, 0.49), RARE),
        control("three times the start", without_assumption(START, chosen=threefold), RARE),
        control("a step size that only positivity limits", without_assumption(STEP_SIZE, chosen=striding), RARE),
    ),
)
