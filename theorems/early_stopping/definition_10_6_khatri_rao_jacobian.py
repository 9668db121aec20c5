r"""Definition 10.6: the network's Jacobian is a Khatri-Rao product. Section 10.2.

For the network $f(W, x) = v^T\varphi(Wx)$ of Eq 2 and inputs $X = [x_1 \dots x_n]^T$ the Jacobian of
$f(W, X) \in \mathbb{R}^n$ in the weights is $J(W, X) \in \mathbb{R}^{n\times kd}$ with
$$J(W, X)^T = (\mathrm{diag}(v)\,\varphi'(WX^T)) * X^T .$$

*Reading.* $*$ takes Kronecker products of columns, so that row i of J is $(v\odot\varphi'(Wx_i))\otimes x_i$ and parameters are the
rows of W one after the other. That a matrix is the Jacobian at W is judged through Taylor's remainder: for every change U
$$\lVert f(W+U, X) - f(W, X) - J(W, X)\,\mathrm{vec}(U)\rVert_2
  \le \frac{\sup|\varphi''|}{2\sqrt k}\,\Bigl\lVert\Bigl(\sum_j \langle u_j, x_i\rangle^2\Bigr)_i\Bigr\rVert_2,$$
quadratic in U, which no other matrix satisfies.

*Instances.* Unit inputs, equal and opposite ones included; changes from 1e-2 to 10; neurons of either sign placed where
$1-\cos$ bends most, upwards and downwards.

*Tightness.* The remainder is attained there, and zero for the identity.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import Activation
from models.matrices import apply, euclidean, transpose
from models.networks import balanced_output_weights, jacobian, khatri_rao, output, slopes
from theorems.checker import extremes
from theorems.checker.changes import Change, control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping._jacobians import activation, alike, bounded_slopes, change, unit_norms, unit_rows, weights

REMAINDER = "‖f(W+U,X) - f(W,X) - J vec(U)‖ ≤ (sup|φ''|/(2√k)) ‖(Σ_j⟨u_j,x_i⟩²)_i‖"


@dataclass(frozen=True)
class Sizes:
    phi: Activation
    n: int
    k: int
    d: int

    @property
    def v(self) -> Float[ndarray, " k"]:
        return balanced_output_weights(self.k)


@dataclass(frozen=True)
class Instance:
    X: Float[ndarray, "trials n d"]
    W: Float[ndarray, "trials k d"]
    U: Float[ndarray, "trials k d"]


def setting(choose: Choose) -> Sizes:
    half = choose.integer("half_k", 1, 3)
    return Sizes(phi=activation(choose), n=choose.integer("n", 1, 4), k=2 * half, d=choose.integer("d", 1, 4))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    X = unit_rows(draws, sizes.n, sizes.d)
    against = np.where(sizes.v < 0, np.pi, 0.0)[:, np.newaxis] * alike(np.ones(draws.trials), X, sizes.k)
    W = extremes.picked(np.stack([weights(draws, X, sizes.k), against]), draws.integers(0, 1))
    return Instance(X=X, W=W, U=change(draws, X, sizes.k))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield unit_norms("‖x_i‖ = 1", x.X)
    yield bounded_slopes(sizes.phi, x.X @ transpose(x.W))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return tangent(sizes, x, apply(jacobian(x.W, x.X, sizes.v, sizes.phi), flat(x.U)))


def tangent(sizes: Sizes, x: Instance, linear: Float[ndarray, "trials n"]) -> Iterable[Clause]:
    """How well ``linear`` tells the change of the outputs, against what the curvature allows."""
    before, after = (output(W, x.X, sizes.v, sizes.phi) for W in (x.W, x.W + x.U))
    allowed = sizes.phi.curvature_bound / (2 * np.sqrt(sizes.k)) * euclidean(np.sum((x.X @ transpose(x.U)) ** 2, axis=2))
    size = np.sqrt(sizes.k) * (1 + euclidean(flat(x.W)) + euclidean(flat(x.U)))
    yield at_most(REMAINDER, euclidean(after - before - linear), allowed, scale=size)


def flat(U: Float[ndarray, "trials k d"]) -> Float[ndarray, "trials kd"]:
    """vec(U), the rows one after the other."""
    return U.reshape(len(U), -1)


def with_jacobian(wrong: Callable[[Sizes, Instance], ndarray]) -> Change:
    """Another matrix in the place of J."""
    return with_conclusions(lambda sizes, x: tangent(sizes, x, apply(wrong(sizes, x), flat(x.U))))


def columns_stacked(sizes: Sizes, x: Instance) -> ndarray:
    return khatri_rao(x.X, slopes(x.W, x.X, sizes.v, sizes.phi))


def without_signs(sizes: Sizes, x: Instance) -> ndarray:
    return khatri_rao(np.abs(sizes.v) * sizes.phi.slope(x.X @ transpose(x.W)), x.X)


def at_the_origin(sizes: Sizes, x: Instance) -> ndarray:
    return jacobian(np.zeros_like(x.W), x.X, sizes.v, sizes.phi)


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Def 10.6",
        title="the network's Jacobian is a Khatri-Rao product",
        kind="deterministic",
        claim=r"\frac{\partial f(W, X)}{\partial\,\mathrm{vec}(W)} = J(W, X),\quad "
        r"J(W, X)^T = (\mathrm{diag}(v)\,\varphi'(WX^T)) * X^T",
        place="Section 10.2",
        reading="Parameters are the rows of W one after the other; the derivative is judged through Taylor's remainder.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 of the remainder", sharpened(REMAINDER, 0.99), REMAINDER),
        control("columns of W stacked", with_jacobian(columns_stacked), REMAINDER),
        control("|v| in place of v", with_jacobian(without_signs), REMAINDER),
        control("slopes at 0 in place of Wx", with_jacobian(at_the_origin), REMAINDER),
    ),
    block=300,
)
