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
        return labels_of(self.class_of[nearest(x, self.centres)], self.values)


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
    """``x / ||x||_2``: normal vectors become uniform on the sphere, a zero vector the first axis."""
    size = euclidean(x)[..., np.newaxis]
    return np.where(size > 0, x / np.where(size > 0, size, 1.0), np.eye(x.shape[-1])[0])


def equiangular_centres(normal: Float[ndarray, "trials K d"], distance: float) -> Float[ndarray, "trials K d"]:
    r"""K <= d unit centres, all pairs ``distance`` apart: $G^{1/2}Q$ with orthonormal rows Q, $G = (1-t)I + t\,11^T$.

    The inner product is $t = 1 - \mathrm{distance}^2/2$; orthonormal centres at $\sqrt2$, a regular simplex at the largest
    possible distance $\sqrt{2K/(K-1)}$.
    """
    K, d = normal.shape[1:]
    along = K - (K - 1) * distance**2 / 2  # the eigenvalue 1 - t + K t of G, on the vector of ones; the others are 1 - t
    if d < K or along < -ROUNDING:
        raise ValueError(f"{K} unit vectors in dimension {d} cannot be {distance} apart in this way")
    mean = np.full((K, K), 1 / K)
    root = distance / np.sqrt(2) * (np.eye(K) - mean) + np.sqrt(max(along, 0.0)) * mean
    return unit(root @ transpose(orthonormal(transpose(normal))))


def circle_centres(shares: Float[ndarray, "trials K"], turn: Float[ndarray, " trials"], distance: float) -> Float[ndarray, "trials K 2"]:
    r"""K centres on the unit circle, neighbours at least ``distance`` apart, the first at the angle ``turn``.

    The angle from one to the next is $2\arcsin(\mathrm{distance}/2)$ plus its share of what is left of the circle: equal
    shares (or none) space them equally, a share 0 puts two centres at exactly ``distance``.
    """
    K, total = shares.shape[1], np.sum(shares, axis=1, keepdims=True)
    if distance > 2 * np.sin(np.pi / max(K, 2)) + ROUNDING:
        raise ValueError(f"{K} centres on the unit circle cannot be {distance} apart")
    least = 2 * np.arcsin(min(distance / 2, 1.0))
    gaps = least + max(2 * np.pi - K * least, 0.0) * np.where(total > 0, shares / np.where(total > 0, total, 1.0), 1 / K)
    angles = turn[:, np.newaxis] + np.cumsum(gaps, axis=1) - gaps
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def embedded(C: Float[ndarray, "#trials K m"], normal: Float[ndarray, "#trials m d"]) -> Float[ndarray, "#trials K d"]:
    """The rows of C carried isometrically into R^d, m <= d, on the span of the rows of ``normal``."""
    if normal.shape[-2] > normal.shape[-1]:
        raise ValueError(f"R^{normal.shape[-2]} does not fit into R^{normal.shape[-1]}")
    return C @ transpose(orthonormal(transpose(normal)))


def separation(centres: Float[ndarray, "#trials K d"], class_of: Int[ndarray, " K"]) -> Float[ndarray, " #trials"]:
    """The least distance of two centres of different classes, infinite where there is one class."""
    apart = euclidean(centres[:, :, np.newaxis] - centres[:, np.newaxis])
    return np.min(np.where(class_of[:, np.newaxis] != class_of, apart, np.inf), axis=(1, 2))


def nearest(x: Float[ndarray, "#trials m d"], centres: Float[ndarray, "#trials K d"]) -> Int[ndarray, "#trials m"]:
    r"""$\mathrm{argmin}_l\lVert x - c_l\rVert_2$, of equally near centres the first."""
    return np.argmin(euclidean(x[:, :, np.newaxis] - centres[:, np.newaxis]), axis=-1)


def labels_of(classes: Int[ndarray, "#trials m"], values: Float[ndarray, "#trials classes"]) -> Float[ndarray, "#trials m"]:
    r"""$\alpha_r$ of each class r, trial by trial."""
    trials = max(len(classes), len(values))
    values, classes = (np.broadcast_to(a, (trials, a.shape[1])) for a in (values, classes))
    return np.take_along_axis(values, classes, axis=1)


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
    if np.any(radius > (2 if centres.shape[-1] > 1 else 0)):
        raise ValueError("no unit input is so far from its centre: at most 2, in dimension 1 it can only be equal to it")
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
    r"""$n\max_i P_{ii}$, the least $\gamma$ with $\lVert v\rVert_\infty \le \sqrt{\gamma/n}\,\lVert v\rVert_2$ on a projector's range."""
    return np.asarray(P.shape[-1] * np.max(np.diagonal(P, axis1=-2, axis2=-1), axis=-1))
