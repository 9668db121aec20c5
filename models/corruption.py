r"""Corrupted labels: in every cluster at most $\rho n_l$ labels are replaced by those of other classes.

An adversary says which points (a mask) and what becomes of them (a class per point); ``corrupted_labels`` joins the two.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from models.data import ROUNDING, labels_of


def corruptible(sizes: Int[ndarray, " K"], rho: float) -> Int[ndarray, " K"]:
    r"""$\lfloor\rho n_l\rfloor$, the labels of each cluster that may be replaced."""
    return np.floor(rho * sizes + ROUNDING).astype(np.int64)


def spread(member: Int[ndarray, " n"], K: int, rho: float, priority: Float[ndarray, "trials n"]) -> Bool[ndarray, "trials n"]:
    r"""In every cluster the $\lfloor\rho n_l\rfloor$ points of least priority, of equal ones the first."""
    sizes = np.bincount(member, minlength=K)
    order = np.lexsort((priority, np.broadcast_to(member, priority.shape)), axis=-1)  # by cluster, then by priority
    rank = np.arange(len(member)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    taken = rank < np.repeat(corruptible(sizes, rho), sizes)
    mask = np.zeros(priority.shape, dtype=bool)
    np.put_along_axis(mask, order, np.broadcast_to(taken, priority.shape), axis=-1)
    return mask


def concentrated(
    member: Int[ndarray, " n"], K: int, rho: float, priority: Float[ndarray, "trials n"], cluster: Int[ndarray, " trials"]
) -> Bool[ndarray, "trials n"]:
    """As ``spread``, in one cluster only."""
    return spread(member, K, rho, priority) & (member == cluster[:, np.newaxis])


def shifted(clean: Int[ndarray, " n"], classes: int, offset: Int[ndarray, "trials n"]) -> Int[ndarray, "trials n"]:
    """Any other class: the clean one plus an offset in 1 .. classes - 1, modulo the number of classes."""
    return (clean + offset) % classes


def all_to(target: Int[ndarray, " trials"], n: int) -> Int[ndarray, "trials n"]:
    """One class for all, the same for every point; points already of that class keep their label."""
    return np.repeat(target[:, np.newaxis], n, axis=1)


def farthest(clean: Int[ndarray, " n"], values: Float[ndarray, "trials classes"]) -> Int[ndarray, "trials n"]:
    """The class whose label is farthest from the clean one: the largest flip."""
    return np.argmax(np.abs(values[:, np.newaxis, :] - values[:, clean][..., np.newaxis]), axis=-1)


def corrupted_labels(
    clean: Int[ndarray, " n"],
    values: Float[ndarray, "#trials classes"],
    mask: Bool[ndarray, "#trials n"],
    target: Int[ndarray, "#trials n"],
) -> Float[ndarray, "#trials n"]:
    """y: the label of the target class where the mask is set, elsewhere that of the clean class."""
    return labels_of(np.where(mask, target, clean), values)


def corrupted_share(
    member: Int[ndarray, " n"], K: int, y: Float[ndarray, "#trials n"], truth: Float[ndarray, "#trials n"]
) -> Float[ndarray, " #trials"]:
    r"""The least $\rho$ of a labelling: the largest share of replaced labels in any cluster."""
    indicator = (member[:, np.newaxis] == np.arange(K)).astype(float)
    return np.max((y != truth) @ indicator / np.maximum(indicator.sum(axis=0), 1.0), axis=-1)
