"""Finite random processes A[0], ..., A[T] as binary trees, stacked over trials: exact path probabilities.

Node i has the successors 2i + 1 and 2i + 2, so the nodes at time t are 2^t - 1, ..., 2^{t+1} - 2. ``A`` holds the value
at each node, ``chance`` the probability of a node given its predecessor. The inner nodes, those before time T, come first.
"""

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped
from numpy import ndarray
from numpy.random import Generator

Split = tuple[ndarray, ndarray, ndarray]  # chance of the upper successor, of the lower one, distance of that below the mean


def horizon(A: Float[ndarray, "trials nodes"]) -> int:
    """T"""
    return (A.shape[1] + 1).bit_length() - 2


def level(nodes: Shaped[ndarray, "trials nodes"], t: int) -> Shaped[ndarray, "trials level"]:
    """The nodes at time t."""
    return nodes[:, 2**t - 1 : 2 ** (t + 1) - 1]


def paired(first: Float[ndarray, "trials level"], second: Float[ndarray, "trials level"]) -> Float[ndarray, "trials next"]:
    """The next level, from the first and the second successors."""
    return np.stack([first, second], axis=2).reshape(len(first), -1)


def successors(nodes: Shaped[ndarray, "trials nodes"]) -> Shaped[ndarray, "trials inner 2"]:
    """What each inner node is followed by."""
    return nodes[:, 1:].reshape(len(nodes), -1, 2)


def predecessors(nodes: Shaped[ndarray, "trials nodes"]) -> Shaped[ndarray, "trials inner"]:
    """The inner nodes."""
    return nodes[:, : nodes.shape[1] // 2]


def conditional_mean(A: Float[ndarray, "trials nodes"], chance: Float[ndarray, "trials nodes"]) -> Float[ndarray, "trials inner"]:
    """``E[A[t+1] | past]`` at each inner node."""
    return np.sum(successors(chance) * successors(A), axis=2)


def conditional_variance(A: Float[ndarray, "trials nodes"], chance: Float[ndarray, "trials nodes"]) -> Float[ndarray, "trials inner"]:
    """``Var[A[t+1] | past] = p (1 - p) (A' - A'')^2``"""
    return np.prod(successors(chance), axis=2) * np.diff(successors(A), axis=2)[:, :, 0] ** 2


def conditional_range(A: Float[ndarray, "trials nodes"], chance: Float[ndarray, "trials nodes"]) -> Float[ndarray, "trials inner"]:
    """The length of the least interval that holds A[t+1] given the past."""
    return np.where(np.all(successors(chance) > 0, axis=2), np.abs(np.diff(successors(A), axis=2)[:, :, 0]), 0.0)


def constant_for_good(A: Float[ndarray, "trials nodes"], chance: Float[ndarray, "trials nodes"]) -> Bool[ndarray, "trials inner"]:
    """Whether ``A[t] = A[t+1] = ... = A[T]`` whatever follows the node."""
    follows = successors(A) == predecessors(A)[:, :, np.newaxis]
    constant = np.ones(A.shape, dtype=bool)
    for t in reversed(range(horizon(A))):
        own, next_level = slice(2**t - 1, 2 ** (t + 1) - 1), slice(2 ** (t + 1) - 1, 2 ** (t + 2) - 1)
        later = follows[:, own] & constant[:, next_level].reshape(len(A), -1, 2)
        constant[:, own] = (later | (successors(chance)[:, own] == 0)).all(axis=2)
    return predecessors(constant)


def probability_of_paths(chance: Float[ndarray, "trials nodes"], admitted: Bool[ndarray, "trials nodes"]) -> Float[ndarray, " trials"]:
    """The probability that every node of the path is an admitted one: the chances of such paths, added up."""
    reached = admitted[:, :1].astype(float)
    for t in range(1, horizon(chance) + 1):
        reached = np.repeat(reached, 2, axis=1) * level(chance, t) * level(admitted, t)
    return reached.sum(axis=1)


def paths(chance: Float[ndarray, " nodes"], generator: Generator, repetitions: int) -> Int[ndarray, "repetitions times"]:
    """The nodes of sampled paths through one tree."""
    nodes = [np.zeros(repetitions, dtype=int)]
    for _ in range(horizon(chance[np.newaxis])):
        first = 2 * nodes[-1] + 1
        nodes.append(np.where(generator.random(repetitions) < chance[first], first, first + 1))
    return np.stack(nodes, axis=1)


def leap_by_variance(gap: ndarray, a: ndarray) -> Split:
    """The likeliest leap to ``mean + gap`` under variance a (Cantelli's equality): ``a / (a + gap^2)``."""
    return a / (a + gap**2), gap**2 / (a + gap**2), a / gap


def leap_by_range(gap: ndarray, length: ndarray) -> Split:
    """The likeliest leap to ``mean + gap`` within an interval of that length: ``1 - gap/length``, 0 out of reach."""
    rest = np.minimum(gap / length, 1.0)
    return 1 - rest, rest, np.maximum(length - gap, 0.0)
