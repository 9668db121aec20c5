"""Coresets: medoids in gradient space, their cluster sizes, facility location and greedy selection.

All by exhaustive search, for a handful of points; the leading axis is the trials.
"""

from itertools import combinations

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.matrices import euclidean


def loss_gradients(features: Float[ndarray, "*trials n m"], residuals: Float[ndarray, "*trials n"]) -> Float[ndarray, "*trials n m"]:
    """Gradients of the single losses ``(f(W, x_i) - y_i)^2 / 2``: residual times feature ``df(W, x_i)/dW``."""
    return residuals[..., np.newaxis] * features


def dissimilarities(gradients: Float[ndarray, "*trials n m"]) -> Float[ndarray, "*trials n n"]:
    """``d_ij = ||g_i - g_j||``"""
    return euclidean(gradients[..., :, np.newaxis, :] - gradients[..., np.newaxis, :, :])


def subsets(n: int, k: int) -> Int[ndarray, "subsets k"]:
    """All k-subsets of 0 .. n-1 in lexicographic order."""
    return np.array(list(combinations(range(n), k)))


def k_medoids(d: Float[ndarray, "trials n n"], k: int) -> Int[ndarray, "trials k"]:
    """A minimiser of ``sum_i min_{j in S} d_ij`` over ``|S| <= k``, the first in lexicographic order.

    The cost does not grow with S, so that k points attain the minimum whenever k <= n.
    """
    candidates = subsets(d.shape[1], k)
    cost = d[:, :, candidates].min(axis=3).sum(axis=1)
    return candidates[np.argmin(cost, axis=1)]


def cluster_sizes(d: Float[ndarray, "trials n n"], medoids: Int[ndarray, "trials k"]) -> Int[ndarray, "trials k"]:
    """``r_j = #{i : j = argmin_s d_is}``: a medoid belongs to its own cluster, other ties go to the earliest medoid."""
    k = medoids.shape[1]
    nearest = np.argmin(np.take_along_axis(d, medoids[:, np.newaxis, :], axis=2), axis=2)
    np.put_along_axis(nearest, medoids, np.broadcast_to(np.arange(k), medoids.shape), axis=1)
    return np.sum(nearest[:, :, np.newaxis] == np.arange(k), axis=1)


def facility_location(benefit: Float[ndarray, "trials n n"], S: Int[ndarray, "trials k"]) -> Float[ndarray, " trials"]:
    """``F(S) = sum_i max_{j in S} benefit_ij`` of a set that is not empty; with ``benefit_ij = d_0 - d_ij`` that of CRUST."""
    return np.take_along_axis(benefit, S[:, np.newaxis, :], axis=2).max(axis=2).sum(axis=1)


def largest_facility_location(benefit: Float[ndarray, "trials n n"], k: int) -> Float[ndarray, " trials"]:
    """``max F(S)`` over ``|S| <= k``, with F = 0 at the empty set."""
    n = benefit.shape[1]
    sizes = [benefit[:, :, subsets(n, size)].max(axis=3).sum(axis=1).max(axis=1) for size in range(1, k + 1)]
    return np.max([np.zeros(len(benefit)), *sizes], axis=0)


def greedy(benefit: Float[ndarray, "trials n n"], k: int) -> Int[ndarray, "trials k"]:
    """k times the point not yet chosen that increases F most, of several the one with the lowest index."""
    chosen = np.empty((len(benefit), k), dtype=np.int64)
    covered = np.full(benefit.shape[:2], -np.inf)
    free = np.ones(benefit.shape[:2], dtype=bool)
    for turn in range(k):
        enlarged = np.maximum(covered[:, :, np.newaxis], benefit).sum(axis=1)
        best = np.argmax(np.where(free, enlarged, -np.inf), axis=1)[:, np.newaxis]
        np.put_along_axis(free, best, False, axis=1)
        covered = np.maximum(covered, np.take_along_axis(benefit, best[:, np.newaxis], axis=2)[:, :, 0])
        chosen[:, turn] = best[:, 0]
    return chosen
