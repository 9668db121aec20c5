r"""Theorem 10.8: smoothness, norm, range and initial singular values of the Jacobian at repeated centres. Section 10.2.

Let $\tilde X$ repeat the K unit centres C of clusterable data (Definition 1.1), $c_{low}\,n/K \le n_l \le c_{up}\,n/K$ times each,
let $S_+$ hold the vectors constant on clusters, $|\varphi'|, |\varphi''| \le \Gamma$ and $\lambda(C) > 0$. For all $W, \tilde W$
$$\lVert J(\tilde W,\tilde X)-J(W,\tilde X)\rVert \le \Gamma\sqrt{\tfrac{c_{up}n}{kK}}\,\lVert C\rVert\,\lVert\tilde W-W\rVert_F,\quad
  \lVert J(W,\tilde X)\rVert \le \sqrt{\tfrac{c_{up}n}{K}}\,\Gamma\lVert C\rVert,\quad \mathrm{range}(J(W,\tilde X)) \subset S_+,$$
and for a constant C, once $k \ge C\Gamma^2\log(K)\lVert C\rVert^2/\lambda(C)$ and $W_0$ is standard normal, with probability at least
$1 - K^{-100}$
$$\sigma_{\min}(J(W_0,\tilde X), S_+) \ge \sqrt{\tfrac{c_{low}n\lambda(C)}{2K}} .$$

*Reading.* $\sigma_{\min}(\cdot, S_+)$ is the minimum over $S_+$, the sense of its definition in words; the supremum displayed there is
larger. The data enter through $\tilde X$ alone. C = 659 is exhibited.

*Instances.* Clusters of equal and unequal sizes, $c_{low}$ and $c_{up}$ as tight as they can be or looser; otherwise as for
Theorem 10.7.

*Tightness.* The norm is attained by the identity with clusters of one size, the smoothness approached by $1 - \cos$.

*Remarks.* On $S_+$ the singular values are those at the centres, scaled (the steps), so that the failure is at most as likely
as there: again the matrix Chernoff bound.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.kernels import least_eigenvalue
from models.matrices import apply, euclidean, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem
from theorems.early_stopping import _initialization as start
from theorems.early_stopping._jacobians import (
    ClusteredNetwork as Sizes,
)
from theorems.early_stopping._jacobians import (
    bounded_slopes,
    change,
    clustered_network,
    independent_rows,
    indicator_basis,
    jacobian_at,
    members,
    unit_norms,
    weights,
)

SMOOTH = "‖J(W̃,X̃) - J(W,X̃)‖ ≤ Γ √(c_up n/(kK)) ‖C‖ ‖W̃ - W‖_F"
TOP = "‖J(W,X̃)‖ ≤ √(c_up n/K) Γ ‖C‖"
RANGE = "range(J(W,X̃)) ⊂ S₊"
LEAST = "P(σ_min(J(W₀,X̃),S₊) < √(c_low n λ(C)/(2K))) ≤ K⁻¹⁰⁰"


@dataclass(frozen=True)
class Instance:
    """``k0`` is the width at which the last bound is claimed, ``p`` a direction of the weights for the steps."""

    C: Float[ndarray, "trials K d"]
    c_low: Float[ndarray, " trials"]
    c_up: Float[ndarray, " trials"]
    W: Float[ndarray, "trials k d"]
    W_tilde: Float[ndarray, "trials k d"]
    k0: Int[ndarray, " trials"]
    p: Float[ndarray, "trials kd"]


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    C, mean = independent_rows(draws, sizes.K, sizes.d), sizes.n / sizes.K
    c_low, c_up = min(sizes.sizes) / mean * extremes.fraction(draws), max(sizes.sizes) / mean / extremes.fraction(draws)
    W, k0 = weights(draws, C, sizes.k), start.even(start.width_needed(C, sizes.phi, start.WIDTH.value))
    p = extremes.vector(draws, sizes.k * sizes.d)
    return Instance(C=C, c_low=c_low, c_up=c_up, W=W, W_tilde=W + change(draws, C, sizes.k), k0=k0, p=p)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield unit_norms("‖c_l‖ = 1", x.C)
    yield bounded_slopes(sizes.phi, x.C @ transpose(x.W))
    yield at_least("n_l ≥ c_low n/K", float(min(sizes.sizes)), x.c_low * sizes.n / sizes.K)
    yield at_most("n_l ≤ c_up n/K", float(max(sizes.sizes)), x.c_up * sizes.n / sizes.K)
    yield positive("λ(C) > 0", least_eigenvalue(x.C, sizes.phi))
    yield at_least("k ≥ CΓ² log(K) ‖C‖²/λ(C)", x.k0, start.width_needed(x.C, sizes.phi, start.WIDTH.value))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from deterministic(sizes, x, x.c_up, indicator_basis(sizes.sizes))
    yield at_most(LEAST, law(sizes, x), float(sizes.K) ** -100, ceiling=1.0)


def deterministic(sizes: Sizes, x: Instance, c_up: Float[ndarray, " trials"], U: Float[ndarray, "n K"]) -> Iterable[Clause]:
    """The bounds with this $c_{up}$, and the range in that of U."""
    J, moved = (repeated(sizes, jacobian_at(sizes, W, x.C)) for W in (x.W, x.W_tilde))
    slope = sizes.phi.bound * np.sqrt(c_up * sizes.n / sizes.K) * spectral_norm(x.C)
    distance, size = (np.linalg.norm(W, axis=(1, 2)) for W in (x.W_tilde - x.W, x.W))
    per_root = slope / np.sqrt(sizes.k)
    yield at_most(SMOOTH, spectral_norm(moved - J), per_root * distance, scale=per_root * (np.sqrt(sizes.k) + size + distance))
    yield at_most(TOP, spectral_norm(J), slope)
    yield at_most(RANGE, spectral_norm(J - U @ (U.T @ J)), 0.0, scale=spectral_norm(J))


def repeated(sizes: Sizes, A: Float[ndarray, "trials K m"]) -> Float[ndarray, "trials n m"]:
    """Row l for every point of cluster l."""
    return A[:, members(sizes.sizes)]


def law(sizes: Sizes, x: Instance) -> Interval:
    """At most the chance of the same failure at the centres."""
    return start.chance_of_small(x.C, sizes.phi, x.k0)


def event(sizes: Sizes, x: Instance, generator: Generator, repetitions: int) -> Bool[ndarray, " some"]:
    """Sampled at the repeated centres themselves."""
    k, some = int(x.k0[0]), min(repetitions, start.AFFORDABLE // int(x.k0[0]))
    W = generator.standard_normal((some, k, sizes.d))
    A = sizes.phi.slope(x.C @ transpose(W)) / np.sqrt(k)
    root = np.sqrt(np.array(sizes.sizes))
    gram = root[:, np.newaxis] * ((A @ transpose(A)) * (x.C @ transpose(x.C))) * root  # of U^T J, U the basis of S+
    return np.linalg.eigvalsh(gram)[:, 0] < x.c_low * sizes.n * least_eigenvalue(x.C, sizes.phi) / (2 * sizes.K)


def repeats(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    p, p_tilde = (apply(jacobian_at(sizes, x.W, X), x.p) for X in (x.C, repeated(sizes, x.C)))
    low, up = (np.sqrt(c * sizes.n / sizes.K) * euclidean(p) for c in (x.c_low, x.c_up))
    size = sizes.phi.bound * euclidean(x.p)
    yield at_most("p̃_i = p_l for i ∈ Λ_l", euclidean(p_tilde - p[:, members(sizes.sizes)]), 0.0, scale=size)
    yield at_most("‖p̃‖ ≤ √(c_up n/K) ‖p‖", euclidean(p_tilde), up, scale=size)
    yield at_least("‖p̃‖ ≥ √(c_low n/K) ‖p‖", euclidean(p_tilde), low, scale=size)


def transferred(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    J = jacobian_at(sizes, x.W, x.C)
    on, at_centres = indicator_basis(sizes.sizes).T @ repeated(sizes, J), np.linalg.svd(J, compute_uv=False)[:, -1]
    bound = np.sqrt(x.c_low * sizes.n / sizes.K) * at_centres
    least = np.linalg.svd(on, compute_uv=False)[:, -1]
    yield at_least("σ_min(J(W,X̃),S₊) ≥ √(c_low n/K) σ_min(J(W,C))", least, bound, scale=spectral_norm(on))


def of_mean_size(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """1 in place of $c_{up}$."""
    return deterministic(sizes, x, np.ones_like(x.c_up), indicator_basis(sizes.sizes))


def of_other_clusters(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The subspace of the same clusters with the points shifted by one."""
    return deterministic(sizes, x, x.c_up, np.roll(indicator_basis(sizes.sizes), 1, axis=0))


def too_much(theorem: Theorem) -> Theorem:
    """1.1 √λ(C) in place of √(λ(C)/2) for clusters of one point, on sampled starts of small width."""
    return replace(theorem, **start.MOVES, conclusions=start.more_than_the_mean)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Thm 10.8",
        title="smoothness, norm, range and initial singular values of the Jacobian at repeated centres",
        kind="probability",
        claim=r"\lVert J(\tilde W,\tilde X)-J(W,\tilde X)\rVert \le "
        r"\Gamma\sqrt{\tfrac{c_{up}n}{kK}}\lVert C\rVert\lVert\tilde W-W\rVert_F,\quad "
        r"\lVert J(W,\tilde X)\rVert \le \sqrt{\tfrac{c_{up}n}{K}}\Gamma\lVert C\rVert,\quad "
        r"\mathrm{range}(J(W,\tilde X)) \subset S_+,\quad "
        r"k \ge \tfrac{C\Gamma^2\log(K)\lVert C\rVert^2}{\lambda(C)} \Longrightarrow "
        r"P\Bigl(\sigma_{\min}(J(W_0,\tilde X), S_+) \ge \sqrt{\tfrac{c_{low}n\lambda(C)}{2K}}\Bigr) \ge 1 - K^{-100}",
        place="Section 10.2",
        reading="σ_min over S₊ is the minimum, the sense of its definition in words; C = 659 is exhibited.",
        depends_on=("Def 10.5", "Def σmin", "Thm 10.7"),
    ),
    setting=clustered_network,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    witnesses=(start.WIDTH,),
    controls=(
        control("0.99 of the norm", sharpened(TOP, 0.99), TOP),
        control("1 in place of c_up", with_conclusions(of_mean_size), SMOOTH),
        control("the subspace of other clusters", with_conclusions(of_other_clusters), RANGE),
        control("1.1 √λ(C) in place of √(λ(C)/2)", too_much, start.MORE),
    ),
    block=300,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Thm 10.8-repeats",
            title="applied to a direction of the weights, the Jacobian repeats what it is at the centres",
            claim=r"p = J(W, C)u,\ \tilde p = J(W,\tilde X)u \Longrightarrow \tilde p_i = p_l\ (i \in \Lambda_l),\quad "
            r"\sqrt{\tfrac{c_{low}n}{K}}\lVert p\rVert_2 \le \lVert\tilde p\rVert_2 \le \sqrt{\tfrac{c_{up}n}{K}}\lVert p\rVert_2",
            conclusions=repeats,
            quantifier=ALWAYS,
            witnesses=(),
        ),
        step(
            BASE,
            label="Thm 10.8-transfer",
            title="on the cluster subspace the Jacobian is as well conditioned as at the centres",
            claim=r"\sigma_{\min}(J(W,\tilde X), S_+) \ge \sqrt{\tfrac{c_{low}n}{K}}\,\sigma_{\min}(J(W, C))",
            conclusions=transferred,
            quantifier=ALWAYS,
            witnesses=(),
        ),
    ),
)
