r"""Section 9.1: with input noise the Jacobian is bimodal, small but not zero off the cluster subspace.

For $\varepsilon_0 > 0$ the remark finds the bimodal structure of Assumption 1: with P the projector on $S_+$, the vectors constant on
clusters, J is large on $S_+$, and on its complement "the spectral norm is small but nonzero". With the constants exhibited: for
$J = J(W, X)$, $\varepsilon = \Gamma\sqrt n\,\varepsilon_0(1 + \lVert W\rVert/\sqrt k)$ and $n_l = n/K$
$$\lVert (I-P)J\rVert \le \varepsilon, \qquad
  \alpha := \sqrt{n/K}\,\sigma_{\min}(J(W, C)) - \varepsilon
  \le \lVert J^Tv\rVert_2 \le \Gamma\lVert X\rVert \quad (v \in S_+ \text{ unit}),$$
$$\lVert (I-P)J\rVert \ge \sqrt{\langle a_i, a_j\rangle/2}\;\lVert x_i - x_j\rVert_2
  \quad\text{for } i, j \text{ of one cluster with } \langle a_i, a_j\rangle \ge 0,\quad a_i = v\odot\varphi'(Wx_i).$$

*Reading.* f is the network of Eq 2, the clusters have one size. "Small" is read as of the order $\varepsilon_0$, for weights of
the order $\sqrt k$, "nonzero" as positive where points of a cluster differ and slopes do not vanish: points that all sit at one
place off their centre leave it zero.

*Instances.* Those of Lemma 10.11: inputs up to exactly $\varepsilon_0$ away, in opposite ways on some trials; weights from 1e-2 to 1e2.

*Tightness.* $\varepsilon$ is approached by $1 - \cos$ with large weights along the way the inputs moved; the lower bound is
attained by the identity with two points.

*Remarks.* The step watches the three quantities as $\varepsilon_0$ falls from 1/2 to 1/256 for Gaussian weights.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.data import around, cluster_projector, equiangular_centres
from models.matrices import euclidean, spectral_norm, transpose
from models.networks import balanced_output_weights, slopes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, compared
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping import _perturbed_inputs as perturbed
from theorems.early_stopping._jacobians import indicator_basis, jacobian_at
from theorems.early_stopping._perturbed_inputs import Sizes

OFF = "‖(I-P)J‖ ≤ Γ√n ε₀ (1 + ‖W‖/√k)"
NONZERO = "‖(I-P)J‖ ≥ √(⟨a_i,a_j⟩/2) ‖x_i - x_j‖"
ON = "‖Jᵀv‖ ≥ √(n/K) σ_min(J(W,C)) - Γ√n ε₀ (1 + ‖W‖/√k) on S₊"
TOP = "‖Jᵀv‖ ≤ Γ ‖X‖ on S₊"


@dataclass(frozen=True)
class Instance:
    """``eps`` is ε₀."""

    C: Float[ndarray, "trials K d"]
    X: Float[ndarray, "trials n d"]
    eps: Float[ndarray, " trials"]
    W: Float[ndarray, "trials k d"]


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    x = perturbed.chosen(sizes, draws)
    return Instance(C=x.C, X=x.X, eps=x.eps, W=x.W1_tilde)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return perturbed.clusterable(sizes, x.C, x.X, x.eps)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return bimodal(sizes, x, 1.0)


def bimodal(sizes: Sizes, x: Instance, of_slopes: float) -> Iterable[Clause]:
    """The claims with this multiple of the term for moved slopes."""
    off, on = modes(sizes, x)
    Gamma, weight = sizes.phi.bound, spectral_norm(x.W) / np.sqrt(sizes.k)
    eps, scale = Gamma * np.sqrt(sizes.n) * x.eps * (1 + of_slopes * weight), Gamma * np.sqrt(sizes.n) * (1 + weight)
    at_centres = np.linalg.svd(jacobian_at(sizes, x.W, x.C), compute_uv=False)[:, -1]
    yield at_most(OFF, off, eps, scale=scale)
    yield at_least(NONZERO, off, difference_within(sizes, x), scale=scale)
    yield at_least(ON, on[:, -1], np.sqrt(sizes.m) * at_centres - eps, scale=scale)
    yield at_most(TOP, on[:, 0], Gamma * spectral_norm(x.X), scale=scale)


def modes(sizes: Sizes, x: Instance) -> tuple[Float[ndarray, " trials"], Float[ndarray, "trials K"]]:
    """The norm off the subspace, and the singular values over it."""
    J, U = jacobian_at(sizes, x.W, x.X), indicator_basis((sizes.m,) * sizes.K)
    return spectral_norm(J - cluster_projector(sizes.member, sizes.K) @ J), np.linalg.svd(U.T @ J, compute_uv=False)


def difference_within(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    """The largest lower bound over the pairs of a cluster."""
    a = slopes(x.W, x.X, balanced_output_weights(sizes.k), sizes.phi)
    inner = np.maximum(a @ transpose(a), 0.0) * (sizes.member[:, np.newaxis] == sizes.member)
    apart = euclidean(x.X[:, :, np.newaxis] - x.X[:, np.newaxis])
    return np.max(np.sqrt(inner / 2) * apart, axis=(1, 2))


def half_the_slopes(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return bimodal(sizes, x, 0.5)


def farther(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, eps=x.eps / 2)


@dataclass(frozen=True)
class Noise(Sizes):
    """ε₀ is 1 over ``inverse``."""

    inverse: int


def noise(choose: Choose) -> Noise:
    sizes = perturbed.setting(choose)
    return Noise(**vars(sizes), inverse=choose.integer("inverse", 2, 256))


def gaussian(sizes: Noise, draws: Draws) -> Instance:
    """Two points on opposite sides of each centre, at distance ε₀."""
    C = equiangular_centres(draws.normal(sizes.K, sizes.d), sizes.distance)
    ways = np.repeat(draws.normal(sizes.K, sizes.d), sizes.m, axis=1) * np.tile([1.0, -1.0], sizes.K)[:, np.newaxis]
    eps = np.full(draws.trials, 1 / sizes.inverse)
    X = around(C[:, sizes.member], ways, np.repeat(eps[:, np.newaxis], sizes.n, axis=1))
    return Instance(C=C, X=X, eps=eps, W=draws.normal(sizes.k, sizes.d))


def scaling(sizes: Noise, x: Instance) -> Iterable[Clause]:
    off, on = modes(sizes, x)
    yield compared("‖(I-P)J‖ ≲ ε₀", off, x.eps)
    yield compared("‖(I-P)J‖ ≳ ε₀", x.eps, off)
    yield compared("‖Jᵀv‖ ≳ 1 on S₊", 1.0, on[:, -1])


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 9.1-b",
        title="with input noise the Jacobian is bimodal, small but not zero off the cluster subspace",
        kind="asymptotic",
        claim=r"\lVert (I-P)J\rVert \le \varepsilon := \Gamma\sqrt n\,\varepsilon_0(1+\tfrac{\lVert W\rVert}{\sqrt k}),\quad "
        r"\sqrt{\tfrac nK}\,\sigma_{\min}(J(W, C)) - \varepsilon \le \lVert J^Tv\rVert_2 \le \Gamma\lVert X\rVert\ (v \in S_+),\quad "
        r"\lVert (I-P)J\rVert \ge \sqrt{\tfrac{\langle a_i, a_j\rangle}{2}}\,\lVert x_i-x_j\rVert_2",
        place="Section 9.1, after Assumption 2",
        reading="“Small” is of the order ε₀ with the constant exhibited; “nonzero” holds where points of a cluster differ and slopes do "
        "not vanish.",
        depends_on=("Lem 10.11", "Sec 9.1-a"),
    ),
    setting=perturbed.setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.9 of ε", sharpened(OFF, 0.9), OFF),
        control("1.01 of the lower bound", sharpened(NONZERO, 0.99), NONZERO),
        control("1.01 of the bound on S₊", sharpened(ON, 0.99), ON),
        control("half of the term for slopes", with_conclusions(half_the_slopes), OFF),
        control("inputs at twice ε₀", without_assumption("‖x_i - c_l‖ ≤ ε₀", chosen=farther), OFF),
    ),
    block=200,
)

GEOMETRY = {"phi": "sinmix", "K": 2, "m": 2, "half_k": 3, "d": 3, "distance": 1.2, "one_class": 1}

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 9.1-b-scaling",
            title="off the cluster subspace the Jacobian is of the order of the input noise",
            claim=r"\lVert (I-P)J\rVert \asymp \varepsilon_0,\quad \lVert J^Tv\rVert_2 \gtrsim 1\ (v \in S_+)\qquad (\varepsilon_0 \to 0)",
            setting=noise,
            chosen=gaussian,
            conclusions=scaling,
            quantifier=Sweep(over="inverse", growth=0.05),
            examples=tuple({**GEOMETRY, "inverse": 2**power} for power in range(1, 9)),
        ),
    ),
)
