r"""Theorem 12.1: the network varies little inside every cluster, for all weights near the initial ones at once. Section 12.

Let $|\varphi'|, |\varphi''| \le \Gamma$, $k \gtrsim d$, $W_0 \sim N(0,1)^{k\times d}$ and let $c_1, \dots, c_K$ be cluster centres,
unit vectors. With probability at least $1 - 2e^{-(k+d)} - Ke^{-100d}$ every W with $\lVert W - W_0\rVert_F \lesssim \sqrt k$ obeys
$$\sup_{\lVert x-c_i\rVert_2, \lVert\tilde x-c_i\rVert_2\le\varepsilon_0} |f(W, x) - f(W, \tilde x)|
\le C\Gamma\varepsilon_0(\lVert W - W_0\rVert + \sqrt d) \qquad \text{for all } i.$$

*Reading.* Hidden constants: $k \ge d$ and $\lVert W - W_0\rVert_F \le 10\sqrt k$. v is half $1/\sqrt k$, half $-1/\sqrt k$.

*Instances.* Radii from 1/1000 to 10. For each $W_0$ three replies: $W_0$, and weights moved by 1/2 and by $10\sqrt k$ so as to drive
two outputs apart; in each of them x and x̃ by gradient ascent and descent over the ball. Only small k and d: there alone
is a failure probability of $2e^{-(k+d)}$ within the reach of sampling. Steps take larger ones.

*Tightness.* C = 58 serves, trials need up to 8. For the identity at $W = W_0$ the supremum is $2\varepsilon_0\lVert W_0^Tv\rVert$,
whose square is chi-square: for large k the failure $Ke^{-100d}$ forces $C \ge 27$ at d = 1.

*Remarks.* Let $s = \lVert W - W_0\rVert$ and $\lVert W - W_0\rVert_F \le \tilde c\sqrt k$. $C = \max(2c', 4\tilde c + 18)$, c' = 29 of
Eq 98: on $\lVert W_0\rVert \le 4\sqrt k$, whose failure is at most $e^{-(k+d)}$, the second difference is at most
$((1+\varepsilon_0)(4+\tilde c) + 1)\,2\Gamma\varepsilon_0s$ by Eq 96, and $\varepsilon_0 \le 1$; for $\varepsilon_0 > 1$ it is at most
$2\Gamma s(1+\varepsilon_0) \le 4\Gamma\varepsilon_0s$. The increments of $f(W_0, \cdot)$ have variance proxy $\Gamma^2\lVert x-x'\rVert^2$:
units paired with opposite signs give differences, and $Ee^{\lambda X}Ee^{-\lambda X} \le (E\cosh\lambda X)^2$. Step (d) of Eq 96
takes $\lVert x\rVert = 1$, which the theorem's x need not obey; the factor $1 + \varepsilon_0$ mends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from models.activations import ACTIVATIONS, Activation
from models.matrices import euclidean, transpose
from models.networks import balanced_output_weights
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, up_to
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping._second_differences import CHAIN
from theorems.early_stopping._two_inputs import (
    ROUNDS,
    directed,
    frobenius,
    gap,
    largest_singular_value,
    on_the_sphere,
    smooth,
    unit_vector,
    widening,
    worst_reply,
)
from theorems.early_stopping._variation_steps import eq_96_beyond_the_sphere, proof_steps

VARIATION = "sup |f(W,x) - f(W,x̃)| ≤ CΓε₀(‖W - W₀‖ + √d)"
WIDTH = Witness("k/d", 1.0, "derived: ‖W₀‖ ≤ 4√k for k ≥ d with probability at least 1 - exp(-(k+d))")
C_BALL = Witness("c̃", 10.0, "derived: 4c̃ + 18 ≤ 2c' = 58")
C = Witness("C", 58.0, "derived: max(2c', 4c̃ + 18) with c' = 29 in Eq 98 and c̃ = 10")


@dataclass(frozen=True)
class Sizes:
    k: int
    d: int
    K: int
    phi: Activation


@dataclass(frozen=True)
class Instance:
    """For every reply W and every centre two inputs x and x̃ in its ball, the last axis but one."""

    centres: Float[ndarray, "#trials K d"]
    epsilon0: Float[ndarray, " #trials"]
    W0: Float[ndarray, "#trials k d"]
    W: Float[ndarray, "#trials replies k d"]
    x: Float[ndarray, "#trials replies K 2 d"]


def setting(choose: Choose) -> Sizes:
    """k = 2 or 4: the failure probability is then 2 exp(-6) or more."""
    k, d, K = 2 * choose.integer("half_k", 1, 2), choose.integer("d", 1, 2), choose.integer("K", 1, 3)
    return Sizes(k=k, d=d, K=K, phi=ACTIVATIONS[str(choose.option("activation", tuple(ACTIVATIONS)))])


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    centres = np.stack([unit_vector(draws, sizes.d) for _ in range(sizes.K)], axis=1)
    W = np.zeros((draws.trials, 1, sizes.k, sizes.d))
    still = np.stack([centres, centres], axis=2)[:, np.newaxis]
    return Instance(centres=centres, epsilon0=extremes.scale(draws, 2) / 10, W0=W[:, 0], W=W, x=still)


def sampled(sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    W0 = generator.standard_normal((trials, sizes.k, sizes.d))
    return replace(x, W0=W0, W=W0[:, np.newaxis])


def replied(sizes: Sizes, x: Instance, _draws: Draws) -> Instance:
    first = ends(sizes, x.W0[:, np.newaxis], x)[:, 0, 0]
    moved = [widening(x.W0, first, sizes.phi, size) for size in (0.5, C_BALL.value * np.sqrt(sizes.k))]
    W = np.stack([x.W0, *moved], axis=1)
    return replace(x, W=W, x=ends(sizes, W, x))


def ends(sizes: Sizes, W: Float[ndarray, "trials replies k d"], x: Instance) -> Float[ndarray, "trials replies K 2 d"]:
    """Inputs on the borders of the balls with outputs as large and as small as ascent and descent from the centres find."""
    signs, centres = np.array([[1.0], [-1.0]]), x.centres[:, np.newaxis, :, np.newaxis]
    radius, weights = x.epsilon0[:, np.newaxis, np.newaxis, np.newaxis, np.newaxis], W[:, :, np.newaxis]
    points = np.broadcast_to(centres, (*W.shape[:2], sizes.K, 2, sizes.d))
    for _ in range(ROUNDS):
        uphill = (sizes.phi.slope(points @ transpose(weights)) * balanced_output_weights(sizes.k)) @ weights
        points = centres + radius * directed(signs * uphill, np.eye(sizes.d)[0])
    return points


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from on_the_sphere(x.centres, tuple(f"c_{i + 1}" for i in range(sizes.K)))
    yield at_least("k ≥ d", sizes.k, WIDTH.value * sizes.d)
    yield smooth(sizes.phi, x.x @ transpose(x.W)[:, :, np.newaxis])
    moved = frobenius(x.W - x.W0[:, np.newaxis]).max(axis=1)
    yield at_most("‖W - W₀‖_F ≤ c̃√k", moved, C_BALL.value * np.sqrt(sizes.k))
    apart = euclidean(x.x - x.centres[:, np.newaxis, :, np.newaxis])
    yield at_most("‖x - c_i‖, ‖x̃ - c_i‖ ≤ ε₀", apart.max(axis=(1, 2, 3)), x.epsilon0, scale=1.0)


def variation(sizes: Sizes, x: Instance) -> tuple[ndarray, ndarray]:
    """``max_i |f(W,x) - f(W,x̃)| / (Γε₀)`` and ``‖W - W₀‖`` for every reply."""
    largest = np.abs(gap(x.W[:, :, np.newaxis], x.x, sizes.phi)).max(axis=2)
    return largest / (sizes.phi.bound * x.epsilon0[:, np.newaxis]), largest_singular_value(x.W - x.W0[:, np.newaxis])


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    varied, moved = variation(sizes, x)
    varied, allowed = worst_reply(varied, C.value * (moved + np.sqrt(sizes.d)))
    yield up_to(C, VARIATION, varied, allowed / C.value)


def without_dimension(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    varied, moved = variation(sizes, x)
    yield at_most("sup |f(W,x) - f(W,x̃)| ≤ CΓε₀‖W - W₀‖", *worst_reply(varied, C.value * moved))


def without_movement(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    varied, _ = variation(sizes, x)
    yield at_most("sup |f(W,x) - f(W,x̃)| ≤ 4Γε₀√d", varied.max(axis=1), 4 * np.sqrt(sizes.d))


def from_wider_balls(sizes: Sizes, x: Instance, draws: Draws) -> Instance:
    x = replied(sizes, x, draws)
    return replace(x, epsilon0=x.epsilon0 / 60)


def probability(sizes: Sizes, _x: Instance) -> float:
    return float(1 - 2 * np.exp(-(sizes.k + sizes.d)) - sizes.K * np.exp(-100.0 * sizes.d))


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Thm 12.1",
        title="the network varies little inside every cluster, for all weights near the initial ones at once",
        kind="probability",
        claim=r"\lVert W-W_0\rVert_F \lesssim \sqrt k\ \Longrightarrow\ "
        r"\sup_{\lVert x-c_i\rVert,\lVert\tilde x-c_i\rVert\le\varepsilon_0}|f(W,x)-f(W,\tilde x)| \le "
        r"C\Gamma\varepsilon_0(\lVert W-W_0\rVert+\sqrt d)\quad\text{with probability}\ \ge 1-2e^{-(k+d)}-Ke^{-100d}",
        place="Section 12",
        reading="k ≥ d and ‖W - W₀‖_F ≤ 10 √k for the hidden constants; v is half 1/√k, half -1/√k; the centres are unit vectors.",
        depends_on=("Eq 2", "Thm 2.3"),
    ),
    setting=setting,
    chosen=chosen,
    sampled=sampled,
    replied=replied,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(probability),
    witnesses=(WIDTH, C_BALL),
    controls=(
        control("C = 4", sharpened(VARIATION, 4 / C.value), VARIATION),
        control("without √d", with_conclusions(without_dimension), "sup |f(W,x) - f(W,x̃)| ≤ CΓε₀‖W - W₀‖"),
        control("without ‖W - W₀‖", with_conclusions(without_movement), "sup |f(W,x) - f(W,x̃)| ≤ 4Γε₀√d"),
        control("balls of 60 ε₀", without_assumption("‖x - c_i‖, ‖x̃ - c_i‖ ≤ ε₀", replied=from_wider_balls), VARIATION),
        control("Eq 96 beyond the sphere", eq_96_beyond_the_sphere, CHAIN),
    ),
    block=1500,
)

PRINTED = replace(BASE, steps=proof_steps(BASE))
