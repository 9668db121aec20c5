r"""Lemma 10.2: one gradient step multiplies the residual by a matrix close to I - ηJJ^T. Section 10.1, Eq 10; average by Eq 9.

For every differentiable $f : \mathbb{R}^p \to \mathbb{R}^n$, all $y \in \mathbb{R}^n$, $\theta \in \mathbb{R}^p$ and $\eta \ge 0$, with
$\mathcal{L}(\theta) = \tfrac12\lVert f(\theta) - y\rVert_2^2$, $\hat\theta = \theta - \eta\nabla\mathcal{L}(\theta)$,
$\mathcal{J}(\hat\theta, \theta) = \int_0^1 \mathcal{J}(\theta + t(\hat\theta - \theta))\,dt$ and
$C(\theta) = \mathcal{J}(\hat\theta, \theta)\mathcal{J}(\theta)^T$, the residuals $r = f(\theta) - y$, $\hat r = f(\hat\theta) - y$ obey
$$\hat r = (I - \eta\, C(\theta))\, r.$$

*Reading.* $\eta$ is the step size of gradient descent, hence not negative; f is continuously differentiable, so that the
integral exists.

*Instances.* Linear maps bent by sines (`models.maps.SineMap`), from linear ones to steps along which a sine turns by 40
radians, six periods; $r = 0$ on some trials.

*Evaluation.* The integral is taken by Gauss-Legendre quadrature of $\mathcal{J}$, not from values of f: the two sides
are computed independently. For cos(u + tv) on [0, 1] the error of N nodes is at most
$\frac{(N!)^4}{(2N+1)\,((2N)!)^3} |v|^{2N}$, below 1e-24 for N = 32 and $|v| \le 40$; carried through $\eta C r$, it joins the
allowance for rounding.

*Tightness.* An identity: the controls show that no neighbouring matrix satisfies it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, lgamma, log

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.maps import SineMap
from models.matrices import apply, euclidean, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.claims import Clause, at_least, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping._setting import basis
from theorems.early_stopping._sine_fit import Fit, Sizes, setting

LINEAR = "r̂ = (I - ηC(θ)) r"
NODES = 32
ROUNDING = 1e-14  # of ``magnitude``, which adds up norms generously; a few hundredths of it are met
TURN = 40.0  # the largest turn of a sine along the step, in radians
QUADRATURE = exp(4 * lgamma(NODES + 1) - log(2 * NODES + 1) - 3 * lgamma(2 * NODES + 1))


@dataclass(frozen=True)
class Instance(Fit):
    """A map fitted to labels, and the step size."""

    eta: Float[ndarray, " trials"]

    @property
    def gradient(self) -> Float[ndarray, "trials p"]:
        """``J(theta)^T r``"""
        return apply(transpose(self.f.jacobian(self.theta)), self.r)

    @property
    def theta_hat(self) -> Float[ndarray, "trials p"]:
        """``theta - eta grad L(theta)``"""
        return self.theta - self.eta[:, np.newaxis] * self.gradient


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    n, m, p, q = sizes.n, sizes.m, sizes.p, sizes.q
    f = SineMap(
        U=basis(draws, n, m),
        A=extremes.matrix(draws, m, p) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis],
        M=extremes.matrix(draws, m, q) * extremes.scale(draws, 1)[:, np.newaxis, np.newaxis],
        B=extremes.matrix(draws, q, p),
        omega=extremes.scale(draws, 1),
        phase=draws.uniform(-np.pi, np.pi, q),
        offset=extremes.vector(draws, n),
    )
    theta = extremes.vector(draws, p)
    y = f.value(theta) - extremes.vector(draws, n) * extremes.scale(draws, 2)[:, np.newaxis]
    still = Instance(**vars(f), y=y, theta=theta, eta=np.zeros(draws.trials))
    return replace(still, eta=TURN * extremes.fraction(draws) / resistance(still))


def resistance(x: Instance) -> Float[ndarray, " trials"]:
    """How fast the fastest sine turns along the gradient; where none turns, what keeps ``eta ||J||^2`` within bounds."""
    turning = x.omega * np.abs(apply(x.B, x.gradient)).max(axis=1)
    floor = np.maximum(turning, spectral_norm(x.f.jacobian(x.theta)) ** 2 / 100)
    return np.where(floor > 0, floor, 1.0)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("η ≥ 0", x.eta, 0.0)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return linearized(x, averaged(x, x.theta_hat) @ transpose(x.f.jacobian(x.theta)), x.eta)


def linearized(x: Instance, C: Float[ndarray, "trials n n"], eta: Float[ndarray, " trials"]) -> Iterable[Clause]:
    predicted = x.r - eta[:, np.newaxis] * apply(C, x.r)
    difference = euclidean(x.f.value(x.theta_hat) - x.y - predicted)
    yield equals(LINEAR, difference, 0.0, allowance=quadrature_error(x) + ROUNDING * magnitude(x))


def averaged(x: Instance, end: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n p"]:
    """The Jacobian averaged over the segment from θ to ``end``, by Gauss-Legendre quadrature."""
    points, weights = np.polynomial.legendre.leggauss(NODES)
    jacobians = (x.f.jacobian(x.theta + (1 + point) / 2 * (end - x.theta)) for point in points)
    return sum((weight / 2 * J for weight, J in zip(weights, jacobians, strict=True)), start=np.zeros(1))


def quadrature_error(x: Instance) -> Float[ndarray, " trials"]:
    r"""Bounds the error in ``eta C r``, which is $-U(A + \omega M\,\mathrm{diag}(\overline{\cos})B)(\hat\theta - \theta)$.

    Every turn $\omega B_i(\hat\theta - \theta)$ is multiplied by the error of its averaged cosine.
    """
    turns = np.abs(x.f.angles(x.theta_hat) - x.f.angles(x.theta))
    return euclidean(apply(np.abs(x.U @ x.M), turns * QUADRATURE * turns ** (2 * NODES)))


def magnitude(x: Instance) -> Float[ndarray, " trials"]:
    """The size of the numbers that cancel: terms of both residuals and of ``eta C r``, their angles included."""
    sines = np.linalg.norm(x.M, axis=(1, 2)) * (1 + euclidean(x.phase))
    steep = x.f.beta * (euclidean(x.theta) + euclidean(x.theta_hat) + x.eta * x.f.beta * euclidean(x.r))
    return euclidean(x.offset) + euclidean(x.y) + sines + steep


def mean_value(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    difference = x.f.value(x.theta_hat) - x.f.value(x.theta)
    along = apply(x.f.average_jacobian(x.theta, x.theta_hat), x.theta_hat - x.theta)
    yield equals("f(θ̂) - f(θ) = J(θ̂,θ) (θ̂ - θ)", euclidean(difference - along), 0.0, allowance=ROUNDING * magnitude(x))


def at_the_start(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    J = x.f.jacobian(x.theta)
    return linearized(x, J @ transpose(J), x.eta)


def transposed(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return linearized(x, x.f.jacobian(x.theta) @ transpose(averaged(x, x.theta_hat)), x.eta)


def averaged_uphill(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return linearized(x, averaged(x, 2 * x.theta - x.theta_hat) @ transpose(x.f.jacobian(x.theta)), x.eta)


def wrong_sign(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return linearized(x, averaged(x, x.theta_hat) @ transpose(x.f.jacobian(x.theta)), -x.eta)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Lem 10.2",
        title="a gradient step acts on the residual as a matrix",
        kind="deterministic",
        claim=r"\hat\theta = \theta - \eta\nabla\mathcal{L}(\theta),\ C(\theta) = \mathcal{J}(\hat\theta,\theta)\mathcal{J}(\theta)^T"
        r"\ \Longrightarrow\ \hat r = (I - \eta\,C(\theta))\,r",
        place="Section 10.1, Eq 10",
        reading="η is the step size of gradient descent, hence not negative; f is continuously differentiable.",
        depends_on=("Def 10.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("the Jacobian at θ in place of the average", with_conclusions(at_the_start), LINEAR),
        control("C transposed", with_conclusions(transposed), LINEAR),
        control("the average over a step uphill", with_conclusions(averaged_uphill), LINEAR),
        control("I + ηC", with_conclusions(wrong_sign), LINEAR),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 10.2-mean-value",
            title="the average Jacobian carries a step to the change of values, in closed form",
            claim=r"f(\hat\theta) - f(\theta) = \mathcal{J}(\hat\theta,\theta)(\hat\theta - \theta)",
            conclusions=mean_value,
        ),
    ),
)
