r"""Theorem 9.3: fitting what lies in the noise space takes parameters far from the initial ones. Section 9.3.

Let $r_0 = f(\theta_0) - y$, $E_+ = \lVert\Pi_{S_+}(r_0)\rVert_2$ and $E_- = \lVert\Pi_{S_-}(r_0)\rVert_2$. Let Assumption 1
hold ($\alpha \le \lVert J(\theta)^Tv\rVert \le \beta$ for unit v in $S_+$, $\lVert J(\theta)^Tw\rVert \le \varepsilon$ for
unit w in its complement $S_-$, $\beta \ge \alpha \ge \varepsilon > 0$) on a ball D around $\theta_0$ of radius
$R < \max(E_+/\beta, E_-/\varepsilon)$. Then no $\theta \in D$ has zero loss; and for $D = \mathbb{R}^p$
$$f(\theta) = y \ \Longrightarrow\ \lVert\theta - \theta_0\rVert_2 \ge \max(E_+/\beta,\ E_-/\varepsilon).$$

*Reading.* The adversary picks the fitting $\theta$ and sets $y := f(\theta)$. Both sentences follow from the bound on its
distance: a $\theta \in D$ of zero loss would be nearer than it. The proof sees f on the segment between them alone.

*Instances.* $f = U g + U_\perp h$ with $g = A\theta + M\sin(\omega B\theta+\phi)$ into $S_+$ and h likewise into $S_-$, with
α, β and ε certified on all of parameter space. Linear, nonlinear over many periods, and with the steepest slope all along a
short segment; steps along the direction that moves the signal or the noise part most, or both.

*Tightness.* Attained by linear maps along the top right singular vector of either part; nonlinear maps come as near
as one likes on short segments.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.maps import SineMap
from models.matrices import apply, euclidean, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping._families import bent, conditioned, signal_basis, within
from theorems.early_stopping._setting import orthonormal_columns

FAR = "‖θ - θ₀‖ ≥ max(E₊/β, E₋/ε)"
FAR_IN_ALL = "‖θ - θ₀‖ ≥ E₊/β + E₋/ε"
MEAN_VALUE = "f(θ) - f(θ₀) = J̄ (θ - θ₀)"


@dataclass(frozen=True)
class Sizes:
    """n samples, p parameters, q sines, m = dim S₊; S₋ is empty for m = n."""

    m: int
    n: int
    p: int
    q: int


@dataclass(frozen=True)
class Instance:
    """``V`` is orthogonal, its first m columns span S₊; the first m rows of A and M are those of g, the others those of h.

    ``theta`` fits the labels, y := f(theta).
    """

    V: Float[ndarray, "trials n n"]
    A: Float[ndarray, "trials n p"]
    M: Float[ndarray, "trials n q"]
    B: Float[ndarray, "trials q p"]
    omega: Float[ndarray, " trials"]
    phase: Float[ndarray, "trials q"]
    offset: Float[ndarray, "trials n"]
    theta0: Float[ndarray, "trials p"]
    theta: Float[ndarray, "trials p"]
    alpha: Float[ndarray, " trials"]
    beta: Float[ndarray, " trials"]
    epsilon: Float[ndarray, " trials"]

    @property
    def f(self) -> SineMap:
        return SineMap(U=self.V, A=self.A, M=self.M, B=self.B, omega=self.omega, phase=self.phase, offset=self.offset)


def part(f: SineMap, rows: slice) -> SineMap:
    """The map into the span of these columns only."""
    return replace(f, U=f.U[:, :, rows], A=f.A[:, rows], M=f.M[:, rows])


def noise_slope(sizes: Sizes, f: SineMap) -> Float[ndarray, " trials"]:
    """The largest ``||J(θ)^T w||`` that unit w in S₋ can have anywhere; 0 where S₋ is empty."""
    return part(f, slice(sizes.m, None)).beta if sizes.m < sizes.n else np.zeros_like(f.omega)


def setting(choose: Choose) -> Sizes:
    m = choose.integer("m", 1, 4)
    return Sizes(m=m, n=choose.integer("n", m, 7), p=choose.integer("p", m, 7), q=choose.integer("q", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    theta0 = draws.normal(sizes.p) * extremes.scale(draws, 2)[:, np.newaxis]
    f = bimodal(sizes, draws, theta0)
    signal = part(f, slice(0, sizes.m))
    least = noise_slope(sizes, f)
    alpha, beta = np.maximum(signal.alpha * extremes.fraction(draws), least), signal.beta / extremes.fraction(draws)
    epsilon = np.where(least > 0, np.minimum(least / extremes.fraction(draws), alpha), alpha)
    theta = theta0 + strides(sizes, draws, f, theta0)
    rest = {"theta0": theta0, "theta": theta, "alpha": alpha, "beta": beta, "epsilon": epsilon}
    return Instance(V=f.U, A=f.A, M=f.M, B=f.B, omega=f.omega, phase=f.phase, offset=f.offset, **rest)


def bimodal(sizes: Sizes, draws: Draws, theta0: Float[ndarray, "trials p"]) -> SineMap:
    """g with bending up to 0.4 of its least slope and any curvature, h scaled so that its slopes stay below those of g."""
    m, steepness, generic = sizes.m, extremes.scale(draws, 2), draws.integers(0, 2) > 0
    A, A_noise = conditioned(draws, m, sizes.p), extremes.matrix(draws, sizes.n - m, sizes.p)
    M, B = extremes.matrix(draws, sizes.n, sizes.q), extremes.matrix(draws, sizes.q, sizes.p)
    M_steep, B_steep, A_steep = steepest(sizes, A, draws.normal(sizes.n - m))
    A = np.concatenate([A, np.where(generic[:, np.newaxis, np.newaxis], A_noise, A_steep)], axis=1)
    M, B = (np.where(generic[:, np.newaxis, np.newaxis], *kinds) for kinds in ((M, M_steep), (B, B_steep)))
    f = SineMap(
        U=signal_basis(draws, sizes.n, sizes.n),
        A=A * steepness[:, np.newaxis, np.newaxis],
        M=M,
        B=B,
        omega=np.ones_like(steepness),
        phase=draws.uniform(-np.pi, np.pi, sizes.q),
        offset=draws.normal(sizes.n) * extremes.scale(draws, 2)[:, np.newaxis],
    )
    curvature = steepness * extremes.scale(draws, 2)
    signal = bent(part(f, slice(0, m)), 0.4 * steepness * extremes.fraction(draws), curvature)
    f = replace(f, omega=signal.omega, M=np.concatenate([signal.M, f.M[:, m:]], axis=1))
    f = replace(f, phase=np.where(generic[:, np.newaxis], f.phase, f.phase - f.angles(theta0)))
    return with_noise_slope(sizes, f, signal.alpha * extremes.fraction(draws))


def steepest(sizes: Sizes, A: ndarray, noise: ndarray) -> tuple[ndarray, ndarray, ndarray]:
    """M, B and the noise rows of A for which one step direction, the steepest of g, is the steepest of every part."""
    left, _, right = np.linalg.svd(A, full_matrices=False)
    along = right[:, :1]
    first = np.arange(sizes.q) == 0
    M = np.concatenate([left[:, :, 0], noise], axis=1)[:, :, np.newaxis] * first
    return M, first[:, np.newaxis] * along, noise[:, :, np.newaxis] * along


def with_noise_slope(sizes: Sizes, f: SineMap, slope: Float[ndarray, " trials"]) -> SineMap:
    """h rescaled to have this largest slope; h = 0 stays."""
    m, M = sizes.m, f.M.copy()
    M[:, m:] = M[:, m:] / f.omega[:, np.newaxis, np.newaxis]
    f = replace(f, M=M)
    found = noise_slope(sizes, f)
    factor = np.where(found > 0, slope / np.where(found > 0, found, 1.0), 1.0)[:, np.newaxis, np.newaxis]
    rows = np.where(np.arange(sizes.n)[:, np.newaxis] < m, 1.0, factor)
    return replace(f, A=f.A * rows, M=f.M * rows)


def strides(sizes: Sizes, draws: Draws, f: SineMap, theta0: Float[ndarray, "trials p"]) -> Float[ndarray, "trials p"]:
    """θ - θ₀: anything, or along what moves the signal part or the noise part most at θ₀, of any length."""
    slopes = transpose(f.U) @ f.jacobian(theta0)
    signal = np.linalg.svd(slopes[:, : sizes.m])[2][:, 0]
    noise = np.linalg.svd(slopes[:, min(sizes.m, sizes.n - 1) :])[2][:, 0]
    kinds = np.stack([extremes.vector(draws, sizes.p), signal, noise])
    return extremes.picked(kinds, draws.integers(0, 2)) * extremes.scale(draws, 3)[:, np.newaxis]


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    signal = part(x.f, slice(0, sizes.m))
    yield orthonormal_columns(x.V)
    yield positive("ε > 0", x.epsilon)
    yield at_most("ε ≤ α", x.epsilon, x.alpha)
    yield at_most("α ≤ ‖J(θ)ᵀv‖ on S₊", x.alpha, signal.alpha)
    yield at_most("‖J(θ)ᵀv‖ ≤ β on S₊", signal.beta, x.beta)
    yield at_most("‖J(θ)ᵀw‖ ≤ ε on S₋", noise_slope(sizes, x.f), x.epsilon)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    signal, noise, rounding = needed(sizes, x)
    yield at_least(FAR, euclidean(x.theta - x.theta0), np.maximum(signal, noise), scale=rounding)


def averaged(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The proof's average J̄ of the Jacobian over the segment from θ₀ to θ; parts of Jacobians are rows in the basis V."""
    rows, moved = transpose(x.V) @ x.f.average_jacobian(x.theta0, x.theta), x.theta - x.theta0
    gap = x.f.value(x.theta) - x.f.value(x.theta0) - apply(x.V, apply(rows, moved))
    way = x.f.beta * (euclidean(x.theta) + euclidean(x.theta0))
    yield at_most(MEAN_VALUE, euclidean(gap), 0.0, scale=way + euclidean(x.offset) + np.linalg.norm(x.M, axis=(1, 2)))
    yield at_most("‖Π₊J̄‖ ≤ β", spectral_norm(rows[:, : sizes.m]), x.beta)
    if sizes.m < sizes.n:
        yield at_most("‖Π₋J̄‖ ≤ ε", spectral_norm(rows[:, sizes.m :]), x.epsilon, scale=x.beta)  # a part of J̄


def both_in_turn(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    signal, noise, rounding = needed(sizes, x)
    yield at_least(FAR_IN_ALL, euclidean(x.theta - x.theta0), signal + noise, scale=rounding)


def needed(sizes: Sizes, x: Instance) -> tuple[ndarray, ndarray, ndarray]:
    """``E₊/β``, ``E₋/ε``, and the size of their rounding errors."""
    here, fitted = x.f.value(x.theta0), x.f.value(x.theta)
    residual, size = here - fitted, euclidean(here) + euclidean(fitted) + euclidean(x.offset)
    inside = within(x.V[:, :, : sizes.m], residual)
    return euclidean(inside) / x.beta, euclidean(residual - inside) / x.epsilon, size / x.epsilon


def understated_noise(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, epsilon=x.epsilon / 2)


def understated_signal(sizes: Sizes, draws: Draws) -> Instance:
    """β without what the sines add."""
    x = chosen(sizes, draws)
    linear = replace(part(x.f, slice(0, sizes.m)), M=np.zeros_like(x.M[:, : sizes.m]))
    return replace(x, beta=linear.beta)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Thm 9.3",
        title="fitting what lies in the noise space takes parameters far from the initial ones",
        kind="deterministic",
        claim=r"f(\theta) = y \ \Longrightarrow\ \lVert\theta-\theta_0\rVert_2 \ge \max(E_+/\beta,\ E_-/\varepsilon),\quad "
        r"E_\pm = \lVert\Pi_{S_\pm}(f(\theta_0)-y)\rVert_2",
        place="Section 9.3",
        reading="The adversary picks the fitting θ and sets y := f(θ); a θ of zero loss within a ball of smaller radius "
        "would contradict the bound on its distance, so one inequality covers both sentences.",
        depends_on=("Assumption 1", "Def 10.1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("1.01 of the distance", sharpened(FAR, 1 / 1.01), FAR),
        control("half of ε", without_assumption("‖J(θ)ᵀw‖ ≤ ε on S₋", chosen=understated_noise), FAR),
        control("β of the linear part", without_assumption("‖J(θ)ᵀv‖ ≤ β on S₊", chosen=understated_signal), FAR),
        control("sum in place of maximum", with_conclusions(both_in_turn), FAR_IN_ALL),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 10.1.2-a",
            title="the Jacobian averaged over the segment obeys the bounds of its points",
            claim=r"f(\theta)-f(\theta_0) = \bar J(\theta-\theta_0),\ \lVert\Pi_{S_+}\bar J\rVert \le \beta,\ "
            r"\lVert\Pi_{S_-}\bar J\rVert \le \varepsilon",
            conclusions=averaged,
        ),
    ),
)
