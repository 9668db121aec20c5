r"""The second difference of the network over $\{W_0, W\} \times \{x_1, x_2\}$, and what bounds it. Eqs 50 and 95-96.

$$D = (f(W, x_2) - f(W_0, x_2)) - (f(W, x_1) - f(W_0, x_1)) = m(\tilde W, \tilde x)$$
at some $\tilde W \in [W_0, W]$, $\tilde x \in [x_1, x_2]$, where with $u = x_2 - x_1$, $U = W - W_0$
$$m(W, x) = u^TW^T\mathrm{diag}(v)\,\mathrm{diag}(\varphi''(Wx))\,Ux + v^T\mathrm{diag}(\varphi'(Wx))\,Uu.$$

*Instances.* Weights in general position or extreme, and aligned so that every link of the chain is nearly an equation:
$W_0$ along $\mathbf 1u^T$, U along $\mathrm{sign}(v)x_1^T$. On a third of them $\lVert W_0\rVert$ is exactly $2(\sqrt k + \sqrt d)$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import ACTIVATIONS, Activation
from models.matrices import euclidean, transpose
from models.networks import balanced_output_weights, mixed_derivative, slopes
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, equals
from theorems.checker.draws import Draws
from theorems.early_stopping._two_inputs import frobenius, gap, largest_singular_value, on_the_sphere, smooth, unit_pair

DERIVATIVE = "vect(U)ᵀ ∂/∂vect(W) [∂f/∂x u] = uᵀWᵀdiag(v)diag(φ''(Wx))Ux + vᵀdiag(φ'(Wx))Uu"
MEAN_VALUE = "D = m(W̃, x̃) for some W̃ in [W₀, W], x̃ in [x₁, x₂]"
CHAIN = "|D| ≤ (‖W₀‖/√k + ‖W̃-W₀‖_F/√k + 1) Γ‖x₂-x₁‖‖W-W₀‖"
ON_THE_EVENT = "|D| ≤ (c̃ + 3 + 2√(d/k)) Γ‖x₂-x₁‖‖W-W₀‖"
NODES, FINE_NODES = 16, 48  # of quadrature: to bracket a mean value, and to integrate along a segment to rounding
HALVINGS = 50


@dataclass(frozen=True)
class Sizes:
    k: int
    d: int
    phi: Activation


@dataclass(frozen=True)
class Square:
    """``x`` holds x₁ and x₂; no input on their segment is longer than ``reach``; ``c`` is the paper's c̃ with ‖W - W₀‖_F ≤ c̃ √k."""

    W0: Float[ndarray, "trials k d"]
    W: Float[ndarray, "trials k d"]
    x: Float[ndarray, "trials 2 d"]
    c: Float[ndarray, " trials"]
    reach: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    """A width k, even and at least d."""
    d = choose.integer("d", 1, 5)
    return Sizes(
        k=2 * choose.integer("half_k", (d + 1) // 2, 6), d=d, phi=ACTIVATIONS[str(choose.option("activation", tuple(ACTIVATIONS)))]
    )


def on_sphere(sizes: Sizes, draws: Draws) -> Square:
    return square(sizes, draws, unit_pair(draws, sizes.d), np.ones(draws.trials))


def beyond_the_sphere(sizes: Sizes, draws: Draws) -> Square:
    """Inputs at most ε₀ from a unit vector: the unit pair, moved outwards by ε₀."""
    epsilon0, x = 4 * extremes.fraction(draws), unit_pair(draws, sizes.d)
    centre = x.mean(axis=1, keepdims=True) if sizes.d > 1 else x[:, :1]
    outwards = np.where(euclidean(centre)[..., np.newaxis] > 0.5, centre, 0.0)
    return square(sizes, draws, x + epsilon0[:, np.newaxis, np.newaxis] * outwards, 1 + epsilon0)


def square(sizes: Sizes, draws: Draws, x: Float[ndarray, "trials 2 d"], reach: Float[ndarray, " trials"]) -> Square:
    W0, U = weights(sizes, draws, x)
    W = W0 + U
    return Square(W0=W0, W=W, x=x, c=frobenius(W - W0) / np.sqrt(sizes.k) / extremes.fraction(draws), reach=reach)


def weights(sizes: Sizes, draws: Draws, x: Float[ndarray, "trials 2 d"]) -> tuple[ndarray, ndarray]:
    """W₀ and U; the longest steps move the arguments by a few units, so that quadrature stays exact to rounding."""
    k, d = sizes.k, sizes.d
    u, ones = x[:, 1] - x[:, 0], np.full(k, k**-0.5)
    u = u / euclidean(u)[:, np.newaxis]
    along_u, along_x = ones[:, np.newaxis] * u[:, np.newaxis], balanced_output_weights(k)[:, np.newaxis] * x[:, :1]
    kinds, size = draws.integers(0, 2), 10.0 ** draws.uniform(-2.0, 0.2)
    W0 = extremes.picked(np.stack([draws.normal(k, d), extremes.matrix(draws, k, d), along_u]), kinds)
    U = extremes.picked(np.stack([draws.normal(k, d) / np.sqrt(k), extremes.matrix(draws, k, d) / np.sqrt(k), along_x]), kinds)
    norm = largest_singular_value(W0)
    bounded = (draws.integers(0, 2) == 0) & (norm > 0)
    factor = np.where(bounded, event_radius(sizes) / np.where(bounded, norm, 1.0), 1.0)
    return W0 * factor[:, np.newaxis, np.newaxis], U * size[:, np.newaxis, np.newaxis]


def event_radius(sizes: Sizes) -> float:
    """``2 (√k + √d)``"""
    return float(2 * (np.sqrt(sizes.k) + np.sqrt(sizes.d)))


def assumptions(sizes: Sizes, x: Square) -> Iterable[Clause]:
    yield from on_the_sphere(x.x, ("x₁", "x₂"))
    yield from within_reach(sizes, x)


def within_reach(sizes: Sizes, x: Square) -> Iterable[Clause]:
    yield smooth(sizes.phi, x.x @ transpose(x.W))
    yield at_most("‖x̃‖ on [x₁, x₂]", euclidean(x.x).max(axis=1), x.reach)
    yield at_most("‖W - W₀‖_F ≤ c̃√k", frobenius(x.W - x.W0), x.c * np.sqrt(sizes.k))


def mean_value(sizes: Sizes, x: Square) -> Iterable[Clause]:
    """The derivative integrated along [W₀, W], and the second difference at the intermediate point that is exhibited."""
    points, shares = segment(FINE_NODES)
    along = mixed(sizes, x, np.tile(points, (len(x.W), 1)), np.zeros((len(x.W), len(points)))) @ shares
    reached = directional(sizes, x.W, x) - directional(sizes, x.W0, x)
    yield equals(DERIVATIVE, reached, along, allowance=1e-11 * derivative_size(x))
    s, r = intermediate_point(sizes, x)
    found = mixed(sizes, x, s[:, np.newaxis], r[:, np.newaxis])[:, 0]
    yield equals(MEAN_VALUE, found, second_difference(sizes, x), allowance=rounding_size(sizes, x) + 1e-12 * derivative_size(x))


def chain(sizes: Sizes, x: Square) -> Iterable[Clause]:
    r"""Steps (a) to (f) at the intermediate point, then (g) and (h) where $\lVert W_0\rVert \le 2(\sqrt k + \sqrt d)$."""
    s, _ = intermediate_point(sizes, x)
    D, unit, root = np.abs(second_difference(sizes, x)), lipschitz_unit(sizes, x), np.sqrt(sizes.k)
    norm, moved = largest_singular_value(x.W0), s * frobenius(x.W - x.W0)
    scale = rounding_size(sizes, x) / 1e-12
    yield at_most(CHAIN, D, (x.reach * (norm + moved) / root + 1) * unit, scale=scale)
    bound = (x.c + 3 + 2 * np.sqrt(sizes.d / sizes.k)) * unit
    yield at_most(ON_THE_EVENT, D, x.reach * bound, scale=scale, where=norm <= event_radius(sizes) * (1 + 1e-12))


def as_on_the_sphere(sizes: Sizes, x: Square) -> Iterable[Clause]:
    """The same bounds without the length of the inputs."""
    return chain(sizes, replace(x, reach=np.ones_like(x.reach)))


def second_difference(sizes: Sizes, x: Square) -> Float[ndarray, " trials"]:
    return gap(x.W, x.x, sizes.phi) - gap(x.W0, x.x, sizes.phi)


def rounding_size(sizes: Sizes, x: Square) -> Float[ndarray, " trials"]:
    """A bound of the rounding error of the four outputs that make the second difference."""
    values = np.abs(sizes.phi.value(np.stack([x.W, x.W0], axis=1) @ transpose(x.x)[:, np.newaxis]))
    return 1e-14 * np.sqrt(sizes.k) * values.max(axis=(1, 2, 3))


def lipschitz_unit(sizes: Sizes, x: Square) -> Float[ndarray, " trials"]:
    """``Γ ‖x₂ - x₁‖ ‖W - W₀‖``"""
    return sizes.phi.bound * euclidean(x.x[:, 1] - x.x[:, 0]) * largest_singular_value(x.W - x.W0)


def derivative_size(x: Square) -> Float[ndarray, " trials"]:
    """A bound of the terms that make the mixed derivative, up to the bound of the activation's derivatives."""
    span = euclidean(x.x[:, 1] - x.x[:, 0])
    return span * (frobenius(x.W0) + frobenius(x.W - x.W0)) * (1 + frobenius(x.W - x.W0)) * x.reach


def directional(sizes: Sizes, W: Float[ndarray, "trials k d"], x: Square) -> Float[ndarray, " trials"]:
    """``∂f/∂x u = vᵀ diag(φ'(W x₁)) W u``, the derivative of the output at x₁ along u = x₂ - x₁."""
    u = x.x[:, 1] - x.x[:, 0]
    rows = slopes(W, x.x[:, :1], balanced_output_weights(sizes.k), sizes.phi)[:, 0]
    return np.sum(rows * np.einsum("tkd,td->tk", W, u), axis=1)


def mixed(
    sizes: Sizes, x: Square, s: Float[ndarray, "trials points"], r: Float[ndarray, "trials points"]
) -> Float[ndarray, "trials points"]:
    """``m(W₀ + s U, x₁ + r u)``"""
    U, u = (x.W - x.W0)[:, np.newaxis], (x.x[:, 1] - x.x[:, 0])[:, np.newaxis]
    W = x.W0[:, np.newaxis] + s[:, :, np.newaxis, np.newaxis] * U
    inputs = x.x[:, :1] + r[:, :, np.newaxis] * u
    W, inputs, u, U = (np.broadcast_to(a, (*s.shape, *a.shape[2:])).reshape(-1, *a.shape[2:]) for a in (W, inputs, u, U))
    return mixed_derivative(W, inputs, u, U, balanced_output_weights(sizes.k), sizes.phi).reshape(s.shape)


def segment(nodes: int) -> tuple[ndarray, ndarray]:
    """Gauss-Legendre points and weights on [0, 1]."""
    points, shares = np.polynomial.legendre.leggauss(nodes)
    return (1 + points) / 2, shares / 2


def intermediate_point(sizes: Sizes, x: Square) -> tuple[Float[ndarray, " trials"], Float[ndarray, " trials"]]:
    r"""(s, r) with $m(W_0 + sU, x_1 + ru) = D$: between two points where m lies below and above its mean D, by bisection."""
    line, _ = segment(NODES)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    s, r = (np.tile(grid[:, i], (len(x.W), 1)) for i in range(2))
    values, D = mixed(sizes, x, s, r), second_difference(sizes, x)
    low, high = grid[np.argmin(values, axis=1)], grid[np.argmax(values, axis=1)]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = (mixed(sizes, x, middle[:, :1], middle[:, 1:])[:, 0] <= D)[:, np.newaxis]
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low[:, 0], low[:, 1]
