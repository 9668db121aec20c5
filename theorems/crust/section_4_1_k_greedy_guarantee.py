r"""Section 4.1, greedy guarantee: greedy selection is within 1 - 1/e of the best facility location.

For dissimilarities $d'_{ij} \le d_0$ between n points and $F(S) = \sum_i \max_{j \in S} (d_0 - d'_{ij})$, the set
$S_k$ that starts empty and k times takes the point with the largest gain $F(S \cup \{e\}) - F(S)$ satisfies
$$F(S_k) \ge (1 - 1/e) \max_{\lvert S\rvert \le k} F(S).$$

*Reading.* $F(\emptyset) = 0$; candidates are the points not yet chosen; of several largest gains the lowest index wins;
$d'$ is symmetric with zero diagonal, and $k \le n$.

*Instances.* Whole numbers, so that sums are exact and ties are ties. Several points share a place: neither the best
set nor the greedy one gains by a place twice, so that many points cost no more than their places. Places on a line,
arbitrary dissimilarities, and a family that lures greedy away from the best set; $d_0$ is the largest dissimilarity on
half of the trials and larger on the others.

*Tightness.* The classical proof gives $1 - (1 - 1/k)^k$ in place of $1 - 1/e$. The luring family approaches it for
every k as its heaps grow; at k = 2 it is two heaps at -1 and 1 on a line and one point at 0, which greedy takes first.
At k = 3 it has 8 places and reaches 19/27, the least value tried here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.coresets import dissimilarities, facility_location, greedy, largest_facility_location
from models.matrices import transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

GUARANTEED = 1 - np.exp(-1)
GUARANTEE = "F(S_k) ≥ (1 - 1/e) max F(S)"


@dataclass(frozen=True)
class Sizes:
    """``places`` at which the points lie, ``k`` of which are selected."""

    places: int
    k: int


@dataclass(frozen=True)
class Instance:
    """Dissimilarities between places, the number of points at each, and the constant that bounds the dissimilarities."""

    d: Float[ndarray, "trials places places"]
    copies: Float[ndarray, "trials places"]
    d0: Float[ndarray, " trials"]

    @property
    def benefit(self) -> Float[ndarray, "trials places places"]:
        """What place j does for all points at place i: ``copies_i (d_0 - d_ij)``."""
        return self.copies[:, :, np.newaxis] * (self.d0[:, np.newaxis, np.newaxis] - self.d)


def setting(choose: Choose) -> Sizes:
    places = choose.integer("places", 1, 8)
    return Sizes(places=places, k=choose.integer("k", 1, min(4, places)))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    n, kind = sizes.places, draws.integers(0, 2)
    few = draws.integers(1, 4, n).astype(float)
    line = dissimilarities(draws.integers(-3, 3, n, 1).astype(float))
    lured, share = luring(sizes)
    d = extremes.picked(np.stack([any_symmetric(draws, n), line, np.tile(lured, (draws.trials, 1, 1))]), kind)
    copies = extremes.picked(np.stack([few, few, np.maximum(share * 10.0 ** draws.integers(0, 5, 1), 1.0)]), kind)
    excess = np.where(draws.integers(0, 1) == 0, 0, draws.integers(1, 5))
    return Instance(d=d, copies=copies, d0=d.max(axis=(1, 2)) + excess)


def any_symmetric(draws: Draws, n: int) -> Float[ndarray, "trials n n"]:
    """Whole numbers from 0 to 9, without a triangle inequality."""
    above = np.triu(draws.integers(0, 9, n, n), 1).astype(float)
    return above + transpose(above)


def luring(sizes: Sizes) -> tuple[Float[ndarray, "places places"], Float[ndarray, " places"]]:
    """Dissimilarities, and the share that each place has in the points of its heap (0 outside of heaps).

    Places: k - 1 lures, then the k - 1 parts of each of k heaps, k^2 - 1 in all; then strangers. Lures are alike, so
    are the parts of a heap, all else is k apart, save that lure s is like the s-th parts, the last only at k - 1. The
    shares make every lure exactly as good as the next heap.
    """
    n, k = sizes.places, sizes.k
    lures, strangers = k - 1, np.arange(max(n - k**2 + 1, 0))
    heap = np.concatenate([np.full(lures, -1), np.repeat(np.arange(k), lures), k + strangers])[:n]
    part = np.concatenate([np.tile(np.arange(lures), k + 1), np.full_like(strangers, -1)])[:n]
    drawn_to = (part[:, np.newaxis] == part) & (np.minimum(heap[:, np.newaxis], heap) < 0)
    d = np.where(drawn_to, np.where(part == k - 2, k - 1.0, 0.0), float(k))
    d[heap[:, np.newaxis] == heap] = 0.0
    parts = np.array([(k - 1) ** s * k ** (k - 3 - s) for s in range(k - 2)] + [(k - 1) ** max(k - 2, 0)], dtype=float)
    return d, np.where((heap >= 0) & (heap < k), parts[part], 0.0)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("d'_ij = d'_ji", np.abs(x.d - transpose(x.d)).max(axis=(1, 2)), 0.0, allowance=0.0)
    yield equals("d'_ii = 0", np.abs(np.diagonal(x.d, axis1=1, axis2=2)).max(axis=1), 0.0, allowance=0.0)
    yield at_least("d'_ij ≥ 0", x.d.min(axis=(1, 2)), 0.0)
    yield at_least("copies ≥ 1", x.copies.min(axis=1), 1.0)
    yield at_least("d₀ ≥ d'_ij", x.d0, x.d.max(axis=(1, 2)))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield guaranteed(sizes, x, greedy(x.benefit, sizes.k))


def guaranteed(sizes: Sizes, x: Instance, S: Int[ndarray, "trials k"]) -> Clause:
    return at_least(GUARANTEE, facility_location(x.benefit, S), GUARANTEED * largest_facility_location(x.benefit, sizes.k))


def in_k_turns(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Multiplied by k^k, which leaves whole numbers on both sides."""
    whole, missed = sizes.k**sizes.k, (sizes.k - 1) ** sizes.k
    reached, best = facility_location(x.benefit, greedy(x.benefit, sizes.k)), largest_facility_location(x.benefit, sizes.k)
    yield at_least("F(S_k) ≥ (1 - (1 - 1/k)^k) max F(S)", whole * reached, (whole - missed) * best, rounding=0.0)


def by_single_value(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The k points that are best alone, whatever the others cover."""
    alone = x.benefit.sum(axis=1)
    yield guaranteed(sizes, x, np.argsort(-alone, axis=1, kind="stable")[:, : sizes.k])


def first_points(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield guaranteed(sizes, x, np.broadcast_to(np.arange(sizes.k), (len(x.d), sizes.k)))


def exceeded(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, d0=np.floor(x.d.max(axis=(1, 2)) / 4))


BASE = Theorem(
    statement=Statement(
        paper="crust",
        label="Sec 4.1-k",
        title="greedy selection is within 1 - 1/e of the best facility location",
        kind="deterministic",
        claim=r"F(S_k) \ge (1 - 1/e) \max_{\lvert S\rvert \le k} F(S),\quad F(S) = \sum_{i \in V} \max_{j \in S}\,(d_0 - d'_{ij})",
        place="Section 4.1, after Eq 10",
        reading="F(∅) = 0; the lowest index wins ties; d' is symmetric with zero diagonal; k ≤ n.",
        depends_on=("Eq 10", "Alg 2 (unnumbered)"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    examples=({"places": 3, "k": 2}, {"places": 8, "k": 3}),
    controls=(
        control("greedy is optimal", sharpened(GUARANTEE, GUARANTEED), GUARANTEE),
        control("0.71 for 1 - 1/e", sharpened(GUARANTEE, GUARANTEED / 0.71), GUARANTEE),
        control("the k points that are best alone", with_conclusions(by_single_value), GUARANTEE),
        control("the first k points", with_conclusions(first_points), GUARANTEE),
        control("d₀ a quarter of the largest d'", without_assumption("d₀ ≥ d'_ij", chosen=exceeded), GUARANTEE),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 4.1-k-turns",
            title="k greedy turns leave at most the share (1 - 1/k)^k",
            claim=r"F(S_k) \ge \bigl(1 - (1 - 1/k)^k\bigr) \max_{\lvert S\rvert \le k} F(S)",
            conclusions=in_k_turns,
        ),
    ),
)
