r"""Section 3.1: the multiplicative walk stays nonnegative and is trapped at 0, though its mean stays 1.

For $v_{t+1} = v_t(1 + \eta\,\xi_t)$ with signs $\xi_t$, $v_0 = 1$ and $0 < \eta < 1$: $v_t \ge 0$, and for every level
$\varepsilon > 0$ and every $\rho > 0$ there is a T such that for all $t \ge T$
$$P(v_s > \varepsilon \text{ for some } s \ge t) \le \rho .$$

*Reading.* "Will eventually converge to 0 with high probability" is read for whole paths, and the T that it needs is exhibited:
$$T = \frac{\log(1/(\rho\sqrt\varepsilon))}{-\log m}, \qquad
  m = E\sqrt{1 + \eta\xi} = \tfrac12\bigl(\sqrt{1+\eta} + \sqrt{1-\eta}\bigr) < 1 .$$
$\sqrt{v_t}$ is a nonnegative supermartingale with mean $m^t$; its maximal inequality bounds the probability by $m^t/\sqrt\varepsilon$.

*Instances.* $\eta$ from 0.002 to 0.999, $\varepsilon$ from $10^{-6}$ to 1, $\rho$ from $10^{-9}$ to 1/2, t equal to T or up to three
times as large. $P(v_t > \varepsilon)$ is a binomial tail, an exact law; with the maximal inequality it encloses the probability for
the path, which simulated paths confirm where T is small.

*Tightness.* At one time the exact law uses about half of $\rho$ at most. Where $\varepsilon = 1$ and
$\eta$ is small it decays with the same exponent in t as $m^t$ does, so that 0.8 T is not enough.

*Remarks.* At $\eta = 1$ the walk hits 0; beyond it is not nonnegative (a control). Mean and variance are Section 3.1-b's. The step
is the bound by Hoeffding's inequality for $\log v_t$, whose drift per step is $\frac12\log(1-\eta^2) < 0$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models import laws, walks
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Nothing, Theorem, nothing

TRAPPED = "P(v_s > ε for some s ≥ t) ≤ ρ"
AT_TIME = "P(v_t > ε) ≤ ρ"
NONNEGATIVE = "v_t ≥ 0"
BELOW_ONE = "η < 1"
LONG_ENOUGH = "t ≥ log(1/(ρ√ε)) / -log m"
HOEFFDING = "P(v_t > ε) ≤ exp(-2 (t μ - log(1/ε))² / (t log²((1+η)/(1-η))))"
NORMAL = "P(v_t > ε) ≤ ρ for (6)"
AFFORDABLE = 200  # steps of a simulated path


@dataclass(frozen=True)
class Sizes:
    eta: float
    epsilon: float
    rho: float
    t: int


def sized(choose: Choose, share: float) -> Sizes:
    """``share`` of the T exhibited, or up to three times as much."""
    eta, epsilon, rho = choose.real("eta", 2e-3, 0.999), choose.real("epsilon", 1e-6, 1.0), choose.real("rho", 1e-9, 0.5)
    least = exhibited(eta, epsilon, rho)
    return Sizes(eta=eta, epsilon=epsilon, rho=rho, t=int(np.ceil(share * choose.real("excess", 1.0, 3.0) * least)))


def setting(choose: Choose) -> Sizes:
    return sized(choose, 1.0)


def shorter(choose: Choose) -> Sizes:
    return sized(choose, 0.8)


def early(choose: Choose) -> Sizes:
    return sized(choose, 0.1)


def large_steps(choose: Choose) -> Sizes:
    """Four steps with η beyond 1; nothing else depends on η."""
    return Sizes(eta=choose.real("eta", 1.1, 1.9), epsilon=1.0, rho=0.5, t=4)


def exhibited(eta: float, epsilon: float, rho: float) -> float:
    """``T = log(1/(ρ√ε)) / -log m``"""
    return float(np.log(1 / (rho * np.sqrt(epsilon))) / -walks.log_moment(0.5, eta))


def assumptions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield from small_step(sizes, x)
    yield at_least(LONG_ENOUGH, sizes.t, exhibited(sizes.eta, sizes.epsilon, sizes.rho))


def small_step(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield positive("η > 0", sizes.eta)
    yield at_most(BELOW_ONE, sizes.eta, 1 - 1e-6)


def unassumed(_sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    return ()


def at_time(sizes: Sizes, _x: Nothing) -> Interval:
    """``P(v_t > ε)``"""
    return walks.above(sizes.epsilon, sizes.eta, sizes.t)


def law(sizes: Sizes, x: Nothing) -> Interval:
    """At least ``P(v_t > ε)``, at most ``m^t / √ε``."""
    low, _ = at_time(sizes, x)
    high = np.exp(sizes.t * walks.log_moment(0.5, sizes.eta)) / np.sqrt(sizes.epsilon)
    return low, np.maximum(low, np.minimum(high, 1.0))


def exceeded(sizes: Sizes, generator: Generator, repetitions: int, last: int) -> Bool[ndarray, " repetitions"]:
    """Whether a simulated path exceeds ε between the times t and ``last``; none is simulated where t is large."""
    if sizes.t > AFFORDABLE:
        return np.empty(0, dtype=bool)
    signs = generator.choice([-1.0, 1.0], size=(repetitions, last))
    paths = walks.multiplicative(signs, np.full(repetitions, sizes.eta))
    return np.any(paths[:, sizes.t :] > sizes.epsilon, axis=1)


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    return exceeded(sizes, generator, repetitions, 2 * sizes.t)


def event_at_time(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    return exceeded(sizes, generator, repetitions, sizes.t)


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield from nonnegative(sizes, x)
    yield at_most(AT_TIME, at_time(sizes, x), sizes.rho)
    yield at_most(TRAPPED, law(sizes, x), sizes.rho)


def nonnegative(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    """All that the walk can be after its first steps; from a nonnegative state each step decides alike."""
    yield at_least(NONNEGATIVE, walks.values(np.array([sizes.eta]), min(sizes.t, 4)).min(axis=1), 0.0)


def additive(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    """The walk of Equation 6 at the same time: ``P(v_t > ε) ≥ P(v_t > 1) = 1/2`` at ε ≤ 1."""
    low, high = laws.normal_beyond((1 - sizes.epsilon) / (sizes.eta * np.sqrt(sizes.t)))
    yield at_most(NORMAL, (1 - high / 2, 1 - low / 2), sizes.rho)


def exponent(sizes: Sizes) -> float:
    """``2 (t μ - log(1/ε))² / (t L²)`` with the drift μ = -½ log(1-η²) and the range L = log((1+η)/(1-η)) of a step; 0 too early."""
    advance = -sizes.t * np.log1p(-(sizes.eta**2)) / 2 - np.log(1 / sizes.epsilon)
    return float(2 * max(advance, 0.0) ** 2 / (sizes.t * (2 * np.arctanh(sizes.eta)) ** 2))


def hoeffding(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(HOEFFDING, at_time(sizes, x), np.exp(-exponent(sizes)), ceiling=1.0)


def beyond_one(theorem: Theorem) -> Theorem:
    return replace(theorem, setting=large_steps, assumptions=unassumed, conclusions=nonnegative, quantifier=Exactly())


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.1-c",
        title="the multiplicative walk stays nonnegative and is trapped at 0",
        kind="probability",
        claim=r"0<\eta<1:\quad v_t \ge 0,\qquad t \ge \frac{\log(1/(\rho\sqrt\varepsilon))}{-\log m} \ \Longrightarrow\ "
        r"P(v_s > \varepsilon \text{ for some } s\ge t) \le \rho,\quad m = \tfrac12\bigl(\sqrt{1+\eta}+\sqrt{1-\eta}\bigr)",
        place="Section 3.1, after Eq 6",
        reading="Convergence to 0 with high probability is read for whole paths, and the time that it takes is exhibited.",
        depends_on=("Eq 5", "Eq 6", "Sec 3.1-b"),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    controls=(
        control("0.8 T steps", without_assumption(LONG_ENOUGH, setting=shorter), AT_TIME),
        control("η beyond 1", beyond_one, NONNEGATIVE),
        control("the additive walk", with_conclusions(additive), NORMAL),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 3.1-c-drift",
            title="the logarithm of the walk drifts downwards, by Hoeffding's inequality",
            claim=r"P(v_t > \varepsilon) \le \exp\Bigl(-\frac{2(t\mu - \log(1/\varepsilon))^2}{t\log^2\frac{1+\eta}{1-\eta}}\Bigr),"
            r"\quad \mu = -\tfrac12\log(1-\eta^2)",
            setting=early,
            assumptions=small_step,
            conclusions=hoeffding,
            quantifier=Exactly(Frequency(at_time, event_at_time)),
        ),
    ),
)
