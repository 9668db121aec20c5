r"""Data with prescribed moments: what the analysis asks of them is bounds on $E_i[x_j x_k]$ and on $\lVert x_i\rVert_\infty$.

Rows of a Hadamard matrix H have $H^TH = nI$. With $\Sigma = LL^T$ the rows of $HL^T$ have exactly $E_i[x_i x_i^T] = \Sigma$
(to rounding), so that moments on the boundary of a hypothesis can be asked for.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.linalg import hadamard

from theorems.checker import extremes
from theorems.checker.draws import Draws

LEAST_MOMENT = 2 / 3  # the least E_i[x_k²] that the lemmas allow


def rows_for(d: int) -> int:
    """The least power of 2 that is at least d: the samples of a Hadamard design."""
    return 1 << max(d - 1, 0).bit_length()


def hadamard_design(d: int, samples: int | None = None) -> Float[ndarray, "1 n d"]:
    r"""The first d columns of a Hadamard matrix: $\lvert x_{ik}\rvert = 1$, $E_i[x_k^2] = 1$, $C_x = 0$ exactly."""
    return hadamard(samples or rows_for(d)).astype(float)[np.newaxis, :, :d]


def with_moments(sigma: Float[ndarray, "trials d d"]) -> Float[ndarray, "trials n d"]:
    r"""Data with $E_i[x_i x_i^T] = \Sigma$; raises LinAlgError where $\Sigma$ is not positive definite."""
    return hadamard_design(sigma.shape[1]) @ np.linalg.cholesky(sigma).transpose(0, 2, 1)


def moments(draws: Draws, d: int, cross: Float[ndarray, " trials"]) -> Float[ndarray, "trials d d"]:
    r"""Second moments with diagonal at least 2/3 (2/3 exactly on half of the trials) and off the diagonal $\pm$ ``cross``.

    The signs off the diagonal are those of a product $s_j s_k$, or all negative; ``cross`` is cut to what stays positive
    definite.
    """
    square = np.where(draws.integers(0, 1, d) == 0, LEAST_MOMENT, LEAST_MOMENT * 10.0 ** draws.uniform(0.0, 1.0, d))
    signs = draws.signs(d)
    aligned = signs[:, :, np.newaxis] * signs[:, np.newaxis, :]
    pattern = extremes.picked(np.stack([aligned, -np.ones_like(aligned)]), draws.integers(0, 1))
    size = np.minimum(cross, 0.9 * LEAST_MOMENT / max(d - 1, 1))[:, np.newaxis, np.newaxis]
    off = 1 - np.eye(d)
    return square[:, :, np.newaxis] * np.eye(d) + size * pattern * off
