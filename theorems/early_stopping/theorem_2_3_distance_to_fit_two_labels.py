r"""Theorem 2.3: fitting two different labels of nearby inputs takes the weights far from their initial values. Section 2.1.

There are constants c, c', c'' such that for unit $x_1, x_2 \in \mathbb{R}^d$ with $\lVert x_2 - x_1\rVert_2 \le \varepsilon_0$,
$k \ge cd$, $|\varphi'|, |\varphi''| \le \Gamma$ and $|y_2 - y_1| \ge \delta$, with probability at least
$1 - 2e^{-(k+d)} - 2e^{-t^2/2}$ over $W_0 \sim N(0,1)^{k \times d}$: for any W with $\lVert W - W_0\rVert_F \le c'\sqrt k$,
$$f(W, x_1) = y_1,\ f(W, x_2) = y_2 \ \Longrightarrow\ \lVert W - W_0\rVert \ge \frac{c''\delta}{\Gamma\varepsilon_0} - \frac{t}{1000}.$$

*Reading.* v is that of the paper's network, half $1/\sqrt k$, half $-1/\sqrt k$. The event of the proof does not depend on the
labels, so the adversary picks W after $W_0$ and sets $y_i := f(W, x_i)$, $\delta := |y_2 - y_1|$.

*Instances.* Inputs from hundredths apart to antipodal, $\varepsilon_0$ their distance on half of the settings. For each $W_0$ five
replies: $W_0$ itself, minimum-norm steps that drive the outputs apart, of lengths 0.1, $\sqrt k$ and $c'\sqrt k$, and a random W.

*Tightness.* In this reading $c'' = 1/1000$ is the largest possible beside t/1000: for the identity and $W = W_0$ the bound fails with
probability $2Q(t)$, and with $2Q(t/r)$ for $c'' = r/1000$, which exceeds $2e^{-t^2/2}$ for large t and k once r > 1. Of the slope
$3 + 2\sqrt3$ below, the replies use up to 1.6.

*Remarks.* Let $s = \lVert W - W_0\rVert$. On $\lVert W_0\rVert \le 4\sqrt k$ the labels differ by at most
$\Gamma\varepsilon_0(t + (1 + 4 + s/\sqrt k)s)$ (Eq 50) and by at most $\Gamma\varepsilon_0(t + 8\sqrt k + s)$; the smaller of the
two is at most $\Gamma\varepsilon_0(t + (3 + 2\sqrt3)s)$, whatever c'. The failure of that event is at most $e^{-(k+d)}$ for $k \ge d$,
as $P(\lVert W_0\rVert > \sqrt k + \sqrt d + u) \le e^{-u^2/2}$ with $u = \sqrt{2(k+d)}$. Given the other coordinates of $W_0$ the
increment is an odd function of those along $x_2 - x_1$ with Lipschitz constant $\Gamma\lVert x_2 - x_1\rVert$, so it exceeds
t times this with probability at most $2Q(t) \le e^{-t^2/2}$: c = 1 in Eq 52, at its printed probability.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from models.activations import ACTIVATIONS, Activation
from models.matrices import euclidean, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, up_to
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping._two_inputs import (
    directed,
    frobenius,
    gap,
    largest_singular_value,
    on_the_sphere,
    smooth,
    unit_pair,
    widening,
    worst_reply,
)
from theorems.early_stopping._two_label_steps import proof_steps

FAR = "‖W - W₀‖ ≥ c''δ/(Γε₀) - t/1000"
FURTHER = "‖W - W₀‖ ≥ (δ/(Γε₀) - t)/(3 + 2√3)"
INITIAL = "|f(W₀,x₂) - f(W₀,x₁)| ≤ c t Γ‖x₂-x₁‖"
C = Witness("c", 1.0, "derived: ‖W₀‖ ≤ 4√k for k ≥ d with probability at least 1 - exp(-(k+d))")
C_BALL = Witness("c'", 990.0, "derived: 990 + 3 + 2√(d/k) ≤ 1000 in Eq 50; in fact any number will do")
C_INVERSE = Witness("1/c''", 1000.0, "derived: the bound 1/(3 + 2√3) on the slope, lowered to 1/1000 for the sake of t/1000")

C_INCREMENT = Witness("c", 1.0, "derived: the increment exceeds tΓ‖x₂-x₁‖ with probability at most 2Q(t) ≤ exp(-t²/2)")


@dataclass(frozen=True)
class Sizes:
    k: int
    d: int
    t: float
    phi: Activation


@dataclass(frozen=True)
class Instance:
    """``x`` holds x₁ and x₂; ``W`` the adversary's replies to W₀."""

    x: Float[ndarray, "#trials 2 d"]
    epsilon0: Float[ndarray, " #trials"]
    W0: Float[ndarray, "#trials k d"]
    W: Float[ndarray, "#trials replies k d"]


def sized(choose: Choose, least: float) -> Sizes:
    """t up to 2.5: there a few hundred trials tell the printed probability from a larger one."""
    d = choose.integer("d", 1, 4)
    k = 2 * choose.integer("half_k", (d + 1) // 2, 15)
    t = choose.real("t", least, 2.5)
    return Sizes(k=k, d=d, t=t, phi=ACTIVATIONS[str(choose.option("activation", tuple(ACTIVATIONS)))])


def setting(choose: Choose) -> Sizes:
    """t at least 1.3: the printed probability is negative from about 1.2 downwards."""
    return sized(choose, 1.3)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    x, empty = unit_pair(draws, sizes.d), np.zeros((draws.trials, sizes.k, sizes.d))
    return Instance(x=x, epsilon0=distance(x) / extremes.fraction(draws), W0=empty, W=empty[:, np.newaxis])


def distance(x: Float[ndarray, "#trials 2 d"]) -> Float[ndarray, " #trials"]:
    """``‖x₂ - x₁‖``"""
    return euclidean(x[:, 1] - x[:, 0])


def sampled(sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    W0 = generator.standard_normal((trials, sizes.k, sizes.d))
    return replace(x, W0=W0, W=W0[:, np.newaxis])


def replied(sizes: Sizes, x: Instance, draws: Draws) -> Instance:
    border = C_BALL.value * np.sqrt(sizes.k)
    direction = directed(draws.normal(sizes.k * sizes.d), np.eye(sizes.k * sizes.d)[0])
    anywhere = (border * extremes.fraction(draws)[:, np.newaxis] * direction).reshape(x.W0.shape)
    apart = [widening(x.W0, x.x, sizes.phi, size) for size in (0.1, np.sqrt(sizes.k), border)]
    return replace(x, W=np.stack([x.W0, *apart, x.W0 + anywhere], axis=1))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from on_the_sphere(x.x, ("x₁", "x₂"))
    yield at_most("‖x₂ - x₁‖ ≤ ε₀", distance(x.x), x.epsilon0)
    yield at_least("k ≥ cd", sizes.k, C.value * sizes.d)
    yield smooth(sizes.phi, x.x[:, np.newaxis] @ transpose(x.W))
    moved = frobenius(x.W - x.W0[:, np.newaxis]).max(axis=1)
    yield at_most("‖W - W₀‖_F ≤ c'√k", moved, C_BALL.value * np.sqrt(sizes.k))


def distances(sizes: Sizes, x: Instance) -> tuple[ndarray, ndarray]:
    """``δ/(Γε₀)`` and ``‖W - W₀‖`` for every reply."""
    delta = np.abs(gap(x.W, x.x[:, np.newaxis], sizes.phi))
    return delta / (sizes.phi.bound * x.epsilon0[:, np.newaxis]), largest_singular_value(x.W - x.W0[:, np.newaxis])


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    needed, moved = distances(sizes, x)
    needed, allowed = worst_reply(needed, C_INVERSE.value * (moved + sizes.t / 1000))
    yield up_to(C_INVERSE, FAR, needed, allowed / C_INVERSE.value)


def further(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    needed, moved = distances(sizes, x)
    yield at_most(FURTHER, *worst_reply(needed, sizes.t + (3 + 2 * np.sqrt(3.0)) * moved))


def without_t(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    needed, moved = distances(sizes, x)
    yield at_most("‖W - W₀‖ ≥ c''δ/(Γε₀)", *worst_reply(needed, C_INVERSE.value * moved))


def twice_the_slope(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    needed, moved = distances(sizes, x)
    yield at_most("‖W - W₀‖ ≥ 2(δ/(Γε₀) - t)", *worst_reply(needed, sizes.t + moved / 2))


def probability(sizes: Sizes, _x: Instance) -> float:
    return float(1 - 2 * np.exp(-(sizes.k + sizes.d)) - 2 * np.exp(-(sizes.t**2) / 2))


def slow(choose: Choose) -> Sizes:
    """For Eq 52, whose printed probability says something for every t > 0."""
    return sized(choose, 0.1)


def initial(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    increment = np.abs(gap(x.W0, x.x, sizes.phi))
    yield up_to(C_INCREMENT, INITIAL, increment, sizes.t * sizes.phi.bound * distance(x.x))


def probability_of_initial(sizes: Sizes, _x: Instance) -> float:
    return float(-np.expm1(-(sizes.t**2) / 2))


def understated(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, epsilon0=distance(x.x) / 3)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Thm 2.3",
        title="fitting two different labels of nearby inputs takes the weights far from their initial values",
        kind="probability",
        claim=r"f(W,x_i)=y_i,\ |y_2-y_1|\ge\delta,\ \lVert W-W_0\rVert_F\le c'\sqrt k\ \Longrightarrow\ "
        r"\lVert W-W_0\rVert \ge \frac{c''\delta}{\Gamma\varepsilon_0}-\frac{t}{1000}"
        r"\quad\text{with probability}\ \ge 1-2e^{-(k+d)}-2e^{-t^2/2}",
        place="Section 2.1, proof in Section 10.2.2",
        reading="v is half 1/√k, half -1/√k; the adversary picks W after W₀ and sets y_i := f(W, x_i), as the event of the "
        "proof does not depend on the labels.",
        depends_on=("Eq 2",),
    ),
    setting=setting,
    chosen=chosen,
    sampled=sampled,
    replied=replied,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(probability),
    examples=tuple({"d": 4, "half_k": half_k, "t": 2.5, "activation": "identity"} for half_k in (3, 6, 9, 12)),
    witnesses=(C, C_BALL),
    controls=(
        control("c'' = 1/400", sharpened(FAR, 0.4), FAR),
        control("no allowance t/1000", with_conclusions(without_t), "‖W - W₀‖ ≥ c''δ/(Γε₀)"),
        control("twice the slope", with_conclusions(twice_the_slope), "‖W - W₀‖ ≥ 2(δ/(Γε₀) - t)"),
        control("ε₀ a third of the distance", without_assumption("‖x₂ - x₁‖ ≤ ε₀", chosen=understated), FAR),
    ),
    block=300,
)

PRINTED = replace(
    BASE,
    steps=proof_steps(
        BASE,
        initial={"setting": slow, "conclusions": initial, "quantifier": WithProbability(probability_of_initial), "block": 1000},
        further={"conclusions": further},
    ),
)
