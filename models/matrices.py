"""Batched linear algebra on stacks of small matrices; the leading axes are the trials."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray


def spectral_norm(A: Float[ndarray, "*trials n p"]) -> Float[ndarray, "*trials"]:
    """Largest singular value, ``||A||``."""
    return np.linalg.svd(A, compute_uv=False)[..., 0]


def euclidean(v: Float[ndarray, "*trials n"]) -> Float[ndarray, "*trials"]:
    """``||v||_2``, without overflow or underflow for entries of any size."""
    largest = np.max(np.abs(v), axis=-1, keepdims=True)
    safe = np.where(largest > 0, largest, 1.0)
    return safe[..., 0] * np.sqrt(np.sum((v / safe) ** 2, axis=-1))


def apply(A: Float[ndarray, "*trials n p"], v: Float[ndarray, "*trials p"]) -> Float[ndarray, "*trials n"]:
    """``A v``, trial by trial."""
    return np.einsum("...ij,...j->...i", A, v)


def transpose(A: Float[ndarray, "*trials n p"]) -> Float[ndarray, "*trials p n"]:
    """``A^T``, trial by trial."""
    return np.swapaxes(A, -1, -2)


def gram_root(X: Float[ndarray, "*trials n p"]) -> Float[ndarray, "*trials n n"]:
    """``(X X^T)^{1/2} = U S U^T`` from the singular value decomposition of X: forming ``X X^T`` would lose half the digits."""
    left, size, _ = np.linalg.svd(X, full_matrices=False)
    return (left * size[..., np.newaxis, :]) @ transpose(left)


def least_eigenvalue(A: Float[ndarray, "*trials n n"]) -> Float[ndarray, "*trials"]:
    """Least eigenvalue of the symmetric part: the minimum of ``v^T A v`` over unit v, also where A is not symmetric."""
    return np.linalg.eigvalsh((A + transpose(A)) / 2)[..., 0]


def orthonormal(A: Float[ndarray, "*trials n m"]) -> Float[ndarray, "*trials n m"]:
    """Orthonormal columns whose span contains that of A (m <= n): the polar factor, defined also where A loses rank."""
    left, _, right = np.linalg.svd(A, full_matrices=False)
    return left @ right


def projector(U: Float[ndarray, "*trials n m"]) -> Float[ndarray, "*trials n n"]:
    """``U U^T``, the orthogonal projector on the span of orthonormal columns."""
    return U @ transpose(U)
