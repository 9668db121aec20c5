r"""Appendix A.1: the test error $\lVert v^2 - v_*^2\rVert_2^2$ and the expected loss on a fresh sample.

Said to be the same: for $x \sim N(0, I_d)$, $y = \langle v_*^2, x\rangle$ and the loss $\ell(v) = \frac14(\langle v^2, x\rangle - y)^2$
$$\lVert v^2 - v_*^2\rVert_2^2 = E_x\,\ell(v) .$$

*Reading.* The loss is the one of Section 2.1; its factor 1/4 is the only one for which Equation 1 is the gradient step. If "loss"
is taken to be the squared error without that factor, the sentence is right: the corrected version.

*Evaluation.* The loss is a quadratic polynomial in x, so that its expectation is its mean over any inputs with mean product
$E_i[x_i x_i^T] = I$: rows of a Hadamard matrix. No sampling.

*Instances.* States of any sign and size, solutions and their neighbourhood.

*Tightness.* The test error is four times the expected loss, always.

*Remarks.* It is the expected squared error $E(f_v(x) - y)^2$. A factor changes no comparison of the experiment, and only its
test curve beside the training curve, which is the mean of losses with the 1/4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import loss, residuals, test_error
from theorems.checker import extremes
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version
from theorems.label_noise._design import hadamard_design
from theorems.label_noise._one_step import sparse

MOST, LEAST = "‖v² - v*²‖² ≤ E ℓ(v)", "‖v² - v*²‖² ≥ E ℓ(v)"
MOST_OF_SQUARE, LEAST_OF_SQUARE = "‖v² - v*²‖² ≤ E (f_v(x) - y)²", "‖v² - v*²‖² ≥ E (f_v(x) - y)²"
BINARY = "v* ∈ {0, 1}^d"


@dataclass(frozen=True)
class Sizes:
    d: int


@dataclass(frozen=True)
class Instance:
    v: Float[ndarray, "trials d"]
    target: Float[ndarray, "trials d"]


def setting(choose: Choose) -> Sizes:
    return Sizes(d=choose.integer("d", 1, 12))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    target, anywhere = sparse(draws, sizes.d), extremes.vector(draws, sizes.d) * extremes.scale(draws, 2)[:, np.newaxis]
    v = extremes.picked(np.stack([anywhere, target, target + 1e-3 * anywhere]), draws.integers(0, 3))
    return Instance(v=v, target=target)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield holds(BINARY, np.all((x.target == 0) | (x.target == 1), axis=1))


def terms(x: Instance) -> Float[ndarray, " trials"]:
    """What rounding errors are proportional to."""
    return np.sum(x.v**2 + x.target**2, axis=1) ** 2


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    error, expected = test_error(x.v, x.target), loss(x.v, x.target, hadamard_design(sizes.d))
    yield at_most(MOST, error, expected, scale=terms(x))
    yield at_least(LEAST, error, expected, scale=terms(x))


def corrected(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return squared_error(x, hadamard_design(sizes.d))


def squared_error(x: Instance, X: Float[ndarray, "#trials n d"]) -> Iterable[Clause]:
    """Against the mean squared residual over these inputs."""
    error, expected = test_error(x.v, x.target), np.mean(residuals(x.v, x.target, X) ** 2, axis=1)
    yield at_most(MOST_OF_SQUARE, error, expected, scale=terms(x))
    yield at_least(LEAST_OF_SQUARE, error, expected, scale=terms(x))


def on_one_line(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Inputs whose coordinates are all the same sign: E[x_k²] = 1, but not independent."""
    return squared_error(x, np.ones((1, 1, sizes.d)))


def smaller_inputs(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return squared_error(x, 0.9 * hadamard_design(sizes.d))


def of_parameters(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The distance of v and v* in place of that of their squares."""
    expected = np.mean(residuals(x.v, x.target, hadamard_design(sizes.d)) ** 2, axis=1)
    yield at_most("‖v - v*‖² ≤ E (f_v(x) - y)²", np.sum((x.v - x.target) ** 2, axis=1), expected, scale=terms(x))


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """The expectation over all vectors of signs, whose second moments are those of a standard normal vector."""
    v, target = exact["v"], exact["target"]
    yield given(BINARY, max(abs(entry * (entry - 1)) for entry in target), 0)
    w = [a**2 - b**2 for a, b in zip(v, target, strict=True)]
    corners = list(product((-1, 1), repeat=sizes.d))
    outputs = (sum((s * entry for s, entry in zip(signs, w, strict=True)), fmpq(0)) for signs in corners)
    expected = sum((output**2 for output in outputs), fmpq(0)) / (4 * len(corners))
    error = sum((entry**2 for entry in w), fmpq(0))
    yield concluded(MOST, error, expected)
    yield concluded(LEAST, expected, error)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="A.1-a",
        title="the test error is the expected loss on a fresh sample",
        kind="expectation",
        claim=r"\lVert v^2-v_*^2\rVert_2^2 = E_{x\sim N(0,I_d)}\,\ell(v),\qquad \ell(v) = \tfrac14(\langle v^2,x\rangle-y)^2",
        place="Appendix A.1, last paragraph",
        reading="The loss is the one of Section 2.1, with the factor 1/4 that Eq 1 demands.",
        depends_on=("Sec 2.1-a", "Eq 1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("a_1_a_counterexample.json"),
        certificate=certificate,
        account="v = (2, 1), v* = (1, 0): the difference of squares is (3, 1), the test error 10, the expected loss 10/4. The factor "
        "1/4 of the loss was overlooked.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "The test error is the expected squared error on a fresh sample, which is four times the expected loss.",
        conclusions=corrected,
    ),
    controls=(
        control("0.99 of the squared error", sharpened(MOST_OF_SQUARE, 0.99), MOST_OF_SQUARE),
        control("inputs on one line", with_conclusions(on_one_line), MOST_OF_SQUARE),
        control("inputs of variance 0.81", with_conclusions(smaller_inputs), MOST_OF_SQUARE),
        control("‖v - v*‖²", with_conclusions(of_parameters), "‖v - v*‖² ≤ E (f_v(x) - y)²"),
    ),
)
