r"""Gradient flow on $L(v) = \frac1{4n}\lVert X v^2 - X v_*^2\rVert_2^2$ ($v^2$ entrywise) and where it ends.

$\dot v = -\nabla L(v) = -\frac1n v \odot X^\top X(v^2 - v_*^2)$ moves $\log v^2$ within the row space of X. From $v[0]^2 = s > 0$
the flow therefore ends at the one zero-error point of the form
$$u = s \odot \exp(X^\top\lambda), \qquad X u = X v_*^2,$$
if some positive vector lies in the kernel of X (for a positive u of zero error, the relative entropy of u to $v^2$ falls at the
rate $\frac2n\lVert X(v^2 - u)\rVert_2^2$, so that the error has to vanish). Among the zero-error $u \ge 0$ that point has the least
relative entropy to s, as the derivative $\log(u/s)$ of the entropy is orthogonal to the kernel.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.integrate import solve_ivp
from scipy.special import kl_div

from models.matrices import apply, transpose

Points = Float[ndarray, "trials d"]
Samples = Float[ndarray, "trials n d"]
NEGLIGIBLE = 1e-12  # singular values below this share of the largest are zero
CONVERGED = 1e-9  # Newton's error after a step is of the order of the step squared
STEPS = 100


def row_space(X: Samples) -> Float[ndarray, "trials m d"]:
    """Orthonormal rows that span the row space of X, filled up with zero rows where X lacks rank."""
    _, size, rows = np.linalg.svd(X, full_matrices=False)
    return rows * (size > NEGLIGIBLE * size[:, :1])[:, :, np.newaxis]


def limit(X: Samples, zero_error: Points, start: Points) -> Points:
    r"""The $u = s \odot \exp(X^\top\lambda)$ with $X u = X u_*$: where the flow of $v^2$ from s > 0 ends.

    $\lambda$ minimises the convex $\sum_k s_k e^{(X^\top\lambda)_k} - \langle\lambda, X u_*\rangle$. Along a direction with
    $\delta = \lVert X^\top\Delta\rVert_\infty$ its third derivative is at most $\delta$ times the second, so that Newton's steps
    damped by $\log(1 + \delta)/\delta$ converge from anywhere.
    """
    rows = row_space(X)
    lacking = np.eye(rows.shape[1]) * (1 - np.sum(rows**2, axis=2).round())[:, :, np.newaxis]
    exponent = np.zeros_like(start)
    for _ in range(STEPS):
        u = start * np.exp(exponent)
        curvature = (rows * u[:, np.newaxis]) @ transpose(rows) + lacking
        direction = apply(transpose(rows), np.linalg.solve(curvature, apply(rows, zero_error - u)[..., np.newaxis])[..., 0])
        size = np.maximum(np.abs(direction).max(axis=1, keepdims=True), np.finfo(float).tiny)
        exponent = exponent + direction * np.log1p(size) / size
        if size.max() < CONVERGED:
            break
    return start * np.exp(exponent)


def kernel_solution(X: Samples, zero_error: Points, start: Points) -> Points:
    r"""The u with $X u = X u_*$ and the least $\lVert u - s\rVert_2$, of any sign: where the flow of the linearised model ends."""
    rows = row_space(X)
    return start + apply(transpose(rows), apply(rows, zero_error - start))


def relative_entropy(u: Points, start: Points) -> Float[ndarray, " trials"]:
    r"""$\sum_k u_k \log(u_k/s_k) - u_k + s_k$ for $u \ge 0$, s > 0."""
    return kl_div(u, start).sum(axis=1)


def integrated(X: Float[ndarray, "n d"], v_star: Float[ndarray, " d"], start: Float[ndarray, " d"], time: float) -> Float[ndarray, " d"]:
    r"""$v^2$ at a time of the flow $\frac{d}{dt}\log v^2 = -\frac2n X^\top X(v^2 - v_*^2)$, by LSODA."""
    gram, target = X.T @ X * (2 / len(X)), v_star**2

    def velocity(_time: float, w: ndarray) -> ndarray:
        return -gram @ (np.exp(w) - target)

    path = solve_ivp(velocity, (0.0, time), np.log(start), method="LSODA", rtol=1e-10, atol=1e-12)
    return np.exp(path.y[:, -1])
