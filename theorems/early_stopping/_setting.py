"""Subspaces S₊ of label space, from none to all of it, for the lemmas behind the descent theorems."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import transpose
from theorems.checker.claims import Clause, equals
from theorems.checker.draws import Draws
from theorems.early_stopping._families import signal_basis


def basis(draws: Draws, n: int, m: int) -> Float[ndarray, "trials n m"]:
    """Orthonormal columns that span S₊, of dimension m from 0 to n.

    In general position, m coordinates, or the indicators of m clusters (all samples for m = 1); on half of the trials
    with the signs of samples flipped, which leaves the subspace as diffused as it was.
    """
    if m == 0:
        return np.zeros((draws.trials, n, 0))
    U, signs = signal_basis(draws, n, m), draws.signs(n, 1)
    return np.where(draws.integers(0, 1, 1, 1) == 0, U, signs * U)


def orthonormal_columns(U: Float[ndarray, "trials n m"]) -> Clause:
    """The columns of U are a basis of S₊ with ``U^T U = I``; none for S₊ = {0}."""
    defect = np.abs(transpose(U) @ U - np.eye(U.shape[2])).max(axis=(1, 2), initial=0.0)
    return equals("UᵀU = I", defect, 0.0, allowance=1e-13 * U.shape[1])
