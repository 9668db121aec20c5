r"""The proof of Lemma B.4: one step of the square-root potential in expectation, then Markov's inequality at any size.

For $\Delta_k = \eta s x_k + \eta a$ with $a = (b_0^2 + r)\,b_x^2$ the expectation is over sample and sign. As $E\,\Delta_k = \eta a$,
$$1 - E\sqrt{1+\Delta_k} = E\Bigl[\frac{\Delta_k^2}{2(1+\sqrt{1+\Delta_k})^2}\Bigr] - \frac{\eta a}2 ,$$
in which no digits cancel when $\eta\delta$ is small.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import growth, second_moments, sup_norm
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem, keep
from theorems.label_noise import _stage_zero as stage
from theorems.label_noise._stage_zero import Instance, bound_of, drift

STRIDE = "ηδb_x + η(b₀²+r)b_x² ≤ 1/16"
NOISE = "ηδ² ≥ 32(b₀²+r)b_x²"
DOMINATED = "E Φ(ṽ[t+1]) ≤ Σ_k √ṽ_k[t] E√(1 + Δ_k)"
QUADRATIC = "1 - E√(1 + Δ_k) ≥ E[Δ_k²]/16"
NOISY = "E[Δ_k²]/16 ≥ η²δ²/32"
CONTRACTS = "1 - E Φ(ṽ[t+1])/Φ(ṽ[t]) ≥ η²δ²/32"
MARKOV = "P(Φ(ṽ[T]) > √ε₀) ≤ (1 - η²δ²/32)^T d√τ/√ε₀"
SMALL = "(1 - η²δ²/32)^T d√τ/√ε₀ ≤ ρ/3"
SHORTEST = 1 / 32  # share of the longest stride: below, rounding hides what one step takes off the potential


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 4), d=choose.integer("d", 1, 4))


def strides(x: Instance, share: Float[ndarray, " trials"], drifting: Float[ndarray, " trials"]) -> Instance:
    r"""The instance with step size and noise under the lemma's hypotheses.

    With $u = \eta\delta$ and $\eta a = \kappa u^2/32$ the second hypothesis is $\kappa \le 1$, the first $u b_x + \kappa u^2/32 \le 1/16$;
    ``drifting`` is $\kappa$, and u is ``share`` of its largest value.
    """
    u = share / (8 * (x.bx + np.sqrt(x.bx**2 + drifting / 128)))
    eta = drifting * u**2 / (32 * drift(x))
    return replace(x, eta=eta, delta=u / eta)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """The start; the logarithm from 0.01 to 10, ρ over three decades."""
    ones, rho = np.ones(draws.trials), 0.99 * 10.0 ** draws.uniform(-3.0, 0.0)
    X, target = stage.data(draws, sizes.n, sizes.d), stage.support(draws, sizes.d)
    tau = stage.scale_with(sizes.d, rho, 10.0 ** draws.uniform(-2.0, 1.0))
    x = Instance(X, target, stage.start(tau, sizes.d), sup_norm(X), tau, rho, ones, ones)
    share = np.where(draws.integers(0, 1) == 0, 1.0, 10.0 ** draws.uniform(np.log10(SHORTEST), 0.0))
    return strides(x, share, extremes.fraction(draws))


def anywhere(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, v=stage.state(draws, sizes.d, bound_of(x)))


def about_step_size(x: Instance) -> Iterable[Clause]:
    yield at_most(STRIDE, x.eta * (x.delta * x.bx + drift(x)), 1 / 16)
    yield at_least(NOISE, x.eta * x.delta**2, 32 * drift(x))


def at_start(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield stage.about_start(x)
    yield stage.about_data(x)
    yield from about_step_size(x)
    yield positive("log(3d√τ/(ρ√ε₀)) > 0", stage.logarithm(x))


def on_the_way(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield from stage.about_state(x)
    yield stage.about_data(x)
    yield from about_step_size(x)


def lost(x: Instance) -> Float[ndarray, "trials d"]:
    r"""$1 - E\sqrt{1 + \Delta_k}$"""
    noise = (x.eta * x.delta)[:, np.newaxis, np.newaxis] * x.X
    mean = (x.eta * drift(x))[:, np.newaxis, np.newaxis]
    squares = [(Delta / (1 + np.sqrt(1 + Delta))) ** 2 / 2 for Delta in (mean + noise, mean - noise)]
    return (squares[0] + squares[1]).mean(axis=1) / 2 - mean[:, 0] / 2


def square(x: Instance) -> Float[ndarray, "trials d"]:
    r"""$E[\Delta_k^2] = \eta^2\delta^2 E_i[x_k^2] + \eta^2a^2$"""
    moments = np.diagonal(second_moments(x.X), axis1=1, axis2=2)
    return np.square(x.eta * x.delta)[:, np.newaxis] * moments + np.square(x.eta * drift(x))[:, np.newaxis]


def potential_after(x: Instance) -> Float[ndarray, " trials"]:
    r"""$E\,\Phi(\tilde v_{t+1})$, over all samples and signs; a successor outside the ball counts 0."""
    after = x.v[:, np.newaxis, np.newaxis, :] * growth(x.v, x.target, x.X, x.eta, x.delta)
    inside = after.sum(axis=3) <= bound_of(x)[:, np.newaxis, np.newaxis]
    return np.where(inside, np.sqrt(after).sum(axis=3), 0.0).mean(axis=(1, 2))


def one_step(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    roots, u = np.sqrt(x.v), (x.eta * x.delta)[:, np.newaxis]
    after = potential_after(x)
    yield at_most(DOMINATED, after, np.sum(roots * (1 - lost(x)), axis=1))
    part, claimed = square(x) / 16, u**2 / 32
    worst = np.argmin((lost(x) - part) / claimed, axis=1)[:, np.newaxis]
    yield at_least(QUADRATIC, *(np.take_along_axis(side, worst, axis=1)[:, 0] for side in (lost(x), part)))
    yield at_least(NOISY, part.min(axis=1), claimed[:, 0])
    yield at_least(CONTRACTS, 1 - after / roots.sum(axis=1), claimed[:, 0], scale=1.0)


def by_markov(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    r"""``P`` is at most $q^T d\sqrt\tau/\sqrt{\epsilon_0}$ with $q = \max_k E\sqrt{1 + \Delta_k}$; nothing is known from below."""
    first = 1.5 * np.log(x.v.shape[1]) + 0.5 * np.log(x.tau)
    high = np.exp(first + stage.horizon(x) * np.log1p(-lost(x).min(axis=1)))
    printed = np.exp(first + stage.horizon(x) * np.log1p(-np.square(x.eta * x.delta) / 32))
    yield at_most(MARKOV, (np.zeros_like(high), high), printed)
    yield at_most(SMALL, printed, x.rho / 3)


def steps_of(parent: Theorem) -> tuple[Theorem, ...]:
    """Eqs 22 to 28 and Eqs 29 to 31."""
    own = {"setting": setting, "sampled": keep, "block": 500}
    return (
        step(
            parent,
            label="Lem B.4-22-28",
            title="one step of the potential in expectation",
            claim=r"E\,\Phi(\tilde v_{t+1}) \le \sum_k\sqrt{\tilde v_{t,k}}\,E\sqrt{1+\Delta_k},\quad "
            r"E\sqrt{1+\Delta_k} \le 1-\tfrac1{16}E[\Delta_k^2] \le 1-\tfrac1{32}\eta^2\delta^2",
            chosen=anywhere,
            assumptions=on_the_way,
            conclusions=one_step,
            quantifier=ALWAYS,
            **own,
        ),
        step(
            parent,
            label="Lem B.4-29-31",
            title="Markov's inequality for the potential",
            claim=r"P(\Phi(\tilde v_T) > \sqrt{\epsilon_0}) \le \bigl(1-\tfrac{1}{32}\eta^2\delta^2\bigr)^T"
            r"\frac{d\sqrt\tau}{\sqrt{\epsilon_0}} \le \frac{\rho}{3}",
            chosen=chosen,
            assumptions=at_start,
            conclusions=by_markov,
            quantifier=Exactly(),
            **own,
        ),
    )
