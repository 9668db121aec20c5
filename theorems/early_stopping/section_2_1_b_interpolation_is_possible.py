r"""Section 2.1, at its end: distinct inputs can be interpolated, whatever their labels. Quoted there from three other papers.

As long as no two of the inputs $x_1, \dots, x_n$ are identical, sufficiently wide networks trained by gradient descent
interpolate a corrupted data set perfectly: $f(W, x_i) = y_i$ for all i.

*Reading.* The networks are those of Section 1.2, $f(W, x) = v^T\varphi(Wx)$ with v balanced and any $\varphi$ of bounded first and
second derivative. At every width $f(W, X)$ is orthogonal to the kernel of $\Sigma(X)$: $\Sigma(X)u = 0$ says that
$\sum_i u_i\varphi'(w^Tx_i)x_i = 0$ for almost every w, so $\sum_i u_i\varphi(w^Tx_i)$ is constant, and v adds up to 0. Labels
with a part in the kernel are thus out of reach; without a kernel wide networks reach all labels, as their Jacobian has full
rank at random weights.

*Instances.* Distinct unit inputs in directions of all kinds, opposite ones included; labels -1 and 1.

*Remarks.* The counterexample is the paper's own example of data that are not linearly separable, with the odd activation erf.
Odd activations, and the sigmoid, cannot give one label to x and -x, even ones cannot tell the two apart. Inputs on different
lines are safe for every analytic activation that is no polynomial.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, fmpq
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from models.activations import ACTIVATIONS, Activation
from models.data import embedded
from models.descent import descent
from models.kernels import cluster_covariance
from models.matrices import apply, euclidean, spectral_norm, transpose
from models.networks import NetworkMap, balanced_output_weights
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability, more_often_than_not
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem, version

REACHED = "‖Π_{ker Σ(X)} y‖ = 0"
DISTINCT = "x_i ≠ x_j"
ON_LINES = "x_i ≠ ±x_j"
SINGULAR = 1e-13  # times n: an eigenvalue of Σ(X) below is 0 up to rounding
CLOSEST = 0.3  # the least angle between the lines of two inputs
WIDTH, STEPS = 50, 2000  # of the networks that are trained


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int
    activation: Activation


@dataclass(frozen=True)
class Instance:
    X: Float[ndarray, "trials n d"]
    y: Float[ndarray, "trials n"]


@dataclass(frozen=True)
class Run:
    """``W0`` are the initial weights, row by row."""

    X: Float[ndarray, "#trials n d"]
    y: Float[ndarray, "#trials n"]
    W0: Float[ndarray, "#trials p"]


def setting(choose: Choose) -> Sizes:
    return sized(choose, tuple(ACTIVATIONS))


def sized(choose: Choose, activations: tuple[str, ...]) -> Sizes:
    n, d = choose.integer("n", 2, 4), choose.integer("d", 2, 4)
    return Sizes(n=n, d=d, activation=ACTIVATIONS[str(choose.option("activation", activations))])


def nonlinear(choose: Choose) -> Sizes:
    return sized(choose, tuple(name for name in ACTIVATIONS if name != "identity"))


def few(choose: Choose) -> Sizes:
    n, activation = choose.integer("n", 2, 3), str(choose.option("activation", ("softplus", "tanh")))
    return Sizes(n=n, d=2, activation=ACTIVATIONS[activation])


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """As ``on_lines``, on half of the trials with the second input opposite to the first."""
    x = on_lines(sizes, draws)
    opposite, alike = draws.integers(0, 1, 1) == 0, draws.integers(0, 1) == 0
    X, y = x.X.copy(), x.y.copy()
    X[:, 1] = np.where(opposite, -X[:, 0], X[:, 1])
    y[:, 1] = np.where(alike, y[:, 0], y[:, 1])
    return Instance(X=X, y=y)


def on_lines(sizes: Sizes, draws: Draws) -> Instance:
    """In a half plane of any direction, neighbours at least ``CLOSEST`` apart, the rest of it shared out."""
    slack = (np.pi - sizes.n * CLOSEST) * draws.uniform(0.0, 1.0, 1)
    shares = np.where(draws.integers(0, 1, 1) == 0, 1.0, draws.uniform(0.1, 1.0, sizes.n))
    gaps = CLOSEST + slack * shares / np.sum(shares, axis=1, keepdims=True)
    angles = np.cumsum(gaps, axis=1) - gaps
    plane = np.stack([np.cos(angles), np.sin(angles)], axis=2)
    return Instance(X=embedded(plane, draws.normal(2, sizes.d)), y=draws.signs(sizes.n))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from units(sizes, x)
    yield at_least(DISTINCT, least_distance(x.X, 1.0), CLOSEST / 2)


def units(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖x_i‖ = 1", np.abs(euclidean(x.X) - 1).max(axis=1), 0.0, allowance=1e-13)
    yield at_most("|y_i| ≤ 1", np.abs(x.y).max(axis=1), 1.0)


def least_distance(X: Float[ndarray, "trials n d"], sign: float) -> Float[ndarray, " trials"]:
    """The least ``||x_i - sign x_j||`` over pairs."""
    i, j = np.triu_indices(X.shape[1], k=1)
    return euclidean(X[:, i] - sign * X[:, j]).min(axis=1)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    values, vectors = np.linalg.eigh(cluster_covariance(x.X, sizes.activation))
    along = apply(transpose(vectors), x.y)
    lost = np.where(values < SINGULAR * sizes.n, along, 0.0)
    yield at_most(REACHED, euclidean(lost), 0.0, rounding=1e-9, scale=1.0)


def lines_apart(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from units(sizes, x)
    yield at_least(ON_LINES, np.minimum(least_distance(x.X, 1.0), least_distance(x.X, -1.0)), CLOSEST / 2)


def repeated(sizes: Sizes, draws: Draws) -> Instance:
    """The second input a copy of the first, with the other label."""
    x = on_lines(sizes, draws)
    X, y = x.X.copy(), x.y.copy()
    X[:, 1], y[:, 1] = X[:, 0], -y[:, 0]
    return Instance(X=X, y=y)


def to_be_fitted(sizes: Sizes, draws: Draws) -> Run:
    """Evenly spread over a half plane, in any direction."""
    angles = np.pi * (np.arange(sizes.n) / sizes.n + draws.uniform(0.0, 1.0, 1))
    X = np.stack([np.cos(angles), np.sin(angles)], axis=2)
    return Run(X=X, y=draws.signs(sizes.n), W0=np.zeros((1, WIDTH * sizes.d)))


def initialized(sizes: Sizes, x: Run, generator: Generator, trials: int) -> Run:
    return replace(x, W0=generator.standard_normal((trials, WIDTH * sizes.d)))


def fitted_by_descent(sizes: Sizes, x: Run) -> Iterable[Clause]:
    """η = 1/(Γ²‖X‖²), the inverse of the largest that ‖J‖² can be."""
    f = NetworkMap(X=x.X, v=balanced_output_weights(WIDTH), activation=sizes.activation)
    eta = np.full(len(x.W0), 1 / (sizes.activation.slope_bound * spectral_norm(x.X)[0]) ** 2)
    y = np.repeat(x.y, len(x.W0), axis=0)
    start, end = (euclidean(now.residual) for now in descent(f, y, x.W0, eta, STEPS) if now.t in (0, STEPS))
    yield at_most("‖f(W_τ,X) - y‖ ≤ 10⁻³ ‖f(W₀,X) - y‖", end, 1e-3 * start)


def unit_inputs(_sizes: Sizes, x: Run) -> Iterable[Clause]:
    yield equals("‖x_i‖ = 1", np.abs(euclidean(x.X) - 1).max(axis=1), 0.0, allowance=1e-13)


def certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """κ(t) = 1/√(4 - t²) for erf, a function of t²: (Σ(X)y)_i vanishes if the y_j t_ij of each t² add up to 0."""
    X, y = exact["X"], exact["y"]
    inner = [[sum((p * q for p, q in zip(a, b, strict=True)), fmpq(0)) for b in X] for a in X]
    n = range(len(X))
    sums = [abs(sum((y[j] * inner[i][j] for j in n if inner[i][j] ** 2 == q), fmpq(0))) for i in n for q in {t**2 for t in inner[i]}]
    yield given("‖x_i‖ = 1", max(abs(inner[i][i] - 1) for i in n), 0)
    yield given("|y_i| ≤ 1", max(abs(label) for label in y), 1)
    yield given(DISTINCT, max(inner[i][j] for i in n for j in range(i)), 0)
    yield given("Σ(X)y = 0", max(sums), 0)
    yield concluded(REACHED, arb(sum((label**2 for label in y), fmpq(0))).sqrt(), 0)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2.1-b",
        title="distinct inputs can be interpolated, whatever their labels",
        kind="existential",
        claim=r"x_i \ne x_j\ (i \ne j) \ \Longrightarrow\ \text{some wide network has } f(W,x_i) = y_i \text{ for all } i",
        place="Section 2.1, after Theorem 2.3",
        reading="The networks are those of Section 1.2, with any φ of bounded first and second derivative; what they can "
        "reach is the orthogonal complement of the kernel of Σ(X).",
        depends_on=("Eq 2", "Def 2.1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    block=400,
)

PRINTED = replace(
    BASE,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("section_2_1_b_counterexample.json"),
        certificate=certificate,
        account="(0, 1) and (0, -1) have the label 1, (1, 0) and (-1, 0) the label -1, φ is erf. Then f(W, -x) = -f(W, x) for "
        "every W, so no network misses these labels by less than ‖y‖ = 2. The quoted papers exclude parallel inputs.",
    ),
    steps=(
        step(
            BASE,
            label="Sec 2.1-b-descent",
            title="gradient descent fits inputs on different lines",
            claim=r"\lVert f(W_\tau,X)-y\rVert_2 \to 0 \text{ for } x_i \ne \pm x_j",
            setting=few,
            chosen=to_be_fitted,
            sampled=initialized,
            assumptions=unit_inputs,
            conclusions=fitted_by_descent,
            quantifier=WithProbability(more_often_than_not),
            block=12,
        ),
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "Besides x_i ≠ x_j also x_i ≠ -x_j, and a φ that is not linear: then Σ(X) has no kernel, as the powers of the inner "
        "products tend to 0 off the diagonal and infinitely many of them enter the kernel of an analytic φ that is no polynomial.",
        setting=nonlinear,
        chosen=on_lines,
        assumptions=lines_apart,
    ),
    controls=(
        control("opposite inputs", without_assumption(ON_LINES, chosen=chosen), REACHED),
        control("linear units", lambda theorem: replace(theorem, setting=lambda choose: sized(choose, ("identity",))), REACHED),
        control("an input with both labels", without_assumption(ON_LINES, chosen=repeated), REACHED),
    ),
)
