"""Batched matrices against NumPy and SciPy on single ones."""

import numpy as np
import pytest
import scipy.linalg

from models import matrices

RNG = np.random.default_rng(7)
STACK = RNG.normal(size=(5, 4, 3))


def test_spectral_norm_is_numpys_2_norm_per_trial():
    assert matrices.spectral_norm(STACK) == pytest.approx([np.linalg.norm(A, 2) for A in STACK], rel=1e-13)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_euclidean_neither_overflows_nor_underflows(size):
    v = RNG.normal(size=(5, 4))
    assert matrices.euclidean(size * v) == pytest.approx(size * np.linalg.norm(v, axis=1), rel=1e-13)


def test_euclidean_of_zero_is_zero():
    assert matrices.euclidean(np.zeros((2, 3))).tolist() == [0.0, 0.0]


def test_gram_root_is_scipys_root_of_the_gram_matrix():
    X = matrices.transpose(STACK)
    roots = [np.real(np.asarray(scipy.linalg.sqrtm(A @ A.T))) for A in X]
    assert matrices.gram_root(X) == pytest.approx(np.array(roots), abs=1e-12)


def test_least_eigenvalue_is_the_least_quadratic_form():
    A = RNG.normal(size=(3, 4, 4))
    unit = RNG.normal(size=(2000, 4))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    forms = np.einsum("ki,tij,kj->tk", unit, A, unit)
    assert (forms.min(axis=1) >= matrices.least_eigenvalue(A) - 1e-12).all()
    assert (forms.min(axis=1) <= matrices.least_eigenvalue(A) + 0.5).all()


def test_orthonormal_columns_span_those_of_a_full_rank_matrix():
    U = matrices.orthonormal(STACK)
    assert matrices.transpose(U) @ U == pytest.approx(np.broadcast_to(np.eye(3), (5, 3, 3)), abs=1e-13)
    assert matrices.projector(U) @ STACK == pytest.approx(STACK, abs=1e-12)


def test_orthonormal_columns_exist_where_rank_is_lost():
    U = matrices.orthonormal(np.zeros((1, 3, 2)))
    assert matrices.transpose(U) @ U == pytest.approx(np.eye(2)[np.newaxis], abs=1e-13)


def test_apply_is_matrix_times_vector_per_trial():
    v = RNG.normal(size=(5, 3))
    assert matrices.apply(STACK, v) == pytest.approx(np.array([A @ x for A, x in zip(STACK, v, strict=True)]))
