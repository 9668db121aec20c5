r"""When the kernel of a random matrix meets the positive orthant.

For $X \in \mathbb{R}^{n \times d}$ with columns in general position whose signs are exchangeable, Gaussian ones for instance, the
kernel of X holds a vector with all entries positive with probability $P(\mathrm{Bin}(d - 1, \tfrac12) \ge n)$ (Wendel 1962), the
same as one with nonnegative entries other than 0.
"""

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from scipy.optimize import nnls

from models.laws import Enclosure, binomial_at_most

FEASIBLE = 1e-9  # the residual of a program without solution is far larger, save on a negligible share of the data


def kernel_misses(n: int, d: int) -> Enclosure:
    r"""$P(\ker X \cap \mathbb{R}^d_{>0} = \emptyset) = P(\mathrm{Bin}(d - 1, \tfrac12) \le n - 1)$ for Gaussian X."""
    return binomial_at_most(n - 1, d - 1, 0.5)


def kernel_meets(X: Float[ndarray, "repetitions n d"]) -> Bool[ndarray, " repetitions"]:
    r"""Whether some p ≥ 0 with $\sum_k p_k = 1$ has Xp = 0: least squares over the orthant leave no residual."""
    with_sum = np.concatenate([X, np.ones((len(X), 1, X.shape[2]))], axis=1)
    target = np.eye(X.shape[1] + 1)[-1]
    return np.array([nnls(matrix, target)[1] < FEASIBLE for matrix in with_sum], dtype=bool)


def nearest_in_orthant(g: Float[ndarray, "repetitions d"]) -> Float[ndarray, "repetitions d"]:
    r"""The nearest point of $\{p \ge 0\}$ by least squares, without the formula $\max(g, 0)$."""
    identity = np.eye(g.shape[1])
    return np.array([nnls(identity, row)[0] for row in g])
