r"""Lemma 10.10: averaged over clusters, label corruption is at most twice its share. Section 10.2.1.

For $(\rho, \varepsilon_0 = 0, \delta)$ corrupted data (Definition 1.2) with labels y, true labels $\tilde y$ and the subspace
$S_+$ of vectors that are constant on clusters
$$\lVert\Pi_{S_+}(y - \tilde y)\rVert_\infty \le 2\rho .$$

*Reading.* $S_+$ lies in $\mathbb{R}^n$, as the projection of $y - \tilde y$ and the proof's $P = \sum_l \frac1{n_l}1(l)1(l)^T$ have
it. It is the column space of the Jacobian at the n inputs, which repeats the rows of $J(W, C)$; that of $J(W, C)$ itself lies in
$\mathbb{R}^K$. The step holds the two against each other where $J(W, C)$ has rank K.

*Instances.* Clusters of several sizes; one or more classes with labels in $[-1, 1]$, at both ends on some trials, and gaps from
$\delta$ on; labels replaced in every cluster or in one only, by any other class, by one class, or by the farthest; $\rho$ is the
largest share of them or more.

*Tightness.* Attained where labels -1 and 1 are exchanged one way only.

*Remarks.* The proof's last line sums over clusters where it means their maximum.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from models.activations import Activation
from models.corruption import all_to, corrupted_labels, corrupted_share, farthest, shifted, spread
from models.data import cluster_projector, label_values, labels_of
from models.matrices import projector
from models.networks import balanced_output_weights, jacobian
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping._jacobians import activation, cluster_sizes, independent_rows, members

AVERAGED = "‖Π_{S₊}(y - ỹ)‖_∞ ≤ 2ρ"
SHARE = "at most ρ n_l labels of a cluster are replaced"
IN_RANGE = "labels lie in [-1, 1]"


@dataclass(frozen=True)
class Sizes:
    """Clusters of these sizes, cluster l of class l modulo their number, gaps of at least δ between labels."""

    sizes: tuple[int, ...]
    classes: int
    delta: float

    @property
    def K(self) -> int:
        return len(self.sizes)

    @property
    def member(self) -> Int[ndarray, " n"]:
        return members(self.sizes)

    @property
    def clean(self) -> Int[ndarray, " n"]:
        """The class of each point's cluster."""
        return self.member % self.classes


@dataclass(frozen=True)
class Instance:
    """``values`` holds the label of each class."""

    values: Float[ndarray, "trials classes"]
    y: Float[ndarray, "trials n"]
    rho: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    sizes = cluster_sizes(choose)
    classes = choose.integer("classes", 1, len(sizes))
    return Sizes(sizes=sizes, classes=classes, delta=choose.real("gap", 0.1, 1.0) * 2 / max(classes - 1, 1))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    places = np.where(draws.integers(0, 1, 1) == 0, draws.uniform(0.0, 1.0, sizes.classes), draws.integers(0, 1, sizes.classes))
    values = label_values(places, sizes.delta)
    mask = replaced(sizes, draws)
    target = new_classes(sizes, draws, values)
    y = corrupted_labels(sizes.clean, values, mask & (target != sizes.clean), target)
    share = corrupted_share(sizes.member, sizes.K, y, labels_of(sizes.clean[np.newaxis], values))
    return Instance(values=values, y=y, rho=np.minimum(share / extremes.fraction(draws), 1.0))


def replaced(sizes: Sizes, draws: Draws) -> Bool[ndarray, "trials n"]:
    """The points whose labels are replaced: one share of every cluster, on a third of the trials of one cluster only."""
    orders = draws.uniform(0.0, 1.0, len(sizes.member))
    shares = [spread(sizes.member, sizes.K, share, orders) for share in (0.0, 1 / 4, 1 / 3, 1 / 2, 1.0)]
    mask = np.stack(shares)[draws.integers(0, len(shares) - 1), np.arange(draws.trials)]
    alone = sizes.member == draws.integers(0, sizes.K - 1, 1)
    return mask & (alone | (draws.integers(0, 2, 1) > 0))


def new_classes(sizes: Sizes, draws: Draws, values: Float[ndarray, "trials classes"]) -> Int[ndarray, "trials n"]:
    n, other = len(sizes.member), max(sizes.classes - 1, 0)
    anywhere = shifted(sizes.clean, sizes.classes, draws.integers(0, other, n))
    kinds = np.stack([anywhere, all_to(draws.integers(0, other), n), farthest(sizes.clean, values)])
    return kinds[draws.integers(0, 2), np.arange(draws.trials)]


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(IN_RANGE, np.max(np.abs(x.values), axis=1), 1.0)
    gap = np.min(np.diff(x.values, axis=1), axis=1, initial=2.0)
    yield at_least("labels differ by δ or more", gap, np.minimum(sizes.delta, 2.0))
    allowed = np.any(x.y[:, :, np.newaxis] == x.values[:, np.newaxis], axis=2)
    yield equals("y_i is a label of some class", np.sum(~allowed, axis=1), 0.0, allowance=0.0)
    yield at_most(SHARE, corrupted_share(sizes.member, sizes.K, x.y, truth(sizes, x)), x.rho)


def truth(sizes: Sizes, x: Instance) -> Float[ndarray, "trials n"]:
    r"""$\tilde y$"""
    return labels_of(sizes.clean[np.newaxis], x.values)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    averaged = (x.y - truth(sizes, x)) @ cluster_projector(sizes.member, sizes.K)
    yield at_most(AVERAGED, np.abs(averaged).max(axis=1), 2 * x.rho)


def not_averaged(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(AVERAGED, np.abs(x.y - truth(sizes, x)).max(axis=1), 2 * x.rho)


def wider_labels(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, values=1.5 * x.values, y=1.5 * x.y)


def understated(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, rho=x.rho / 2)


@dataclass(frozen=True)
class Widths:
    phi: Activation
    sizes: tuple[int, ...]
    k: int


@dataclass(frozen=True)
class Network:
    C: Float[ndarray, "trials K d"]
    W: Float[ndarray, "trials k d"]


def network_setting(choose: Choose) -> Widths:
    sizes = cluster_sizes(choose)
    return Widths(phi=activation(choose), sizes=sizes, k=2 * choose.integer("half_k", 1, 3))


def network(widths: Widths, draws: Draws) -> Network:
    d = len(widths.sizes)
    return Network(C=independent_rows(draws, d, d), W=draws.normal(widths.k, d))


def full_rank(widths: Widths, x: Network) -> Float[ndarray, " trials"]:
    """The least singular value of J(W, C) over the largest."""
    values = np.linalg.svd(jacobian(x.W, x.C, balanced_output_weights(widths.k), widths.phi), compute_uv=False)
    return values[:, -1] / values[:, 0].clip(min=1e-300)


def unassumed(_widths: Widths, _x: Network) -> Iterable[Clause]:
    return ()


def column_space(widths: Widths, x: Network) -> Iterable[Clause]:
    member, K = members(widths.sizes), len(widths.sizes)
    J = jacobian(x.W, x.C[:, member], balanced_output_weights(widths.k), widths.phi)
    onto = projector(np.linalg.svd(J)[0][:, :, :K])
    apart = np.abs(onto - cluster_projector(member, K)).max(axis=(1, 2))
    yield equals("P = Σ_l 1(l)1(l)ᵀ/n_l", apart, 0.0, allowance=1e-9, where=full_rank(widths, x) > 1e-4)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Lem 10.10",
        title="averaged over clusters, label corruption is at most twice its share",
        kind="deterministic",
        claim=r"\lVert\Pi_{S_+}(y-\tilde y)\rVert_\infty \le 2\rho",
        place="Section 10.2.1",
        reading="S₊ ⊂ R^n holds the vectors that are constant on clusters, as in the proof; the column space of J(W, C) lies in R^K.",
        depends_on=("Def 1.2", "Def 10.5"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 of 2ρ", sharpened(AVERAGED, 0.99), AVERAGED),
        control("no projection", with_conclusions(not_averaged), AVERAGED),
        control("labels up to 3/2", without_assumption(IN_RANGE, chosen=wider_labels), AVERAGED),
        control("half of ρ", without_assumption(SHARE, chosen=understated), AVERAGED),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 10.10-projector",
            title="the column space of the Jacobian at repeated centres",
            claim=r"\mathrm{rank}\,J(W, C) = K \Longrightarrow \Pi_{\mathrm{range}\,J(W, \tilde X)} = \sum_l \tfrac1{n_l}1(l)1(l)^T",
            setting=network_setting,
            chosen=network,
            assumptions=unassumed,
            conclusions=column_space,
        ),
    ),
)
