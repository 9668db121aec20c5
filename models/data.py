r"""Clusterable data: unit inputs within $\varepsilon_0$ of unit centres, one label per cluster.

Cluster l has $n_l$ points, $c_{low}\,n/K \le n_l \le c_{up}\,n/K$. Each cluster belongs to a class, of which several clusters may
share one; labels of different classes differ by at least $\delta$, centres of different classes by at least
$2\varepsilon_0$. Everything is constructed, nothing rejected; whatever is random comes in as an array.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.matrices import euclidean, orthonormal, transpose

ROUNDING = 1e-9  # of a product of a share and a number of points, before it is rounded to a whole number


@dataclass(frozen=True)
class Clusters:
    r"""A clusterable data set per trial; the trials share who is in which cluster and class.

    centres:  $c_1, \dots, c_K$, unit rows
    member:   cluster of each point
    class_of: class of each cluster
    values:   label $\alpha_r \in [-1, 1]$ of each class
    inputs:   $x_1, \dots, x_n$, unit rows
    """

    centres: Float[ndarray, "#trials K d"]
    member: Int[ndarray, " n"]
    class_of: Int[ndarray, " K"]
    values: Float[ndarray, "#trials classes"]
    inputs: Float[ndarray, "#trials n d"]

    @property
    def clean_class(self) -> Int[ndarray, " n"]:
        """The class of each point's cluster."""
        return self.class_of[self.member]

    @property
    def truth(self) -> Float[ndarray, "#trials n"]:
        r"""$\tilde y$, the label of each point's cluster."""
        return self.values[:, self.clean_class]

    @property
    def repeated_centres(self) -> Float[ndarray, "#trials n d"]:
        r"""$\tilde X$: for each point the centre of its cluster."""
        return self.centres[:, self.member]

    @property
    def radius(self) -> Float[ndarray, " #trials"]:
        r"""The least $\varepsilon_0$ with $\lVert x_i - c\rVert_2 \le \varepsilon_0$ for each point and its centre."""
        return np.max(euclidean(self.inputs - self.repeated_centres), axis=-1)

    def truth_at(self, x: Float[ndarray, "#trials m d"]) -> Float[ndarray, "#trials m"]:
        r"""$\tilde y(x)$, the label of the nearest centre, of equally near ones the first."""
        classes = self.class_of[nearest(x, self.centres)]
        values = np.broadcast_to(self.values, (len(classes), self.values.shape[1]))
        return np.take_along_axis(values, classes, axis=1)


def unequal_sizes(n: int, K: int, c_low: float, c_up: float) -> Int[ndarray, " K"]:
    """Cluster sizes between ``c_low n/K`` and ``c_up n/K`` that add up to n: the largest allowed first, the least last."""
    least, most = max(1, int(np.ceil(c_low * n / K - ROUNDING))), int(np.floor(c_up * n / K + ROUNDING))
    if not K * least <= n <= K * most:
        raise ValueError(f"no {K} sizes between {least} and {most} add up to n = {n}")
    return least + np.clip(n - K * least - np.arange(K) * (most - least), 0, most - least)


def membership(sizes: Int[ndarray, " K"]) -> Int[ndarray, " n"]:
    """The cluster of each point, points of a cluster side by side."""
    return np.repeat(np.arange(len(sizes)), sizes)


def balance(member: Int[ndarray, " n"], K: int) -> tuple[float, float]:
    r"""The tightest $c_{low} = K\min_l n_l/n$ and $c_{up} = K\max_l n_l/n$."""
    sizes = np.bincount(member, minlength=K)
    return float(K * sizes.min() / len(member)), float(K * sizes.max() / len(member))


def unit(x: Float[ndarray, "*any d"]) -> Float[ndarray, "*any d"]:
    """``x / ||x||_2``; normal vectors become uniform on the sphere."""
    return x / euclidean(x)[..., np.newaxis]


def equiangular_centres(normal: Float[ndarray, "trials K d"], distance: float) -> Float[ndarray, "trials K d"]:
    r"""K <= d unit centres, all pairs ``distance`` apart: $G^{1/2}Q$ with orthonormal rows Q, $G = (1-t)I + t\,11^T$.

    The inner product is $t = 1 - \mathrm{distance}^2/2$; orthonormal centres at $\sqrt2$, a regular simplex at the largest
    possible distance $\sqrt{2K/(K-1)}$.
    """
    K, d = normal.shape[1:]
    t = 1 - distance**2 / 2
    if K > d or 1 - t + K * t < -ROUNDING:
        raise ValueError(f"{K} unit vectors in dimension {d} cannot be {distance} apart in this way")
    mean = np.full((K, K), 1 / K)
    root = np.sqrt(1 - t) * (np.eye(K) - mean) + np.sqrt(max(1 - t + K * t, 0.0)) * mean
    return unit(root @ transpose(orthonormal(transpose(normal))))


def circle_centres(shares: Float[ndarray, "trials K"], turn: Float[ndarray, " trials"], distance: float) -> Float[ndarray, "trials K 2"]:
    r"""K centres on the unit circle, neighbours at least ``distance`` apart, the first at the angle ``turn``.

    The angle from one to the next is $2\arcsin(\mathrm{distance}/2)$ plus its share of what is left of the circle: equal
    shares space them equally, a share 0 puts two centres at exactly ``distance``.
    """
    K, least = shares.shape[1], 2 * np.arcsin(distance / 2)
    left = 2 * np.pi - K * least
    if left < -ROUNDING:
        raise ValueError(f"{K} centres on the unit circle cannot be {distance} apart")
    gaps = least + max(left, 0.0) * shares / np.sum(shares, axis=1, keepdims=True)
    angles = turn[:, np.newaxis] + np.cumsum(gaps, axis=1) - gaps
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def embedded(C: Float[ndarray, "#trials K m"], normal: Float[ndarray, "#trials m d"]) -> Float[ndarray, "#trials K d"]:
    """The rows of C carried isometrically into R^d, m <= d, on the span of the rows of ``normal``."""
    return C @ transpose(orthonormal(transpose(normal)))


def separation(centres: Float[ndarray, "#trials K d"], class_of: Int[ndarray, " K"]) -> Float[ndarray, " #trials"]:
    """The least distance of two centres of different classes, infinite where there is one class."""
    apart = euclidean(centres[:, :, np.newaxis] - centres[:, np.newaxis])
    return np.min(np.where(class_of[:, np.newaxis] != class_of, apart, np.inf), axis=(1, 2))


def nearest(x: Float[ndarray, "#trials m d"], centres: Float[ndarray, "#trials K d"]) -> Int[ndarray, "#trials m"]:
    r"""$\mathrm{argmin}_l\lVert x - c_l\rVert_2$, of equally near centres the first."""
    return np.argmin(euclidean(x[:, :, np.newaxis] - centres[:, np.newaxis]), axis=-1)


def label_values(uniform: Float[ndarray, "trials classes"], delta: float) -> Float[ndarray, "trials classes"]:
    r"""Increasing values in [-1, 1], neighbours at least $\delta$ apart: $\alpha_r = -1 + r\delta + (2 - (\bar K-1)\delta)\,u_{(r)}$.

    Equal uniforms leave exactly $\delta$ between neighbours; a first 0 and a last 1 reach both ends.
    """
    classes = uniform.shape[1]
    slack = 2 - (classes - 1) * delta
    if slack < -ROUNDING:
        raise ValueError(f"{classes} labels in [-1, 1] cannot be {delta} apart")
    return np.clip(-1 + delta * np.arange(classes) + max(slack, 0.0) * np.sort(uniform, axis=1), -1.0, 1.0)


def around(
    centres: Float[ndarray, "#trials n d"], direction: Float[ndarray, "#trials n d"], radius: Float[ndarray, "#trials n"]
) -> Float[ndarray, "#trials n d"]:
    r"""Unit inputs at exactly ``radius`` from unit centres: $x = \cos t\,c + \sin t\,u$ with $2\sin(t/2) = \mathrm{radius}$.

    u is the unit tangent at c along ``direction``: normal vectors give uniform tangents, another centre the shortest way
    there. Where the direction has no tangent part, that of a coordinate axis is taken.
    """
    if centres.shape[-1] == 1 and np.any(radius > 0):
        raise ValueError("in dimension 1 a unit input cannot be near its centre without being equal to it")
    half = np.arcsin(radius / 2)[..., np.newaxis]
    return np.cos(2 * half) * centres + np.sin(2 * half) * _tangent(centres, direction)


def _tangent(c: Float[ndarray, "#trials n d"], direction: Float[ndarray, "#trials n d"]) -> Float[ndarray, "#trials n d"]:
    axis = np.eye(c.shape[-1])[np.argmin(np.abs(c), axis=-1)]
    along = _orthogonal_part(c, direction)
    lost = euclidean(along) <= ROUNDING * euclidean(direction)
    along = np.where(lost[..., np.newaxis], _orthogonal_part(c, axis), along)
    size = euclidean(_orthogonal_part(c, along))
    return _orthogonal_part(c, along) / np.where(size > 0, size, 1.0)[..., np.newaxis]


def _orthogonal_part(c: Float[ndarray, "#trials n d"], x: Float[ndarray, "#trials n d"]) -> Float[ndarray, "#trials n d"]:
    return x - np.sum(c * x, axis=-1, keepdims=True) * c


def cluster_projector(member: Int[ndarray, " n"], K: int) -> Float[ndarray, "n n"]:
    r"""$P = \sum_l \frac1{n_l} 1(l)1(l)^T$, on the vectors in $\mathbb{R}^n$ that are constant on every cluster."""
    indicator = (member[:, np.newaxis] == np.arange(K)).astype(float)
    return indicator / np.maximum(indicator.sum(axis=0), 1.0) @ indicator.T


def diffuseness(P: Float[ndarray, "*trials n n"]) -> Float[ndarray, "*trials"]:
    r"""The least $\gamma$ with $\lVert v\rVert_\infty \le \sqrt{\gamma/n}\,\lVert v\rVert_2$ on the range of a projector: $n\max_i P_{ii}$."""
    return P.shape[-1] * np.max(np.diagonal(P, axis1=-2, axis2=-1), axis=-1)
