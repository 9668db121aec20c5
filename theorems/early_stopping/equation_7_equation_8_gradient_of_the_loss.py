r"""Equations 7 and 8: the gradient of the least-squares loss is the transposed Jacobian times the residual. Section 9.

For differentiable $f : \mathbb{R}^p \to \mathbb{R}^n$ with Jacobian $J(\theta) \in \mathbb{R}^{n\times p}$, whose row i is the
gradient of $f(\theta, x_i)$, and $\mathcal{L}(\theta) = \frac12\lVert f(\theta) - y\rVert_2^2$
$$\nabla\mathcal{L}(\theta) = J(\theta)^T(f(\theta) - y).$$

*Reading.* The update $\theta_{\tau+1} = \theta_\tau - \eta\nabla\mathcal{L}(\theta_\tau)$ is a definition.

*Evaluation.* From values of f alone. Where J is L-smooth and $\lVert J\rVert \le \beta$ everywhere, Taylor's theorem gives for each
step s, however long,
$$\lVert f(\theta+s)-f(\theta)-Js\rVert \le \tfrac L2\lVert s\rVert^2,\qquad
  |\mathcal{L}(\theta+s)-\mathcal{L}(\theta)-\langle J^Tr, s\rangle|
  \le \tfrac12(\beta^2+L\lVert r\rVert)\lVert s\rVert^2+\tfrac16\beta L\lVert s\rVert^3,$$
with $r = f(\theta) - y$, and no other matrix and vector do so for short s. Nothing is differenced and no error is guessed.

*Instances.* Linear maps bent by sines, into all of $\mathbb{R}^n$ or a subspace; steps over four decades in any direction, along
the steepest or the gradient.

*Tightness.* The second bound is attained by linear maps along their top singular vector, the first by a single sine
for short steps from where it is steepest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.maps import SineMap
from models.matrices import apply, euclidean, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping._setting import basis, orthonormal_columns
from theorems.early_stopping._sine_fit import Fit, Sizes, setting

JACOBIAN = "‖f(θ+s) - f(θ) - Js‖ ≤ (L/2)‖s‖²"
GRADIENT = "|𝓛(θ+s) - 𝓛(θ) - ⟨Jᵀr, s⟩| ≤ ½(β² + L‖r‖)‖s‖² + (βL/6)‖s‖³"


@dataclass(frozen=True)
class Instance(Fit):
    """A map fitted to labels, and the step ``s``."""

    s: Float[ndarray, "trials p"]

    @property
    def size(self) -> Float[ndarray, " trials"]:
        """What rounding errors of values are proportional to."""
        way = euclidean(self.theta) + euclidean(self.s)
        return euclidean(self.offset) + euclidean(self.y) + np.linalg.norm(self.M, axis=(1, 2)) + self.f.beta * way


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    n, m, p, q = sizes.n, sizes.m, sizes.p, sizes.q
    f = SineMap(
        U=basis(draws, n, m),
        A=extremes.matrix(draws, m, p) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis],
        M=extremes.matrix(draws, m, q) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis],
        B=extremes.matrix(draws, q, p),
        omega=extremes.scale(draws, 1),
        phase=np.pi / 2 * draws.integers(-2, 2, q) + draws.integers(0, 1, 1) * draws.uniform(-1.0, 1.0, q),
        offset=extremes.vector(draws, n),
    )
    theta = extremes.vector(draws, p)
    y = f.value(theta) - extremes.vector(draws, n) * extremes.scale(draws, 1)[:, np.newaxis]
    x = Instance(**vars(f), y=y, theta=theta, s=theta)
    J = f.jacobian(theta)
    steepest = np.linalg.svd(J)[2][:, 0]
    kinds = np.stack([extremes.vector(draws, p), steepest, -apply(transpose(J), x.r)])
    return replace(x, s=extremes.picked(kinds, draws.integers(0, 2)) * extremes.scale(draws, 2)[:, np.newaxis])


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield orthonormal_columns(x.U)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    J = x.f.jacobian(x.theta)
    return expanded(x, J, apply(transpose(J), x.r))


def expanded(x: Instance, J: Float[ndarray, "trials n p"], gradient: Float[ndarray, "trials p"]) -> Iterable[Clause]:
    """Both expansions with this matrix and this vector in the places of Jacobian and gradient."""
    here, there = x.r, x.f.value(x.theta + x.s) - x.y
    beta, L, s, misfit = x.f.beta, x.f.lipschitz, euclidean(x.s), euclidean(here)
    yield at_most(JACOBIAN, euclidean(there - here - apply(J, x.s)), L / 2 * s**2, scale=x.size)
    change = (euclidean(there) ** 2 - misfit**2) / 2 - np.sum(gradient * x.s, axis=1)
    yield at_most(GRADIENT, np.abs(change), (beta**2 + L * misfit) / 2 * s**2 + beta * L / 6 * s**3, scale=x.size**2)


def uphill(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    J = x.f.jacobian(x.theta)
    return expanded(x, J, -apply(transpose(J), x.r))


def doubled(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The gradient of the loss without its factor 1/2."""
    J = x.f.jacobian(x.theta)
    return expanded(x, J, 2 * apply(transpose(J), x.r))


def without_sines(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    J = x.U @ x.A
    return expanded(x, J, apply(transpose(J), x.r))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Eq 7 / Eq 8",
        title="the gradient of the least-squares loss is the transposed Jacobian times the residual",
        kind="deterministic",
        claim=r"\mathcal{L}(\theta) = \tfrac12\lVert f(\theta)-y\rVert_2^2 \ \Longrightarrow\ "
        r"\nabla\mathcal{L}(\theta) = J(\theta)^T(f(\theta)-y)",
        place="Section 9, Eqs 7 and 8",
        reading="The update of Eq 7 is a definition; what is judged is the gradient in it.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("y - f for f - y", with_conclusions(uphill), GRADIENT),
        control("twice the gradient", with_conclusions(doubled), GRADIENT),
        control("the Jacobian of the linear part", with_conclusions(without_sines), JACOBIAN),
        control("0.99 of the curvature", sharpened(GRADIENT, 0.99), GRADIENT),
        control("0.9 of L/2", sharpened(JACOBIAN, 0.9), JACOBIAN),
    ),
)
