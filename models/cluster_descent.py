r"""Gradient descent of the one-layer network on perfectly clustered data, where only the K distinct inputs are propagated.

With $n_l$ copies of the centre $c_l$ and mean label $\bar y_l$ in cluster l, the loss is
$\frac12\sum_l n_l(f(W, c_l) - \bar y_l)^2$ plus a constant, and
$$\nabla_W = \sum_l n_l\,(f(W, c_l) - \bar y_l)\,(v \odot \varphi'(Wc_l))\,c_l^T.$$
A run holds a few arrays of k x K numbers per trial and nothing of size n.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.activations import Activation
from models.matrices import transpose


@dataclass(frozen=True)
class ClusterIterate:
    r"""Iteration ``t``: the outputs $f(W_t, c_l)$ and the distance $\lVert W_t - W_0\rVert_F$."""

    t: int
    outputs: Float[ndarray, "trials K"]
    distance: Float[ndarray, " trials"]


def cluster_descent(
    W0: Float[ndarray, "trials k d"],
    centres: Float[ndarray, "#trials K d"],
    sizes: Int[ndarray, " K"],
    means: Float[ndarray, "#trials K"],
    v: Float[ndarray, " k"],
    activation: Activation,
    eta: Float[ndarray, " #trials"],
    steps: int,
) -> Iterator[ClusterIterate]:
    r"""Iterations 0 .. steps of $W \leftarrow W - \eta\nabla_W$ from $W_0$."""
    W, rate = W0.copy(), eta[:, np.newaxis] * sizes
    for t in range(steps + 1):
        z = W @ transpose(centres)
        outputs = v @ activation.value(z)
        yield ClusterIterate(t=t, outputs=outputs, distance=np.sqrt(np.sum((W - W0) ** 2, axis=(1, 2))))
        slopes = activation.slope(z)
        slopes *= (rate * (outputs - means))[:, np.newaxis, :]
        slopes *= v[:, np.newaxis]
        W -= slopes @ centres


def cluster_means(y: Float[ndarray, "#trials n"], sizes: Int[ndarray, " K"]) -> Float[ndarray, "#trials K"]:
    r"""$\bar y_l$, the points of a cluster being side by side."""
    return np.add.reduceat(y, np.cumsum(sizes) - sizes, axis=1) / sizes


def within_clusters(y: Float[ndarray, "#trials n"], sizes: Int[ndarray, " K"]) -> Float[ndarray, " #trials"]:
    r"""$\sum_l\sum_{i \in l}(y_i - \bar y_l)^2$, what no output that is constant on clusters can fit."""
    return np.sum((y - np.repeat(cluster_means(y, sizes), sizes, axis=1)) ** 2, axis=1)
