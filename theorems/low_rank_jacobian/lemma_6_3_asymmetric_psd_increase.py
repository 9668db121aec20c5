r"""Lemma 6.3: a gradient step with two nearby Jacobians hardly expands the residual. Section 6.1.1.

For all $A, B \in \mathbb{R}^{n \times p}$ with $\lVert A\rVert \le \beta$, $\lVert B\rVert \le \beta$,
$\lVert B - A\rVert \le \varepsilon$, all $\eta \le 1/\beta^2$ and all $r \in \mathbb{R}^n$:
$$\lVert (I - \eta A B^T) r \rVert_2 \le (1 + \eta\varepsilon^2) \lVert r \rVert_2.$$

*Reading.* $\eta$ is the step size of the section's gradient descent, hence not negative.

*Instances.* A and B are drawn first, with every extreme of matrices; $\beta$ and $\varepsilon$ are then their norms,
enlarged on half of the trials, so that the hypotheses hold with equality on the other half.

*Tightness.* The proof bounds the square by $1 + \eta\varepsilon^2$, so about half of the printed increase is needed:
it is reached in the limit of small angles by $A = \beta e_1 q^T$, $B$ its rotation towards $e_2$, $r = e_2$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import apply, euclidean, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

INCREASE = "‖(I - ηAB^T) r‖ ≤ (1 + ηε²) ‖r‖"


@dataclass(frozen=True)
class Sizes:
    n: int
    p: int


@dataclass(frozen=True)
class Instance:
    A: Float[ndarray, "trials n p"]
    B: Float[ndarray, "trials n p"]
    r: Float[ndarray, "trials n"]
    beta: Float[ndarray, " trials"]
    epsilon: Float[ndarray, " trials"]
    eta: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 6), p=choose.integer("p", 1, 6))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    A = extremes.matrix(draws, sizes.n, sizes.p)
    E = extremes.matrix(draws, sizes.n, sizes.p) * extremes.scale(draws, 3)[:, np.newaxis, np.newaxis]
    B = extremes.picked(np.stack([A + E, E, rotated(A, draws.uniform(-0.3, 0.3))]), draws.integers(0, 2))
    beta = np.maximum(spectral_norm(A), spectral_norm(B)) / extremes.fraction(draws)
    beta = np.where(beta > 0, beta, 1.0)
    epsilon = spectral_norm(B - A) / extremes.fraction(draws)
    eta = extremes.fraction(draws) / beta**2
    r = extremes.picked(np.stack([extremes.vector(draws, sizes.n), most_expanded(A, B, eta)]), draws.integers(0, 1))
    return Instance(A=A, B=B, r=r, beta=beta, epsilon=epsilon, eta=eta)


def rotated(A: Float[ndarray, "trials n p"], angle: Float[ndarray, " trials"]) -> Float[ndarray, "trials n p"]:
    """A with its first two rows turned by ``angle`` into each other; A itself where it has one row."""
    if A.shape[1] == 1:
        return A
    cosine, sine = np.cos(angle)[:, np.newaxis], np.sin(angle)[:, np.newaxis]
    first, second = A[:, 0], A[:, 1]
    turned = np.stack([cosine * first - sine * second, sine * first + cosine * second], axis=1)
    return np.concatenate([turned, A[:, 2:]], axis=1)


def most_expanded(A: ndarray, B: ndarray, eta: ndarray) -> Float[ndarray, "trials n"]:
    """The unit r that ``I - eta A B^T`` expands most."""
    return np.linalg.svd(update(A, B, eta))[2][:, 0, :]


def update(A: ndarray, B: ndarray, eta: ndarray) -> Float[ndarray, "trials n n"]:
    """``I - eta A B^T``"""
    return np.eye(A.shape[1]) - eta[:, np.newaxis, np.newaxis] * (A @ transpose(B))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("‖A‖ ≤ β", spectral_norm(x.A), x.beta)
    yield at_most("‖B‖ ≤ β", spectral_norm(x.B), x.beta)
    yield at_most("‖B - A‖ ≤ ε", spectral_norm(x.B - x.A), x.epsilon, scale=x.beta)
    yield at_least("η ≥ 0", x.eta, 0.0)
    yield at_most("η ≤ 1/β²", x.eta, 1 / x.beta**2)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(INCREASE, expanded(x), (1 + x.eta * x.epsilon**2) * euclidean(x.r))


def expanded(x: Instance) -> Float[ndarray, " trials"]:
    """``||(I - eta A B^T) r||``, as r minus a step so that no identity matrix is stored."""
    return euclidean(x.r - x.eta[:, np.newaxis] * apply(x.A, apply(transpose(x.B), x.r)))


def squared(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("‖(I - ηAB^T) r‖² ≤ (1 + ηε²) ‖r‖²", expanded(x) ** 2, (1 + x.eta * x.epsilon**2) * euclidean(x.r) ** 2)


def less_than_half(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("‖(I - ηAB^T) r‖ ≤ (1 + 0.45 ηε²) ‖r‖", expanded(x), (1 + 0.45 * x.eta * x.epsilon**2) * euclidean(x.r))


def uphill(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, eta=-x.eta)


def strides(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, eta=2.1 * x.eta)


def understated(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, epsilon=x.epsilon / 3)


BASE = Theorem(
    statement=Statement(
        paper="low_rank_jacobian",
        label="Lem 6.3",
        title="a gradient step with two nearby Jacobians hardly expands the residual",
        kind="deterministic",
        claim=r"\lVert A\rVert, \lVert B\rVert \le \beta,\ \lVert B-A\rVert \le \varepsilon,\ \eta \le 1/\beta^2"
        r"\ \Longrightarrow\ \lVert (I-\eta AB^T)r\rVert_2 \le (1+\eta\varepsilon^2)\lVert r\rVert_2",
        place="Section 6.1.1",
        reading="η is the step size of the section's gradient descent, hence not negative.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.45 of the increase", with_conclusions(less_than_half), "‖(I - ηAB^T) r‖ ≤ (1 + 0.45 ηε²) ‖r‖"),
        control("steps uphill", without_assumption("η ≥ 0", chosen=uphill), INCREASE),
        control("steps of 2.1/β²", without_assumption("η ≤ 1/β²", chosen=strides), INCREASE),
        control("ε a third of ‖B - A‖", without_assumption("‖B - A‖ ≤ ε", chosen=understated), INCREASE),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 6.3-squared",
            title="the proof bounds the square by the same factor",
            claim=r"\lVert (I-\eta AB^T)r\rVert_2^2 \le (1+\eta\varepsilon^2)\lVert r\rVert_2^2",
            conclusions=squared,
        ),
    ),
)
