r"""Section 4: the gradient is that of the clean residual plus that of the label corruption.

With $J(W) = [\partial f(x_1, W)/\partial W \dots \partial f(x_n, W)/\partial W]^T$, labels y and true labels $\tilde y$
$$J^T(f(W) - y) = J^T\big((f(W) - \tilde y) + (\tilde y - y)\big).$$

*Reading.* The bracket after the second $J^T$ is not printed; without it a vector of $\mathbb{R}^n$ would be added to one of
$\mathbb{R}^p$. The left side is the gradient of $\frac12\sum_i(f(W, x_i) - y_i)^2$.

*Instances.* Networks with one hidden layer and every activation of ``models.activations``, unit inputs, labels with errors
on no sample, some or all. The left side is computed without the Jacobian, the right side as the sum of two products with it.

*Tightness.* An identity.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import ACTIVATIONS, Activation
from models.data import unit
from models.matrices import apply, euclidean, transpose
from models.networks import balanced_output_weights, gradient, jacobian, output
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

SUM = "Jᵀ(f - y) = Jᵀ((f - ỹ) + (ỹ - y))"


@dataclass(frozen=True)
class Sizes:
    """n inputs in dimension d, k hidden units, half of them with positive output weight."""

    n: int
    d: int
    half: int
    activation: str

    @property
    def phi(self) -> Activation:
        return ACTIVATIONS[self.activation]

    @property
    def v(self) -> Float[ndarray, " k"]:
        return balanced_output_weights(2 * self.half)


@dataclass(frozen=True)
class Instance:
    W: Float[ndarray, "trials k d"]
    X: Float[ndarray, "trials n d"]
    y: Float[ndarray, "trials n"]
    y_tilde: Float[ndarray, "trials n"]


def setting(choose: Choose) -> Sizes:
    return Sizes(
        n=choose.integer("n", 1, 5),
        d=choose.integer("d", 1, 3),
        half=choose.integer("half", 1, 3),
        activation=str(choose.option("activation", tuple(ACTIVATIONS))),
    )


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    W = extremes.matrix(draws, 2 * sizes.half, sizes.d) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis]
    y_tilde = extremes.vector(draws, sizes.n)
    wrong = draws.permutation(sizes.n) < draws.integers(0, sizes.n, 1)
    y = y_tilde + wrong * extremes.vector(draws, sizes.n) * extremes.scale(draws, 2)[:, np.newaxis]
    return Instance(W=W, X=unit(draws.normal(sizes.n, sizes.d)), y=y, y_tilde=y_tilde)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖x_i‖ = 1", np.abs(euclidean(x.X) - 1).max(axis=1), 0.0, allowance=1e-14)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    clean, corruption = parts(sizes, x)
    return summed(sizes, x, clean + corruption)


def parts(sizes: Sizes, x: Instance) -> tuple[Float[ndarray, "trials p"], Float[ndarray, "trials p"]]:
    """``J^T (f - y_tilde)`` and ``J^T (y_tilde - y)``"""
    back = transpose(jacobian(x.W, x.X, sizes.v, sizes.phi))
    return apply(back, output(x.W, x.X, sizes.v, sizes.phi) - x.y_tilde), apply(back, x.y_tilde - x.y)


def summed(sizes: Sizes, x: Instance, total: Float[ndarray, "trials p"]) -> Iterable[Clause]:
    """The gradient against what is said to be its sum."""
    whole = gradient(x.W, x.X, x.y, sizes.v, sizes.phi).reshape(total.shape)
    size = euclidean(output(x.W, x.X, sizes.v, sizes.phi)) + euclidean(x.y) + euclidean(x.y_tilde)
    yield at_most(SUM, euclidean(whole - total), 0.0, scale=sizes.phi.bound * np.sqrt(sizes.n) * size)


def wrong_sign(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    clean, corruption = parts(sizes, x)
    return summed(sizes, x, clean - corruption)


def clean_alone(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return summed(sizes, x, parts(sizes, x)[0])


def corruption_alone(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return summed(sizes, x, parts(sizes, x)[1])


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 4-a",
        title="the gradient is that of the clean residual plus that of the label corruption",
        kind="deterministic",
        claim=r"J^T(f(W)-y) = J^T\big((f(W)-\tilde y)+(\tilde y-y)\big)",
        place="Section 4",
        reading="The bracket after the second Jᵀ is restored: both braces stand under vectors of ℝⁿ.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("y - ỹ for ỹ - y", with_conclusions(wrong_sign), SUM),
        control("the clean residual alone", with_conclusions(clean_alone), SUM),
        control("the corruption alone", with_conclusions(corruption_alone), SUM),
    ),
)
