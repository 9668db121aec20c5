r"""Assumption 3, footnote: a Jacobian with continuous derivative is smooth on every compact domain. Section 9.2.

If $\partial J/\partial\theta$ is continuous on $\mathbb{R}^p$, then for every compact $D \subset \mathbb{R}^p$ there is an L with
$$\lVert J(\theta_2) - J(\theta_1)\rVert \le L\,\lVert\theta_2 - \theta_1\rVert_2 \quad\text{for all } \theta_1, \theta_2 \in D.$$

*Reading.* D need not be convex, nor connected. L is then found on the convex hull of D, which is compact too: the largest
norm of the derivative over the segments between points of D, some of which leave D.

*Instances.* $f(\theta) = M g(B\theta)$, $g(u) = 2\sin u - u\cos u$ entrywise, whose $g''(u) = u\cos u$ is continuous and
unbounded: no L serves all of $\mathbb{R}^p$. D is two balls or two points, anywhere, also at the zeros and extremes of $g''$;
$$L = \lVert M\rVert\,\lVert B\rVert\,\max_i\lVert B_i\rVert\,\max_{i,\,\theta \in D}|B_i\theta|.$$

*Tightness.* This L is approached in one dimension by nearby points where $|\cos u| = 1$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import apply, euclidean, spectral_norm
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

INSIDE = "θ₁, θ₂ ∈ D"
SMOOTH = "‖J(θ₂) - J(θ₁)‖ ≤ L‖θ₂ - θ₁‖"
TURN = np.pi / 2


@dataclass(frozen=True)
class Sizes:
    """f maps p parameters to n samples through q curves."""

    n: int
    p: int
    q: int


@dataclass(frozen=True)
class Instance:
    """D is the union of the balls around ``a`` and ``b`` of this radius."""

    M: Float[ndarray, "trials n q"]
    B: Float[ndarray, "trials q p"]
    a: Float[ndarray, "trials p"]
    b: Float[ndarray, "trials p"]
    radius: Float[ndarray, " trials"]
    theta1: Float[ndarray, "trials p"]
    theta2: Float[ndarray, "trials p"]

    def jacobian(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n p"]:
        """``M diag(g'(B theta)) B`` with ``g'(u) = u sin u + cos u``."""
        u = apply(self.B, theta)
        return (self.M * (u * np.sin(u) + np.cos(u))[:, np.newaxis, :]) @ self.B

    @property
    def gap(self) -> Float[ndarray, " trials"]:
        """How far D stretches: what rounding of parameters is proportional to."""
        return euclidean(self.a) + euclidean(self.b) + self.radius


def setting(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 1, 4), p=choose.integer("p", 1, 4), q=choose.integer("q", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    M, B = extremes.matrix(draws, sizes.n, sizes.q), extremes.matrix(draws, sizes.q, sizes.p)
    size = euclidean(B[:, 0])[:, np.newaxis]
    along = np.where(size > 0, B[:, 0] / np.where(size > 0, size, 1.0), np.eye(sizes.p)[0])
    a, b = place(draws, along, size), place(draws, along, size)
    radius = np.where(draws.integers(0, 2) == 0, 0.0, extremes.scale(draws, 2) / 10)
    step = draws.uniform(-1.0, 1.0, 1) * radius[:, np.newaxis] * along
    theta2 = np.where(draws.integers(0, 1, 1) == 0, a, b)
    return Instance(M=M, B=B, a=a, b=b, radius=radius, theta1=a + step, theta2=theta2 - step)


def place(draws: Draws, along: Float[ndarray, "trials p"], size: Float[ndarray, "trials 1"]) -> Float[ndarray, "trials p"]:
    """Anywhere, or where the first curve's argument is a whole number of right angles."""
    turned = TURN * draws.integers(-8, 8, 1) / np.where(size > 0, size, 1.0) * along
    return np.where(draws.integers(0, 1, 1) == 0, turned, draws.normal(along.shape[1]) * extremes.scale(draws, 1)[:, np.newaxis])


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("radius ≥ 0", x.radius, 0.0)
    for theta in (x.theta1, x.theta2):
        nearest = np.minimum(euclidean(theta - x.a), euclidean(theta - x.b))
        yield at_most(INSIDE, nearest, x.radius, scale=x.gap)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return bounded(x, reach(x))


def bounded(x: Instance, curvature: Float[ndarray, " trials"]) -> Iterable[Clause]:
    """The claim with L for this bound on the derivative of g'."""
    steepest = spectral_norm(x.M) * spectral_norm(x.B)
    rows, way = euclidean(x.B).max(axis=1), euclidean(x.theta2 - x.theta1)
    rounding = steepest * (1 + reach(x)) ** 2  # u sin u at an argument with a relative error
    change = spectral_norm(x.jacobian(x.theta2) - x.jacobian(x.theta1))
    yield at_most(SMOOTH, change, steepest * rows * curvature * way, scale=rounding)


def reach(x: Instance) -> Float[ndarray, " trials"]:
    r"""$\max |B_i\theta|$ over D, hence over its convex hull: at least $|g''|$ there."""
    centres = np.maximum(np.abs(apply(x.B, x.a)), np.abs(apply(x.B, x.b)))
    return (centres + x.radius[:, np.newaxis] * euclidean(x.B)).max(axis=1)


def on_points_of_domain(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The derivative at the two points that D consists of, not between them."""
    ends = [apply(x.B, x.a), apply(x.B, x.b)]
    return bounded(x, np.maximum(*(np.abs(u * np.cos(u)).max(axis=1) for u in ends)))


def two_points(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, radius=np.zeros_like(x.radius), theta1=x.a, theta2=x.b)


def at_the_start(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The L of the first ball, for both."""
    return bounded(x, reach(replace(x, b=x.a)))


def outside(sizes: Sizes, draws: Draws) -> Instance:
    """θ₁ and θ₂ at three times their distance from the origin."""
    x = chosen(sizes, draws)
    return replace(x, theta1=3 * x.theta1, theta2=3 * x.theta2)


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Assumption 3",
        title="a Jacobian with continuous derivative is smooth on every compact domain",
        kind="deterministic",
        claim=r"\partial J/\partial\theta \text{ continuous},\ D \text{ compact} \ \Longrightarrow\ \exists L\ "
        r"\forall\,\theta_1,\theta_2 \in D:\ \lVert J(\theta_2)-J(\theta_1)\rVert \le L\,\lVert\theta_2-\theta_1\rVert_2",
        place="Section 9.2, footnote 4",
        reading="D need not be convex or connected; L is taken over the convex hull of D.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.9 of L", sharpened(SMOOTH, 0.9), SMOOTH),
        control("the derivative on D alone", lambda t: with_conclusions(on_points_of_domain)(replace(t, chosen=two_points)), SMOOTH),
        control("the L of one ball for two", with_conclusions(at_the_start), SMOOTH),
        control("points outside D", without_assumption(INSIDE, chosen=outside), SMOOTH),
    ),
)
