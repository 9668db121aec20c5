"""Instances that strain bounds: what Gaussian draws never meet.

Each function mixes generic draws with the extremes of its kind, one kind per trial, so that a block holds them all:
rank one, diagonal, equal singular values, small integers with ties, zero; scales over many decades.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.draws import Draws


def matrix(draws: Draws, n: int, p: int) -> Float[ndarray, "trials n p"]:
    """Gaussian, rank one, diagonal, equal singular values, entries in {-1, 0, 1}, or zero."""
    gaussian = draws.normal(n, p)
    rank_one = draws.normal(n)[:, :, np.newaxis] * draws.normal(p)[:, np.newaxis, :]
    diagonal = gaussian * np.eye(n, p)
    small = draws.integers(-1, 1, n, p).astype(float)
    left, _, right = np.linalg.svd(gaussian, full_matrices=False)
    kinds = np.stack([gaussian, rank_one, diagonal, left @ right, small, np.zeros_like(gaussian)])
    return picked(kinds, draws.integers(0, 11))


def vector(draws: Draws, n: int) -> Float[ndarray, "trials n"]:
    """Gaussian, a multiple of one coordinate, all entries equal up to sign, entries in {-1, 0, 1}, or zero."""
    gaussian = draws.normal(n)
    coordinate = gaussian[:, :1] * (np.arange(n) == draws.integers(0, n - 1, 1))
    equal = gaussian[:, :1] * draws.signs(n)
    small = draws.integers(-1, 1, n).astype(float)
    kinds = np.stack([gaussian, coordinate, equal, small, np.zeros_like(gaussian)])
    return picked(kinds, draws.integers(0, 9))


def scale(draws: Draws, decades: float) -> Float[ndarray, " trials"]:
    """A positive number log-uniform over 10^-decades .. 10^decades; exactly 1 on a third of the trials."""
    exponent = np.where(draws.integers(0, 2) == 0, 0.0, draws.uniform(-decades, decades))
    return 10.0**exponent


def fraction(draws: Draws) -> Float[ndarray, " trials"]:
    """A number in (0, 1], exactly 1 (the boundary) on half of the trials, small on a few."""
    inner = 10.0 ** draws.uniform(-3.0, 0.0)
    return np.where(draws.integers(0, 1) == 0, 1.0, inner)


def picked(kinds: Float[ndarray, "kinds trials ..."], choice: ndarray) -> Float[ndarray, "trials ..."]:
    """Per trial the kind that ``choice`` names; numbers past the last kind name the first, the generic one."""
    index = np.where(choice < len(kinds), choice, 0)
    return kinds[index, np.arange(kinds.shape[1])]
