r"""The Gram matrix of the Jacobian of a softplus network, for sizes where it matters."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.softplus_kernels import COLUMNS, ROWS, padded, slopes


def softplus_gram(W: Float[ndarray, "k d"], X: Float[ndarray, "n d"], v: Float[ndarray, " k"]) -> Float[ndarray, "n n"]:
    r"""$JJ^T = (XX^T) \odot (AA^T)$ with $A = \varphi'(XW^T)\,\mathrm{diag}(v)$, without forming J: ``networks.gram`` in compiled loops.

    Both products are of a matrix with its own transpose, of which NumPy computes one half.
    """
    inputs = np.ascontiguousarray(padded(X, 1, COLUMNS).T)
    A = slopes(padded(W, ROWS, COLUMNS), inputs, padded(v, ROWS))
    product = A.T @ A
    product *= X @ X.T
    return product
