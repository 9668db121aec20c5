r"""Section 9.1: data without input noise have a Jacobian of rank at most K with range in the cluster subspace.

If $\varepsilon_0 = 0$, so that every input is one of the K centres, then each row of the Jacobian is one of
$\partial f(c_l, \theta)/\partial\theta$, and with $\Lambda_l = \{i : x_i = c_l\}$
$$\mathrm{rank}\,J \le K, \qquad S_+ = \{v : v_{i_1} = v_{i_2} \text{ for } i_1, i_2 \in \Lambda_l,\ 1 \le l \le K\}$$
is the signal subspace of Assumption 2: $J^Tw = 0$ for $w \perp S_+$, and $\lVert J^Tv\rVert_2 \ge \alpha > 0$ for unit $v \in S_+$.

*Reading.* f is the network of Eq 2. $\alpha > 0$ needs independent rows at the centres; then it is
$\sqrt{\min_l n_l}$ times their least singular value or more, which is what the last clause says.

*Instances.* Clusters of equal and unequal sizes, n up to 15; centres in general position, equal or opposite; weights of any size.

*Tightness.* Rank K is attained, and so is $\alpha$ with clusters of one size.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.data import unit
from models.matrices import euclidean, spectral_norm
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.early_stopping._jacobians import (
    ClusteredNetwork as Sizes,
)
from theorems.early_stopping._jacobians import (
    clustered_network,
    independent_rows,
    indicator_basis,
    jacobian_at,
    unit_norms,
    unit_rows,
    weights,
)

RANK = "σ_{K+1}(J) = 0"
OFF = "‖Jᵀw‖ = 0 for w ⟂ S₊"
ON = "‖Jᵀv‖ ≥ √(min n_l) σ_min(J(W,C)) for unit v ∈ S₊"
NOISELESS = "x_i = c_l for i in Λ_l"


@dataclass(frozen=True)
class Instance:
    C: Float[ndarray, "trials K d"]
    X: Float[ndarray, "trials n d"]
    W: Float[ndarray, "trials k d"]


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    K = len(sizes.sizes)
    C = extremes.picked(np.stack([independent_rows(draws, K, sizes.d), unit_rows(draws, K, sizes.d)]), draws.integers(0, 1))
    return Instance(C=C, X=C[:, sizes.member], W=weights(draws, C, sizes.k))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield unit_norms("‖c_l‖ = 1", x.C)
    yield equals(NOISELESS, np.max(euclidean(x.X - x.C[:, sizes.member]), axis=1), 0.0, allowance=0.0)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return over_clusters(sizes, x, sizes.sizes)


def over_clusters(sizes: Sizes, x: Instance, split: tuple[int, ...]) -> Iterable[Clause]:
    """The claims for the clusters of these sizes."""
    J, at_centres, U = jacobian_at(sizes, x.W, x.X), jacobian_at(sizes, x.W, x.C), indicator_basis(split)
    size = spectral_norm(J)
    yield at_most(RANK, singular_value(J, len(split)), 0.0, scale=size)
    yield at_most(OFF, spectral_norm(J - U @ (U.T @ J)), 0.0, scale=size)
    on, least = singular_value(U.T @ J, len(split) - 1), singular_value(at_centres, len(split) - 1)
    yield at_least(ON, on, np.sqrt(min(split)) * least, scale=size)


def singular_value(A: Float[ndarray, "trials n p"], index: int) -> Float[ndarray, " trials"]:
    """The singular value with this index, counted from 0; 0 beyond the last."""
    values = np.linalg.svd(A, compute_uv=False)
    return values[:, index] if index < values.shape[1] else np.zeros(len(A))


def one_less(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    J = jacobian_at(sizes, x.W, x.X)
    yield at_most("σ_K(J) = 0", singular_value(J, len(sizes.sizes) - 1), 0.0, scale=spectral_norm(J))


def shifted_by_one(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The first point counted to the last cluster."""
    first, *between = sizes.sizes
    return over_clusters(sizes, x, sizes.sizes if not between or first < 2 else (first - 1, *between[:-1], between[-1] + 1))


def noisy(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, X=unit(x.X + 0.1 * draws.normal(*x.X.shape[1:])))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 9.1-a",
        title="data without input noise have a Jacobian of rank at most K with range in the cluster subspace",
        kind="deterministic",
        claim=r"\varepsilon_0 = 0 \Longrightarrow \mathrm{rank}\,J \le K,\quad J^Tw = 0\ (w \perp S_+),\quad "
        r"S_+ = \{v : v_{i_1} = v_{i_2},\ i_1, i_2 \in \Lambda_l\}",
        place="Section 9.1, after Assumption 2",
        reading="f is the network of Eq 2; J is bounded below on S₊ where its rows at the centres are independent.",
        depends_on=("Def 1.1",),
    ),
    setting=clustered_network,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("rank at most K - 1", with_conclusions(one_less), "σ_K(J) = 0"),
        control("inputs off their centres", without_assumption(NOISELESS, chosen=noisy), RANK),
        control("a point counted to another cluster", with_conclusions(shifted_by_one), OFF),
        control("1.01 of the bound on S₊", sharpened(ON, 0.99), ON),
    ),
    block=300,
)
