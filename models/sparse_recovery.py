r"""Recovery of a sparse $u_* \ge 0$ from $y = X u_*$ by the least l1 norm, and the law of its dual certificate.

Nonnegative basis pursuit minimises $\sum_k u_k$ subject to $X u = y$, $u \ge 0$: the LASSO with a vanishing penalty. Let S be the
support, with r elements, and $X_S$ of full rank. If $\lambda = X_S (X_S^\top X_S)^{-1} 1$ has $\langle x_k, \lambda\rangle < 1$ for
every column k outside S, then $u_*$ is the only solution: any other has $\sum_k u_k > \langle X u, \lambda\rangle = \sum_k u_{*k}$.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.optimize import linprog
from scipy.special import chdtri, log_ndtr

from models import laws

BINS = 4000


def basis_pursuit(X: Float[ndarray, "trials n d"], y: Float[ndarray, "trials n"]) -> Float[ndarray, "trials d"]:
    """A minimiser of ``Σ_k u_k`` subject to ``X u = y``, ``u >= 0``, by the simplex method: trial by trial, as no solver stacks them.

    Raises ArithmeticError where the solver finds none.
    """
    runs = [
        linprog(np.ones(X.shape[2]), A_eq=rows, b_eq=labels, bounds=(0, None), method="highs-ds") for rows, labels in zip(X, y, strict=True)
    ]
    if not all(run.success for run in runs):
        raise ArithmeticError(f"the linear program has no solution: {next(run.message for run in runs if not run.success)}")
    return np.stack([run.x for run in runs])


def least_squares(X: Float[ndarray, "trials n d"], y: Float[ndarray, "trials n"]) -> Float[ndarray, "trials d"]:
    """``X^+ y``: the solution of the least l2 norm."""
    return (np.linalg.pinv(X) @ y[:, :, np.newaxis])[:, :, 0]


def certificate(X: Float[ndarray, "trials n d"], support: int) -> Float[ndarray, " trials"]:
    """``max_{k not in S} <x_k, λ>`` for S the first ``support`` columns, of full rank; -inf where there is no other column."""
    inside, outside = X[:, :, :support], X[:, :, support:]
    multiplier = np.linalg.pinv(inside.transpose(0, 2, 1)) @ np.ones((support, 1))
    return (outside.transpose(0, 2, 1) @ multiplier)[:, :, 0].max(axis=1, initial=-np.inf)


def certificate_failure(n: int, d: int, r: int) -> laws.Enclosure:
    r"""$P(\max_{k \notin S}\langle x_k, \lambda\rangle \ge 1)$ for a Gaussian X with n >= r rows.

    Given $X_S$ the d - r products are independent and $N(0, \lVert\lambda\rVert^2)$; by the law of an inverse Wishart matrix
    $\lVert\lambda\rVert^2 = 1^\top (X_S^\top X_S)^{-1} 1$ is distributed as r/Q with $Q \sim \chi^2_{n-r+1}$. The probability is
    $E[1 - \Phi(\sqrt{Q/r})^{d-r}]$, the mean of a falling function of Q: between its lower and upper sums over equally likely bins.
    """
    quantiles = chdtri(n - r + 1, 1 - np.arange(1, BINS) / BINS)
    at_ends = -np.expm1((d - r) * log_ndtr(np.sqrt(np.concatenate([[0.0], quantiles]) / r)))
    return laws.widened(at_ends[1:].sum() / BINS, at_ends.sum() / BINS)
