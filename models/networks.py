r"""One hidden layer, of which only the inner weights are trained: $f(W, x) = v^T\varphi(Wx)$.

W has k rows, X holds the inputs as rows, v is one vector of k output weights or one per trial. A first axis of length 1
stands for all trials. Parameters are the rows of W one after the other, $\theta = \mathrm{vec}(W) \in \mathbb{R}^{kd}$.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import Activation
from models.matrices import transpose

OutputWeights = Float[ndarray, " k"] | Float[ndarray, "#trials k"]


def balanced_output_weights(k: int) -> Float[ndarray, " k"]:
    r"""Half the entries $1/\sqrt k$, half $-1/\sqrt k$: a unit vector whose entries add up to 0."""
    if k % 2:
        raise ValueError(f"k = {k} output weights cannot be half positive and half negative: k must be even")
    return np.repeat([1.0, -1.0], k // 2) / np.sqrt(k)


def output(
    W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials n d"], v: OutputWeights, activation: Activation
) -> Float[ndarray, "#trials n"]:
    r"""$f(W, x_i) = v^T\varphi(Wx_i)$"""
    return (activation.value(X @ transpose(W)) @ v[..., np.newaxis])[..., 0]


def slopes(
    W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials n d"], v: OutputWeights, activation: Activation
) -> Float[ndarray, "#trials n k"]:
    r"""$A = \varphi'(XW^T)\,\mathrm{diag}(v)$, the left factor of the Jacobian."""
    return activation.slope(X @ transpose(W)) * v[..., np.newaxis, :]


def average_slopes(
    W1: Float[ndarray, "#trials k d"],
    W2: Float[ndarray, "#trials k d"],
    X: Float[ndarray, "#trials n d"],
    v: OutputWeights,
    activation: Activation,
    order: int = 32,
) -> Float[ndarray, "#trials n k"]:
    r"""$\int_0^1 A(aW_1 + (1-a)W_2)\,da$ by Gauss-Legendre quadrature with ``order`` points.

    The rule integrates polynomials of degree below 2 order. At order 32 it is exact to rounding where the arguments
    $Wx$ move by a few units; where they move by tens, it wants more points.
    """
    one, other = X @ transpose(W1), X @ transpose(W2)
    points, weights = np.polynomial.legendre.leggauss(order)
    average = np.zeros(np.broadcast_shapes(one.shape, other.shape))
    for point, weight in zip(points, weights, strict=True):
        average += weight / 2 * activation.slope(other + (1 + point) / 2 * (one - other))
    return average * v[..., np.newaxis, :]


def khatri_rao(A: Float[ndarray, "#trials n k"], B: Float[ndarray, "#trials n d"]) -> Float[ndarray, "#trials n k*d"]:
    r"""Row i is $a_i \otimes b_i$: the Khatri-Rao product of $A^T$ and $B^T$, transposed."""
    product = A[..., :, np.newaxis] * B[..., np.newaxis, :]
    return product.reshape(*product.shape[:-2], -1)


def khatri_rao_gram(A: Float[ndarray, "#trials n k"], B: Float[ndarray, "#trials n d"]) -> Float[ndarray, "#trials n n"]:
    r"""$(AA^T) \odot (BB^T)$, the Gram matrix of the rows $a_i \otimes b_i$."""
    return (A @ transpose(A)) * (B @ transpose(B))


def khatri_rao_norm(A: Float[ndarray, "#trials n k"], B: Float[ndarray, "#trials n d"]) -> Float[ndarray, " #trials"]:
    r"""$\lVert A * B\rVert = \sqrt{\lVert (AA^T) \odot (BB^T)\rVert}$, without forming the product."""
    return _largest_root(khatri_rao_gram(A, B))


def khatri_rao_distance(
    A: Float[ndarray, "#trials n k"], X: Float[ndarray, "#trials n d"], B: Float[ndarray, "#trials n k"], Y: Float[ndarray, "#trials n d"]
) -> Float[ndarray, " #trials"]:
    r"""$\lVert A * X - B * Y\rVert$ from $A * X - B * Y = (A-B) * X + B * (X-Y)$, which keeps its digits where they are close."""
    D, E = A - B, X - Y
    mixed = (D @ transpose(B)) * (X @ transpose(E))
    return _largest_root(khatri_rao_gram(D, X) + mixed + transpose(mixed) + khatri_rao_gram(B, E))


def _largest_root(gram: Float[ndarray, "#trials n n"]) -> Float[ndarray, " #trials"]:
    return np.sqrt(np.maximum(np.linalg.eigvalsh(gram)[..., -1], 0.0))


def jacobian(
    W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials n d"], v: OutputWeights, activation: Activation
) -> Float[ndarray, "#trials n k*d"]:
    r"""$J(W, X)$, whose row i is $(v \odot \varphi'(Wx_i)) \otimes x_i$."""
    return khatri_rao(slopes(W, X, v, activation), X)


def gram(
    W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials n d"], v: OutputWeights, activation: Activation
) -> Float[ndarray, "#trials n n"]:
    r"""$JJ^T = (XX^T) \odot (AA^T)$, without forming J."""
    return khatri_rao_gram(slopes(W, X, v, activation), X)


def jacobian_norm(
    W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials n d"], v: OutputWeights, activation: Activation
) -> Float[ndarray, " #trials"]:
    r"""$\lVert J(W, X)\rVert$, the root of the largest eigenvalue of $JJ^T$."""
    return _largest_root(gram(W, X, v, activation))


def least_singular_value(
    W: Float[ndarray, "#trials k d"], X: Float[ndarray, "#trials n d"], v: OutputWeights, activation: Activation
) -> Float[ndarray, " #trials"]:
    r"""$\min_{\lVert u\rVert = 1}\lVert J(W, X)^Tu\rVert$, the root of the least eigenvalue of $JJ^T$.

    The root loses digits where that is small: it is off by at most about $10^{-8}\lVert J\rVert$.
    """
    return np.sqrt(np.maximum(np.linalg.eigvalsh(gram(W, X, v, activation))[..., 0], 0.0))


def average_jacobian(
    W1: Float[ndarray, "#trials k d"],
    W2: Float[ndarray, "#trials k d"],
    X: Float[ndarray, "#trials n d"],
    v: OutputWeights,
    activation: Activation,
    order: int = 32,
) -> Float[ndarray, "#trials n k*d"]:
    r"""$J(W_1, W_2, X) = \int_0^1 J(aW_1 + (1-a)W_2, X)\,da$, symmetric in its ends."""
    return khatri_rao(average_slopes(W1, W2, X, v, activation, order), X)


def gradient(
    W: Float[ndarray, "#trials k d"],
    X: Float[ndarray, "#trials n d"],
    y: Float[ndarray, "#trials n"],
    v: OutputWeights,
    activation: Activation,
) -> Float[ndarray, "#trials k d"]:
    r"""$\nabla_W \frac12\sum_i (f(W, x_i) - y_i)^2 = A^T\mathrm{diag}(f(W, X) - y)\,X$"""
    residual = output(W, X, v, activation) - y
    return transpose(slopes(W, X, v, activation) * residual[..., np.newaxis]) @ X


def mixed_derivative(
    W: Float[ndarray, "#trials k d"],
    x: Float[ndarray, "#trials d"],
    u: Float[ndarray, "#trials d"],
    U: Float[ndarray, "#trials k d"],
    v: OutputWeights,
    activation: Activation,
) -> Float[ndarray, " #trials"]:
    r"""The derivative of f in the input along u, then in the weights along U.

    $$u^TW^T\mathrm{diag}(v)\,\mathrm{diag}(\varphi''(Wx))\,Ux + v^T\mathrm{diag}(\varphi'(Wx))\,Uu$$
    """
    z, Wu, Ux, Uu = (np.einsum("...ij,...j->...i", M, s) for M, s in ((W, x), (W, u), (U, x), (U, u)))
    return np.sum(v * (activation.curvature(z) * Wu * Ux + activation.slope(z) * Uu), axis=-1)


@dataclass(frozen=True)
class NetworkMap:
    r"""The network as a map of its weights, $\theta = \mathrm{vec}(W) \mapsto f(W, X) \in \mathbb{R}^n$."""

    X: Float[ndarray, "#trials n d"]
    v: OutputWeights
    activation: Activation

    def weights(self, theta: Float[ndarray, "#trials p"]) -> Float[ndarray, "#trials k d"]:
        """The matrix W whose rows are stacked in theta."""
        return theta.reshape(len(theta), self.v.shape[-1], self.X.shape[-1])

    def value(self, theta: Float[ndarray, "#trials p"]) -> Float[ndarray, "#trials n"]:
        """``f(W, X)``"""
        return output(self.weights(theta), self.X, self.v, self.activation)

    def jacobian(self, theta: Float[ndarray, "#trials p"]) -> Float[ndarray, "#trials n p"]:
        """``J(W, X)``"""
        return jacobian(self.weights(theta), self.X, self.v, self.activation)

    def average_jacobian(
        self, a: Float[ndarray, "#trials p"], b: Float[ndarray, "#trials p"], order: int = 32
    ) -> Float[ndarray, "#trials n p"]:
        r"""$J(b, a) = \int_0^1 J(a + t(b - a))\,dt$ by quadrature, symmetric in its ends."""
        return average_jacobian(self.weights(b), self.weights(a), self.X, self.v, self.activation, order)
