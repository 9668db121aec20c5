r"""Section 3.1: both random walks keep their mean while their variances grow, and the additive one has no stationary law.

For $v_{t+1} = v_t + \eta\,\xi_t v_t$ with signs $\xi_t$ (Equation 5) and for $v_{t+1} = v_t + \eta\,\xi_t$ with standard normal $\xi_t$
(Equation 6), both from $v_0 = 1$,
$$E[v_t] = 1, \qquad \mathrm{Var}[v_{t+1}] > \mathrm{Var}[v_t];$$
the second has the marginal $N(1, \eta^2 t)$ and no limiting stationary distribution:
$P(|v_t| \le M) \to 0$ for every M.

*Reading.* The last is stated with a rate, $P(|v_t| \le M) \le 2M/(\eta\sqrt{2\pi t})$: the density of $N(1, \eta^2 t)$ is at most
$1/(\eta\sqrt{2\pi t})$. A limiting law would leave more than half of its mass within some M.

*Instances.* Up to a hundred steps, $\eta$ from 0.001 to 1. Equation 5 has the exact law $v_t = (1+\eta)^K(1-\eta)^{t-K}$ with
$K \sim \mathrm{Bin}(t, \frac12)$, from which mean and variance are summed. The marginal of Equation 6 is held against simulated
walks; its mean and variance are integrated by Gauss-Hermite quadrature, one step after the other.

*Tightness.* $\mathrm{Var}[v_t] = (1+\eta^2)^t - 1$ for Equation 5. The rate is attained as $M/(\eta\sqrt t) \to 0$ and
$\eta\sqrt t \to \infty$.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from numpy.random import Generator

from models import walks
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing

MEAN = "E[v_t] = 1 for (5)"
GROWS = "Var[v_{t+1}] ≥ Var[v_t] + η² for (5)"
MEAN_ADDITIVE = "E[v_t] = 1 for (6)"
LINEAR = "Var[v_t] = η² t for (6)"
SPREADS = "P(|v_t| ≤ M) ≤ 2M/(η √(2πt)) for (6)"
FASTER = "P(|v_t| ≤ M) ≤ 2M/(η t √(2π)) for (6)"
BOUNDED = "Var[v_t] ≤ 1 for (5)"
SQUARE = "E[v_t²] = 1 for (5)"
ALLOWANCE = 1e-11  # relative, for sums over a hundred outcomes and a hundred steps of quadrature
AFFORDABLE = 30  # steps of a simulated walk


@dataclass(frozen=True)
class Sizes:
    eta: float
    t: int
    M: float


def setting(choose: Choose) -> Sizes:
    t = int(choose.option("t", (1, 2, 3, 10, 30, 100)))
    return Sizes(eta=choose.real("eta", 1e-3, 1.0), t=t, M=choose.real("M", 0.01, 5.0))


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield positive("η > 0", sizes.eta)


def moments(eta: float, t: int) -> tuple[float, float]:
    """Mean and variance of Equation 5, summed over its exact law."""
    chances, v = walks.chances(t), walks.values(np.array([eta]), t)[0]
    mean = float(chances @ v)
    return mean, float(chances @ (v - mean) ** 2)


def additive_moments(eta: float, t: int) -> tuple[float, float]:
    """Mean and variance of Equation 6: the moments of ``v + η ξ`` from those of v, by quadrature over ξ."""
    points, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    mean, variance = 1.0, 0.0
    for _ in range(t):
        moves = eta * points
        drift = weights @ moves
        mean, variance = mean + drift, variance + weights @ (moves - drift) ** 2
    return float(mean), float(variance)


def law(sizes: Sizes, _x: Nothing) -> Interval:
    return walks.additive_within(sizes.M, sizes.eta, sizes.t)


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.t > AFFORDABLE:
        return np.empty(0, dtype=bool)
    noise = generator.standard_normal((repetitions, sizes.t))
    return np.abs(walks.additive(noise, np.full(repetitions, sizes.eta))[:, -1]) <= sizes.M


def conclusions(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    (mean, variance), (_, later) = moments(sizes.eta, sizes.t), moments(sizes.eta, sizes.t + 1)
    size = (1 + sizes.eta**2) ** (sizes.t + 1)
    yield equals(MEAN, mean, 1.0, allowance=ALLOWANCE)
    yield at_least(GROWS, later, variance + sizes.eta**2, rounding=ALLOWANCE)
    yield equals("Var[v_t] = (1 + η²)^t - 1 for (5)", variance, (1 + sizes.eta**2) ** sizes.t - 1, allowance=ALLOWANCE * size)
    added, spread = additive_moments(sizes.eta, sizes.t)
    yield equals(MEAN_ADDITIVE, added, 1.0, allowance=ALLOWANCE)
    yield equals(LINEAR, spread, sizes.eta**2 * sizes.t, allowance=ALLOWANCE * sizes.eta**2 * sizes.t)
    yield at_most(SPREADS, law(sizes, x), 2 * sizes.M / (sizes.eta * np.sqrt(2 * np.pi * sizes.t)))


def faster(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(FASTER, law(sizes, x), 2 * sizes.M / (sizes.eta * sizes.t * np.sqrt(2 * np.pi)))


def bounded(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_most(BOUNDED, moments(sizes.eta, sizes.t)[1], 1.0)


def square(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    mean, variance = moments(sizes.eta, sizes.t)
    yield equals(SQUARE, mean**2 + variance, 1.0, allowance=ALLOWANCE)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.1-b",
        title="both walks keep their mean, their variances grow, the additive one has no stationary law",
        kind="expectation",
        claim=r"E[v_t] = 1,\quad \mathrm{Var}[v_{t+1}] > \mathrm{Var}[v_t];\qquad "
        r"v_t \sim N(1,\eta^2 t)\ \Longrightarrow\ P(|v_t|\le M) \le \tfrac{2M}{\eta\sqrt{2\pi t}} \to 0 \text{ for Eq 6}",
        place="Section 3.1, after Eq 6",
        reading="That there is no stationary law is stated with the rate that the normal density gives.",
        depends_on=("Eq 5", "Eq 6"),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    controls=(
        control("0.99 of the rate", sharpened(SPREADS, 0.99), SPREADS),
        control("1/t in place of 1/√t", with_conclusions(faster), FASTER),
        control("a bounded variance", with_conclusions(bounded), BOUNDED),
        control("a constant second moment", with_conclusions(square), SQUARE),
    ),
)
