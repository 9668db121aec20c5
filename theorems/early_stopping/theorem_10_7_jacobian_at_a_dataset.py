r"""Theorem 10.7: smoothness, norm and initial singular values of the network's Jacobian. Section 10.2, borrowed there.

For unit inputs $X = [x_1 \dots x_n]^T$ with $\lambda(X) > 0$ and $|\varphi'|, |\varphi''| \le \Gamma$, for all $W, \tilde W$,
$$\lVert J(\tilde W, X) - J(W, X)\rVert \le \frac{\Gamma}{\sqrt k}\lVert X\rVert\,\lVert\tilde W - W\rVert_F, \qquad
  \lVert J(W, X)\rVert \le \Gamma\lVert X\rVert,$$
and for an absolute constant C, once $k \ge C\Gamma^2\log(n)\lVert X\rVert^2/\lambda(X)$ and $W_0$ has independent standard normal
entries, with probability at least $1 - K^{-100}$
$$\sigma_{\min}(J(W_0, X)) \ge \sqrt{\lambda(X)/2} .$$

*Reading.* Inputs have unit norm, as everywhere in the paper; the first bound fails without it (a control). K is the number of
rows, n, as for cluster centres, where the theorem is applied. C = 659 is exhibited.

*Instances.* Linearly independent inputs, orthonormal to nearly parallel; weights of any size, or where slope and curvature are
largest. The third bound has a width of its own, the least even one allowed.

*Tightness.* The first bound is approached by $1 - \cos$ for small changes along an input, the second attained by the identity.

*Remarks.* The probability is too small to sample. It is enclosed by the matrix Chernoff bound, $n^{-100.1}$ at C = 659, which a
step holds against sampled starts of small width, where it is not small. As the lower end of the enclosure is 0, a constant too
small would leave that clause undecided, not refuted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.activations import Activation
from models.kernels import least_eigenvalue
from models.matrices import spectral_norm, transpose
from theorems.checker.changes import control, sharpened
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem
from theorems.early_stopping import _initialization as start
from theorems.early_stopping._jacobians import activation, bounded_slopes, change, independent_rows, jacobian_at, unit_norms, weights

SMOOTH = "‖J(W̃,X) - J(W,X)‖ ≤ (Γ/√k) ‖X‖ ‖W̃ - W‖_F"
TOP = "‖J(W,X)‖ ≤ Γ ‖X‖"
LEAST = "P(σ_min(J(W₀,X)) < √(λ(X)/2)) ≤ n⁻¹⁰⁰"
WIDE = "k ≥ CΓ² log(n) ‖X‖²/λ(X)"
UNIT = "‖x_i‖ = 1"


@dataclass(frozen=True)
class Sizes:
    phi: Activation
    n: int
    k: int
    d: int


@dataclass(frozen=True)
class Instance:
    """``k0`` is the width at which the third bound is claimed; the first two are at the width of W."""

    X: Float[ndarray, "trials n d"]
    W: Float[ndarray, "trials k d"]
    W_tilde: Float[ndarray, "trials k d"]
    k0: Int[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 4)
    return Sizes(phi=activation(choose), n=n, k=2 * choose.integer("half_k", 1, 3), d=choose.integer("d", n, 5))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    X = independent_rows(draws, sizes.n, sizes.d)
    W = weights(draws, X, sizes.k)
    k0 = start.even(start.width_needed(X, sizes.phi, start.WIDTH.value))
    return Instance(X=X, W=W, W_tilde=W + change(draws, X, sizes.k), k0=k0)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield unit_norms(UNIT, x.X)
    yield bounded_slopes(sizes.phi, x.X @ transpose(x.W))
    yield positive("λ(X) > 0", least_eigenvalue(x.X, sizes.phi))
    yield at_least(WIDE, x.k0, start.width_needed(x.X, sizes.phi, start.WIDTH.value))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from smoothness(sizes, x)
    yield from norm(sizes, x)
    yield at_most(LEAST, start.chance_of_small(x.X, sizes.phi, x.k0), float(sizes.n) ** -100, ceiling=1.0)


def smoothness(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    moved = spectral_norm(jacobian_at(sizes, x.W_tilde, x.X) - jacobian_at(sizes, x.W, x.X))
    slope = sizes.phi.bound / np.sqrt(sizes.k) * spectral_norm(x.X)
    distance, size = (np.linalg.norm(W, axis=(1, 2)) for W in (x.W_tilde - x.W, x.W))
    yield at_most(SMOOTH, moved, slope * distance, scale=slope * (np.sqrt(sizes.k) + size + distance))


def norm(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most(TOP, spectral_norm(jacobian_at(sizes, x.W, x.X)), sizes.phi.bound * spectral_norm(x.X))


def law(sizes: Sizes, x: Instance) -> Interval:
    return start.chance_of_small(x.X, sizes.phi, x.k0)


def event(sizes: Sizes, x: Instance, generator: Generator, repetitions: int) -> Bool[ndarray, " some"]:
    return start.is_small(x.X, sizes.phi, int(x.k0[0]), generator, repetitions)


def long_inputs(theorem: Theorem) -> Theorem:
    """Inputs of norm 2; the first bound alone, as λ is that of unit inputs."""
    return replace(theorem, chosen=lengthened, assumptions=unassumed, conclusions=smoothness, quantifier=ALWAYS, witnesses=())


def lengthened(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, X=2 * x.X)


def unassumed(_sizes: Sizes, _x: Instance) -> Iterable[Clause]:
    return ()


def too_much(theorem: Theorem) -> Theorem:
    """1.1 √λ(X) in place of √(λ(X)/2), on sampled starts of small width."""
    return replace(theorem, **start.MOVES, conclusions=start.more_than_the_mean)


STATEMENT = Statement(
    paper="early_stopping",
    label="Thm 10.7",
    title="smoothness, norm and initial singular values of the network's Jacobian",
    kind="probability",
    claim=r"\lVert J(\tilde W, X)-J(W, X)\rVert \le \tfrac{\Gamma}{\sqrt k}\lVert X\rVert\lVert\tilde W-W\rVert_F,\quad "
    r"\lVert J(W, X)\rVert \le \Gamma\lVert X\rVert,\quad "
    r"k \ge \tfrac{C\Gamma^2\log(n)\lVert X\rVert^2}{\lambda(X)} \Longrightarrow "
    r"P\bigl(\sigma_{\min}(J(W_0, X)) \ge \sqrt{\lambda(X)/2}\bigr) \ge 1 - K^{-100}",
    place="Section 10.2",
    reading="Inputs have unit norm, as everywhere in the paper; K is the number of rows, n; C = 659 is exhibited.",
    depends_on=("Def 2.1", "Def 10.6"),
)

BASE = Theorem(
    statement=STATEMENT,
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(Frequency(law, event)),
    witnesses=(start.WIDTH,),
    controls=(
        control("0.99 of the smoothness", sharpened(SMOOTH, 0.99), SMOOTH),
        control("0.99 of the norm", sharpened(TOP, 0.99), TOP),
        control("inputs of norm 2", long_inputs, SMOOTH),
        control("1.1 √λ(X) in place of √(λ(X)/2)", too_much, start.MORE),
    ),
    block=300,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Thm 10.7-chernoff",
            title="how often the initial Jacobian has a small singular value",
            claim=r"P\bigl(\sigma_{\min}(J(W_0, X)) < \sqrt{\lambda(X)/2}\bigr) \le "
            r"n\exp\Bigl(-\tfrac{1-\ln 2}{2}\,\tfrac{k\lambda(X)}{\Gamma^2\lVert X\rVert^2}\Bigr)",
            **start.MOVES,
            conclusions=start.started_well,
        ),
    ),
)
